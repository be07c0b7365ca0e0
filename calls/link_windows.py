"""Times in which we could not hear a PBX: kept, so that they are shown as blind and never as silence.

In: what happened to the connection. Out: one row per gap, open while it lasts. The first connection of all leaves an empty
gap, so that processes that only read the table know of it, too. A heartbeat row per PBX says up to when it was heard: a
process that was killed cannot write the beginning of its own gap, so the next one reads it there.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import LinkWindow, PbxHeartbeat
from pbx.events import LinkEvent, LinkHeard, LinkLost, LinkRestored

NOT_RUNNING = "Slovo was not running"


async def write(session: AsyncSession, event: LinkEvent) -> None:
    """Note from when to when we could not hear a PBX. Other news of a connection leave no row."""
    at = event.at or datetime.now(UTC)
    match event:
        case LinkLost():
            await _lost(session, event, at)
        case LinkRestored():
            await _restored(session, event, at)
            await _beat(session, event.pbx, at, resynced=event.resynced)
        case LinkHeard():
            await _beat(session, event.pbx, at)


async def newest(session: AsyncSession, pbx: str) -> LinkWindow | None:
    """Return the last gap of a PBX, None if it was never connected nor tried."""
    windows = select(LinkWindow).where(LinkWindow.pbx == pbx)
    found: LinkWindow | None = await session.scalar(windows.order_by(LinkWindow.id.desc()).limit(1))
    return found


async def _lost(session: AsyncSession, event: LinkLost, at: datetime) -> None:
    window = await newest(session, event.pbx)
    if window is not None and window.restored_at is None:
        return
    heartbeat = await session.get(PbxHeartbeat, event.pbx)
    if event.never_up and heartbeat is not None:
        session.add(LinkWindow(pbx=event.pbx, lost_at=heartbeat.heard_at, why=NOT_RUNNING))
    else:
        session.add(LinkWindow(pbx=event.pbx, lost_at=at, why=event.why))


async def _restored(session: AsyncSession, event: LinkRestored, at: datetime) -> None:
    window = await newest(session, event.pbx)
    if window is not None and window.restored_at is None:
        window.restored_at = at
        return
    heartbeat = await session.get(PbxHeartbeat, event.pbx)
    if event.blind_since is not None:
        session.add(LinkWindow(pbx=event.pbx, lost_at=event.blind_since, restored_at=at))
    elif heartbeat is not None:
        lost_at = min(heartbeat.heard_at, at)
        session.add(LinkWindow(pbx=event.pbx, lost_at=lost_at, restored_at=at, why=NOT_RUNNING))
    elif window is None:
        session.add(LinkWindow(pbx=event.pbx, lost_at=at, restored_at=at))


async def _beat(
    session: AsyncSession, pbx: str, at: datetime, *, resynced: bool | None = None
) -> None:
    """Note that everything up to now was heard; `resynced` only where it is learnt anew."""
    known = await session.get(PbxHeartbeat, pbx)
    if known is None:
        session.add(PbxHeartbeat(pbx=pbx, heard_at=at, resynced=resynced is not False))
        return
    known.heard_at = at
    if resynced is not None:
        known.resynced = resynced
