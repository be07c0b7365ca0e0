"""Times in which we could not hear a PBX: kept, so that they are shown as blind and never as silence.

In: what happened to the connection. Out: one row per gap, open while it lasts. The first connection of all leaves an empty
gap, so that processes that only read the table know of it, too.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import LinkWindow
from pbx.events import LinkEvent, LinkLost, LinkRestored


async def write(session: AsyncSession, event: LinkEvent) -> None:
    """Note from when to when we could not hear a PBX. Other news of a connection leave no row."""
    if isinstance(event, LinkLost | LinkRestored):
        newest = await session.scalar(
            select(LinkWindow)
            .where(LinkWindow.pbx == event.pbx)
            .order_by(LinkWindow.id.desc())
            .limit(1)
        )
        window = newest if newest is not None and newest.restored_at is None else None
        at = event.at or datetime.now(UTC)
        if isinstance(event, LinkLost):
            if window is None:
                session.add(LinkWindow(pbx=event.pbx, lost_at=at, why=event.why))
        elif window is not None:
            window.restored_at = at
        elif event.blind_since is not None or newest is None:
            lost_at = event.blind_since or at
            session.add(LinkWindow(pbx=event.pbx, lost_at=lost_at, restored_at=at))
