"""Which call of our log the PBX speaks of: the reason why no call is ever written twice.

In: rebuilt calls. Out: the row of each in the call log, or None for a call that we missed. A call is found by the
uniqueid of the channel that began it, by any other id of its lines (linkedids can merge, legs act on their own), and where
the lines have no ids by who called whom and when.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.cdr.reading import Told
from calls.durations import LONGEST_CALL
from calls.record import CallRecord
from calls.tables import Call, CallLeg

SAME_START = timedelta(seconds=3)
"""Lines without ids have whole seconds."""
NEAR = timedelta(seconds=5)
AT_ONCE = 400
SAME_DIGITS = 7


async def find(session: AsyncSession, pbx: str, told: Sequence[Told]) -> list[Call | None]:
    """Return the log's row for each call, in the same order."""
    by_id = await _by_linkedid(session, pbx, {i for one in told for i in ids_of(one)})
    found: list[Call | None] = []
    for one in told:
        call = next((by_id[i] for i in ids_of(one) if i in by_id), None)
        if call is None:
            call = await _by_parts(session, pbx, one)
        found.append(await _whole(session, call) if call is not None else None)
    return found


def ids_of(one: Told) -> list[str]:
    """Return what may name this call, the surest first."""
    own: list[str] = [one.record.linkedid]
    return own if one.joined else [*own, *sorted(one.ids - set(own))]


async def _by_linkedid(session: AsyncSession, pbx: str, ids: set[str]) -> dict[str, Call]:
    found = {}
    ordered = sorted(ids)
    for place in range(0, len(ordered), AT_ONCE):
        some = ordered[place : place + AT_ONCE]
        rows = await session.scalars(select(Call).where(Call.pbx == pbx, Call.linkedid.in_(some)))
        found.update({row.linkedid: row for row in rows})
    return found


async def _by_parts(session: AsyncSession, pbx: str, one: Told) -> Call | None:
    """Look among the calls of that time: one may have these ids among its linkedids, or its legs."""
    began, ended = one.record.started_at or one.ended_at, one.ended_at
    rows = await session.scalars(
        select(Call)
        .where(
            Call.pbx == pbx,
            Call.started_at >= began - LONGEST_CALL,
            Call.started_at <= ended + NEAR,
            or_(
                Call.ended_at >= began - NEAR,
                and_(Call.ended_at.is_(None), Call.ended.is_(False)),
            ),
        )
        .order_by(Call.id)
    )
    calls = rows.all()
    ids = set(ids_of(one))
    for call in calls:
        if ids.intersection(map(str, call.linkedids)):
            return call
    legs = select(CallLeg.call_id).where(
        CallLeg.call_id.in_([call.id for call in calls]), CallLeg.uniqueid.in_(ids)
    )
    leg_of = await session.scalar(legs.limit(1)) if calls else None
    if leg_of is not None:
        return next(call for call in calls if call.id == leg_of)
    return None if one.uniqueid else _by_time(calls, one.record)


def _by_time(calls: Sequence[Call], record: CallRecord) -> Call | None:
    """Return the call of the same caller that began at the same time."""
    near = [
        (abs(call.started_at - record.started_at), call)
        for call in calls
        if call.started_at is not None
        and record.started_at is not None
        and abs(call.started_at - record.started_at) <= SAME_START
        and call.direction == record.direction.value
        and _same_number(call.caller, record.caller.label)
    ]
    return min(near, key=lambda one: one[0], default=(None, None))[1]


def _same_number(one: str, other: str) -> bool:
    if len(one) < SAME_DIGITS or len(other) < SAME_DIGITS:
        return one == other
    return one[-SAME_DIGITS:] == other[-SAME_DIGITS:]


async def _whole(session: AsyncSession, call: Call) -> Call:
    """Return the call of which this one turned out to be a part."""
    seen = set()
    while call.merged_into_id is not None and call.id not in seen:
        seen.add(call.id)
        above = await session.get(Call, call.merged_into_id)
        if above is None:
            break
        call = above
    return call
