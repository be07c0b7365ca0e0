"""How far a source of a PBX's own record was compared with the call log.

In: PBX and source. Out: the moment up to which every call is settled. It never goes back, and never passes a call that is
still in progress or too young: what comes later is read again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import LinkWindow, ReconcileCursor


async def read(session: AsyncSession, pbx: str, source: str) -> datetime | None:
    """Return the moment; before the first time that of our first connection, None if there was none yet."""
    cursor = await session.get(ReconcileCursor, (pbx, source))
    if cursor is not None:
        return cursor.settled_to
    first = select(func.min(LinkWindow.lost_at)).where(LinkWindow.pbx == pbx)
    found: datetime | None = await session.scalar(first)
    return found


async def move(session: AsyncSession, pbx: str, source: str, settled_to: datetime) -> None:
    """Note that everything up to this moment is settled; an earlier moment than the noted one changes nothing."""
    cursor = await session.get(ReconcileCursor, (pbx, source))
    if cursor is None:
        session.add(ReconcileCursor(pbx=pbx, source=source, settled_to=settled_to))
    elif cursor.settled_to < settled_to:
        cursor.settled_to = settled_to
