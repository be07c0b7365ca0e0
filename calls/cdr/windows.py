"""Blind times that the PBX's own record has filled.

In: how far a source was compared. Out: windows marked as filled. A window stays blind while the source may lack something:
it was not read over the whole window, or it is older than what we heard ourselves since (Asterisk stopped writing it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from calls.durations import LONGEST_CALL
from calls.record import Outcome
from calls.tables import Call, LinkWindow
from pbx.events import EndedHow

ROUNDED = timedelta(seconds=5)
"""Lines have whole seconds, and are written a moment after the call's end."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What one pass through one source has settled."""

    source: str
    since: datetime
    to: datetime
    newest: datetime | None
    """End of the newest record that the source holds."""


async def fill(session: AsyncSession, pbx: str, covered: Covered, now: datetime) -> None:
    """Mark the windows of a PBX that this pass has filled."""
    if not await _up_to_date(session, pbx, covered):
        return
    rows = await session.scalars(
        select(LinkWindow).where(
            LinkWindow.pbx == pbx,
            LinkWindow.filled_at.is_(None),
            LinkWindow.restored_at <= covered.to,
            LinkWindow.lost_at >= covered.since,
        )
    )
    for window in rows:
        if await _died(session, window):
            continue
        window.filled_at, window.filled_from = now, covered.source


async def _died(session: AsyncSession, window: LinkWindow) -> bool:
    """Whether Asterisk died in that time: the calls that it had then are in no record, whatever the source says.

    A call that the source was to tell of, and did not, proves as much as a restart that was heard.
    """
    ended = await session.execute(
        select(Call.detail, Call.outcome).where(
            Call.pbx == window.pbx,
            Call.started_at >= window.lost_at - LONGEST_CALL,
            Call.source != "cdr",
            Call.end_seen.is_(False),
            Call.ended_at >= window.lost_at,
            Call.ended_at <= window.restored_at + ROUNDED if window.restored_at else true(),
        )
    )
    return any(
        row.outcome == Outcome.UNKNOWN.value or row.detail.get("end_how") == EndedHow.RESTART.value
        for row in ended
    )


async def _up_to_date(session: AsyncSession, pbx: str, covered: Covered) -> bool:
    """Whether the source knows the newest talk that we heard ourselves: else it is not written any more."""
    if covered.newest is None:
        return False
    heard_later = select(Call.id).where(
        Call.pbx == pbx,
        Call.started_at >= covered.newest - LONGEST_CALL,
        Call.ended_at > covered.newest + ROUNDED,
        Call.ended_at <= covered.to,
        Call.source == "live",
        Call.outcome == "answered",
        Call.external_id.is_(None),
    )
    return await session.scalar(heard_later.limit(1)) is None


async def of_pass(session: AsyncSession, pbx: str, since: datetime) -> Sequence[LinkWindow]:
    """Return the blind times since a moment, and older ones that nothing filled yet; oldest first."""
    rows = await session.scalars(
        select(LinkWindow)
        .where(
            LinkWindow.pbx == pbx,
            or_(LinkWindow.restored_at.is_(None), LinkWindow.restored_at > LinkWindow.lost_at),
            or_(
                LinkWindow.filled_at.is_(None),
                LinkWindow.restored_at >= since,
            ),
        )
        .order_by(LinkWindow.lost_at)
    )
    return rows.all()


async def unfilled(
    session: AsyncSession, since: datetime, until: datetime | None = None
) -> Sequence[LinkWindow]:
    """Return what was not seen in a time, of all PBXs, newest first; open windows have no end yet."""
    query = select(LinkWindow).where(
        LinkWindow.filled_at.is_(None),
        or_(LinkWindow.restored_at.is_(None), LinkWindow.restored_at > LinkWindow.lost_at),
        or_(LinkWindow.restored_at.is_(None), LinkWindow.restored_at >= since),
    )
    if until is not None:
        query = query.where(LinkWindow.lost_at < until)
    return (await session.scalars(query.order_by(LinkWindow.lost_at.desc()))).all()
