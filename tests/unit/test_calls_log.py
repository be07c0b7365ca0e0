"""The call log: the same rows however often, in whatever pieces and on whichever database a call is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload
from support.call_events import (
    CLIENT,
    PBX,
    answered_call,
    at,
    ended,
    missed_call,
    recorded,
    rings,
    started,
    stops,
    talk,
    talk_ends,
)

from calls import link_windows, log, record_json
from calls.db import Database
from calls.model import CallRecord, fold
from calls.tables import Call, Job, LinkWindow, Recording
from pbx.events import (
    CallEvent,
    CallsMerged,
    Linkedid,
    LinkEvent,
    LinkHeard,
    LinkLost,
    LinkRestored,
    Party,
    RingResult,
    TransferKind,
    Transferred,
)


def folded(events: Iterable[CallEvent], record: CallRecord | None = None) -> CallRecord:
    for event in events:
        record = fold(record, event)
    assert record is not None
    return record


async def write(db: Database, record: CallRecord, **more: Any) -> log.Written:
    async with db.write() as session:
        return await log.write(session, record, **more)


async def call_of(db: Database, linkedid: str = "1.1") -> Call:
    async with db.read() as session:
        found = await session.scalar(
            select(Call)
            .where(Call.linkedid == linkedid)
            .options(
                selectinload(Call.legs), selectinload(Call.transfers), selectinload(Call.recordings)
            )
        )
    assert found is not None
    return found


def contents(call: Call) -> dict[str, Any]:
    def plain(row: Any) -> dict[str, Any]:
        left_out = {"id", "call_id", "created_at"}
        return {
            c.name: getattr(row, c.name) for c in row.__table__.columns if c.name not in left_out
        }

    return plain(call) | {
        "legs": [plain(leg) for leg in call.legs],
        "transfers": [plain(transfer) for transfer in call.transfers],
        "recordings": [plain(recording) for recording in call.recordings],
    }


async def test_answered_call_is_kept_with_legs_outcome_and_recording(db: Database) -> None:
    await write(db, folded(answered_call()), pop_ms=3.5)
    call = await call_of(db)
    assert (call.direction, call.caller, call.called) == ("in", "+79160001122", "4951234567")
    assert (call.remote_number, call.remote_e164) == ("+79160001122", "+79160001122")
    assert (call.outcome, call.answered_by, call.final_handler) == ("answered", "101", "101")
    assert (call.talk_s, call.needs_callback, call.pop_ms) == (60.0, False, 3.5)
    assert call.reason_key
    legs = [(leg.extension, leg.rang, leg.talked, leg.result) for leg in call.legs]
    assert legs == [("101", True, True, "answered"), ("102", True, False, "answered_elsewhere")]
    (recording,) = call.recordings
    assert recording.source_key == "/rec/1.1.wav"
    assert recording.source["client_side"] == "transmit"
    async with db.read() as session:
        job = (await session.scalars(select(Job))).one()
    assert (job.kind, job.payload) == (log.COLLECT, {"recording_id": recording.id})


async def test_missed_call_needs_a_call_back_and_has_its_reason(db: Database) -> None:
    await write(db, folded(missed_call()))
    call = await call_of(db, "2.1")
    assert (call.outcome, call.answered_by, call.needs_callback) == ("missed", "", True)
    assert call.reason_args["others"] == "101"


async def test_call_in_progress_has_no_outcome_and_no_job(db: Database) -> None:
    await write(db, folded(answered_call()[:-1]))
    call = await call_of(db)
    assert (call.ended, call.outcome) == (False, None)
    async with db.read() as session:
        assert (await session.scalars(select(Job))).all() == []


async def test_recording_of_the_clients_leg_has_the_client_on_receive(db: Database) -> None:
    named = replace(recorded("1.1", "101"), party=CLIENT)
    await write(db, folded([started("1.1"), named]))
    assert (await call_of(db)).recordings[0].source["client_side"] == "receive"


async def test_outgoing_call_keeps_the_callers_leg_and_the_outside_number(db: Database) -> None:
    operator, client = Party(extension="101"), Party(number="8 (495) 123-45-67")
    events = [
        started("1.1", operator, client),
        talk("1.1", operator, client),
        talk_ends("1.1", operator, client),
        ended("1.1"),
    ]
    await write(db, folded(events))
    call = await call_of(db)
    assert (call.direction, call.remote_e164) == ("out", "+74951234567")
    assert [(leg.extension, leg.talked) for leg in call.legs] == [("101", True)]


async def test_hidden_and_internal_calls_have_no_outside_number(db: Database) -> None:
    await write(db, folded(missed_call("1.1", caller=Party(hidden=True))))
    await write(db, folded([started("1.2", Party(extension="101"), Party(extension="102"))]))
    for linkedid in ("1.1", "1.2"):
        call = await call_of(db, linkedid)
        assert (call.remote_number, call.remote_e164) == ("", None)
    assert (await call_of(db, "1.1")).needs_callback is False


async def test_transfer_and_who_got_the_call_are_kept(db: Database) -> None:
    handed_on = Transferred(
        pbx=PBX,
        call=Linkedid("1.1"),
        at=at(30),
        kind=TransferKind.BLIND,
        source=Party(extension="101"),
        target=Party(extension="103"),
    )
    second = Party(extension="103")
    events = [*answered_call()[:-1], handed_on, *rings("1.1", "103", second=31)]
    events += [stops("1.1", "103", RingResult.ANSWERED, second=33)]
    events += [talk("1.1", CLIENT, second, second=66), talk_ends("1.1", CLIENT, second, second=80)]
    await write(db, folded([*events, ended("1.1", second=81)]))
    call = await call_of(db)
    assert [(t.kind, t.source, t.target) for t in call.transfers] == [("blind", "101", "103")]
    assert (call.answered_by, call.final_handler) == ("101", "103")


async def test_absorbed_call_is_hidden_and_its_recording_moves(db: Database) -> None:
    await write(db, folded([started("2.1"), recorded("2.1", "103", "b")]))
    first = folded([started("1.1"), recorded("1.1", "101", "a")])
    merged = folded(
        [CallsMerged(pbx=PBX, call=Linkedid("1.1"), at=at(9), absorbed=(Linkedid("2.1"),))], first
    )
    written = await write(db, merged)
    absorbed = await call_of(db, "2.1")
    assert written.absorbed_ids == (absorbed.id,)
    assert absorbed.merged_into_id == written.call_id
    await write(db, folded([ended("1.1")], merged))
    async with db.read() as session:
        owners = (await session.execute(select(Recording.source_key, Recording.call_id))).all()
        jobs = (await session.scalars(select(Job))).all()
    assert sorted(map(tuple, owners)) == [
        ("/rec/a.wav", written.call_id),
        ("/rec/b.wav", written.call_id),
    ]
    assert len(jobs) == 2


async def test_record_survives_the_way_through_json(db: Database) -> None:
    record = folded(answered_call())
    await write(db, record)
    assert record_json.load((await call_of(db)).detail) == record


async def test_unfinished_calls_are_found_again_and_a_broken_row_is_left_out(db: Database) -> None:
    live = folded(answered_call("1.1")[:4])
    await write(db, live)
    await write(db, folded(answered_call("1.2")))
    await write(db, folded([started("1.3")]))
    async with db.write() as session:
        broken = await session.scalar(select(Call).where(Call.linkedid == "1.3"))
        assert broken is not None
        broken.detail = {"pbx": 1}
    async with db.read() as session:
        assert await log.unfinished(session, "main") == [live]


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(repeats=st.lists(st.integers(0, 2), min_size=11, max_size=11))
async def test_written_at_any_points_gives_the_same_rows(db: Database, repeats: list[int]) -> None:
    events = answered_call()
    async with db.write() as session:
        for table in (Job, Recording, Call):
            await session.execute(delete(table))
    await write(db, folded(events))
    once = contents(await call_of(db))
    async with db.write() as session:
        for table in (Job, Recording, Call):
            await session.execute(delete(table))
    record: CallRecord | None = None
    for event, times in zip(events, [*repeats[: len(events) - 1], 2], strict=True):
        record = fold(record, event)
        for _ in range(times):
            await write(db, record)
    assert contents(await call_of(db)) == once


async def test_lost_connection_is_one_window(db: Database) -> None:
    async with db.write() as session:
        await link_windows.write(session, LinkRestored(pbx=PBX, at=at(0)))
        await session.flush()
        for second in (10, 11):
            await link_windows.write(session, LinkLost(pbx=PBX, at=at(second), why="gone"))
            await session.flush()
        await link_windows.write(session, LinkRestored(pbx=PBX, at=at(20), blind_since=at(10)))
        await session.flush()
        await link_windows.write(session, LinkRestored(pbx=PBX, at=at(50), blind_since=at(40)))
    async with db.read() as session:
        windows = (await session.scalars(select(LinkWindow).order_by(LinkWindow.id))).all()
    first_contact = (at(0), at(0))
    gaps = [(w.lost_at, w.restored_at) for w in windows]
    assert gaps == [first_contact, (at(10), at(20)), (at(40), at(50))]


async def gaps(db: Database, *events: LinkEvent) -> list[tuple[datetime, datetime | None, str]]:
    """What the windows are after these events, one transaction each."""
    for event in events:
        async with db.write() as session:
            await link_windows.write(session, event)
    async with db.read() as session:
        windows = (await session.scalars(select(LinkWindow).order_by(LinkWindow.id))).all()
    return [(w.lost_at, w.restored_at, w.why) for w in windows]


async def test_time_in_which_we_did_not_run_is_a_window(db: Database) -> None:
    first = (LinkRestored(pbx=PBX, at=at(0)), LinkHeard(pbx=PBX, at=at(10)))
    found = await gaps(db, *first, LinkRestored(pbx=PBX, at=at(60)))
    assert found[1:] == [(at(10), at(60), link_windows.NOT_RUNNING)]


async def test_window_of_a_start_without_the_pbx_begins_with_the_last_heartbeat(
    db: Database,
) -> None:
    first = (LinkRestored(pbx=PBX, at=at(0)), LinkHeard(pbx=PBX, at=at(10)))
    away = LinkLost(pbx=PBX, at=at(50), why="refused", never_up=True)
    found = await gaps(db, *first, away, LinkRestored(pbx=PBX, at=at(60)))
    assert found[1:] == [(at(10), at(60), link_windows.NOT_RUNNING)]


async def test_loss_while_we_run_begins_when_it_was_noticed(db: Database) -> None:
    first = (LinkRestored(pbx=PBX, at=at(0)), LinkHeard(pbx=PBX, at=at(10)))
    found = await gaps(db, *first, LinkLost(pbx=PBX, at=at(18), why="gone"))
    assert found[1:] == [(at(18), None, "gone")]


async def test_loss_that_we_did_not_survive_is_one_window(db: Database) -> None:
    first = (LinkRestored(pbx=PBX, at=at(0)), LinkHeard(pbx=PBX, at=at(10)))
    lost = LinkLost(pbx=PBX, at=at(18), why="gone")
    again = LinkLost(pbx=PBX, at=at(40), why="refused", never_up=True)
    found = await gaps(db, *first, lost, again, LinkRestored(pbx=PBX, at=at(60)))
    assert found[1:] == [(at(18), at(60), "gone")]
