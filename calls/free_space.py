"""Cleaning the free room of the database: what was deleted is overwritten there, too.

In: a database from which rows were deleted. Out: files in which their words stand no more.

SQLite: deleted rows are overwritten at once (`secure_delete`, see `calls.db`), but the full-text index keeps marks of
what was deleted until it is merged, the log holds pages as they were, and a page that was rearranged may keep a remnant.
So the index is merged, the file is written anew (VACUUM), and the log is cut to nothing.

PostgreSQL: a deleted row stays in its page, and in that of every index, until the table is written anew (VACUUM FULL,
which locks it meanwhile); samples of values in the planner's statistics are drawn anew. What the server itself keeps of
the past is out of our reach and is said in `KEPT_BY_POSTGRESQL`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.columns import Base
from calls.db import Database

log = structlog.get_logger(__name__)

KEPT_BY_POSTGRESQL = "the write-ahead log (pg_wal and its archive) and replicas of PostgreSQL"
QUICK_BYTES = 100 * 10**6
"""A SQLite file up to this size is cleaned in some three seconds (84 MB were measured in 2.0); a larger one waits."""
LOG_TRIES = 40
LOG_WAIT_S = 0.25
"""A reader that holds the log open is waited for: pages are read in far less."""
_FTS_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%USING fts5%'"


def out_of_reach(db: Database) -> str:
    """What may still hold deleted words, and is not ours to delete."""
    own = "recordings and records of the PBX, backups"
    return own if db.dialect == "sqlite" else f"{own}, {KEPT_BY_POSTGRESQL}"


async def is_quick(db: Database) -> bool:
    """Whether cleaning stops nobody's work: a small SQLite file. PostgreSQL locks tables, so it waits for the night."""
    if db.dialect != "sqlite":
        return False
    async with db.read() as session:
        pages = await session.scalar(text("SELECT page_count FROM pragma_page_count"))
        size = await session.scalar(text("SELECT page_size FROM pragma_page_size"))
    return (pages or 0) * (size or 0) <= QUICK_BYTES


async def clean(db: Database, tables: Collection[str] = ()) -> bool:
    """Overwrite what was deleted. Blocks writers meanwhile: some 25 seconds per gigabyte on SQLite.

    Args:
        db: the database.
        tables: which tables rows were deleted from, for PostgreSQL; empty = all.

    Returns:
        False when a reader kept SQLite's log open all the time: try again later.

    Raises:
        DatabaseUnavailable: it is away or locked.
    """
    if db.dialect == "sqlite":
        return await _clean_sqlite(db)
    await _clean_postgresql(db, tables)
    return True


async def _clean_sqlite(db: Database) -> bool:
    async with db.outside_transactions() as connection:
        for (name,) in (await connection.exec_driver_sql(_FTS_TABLES)).all():
            # The name comes from the database itself.
            merge = f'INSERT INTO "{name}"("{name}") VALUES (\'optimize\')'  # noqa: S608
            await connection.exec_driver_sql(merge)
        await connection.exec_driver_sql("VACUUM")
        for _try in range(LOG_TRIES):
            row = (await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            if row[0] == 0:
                return True
            await asyncio.sleep(LOG_WAIT_S)
    log.warning("log_not_cut", why="a reader holds it open")
    return False


async def _clean_postgresql(db: Database, tables: Collection[str]) -> None:
    wanted = sorted(set(tables) & set(Base.metadata.tables)) or sorted(Base.metadata.tables)
    async with db.outside_transactions() as connection:
        for name in wanted:
            await connection.exec_driver_sql(f'VACUUM (FULL, ANALYZE) "{name}"')
        await _try(connection, "VACUUM FULL pg_catalog.pg_statistic")


async def _try(connection: AsyncConnection, statement: str) -> None:
    """Do what only the owner of the database may do; who is not gets a warning of the server and goes on."""
    result: Any = await connection.exec_driver_sql(statement)
    result.close()
