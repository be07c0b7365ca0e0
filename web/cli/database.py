"""How commands reach the database: one run, one connection pool, closed at the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from calls.db import Database
from crm.migrate import require_current
from web.settings import Settings, load

_Result = TypeVar("_Result")


def with_database(
    work: Callable[[Database], Awaitable[_Result]], settings: Settings | None = None
) -> _Result:
    """Run `work` with the installation's database.

    Args:
        work: gets the database; its result is returned.
        settings: loaded ones, if the command needed them already.

    Raises:
        DatabaseUnavailable: the database is away, or has not this version's tables.
        SettingInvalid: a setting cannot be accepted.
    """
    url = (settings or load()).database_url
    require_current(url)

    async def run() -> _Result:
        db = Database(url)
        try:
            return await work(db)
        finally:
            await db.dispose()

    return asyncio.run(run())
