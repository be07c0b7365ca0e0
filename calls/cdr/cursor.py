"""How far a source of a PBX's own record was compared with the call log.

In: PBX and source. Out: the moment up to which every call is settled. It never goes back, and never passes a call that is
still in progress or too young, nor what a source does not tell of yet: what comes later is read again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import LinkWindow, ReconcileCursor

WRITTEN_LATE = timedelta(minutes=15)
"""Asterisk may write lines minutes after a call's end (`batch = yes` in cdr.conf); to compare twice changes nothing."""


async def read(session: AsyncSession, pbx: str, source: str) -> datetime | None:
    """Return from when on to compare: somewhat before the cursor, but never before our first connection.

    Returns:
        None before the first connection: nothing can have been missed yet.
    """
    earliest = select(func.min(LinkWindow.lost_at)).where(LinkWindow.pbx == pbx)
    first: datetime | None = await session.scalar(earliest)
    cursor = await session.get(ReconcileCursor, (pbx, source))
    if cursor is None:
        return first
    return max(filter(None, (cursor.settled_to - WRITTEN_LATE, first)))


async def move(session: AsyncSession, pbx: str, source: str, settled_to: datetime) -> None:
    """Note that everything up to this moment is settled; an earlier moment than the noted one changes nothing."""
    cursor = await session.get(ReconcileCursor, (pbx, source))
    if cursor is None:
        session.add(ReconcileCursor(pbx=pbx, source=source, settled_to=settled_to))
    elif cursor.settled_to < settled_to:
        cursor.settled_to = settled_to
