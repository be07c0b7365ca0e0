"""Recordings that should be there and are not.

In: the rows. Out: what the PBX named and nobody found (or could read), and answered calls without any recording although
earlier calls of the same queue or line were recorded; newest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Recording

FEWEST_BEFORE = 5
"""So many answered calls of a queue or line must have been recorded before one is expected to be."""
SHARE_BEFORE = 0.9
"""And this share of all before it: where only some calls are recorded, none is missing."""
LATEST_CALLS = 20_000
"""A bound for the memory of one look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRecording:
    """One of the list. `recording_id` is None where no file was ever named.

    `why`: "missing" (named and not found), "failed" (found and no sound in it), "never" (no file was named).
    """

    call: Call
    why: str
    recording_id: int | None = None
    named: str = ""
    error: str = ""
    looked_at: datetime | None = None


async def missing(
    session: AsyncSession, since: datetime, limit: int, pbxs: Iterable[str] | None = None
) -> list[MissingRecording]:
    """The newest recordings that should be there.

    Args:
        session: a read session.
        since: calls that began then or later.
        limit: at most so many.
        pbxs: of these PBXs only; None: all.
    """
    of = Call.pbx.in_(list(pbxs)) if pbxs is not None else Call.id.is_not(None)
    found = [*await _named(session, since, limit, of), *await _never_named(session, since, of)]
    found.sort(key=lambda one: (one.call.started_at or since, one.call.id), reverse=True)
    return found[:limit]


async def _named(
    session: AsyncSession, since: datetime, limit: int, of: ColumnElement[bool]
) -> list[MissingRecording]:
    rows = await session.execute(
        select(Recording, Call)
        .join(Call, Call.id == Recording.call_id)
        .where(
            Recording.state.in_(("missing", "failed")),
            Call.merged_into_id.is_(None),
            Call.started_at >= since,
            of,
        )
        .order_by(Call.started_at.desc(), Recording.id.desc())
        .limit(limit)
    )
    return [
        MissingRecording(
            call=call,
            why=recording.state,
            recording_id=recording.id,
            named=recording.source_key,
            error=recording.error,
            looked_at=recording.looked_at,
        )
        for recording, call in rows
    ]


async def _never_named(
    session: AsyncSession, since: datetime, of: ColumnElement[bool]
) -> list[MissingRecording]:
    """Answered calls without a recording where those before them had one."""
    recorded = exists().where(Recording.call_id == Call.id)
    earlier = since - timedelta(days=7)  # what was usual before the first call that is asked for
    rows = await session.execute(
        select(Call.id, Call.pbx, Call.direction, Call.queue, Call.called, Call.trunk,
               Call.started_at, recorded.label("recorded"))
        .where(
            Call.outcome == "answered",
            Call.ended.is_(True),
            Call.sample.is_(False),
            Call.external_id.is_(None),
            Call.merged_into_id.is_(None),
            Call.consultation.is_(False),
            Call.started_at >= earlier,
            of,
        )
        .order_by(Call.started_at.desc())
        .limit(LATEST_CALLS)
    )  # fmt: skip
    before: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    suspects: list[int] = []
    for row in reversed(rows.all()):
        all_before = before[_line(row.pbx, row.direction, row.queue, row.called, row.trunk)]
        usual = all_before[1] >= FEWEST_BEFORE and all_before[1] >= SHARE_BEFORE * all_before[0]
        if usual and not row.recorded and row.started_at >= since:
            suspects.append(row.id)
            continue  # one that is missing changes nothing about what is usual
        all_before[0] += 1
        all_before[1] += row.recorded
    calls = await session.scalars(select(Call).where(Call.id.in_(suspects[-1000:])))
    return [MissingRecording(call=call, why="never") for call in calls]


def _line(pbx: str, direction: str, queue: str, called: str, trunk: str) -> tuple[str, ...]:
    """What calls have in common that are recorded alike: the queue, the number that was dialled, or the way out."""
    if queue:
        return pbx, "queue", queue
    return (pbx, direction, called) if direction == "in" else (pbx, direction, trunk)
