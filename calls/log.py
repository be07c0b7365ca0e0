"""The call log: one row per call, written again whenever the call changed.

In: a folded `CallRecord`, in the transaction of the event that changed it. Out: rows of the call, its legs, transfers and
recordings, and at the end the outcome with its reason and one job per recording. Writing the same record twice changes
nothing: (pbx, linkedid) names the call, the place in the record names legs and transfers, the file names the recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs, record_json
from calls.model import CallRecord, RecordingName, Ring, same_person
from calls.outcome import decide
from calls.phone_number import to_e164
from calls.tables import Call, CallLeg, CallTransfer, Recording
from pbx.events import Direction, Party, RingResult

log = structlog.get_logger(__name__)

COLLECT = "collect_recording"
"""Kind of the job that copies a recording in; payload `{"recording_id": …}`."""
FIRST_UNOFFERED_LEG = 1000
"""Place of the first leg that talked without having been offered, so that later offers move nothing."""


@dataclass(frozen=True, slots=True)
class Written:
    """What `write` did."""

    call_id: int
    absorbed_ids: tuple[int, ...] = ()
    """Rows that turned out to be part of this call just now."""


async def write(
    session: AsyncSession, record: CallRecord, *, region: str = "RU", pop_ms: float | None = None
) -> Written:
    """Bring the rows of one call to what the record says.

    Args:
        session: a write session.
        record: the call, folded up to now.
        region: country of numbers without one (ISO 3166).
        pop_ms: how long a pop of this call took, in milliseconds; the worst is kept.
    """
    call = await session.scalar(
        select(Call).where(Call.pbx == record.pbx, Call.linkedid == record.linkedid)
    )
    if call is None:
        call = Call(pbx=record.pbx, linkedid=record.linkedid)
        session.add(call)
    _describe(call, record, region)
    if pop_ms is not None:
        call.pop_ms = max(pop_ms, call.pop_ms or 0.0)
    await session.flush()
    await _write_legs(session, call, record)
    if record.transfers:
        await _write_transfers(session, call, record)
    absorbed = await _absorb(session, call, record) if record.absorbed else ()
    if record.recordings or absorbed:
        await _write_recordings(session, call, record)
    await session.flush()
    return Written(call.id, absorbed)


def _describe(call: Call, record: CallRecord, region: str) -> None:
    remote = remote_party(record)
    number = remote.number if remote is not None else ""
    _set(
        call,
        linkedids=list(record.linkedids),
        direction=record.direction.value,
        consultation=record.consultation,
        click_to_call=record.click_to_call,
        caller=record.caller.label,
        caller_name=record.caller.name,
        caller_hidden=record.caller.hidden,
        called=record.called.label,
        remote_number=number,
        remote_e164=to_e164(number, region) if number else None,
        trunk=record.trunk,
        queue=record.queue,
        voicemail=record.voicemail,
        started_at=record.started_at,
        answered_at=record.answered_at,
        ended_at=record.ended_at,
        ended=record.ended,
        end_seen=record.end_seen,
        answered_by=record.answered_by.label if record.answered_by else "",
        detail=record_json.dump(record),
    )
    if record.ended:
        _decide(call, record)


def _decide(call: Call, record: CallRecord) -> None:
    decision = decide(record)
    _set(
        call,
        outcome=decision.outcome.value,
        reason_key=decision.reason_key,
        reason_args=decision.reason_args,
        needs_callback=decision.needs_callback,
        wait_s=decision.wait_s,
        talk_s=decision.talk_s,
        hold_s=decision.hold_s,
        final_handler=decision.final_handler.label if decision.final_handler else "",
        answered_by=call.answered_by if decision.outcome == "answered" else "",
    )


def _set(row: object, **values: Any) -> None:
    """Set what differs, so that an unchanged row costs no update."""
    for name, value in values.items():
        if getattr(row, name, None) != value:
            setattr(row, name, value)


def remote_party(record: CallRecord) -> Party | None:
    """Return the outside party of a call; None for internal calls."""
    if record.direction is Direction.IN:
        return record.caller
    return record.called if record.direction is Direction.OUT else None


@dataclass(frozen=True, slots=True)
class _Leg:
    position: int
    party: Party
    ring: Ring | None
    talked: bool


def _legs(record: CallRecord) -> Iterator[_Leg]:
    """Every offer, then everybody of ours who talked without being offered the call."""
    talked: dict[tuple[str, str], Party] = {}
    for talk in record.talks:
        for party in talk.parties:
            talked.setdefault((party.extension, party.number), party)
    for position, ring in enumerate(record.rings):
        answered = ring.result is RingResult.ANSWERED
        key = (ring.party.extension, ring.party.number)
        yield _Leg(position, ring.party, ring, answered and key in talked)
    offered = [ring.party for ring in record.rings if ring.result is RingResult.ANSWERED]
    others = [
        party
        for party in talked.values()
        if party.is_ours and not any(same_person(party, other) for other in offered)
    ]
    for position, party in enumerate(others, start=FIRST_UNOFFERED_LEG):
        yield _Leg(position, party, None, talked=True)


async def _write_legs(session: AsyncSession, call: Call, record: CallRecord) -> None:
    rows = await session.scalars(select(CallLeg).where(CallLeg.call_id == call.id))
    known = {row.position: row for row in rows}
    for leg in _legs(record):
        row = known.pop(leg.position, None)
        if row is None:
            row = CallLeg(call_id=call.id, position=leg.position, uniqueid="")
            session.add(row)
        ring = leg.ring
        _set(
            row,
            uniqueid=ring.leg if ring else "",
            extension=leg.party.extension,
            number=leg.party.number,
            queue=ring.queue if ring else "",
            offered_at=ring.offered_at if ring else None,
            rang=ring.rang if ring else False,
            rang_at=ring.rang_at if ring else None,
            stopped_at=ring.stopped_at if ring else None,
            result=ring.result.value if ring and ring.result else None,
            talked=leg.talked,
        )
    for row in known.values():
        await session.delete(row)


async def _write_transfers(session: AsyncSession, call: Call, record: CallRecord) -> None:
    rows = await session.scalars(select(CallTransfer).where(CallTransfer.call_id == call.id))
    known = {row.position: row for row in rows}
    for position, transfer in enumerate(record.transfers):
        row = known.pop(position, None)
        if row is None:
            row = CallTransfer(call_id=call.id, position=position)
            session.add(row)
        _set(
            row,
            kind=transfer.kind.value,
            source=transfer.source.label,
            target=transfer.target.label,
            at=transfer.at,
        )
    for row in known.values():
        await session.delete(row)


async def _write_recordings(session: AsyncSession, call: Call, record: CallRecord) -> None:
    rows = await session.scalars(select(Recording).where(Recording.call_id == call.id))
    known = {row.source_key: row for row in rows}
    for named in record.recordings:
        key = named.mixed or named.receive or named.transmit
        if key in known:
            continue
        row = Recording(
            call_id=call.id,
            source_key=key,
            source=_source(named, record),
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


def _source(named: RecordingName, record: CallRecord) -> dict[str, Any]:
    """Where the files are and on which of them the client is: `receive` is what the recorded leg says."""
    party = named.party
    client_leg = not party.is_ours if party.label else record.direction is Direction.IN
    return {
        "mixed": named.mixed,
        "receive": named.receive,
        "transmit": named.transmit,
        "recorded_party": party.label,
        "bridged_only": named.bridged_only,
        "client_side": "receive" if client_leg else "transmit",
    }


async def _absorb(session: AsyncSession, call: Call, record: CallRecord) -> tuple[int, ...]:
    """Take over what was recorded in calls that turned out to be this one, and hide their rows."""
    rows: Sequence[Call] = (
        await session.scalars(
            select(Call).where(
                Call.pbx == record.pbx,
                Call.linkedid.in_(record.absorbed),
                Call.merged_into_id.is_(None),
                Call.id != call.id,
            )
        )
    ).all()
    for row in rows:
        row.merged_into_id = call.id
        row.ended = True
        own = select(Recording.source_key).where(Recording.call_id == call.id)
        await session.execute(
            update(Recording)
            .where(Recording.call_id == row.id, Recording.source_key.not_in(own.scalar_subquery()))
            .values(call_id=call.id)
            .execution_options(synchronize_session=False)
        )
    return tuple(row.id for row in rows)


async def unfinished(session: AsyncSession) -> list[CallRecord]:
    """Return the calls that had not ended when they were last written, oldest first.

    A row that cannot be read is left out and logged: the other calls must go on.
    """
    rows = await session.scalars(
        select(Call)
        .where(Call.ended.is_(False), Call.merged_into_id.is_(None), Call.external_id.is_(None))
        .order_by(Call.id)
    )
    records = []
    for row in rows:
        try:
            records.append(record_json.load(row.detail))
        except record_json.RecordUnreadable as error:
            log.error("call_record_unreadable", call_id=row.id, why=str(error))
    return records
