"""The sample clients' numbers, which the simulated trunk calls from.

In: how many clients there shall be. Out: numbers; clients that are missing are made by `web.demo.sample_rows`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from calls.db import Database
from crm.client_visibility import LISTED
from crm.tables import Client, ClientNumber
from web.demo.sample_rows import fill

MOST_CALLERS = 500
"""So many of them call; the others only have a history."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A number of a sample client, as the trunk shows it."""

    number: str
    name: str


async def callers(db: Database, wanted: int, *, now: datetime, pbx: str, lang: str) -> list[Caller]:
    """Return numbers of sample clients; clients are made if there are fewer than `wanted`."""
    await fill(db, wanted, now=now, pbx=pbx, lang=lang)
    async with db.read() as session:
        rows = await session.scalars(
            select(ClientNumber.e164)
            .join(Client)
            .where(Client.sample.is_(True), LISTED, ClientNumber.e164.is_not(None))
            .order_by(ClientNumber.id)
            .limit(MOST_CALLERS)
        )
        # The PBX knows numbers, not names: most trunks send none.
        return [Caller((e164 or "").removeprefix("+"), "") for e164 in rows]
