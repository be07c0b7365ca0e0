"""The call log: one row per call, written again whenever the call changed.

In: a folded `CallRecord`, in the transaction of the event that changed it. Out: rows of the call, its legs, transfers and
recordings, and at the end the outcome with its reason and one job per recording. Writing the same record twice changes
nothing: (pbx, linkedid) names the call, the place in the record names legs and transfers, the file names the recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import structlog
from sqlalchemy import Table, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs, log_values, record_json
from calls.errors import RecordUnreadable
from calls.log_values import Values
from calls.model import CallRecord
from calls.tables import Call, CallLeg, CallTransfer, Recording

log = structlog.get_logger(__name__)

COLLECT = "collect_recording"
"""Kind of the job that copies a recording in; payload `{"recording_id": …}`."""
_NEVER = object()
_PLAIN = {"synchronize_session": False}
CALLS, LEGS, TRANSFERS = (cast(Table, t.__table__) for t in (Call, CallLeg, CallTransfer))
"""The busy rows are written as plain tables: with objects an event took the processor more than twice as long."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows of a call hold, so that the next write touches only what changed."""

    call_id: int
    call: Values
    legs: Mapping[int, Values]
    transfers: Mapping[int, Values]
    recordings: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What `write` did."""

    call_id: int
    known: Known
    """For the next `write` of this call, once the transaction is committed."""
    absorbed_ids: tuple[int, ...] = ()
    """Rows that turned out to be part of this call just now."""


async def write(
    session: AsyncSession,
    record: CallRecord,
    *,
    known: Known | None = None,
    region: str = "RU",
    pop_ms: float | None = None,
) -> Written:
    """Bring the rows of one call to what the record says.

    Args:
        session: a write session.
        record: the call, folded up to now.
        known: what the last committed `write` of this call returned; None reads it from the database.
        region: country of numbers without one (ISO 3166).
        pop_ms: how long a pop of this call took, in milliseconds; the worst is kept.
    """
    known = known or await _read(session, record)
    values = log_values.call_values(record, region)
    before = known.call.get("pop_ms") if known else None
    values["pop_ms"] = max((t for t in (pop_ms, before) if t is not None), default=None)
    call_id = await _write_call(session, known, values)
    legs = {position: leg for position, leg in log_values.legs(record)}
    transfers = dict(enumerate(map(log_values.transfer_values, record.transfers)))
    await _write_places(session, LEGS, call_id, known.legs if known else {}, legs)
    await _write_places(session, TRANSFERS, call_id, known.transfers if known else {}, transfers)
    absorbed = await _absorb(session, call_id, record) if record.absorbed else ()
    new_recordings = len(record.recordings) > (known.recordings if known else 0)
    if new_recordings or absorbed or (record.ended and (record.recordings or record.absorbed)):
        await _write_recordings(session, call_id, record)
    after = Known(call_id, values, legs, transfers, len(record.recordings))
    return Written(call_id, after, absorbed)


async def _read(session: AsyncSession, record: CallRecord) -> Known | None:
    """Look which rows there are; their other values are not known, so all are written again."""
    found = await session.execute(
        select(Call.id, Call.pop_ms).where(Call.pbx == record.pbx, Call.linkedid == record.linkedid)
    )
    row = found.one_or_none()
    if row is None:
        return None
    legs = await session.scalars(select(CallLeg.position).where(CallLeg.call_id == row.id))
    transfers = await session.scalars(
        select(CallTransfer.position).where(CallTransfer.call_id == row.id)
    )
    return Known(
        row.id,
        {"pop_ms": row.pop_ms},
        {position: {} for position in legs},
        {position: {} for position in transfers},
    )


async def _write_call(session: AsyncSession, known: Known | None, values: Values) -> int:
    if known is None:
        made = await session.execute(insert(CALLS).values(values).returning(CALLS.c.id))
        return int(made.scalar_one())
    changed = {
        name: value for name, value in values.items() if known.call.get(name, _NEVER) != value
    }
    if changed:
        await session.execute(update(CALLS).where(CALLS.c.id == known.call_id).values(changed))
    return known.call_id


async def _write_places(
    session: AsyncSession,
    table: Table,
    call_id: int,
    known: Mapping[int, Values],
    wanted: Mapping[int, Values],
) -> None:
    """Bring numbered rows of a call to the wanted values."""
    new = [
        {"call_id": call_id, "position": position, **values}
        for position, values in wanted.items()
        if position not in known
    ]
    if new:
        await session.execute(insert(table), new)
    of_call, place = table.c.call_id == call_id, table.c.position
    for position, values in wanted.items():
        if position in known and known[position] != values:
            await session.execute(update(table).where(of_call, place == position).values(values))
    gone = [position for position in known if position not in wanted]
    if gone:
        await session.execute(delete(table).where(of_call, place.in_(gone)))


async def _write_recordings(session: AsyncSession, call_id: int, record: CallRecord) -> None:
    rows = await session.scalars(select(Recording).where(Recording.call_id == call_id))
    known = {row.source_key: row for row in rows}
    for named in record.recordings:
        key = named.mixed or named.receive or named.transmit
        if key in known:
            continue
        row = Recording(
            call_id=call_id,
            source_key=key,
            source=log_values.source(named, record),
            state="expected",
            started_at=named.at,
            created_at=datetime.now(UTC),
        )
        session.add(row)
        known[key] = row
    await session.flush()
    if record.ended:
        for row in known.values():
            await jobs.enqueue(session, COLLECT, str(row.id), {"recording_id": row.id})


async def _absorb(session: AsyncSession, call_id: int, record: CallRecord) -> tuple[int, ...]:
    """Take over what was recorded in calls that turned out to be this one, and hide their rows."""
    found = await session.scalars(
        select(Call.id).where(
            Call.pbx == record.pbx,
            Call.linkedid.in_(record.absorbed),
            # One that is told again after it was absorbed looks open again.
            or_(Call.merged_into_id.is_(None), Call.ended.is_(False)),
            Call.id != call_id,
        )
    )
    absorbed = tuple(found)
    if absorbed:
        hidden = update(Call).where(Call.id.in_(absorbed))
        await session.execute(
            hidden.values(merged_into_id=call_id, ended=True), execution_options=_PLAIN
        )
        own = select(Recording.source_key).where(Recording.call_id == call_id)
        taken = update(Recording).where(
            Recording.call_id.in_(absorbed), Recording.source_key.not_in(own.scalar_subquery())
        )
        await session.execute(taken.values(call_id=call_id), execution_options=_PLAIN)
    return absorbed


async def unfinished(session: AsyncSession, pbx: str) -> list[CallRecord]:
    """Return the calls of a PBX that had not ended when they were last written, oldest first.

    A row that cannot be read is left out and logged: the other calls must go on.
    """
    rows = await session.scalars(
        select(Call)
        .where(
            Call.pbx == pbx,
            Call.ended.is_(False),
            Call.merged_into_id.is_(None),
            Call.external_id.is_(None),
        )
        .order_by(Call.id)
    )
    records = []
    for row in rows:
        try:
            records.append(record_json.load(row.detail))
        except RecordUnreadable as error:
            log.error("call_record_unreadable", call_id=row.id, why=str(error))
    return records
