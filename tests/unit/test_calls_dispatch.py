"""The dispatcher: order kept, nothing lost, nothing half written, pops whatever the database does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs
from support.call_events import PBX, answered_call, at, ended, missed_call, rings, started

from calls import dispatch
from calls import log as call_log
from calls.db import Database
from calls.dispatch import Dispatcher
from calls.errors import DatabaseUnavailable
from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call, FeedEvent, LinkWindow
from pbx.events import (
    CallEnded,
    CallEvent,
    CallsMerged,
    CallStarted,
    DeviceChanged,
    Linkedid,
    LinkLost,
    LinkRestored,
    PbxEvent,
)

WAIT_S = 20


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(dispatch, "FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr(dispatch, "LONGEST_PAUSE_S", 0.01)
    with capture_logs():
        yield


@asynccontextmanager
async def running(dispatcher: Dispatcher) -> AsyncIterator[Dispatcher]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(dispatcher.run())
        try:
            yield dispatcher
            await asyncio.wait_for(dispatcher.drain(), WAIT_S)
        finally:
            task.cancel()


async def stored(db: Database, *columns: Any) -> list[Any]:
    async with db.read() as session:
        rows = await session.execute(select(*columns).order_by(Call.id))
        return [tuple(row) for row in rows]


class Alarms:
    """A feed that only remembers passing notices."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def send_now(self, topic: str, payload: Any) -> None:
        self.sent.append((topic, payload))

    async def run(self) -> None: ...
    async def ready(self) -> None: ...
    def ring(self) -> None: ...
    def subscribe(self) -> Any: ...


async def test_events_become_rows_and_notices_in_order(db: Database) -> None:
    async with running(Dispatcher(db)) as dispatcher:
        for event in [*answered_call("1.1"), *missed_call("1.2")]:
            dispatcher.put(event)
    assert await stored(db, Call.linkedid, Call.outcome) == [("1.1", "answered"), ("1.2", "missed")]
    assert dispatcher.live == ()
    async with db.read() as session:
        topics = (await session.scalars(select(FeedEvent.topic).order_by(FeedEvent.id))).all()
    assert topics == ["call"] * (len(answered_call()) + len(missed_call()))


async def test_handlers_write_in_the_same_transaction_and_get_record_and_row(db: Database) -> None:
    seen: list[tuple[type[PbxEvent], bool, bool]] = []

    async def handler(
        session: AsyncSession, event: PbxEvent, record: CallRecord | None, row_id: int | None
    ) -> Sequence[Notice]:
        there = row_id is not None and await session.get(Call, row_id) is not None
        seen.append((type(event), record is not None, there))
        return [Notice("task", {"id": 5})] if isinstance(event, CallEnded) else []

    async with running(Dispatcher(db, [handler])) as dispatcher:
        dispatcher.put(started("1.1"))
        dispatcher.put(ended("1.1"))
        dispatcher.put(DeviceChanged(pbx=PBX, at=at(1), extension="101", state="idle"))
    assert seen == [
        (CallStarted, True, True),
        (CallEnded, True, True),
        (DeviceChanged, False, False),
    ]
    async with db.read() as session:
        topics = (await session.scalars(select(FeedEvent.topic).order_by(FeedEvent.id))).all()
    assert topics == ["call", "call", "task"]


async def test_pop_goes_out_before_anything_is_stored_and_its_time_is_kept(db: Database) -> None:
    shown: list[str] = []

    def at_once(event: PbxEvent, record: CallRecord | None) -> bool:
        assert record is not None
        shown.append(record.caller.label)
        return True

    dispatcher = Dispatcher(db, on_event_at_once=at_once)
    dispatcher.put(started("1.1"))
    assert shown == ["+79160001122"]
    assert await stored(db, Call.id) == []
    async with running(dispatcher):
        pass
    ((pop_ms,),) = await stored(db, Call.pop_ms)
    assert pop_ms > 0


async def test_pop_that_fails_stops_nothing(db: Database) -> None:
    def at_once(event: PbxEvent, record: CallRecord | None) -> None:
        raise RuntimeError

    async with running(Dispatcher(db, on_event_at_once=at_once)) as dispatcher:
        for event in missed_call("1.1"):
            dispatcher.put(event)
    assert await stored(db, Call.outcome) == [("missed",)]


class Away:
    """Makes a database unavailable for its next `times` transactions."""

    def __init__(self, db: Database, times: int) -> None:
        self.times = times
        self._write = db.write

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        if self.times > 0:
            self.times -= 1
            raise DatabaseUnavailable("locked")
        async with self._write() as session:
            yield session


async def test_locked_database_loses_nothing_and_pops_go_out(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Away(db, times=1_000_000)
    monkeypatch.setattr(db, "write", away.write)
    popped: list[PbxEvent] = []
    dispatcher = Dispatcher(db, on_event_at_once=lambda event, _: popped.append(event))
    events = [*answered_call("1.1"), *missed_call("1.2")]
    async with running(dispatcher):
        for event in events:
            dispatcher.put(event)
        await asyncio.sleep(0.05)
        assert popped == events
        assert dispatcher.backlog == len(events)
        away.times = 3
    assert await stored(db, Call.linkedid, Call.outcome) == [("1.1", "answered"), ("1.2", "missed")]


async def test_handler_that_fails_twice_gets_its_rows_in_the_end(db: Database) -> None:
    tries = 0

    async def handler(session: AsyncSession, *_: Any) -> Sequence[Notice]:
        nonlocal tries
        tries += 1
        session.add(LinkWindow(pbx="trial", lost_at=at(0)))
        await session.flush()
        if tries < 3:
            raise RuntimeError
        return []

    async with running(Dispatcher(db, [handler])) as dispatcher:
        dispatcher.put(started("1.1"))
    assert (tries, dispatcher.failed_handlers) == (3, 0)
    async with db.read() as session:
        assert await session.scalar(select(func.count(LinkWindow.id))) == 1


async def test_handler_that_always_fails_is_left_out_with_an_alarm(db: Database) -> None:
    async def broken(session: AsyncSession, *_: Any) -> Sequence[Notice]:
        raise RuntimeError

    async def sound(session: AsyncSession, *_: Any) -> Sequence[Notice]:
        return [Notice("task", {"id": 1})]

    async with running(Dispatcher(db, [broken, sound])) as dispatcher:
        dispatcher.put(started("1.1"))
    assert dispatcher.failed_handlers == 1
    assert await stored(db, Call.linkedid) == [("1.1",)]
    async with db.read() as session:
        rows = (await session.scalars(select(FeedEvent).order_by(FeedEvent.id))).all()
    assert [row.topic for row in rows] == ["call", "alarm", "task"]
    assert "broken" in rows[1].payload["handler"]


async def test_statement_error_in_a_handler_is_the_handlers(db: Database) -> None:
    async def broken(session: AsyncSession, *_: Any) -> Sequence[Notice]:
        session.add(Call(pbx=PBX, linkedid="1.1", direction="in"))
        return []

    async with running(Dispatcher(db, [broken])) as dispatcher:
        dispatcher.put(started("1.1"))
        dispatcher.put(ended("1.1"))
    assert dispatcher.failed_handlers == 2
    assert await stored(db, Call.linkedid, Call.ended) == [("1.1", True)]


async def test_log_that_cannot_write_an_event_goes_on_with_the_next(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms = Alarms()
    write = call_log.write

    async def broken(session: AsyncSession, record: CallRecord, **more: Any) -> Any:
        if not record.rings and not record.ended:
            raise ValueError
        return await write(session, record, **more)

    monkeypatch.setattr(call_log, "write", broken)
    async with running(Dispatcher(db, feed=alarms)) as dispatcher:
        for event in missed_call("1.1"):
            dispatcher.put(event)
    assert await stored(db, Call.outcome) == [("missed",)]
    assert alarms.sent == [("alarm", {"kind": "call_not_stored", "call": "1.1"})]


async def test_flood_passes_over_refinements_but_loses_no_call(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "COALESCE_AT", 5)
    monkeypatch.setattr(dispatch, "ALARM_AT", 5)
    alarms = Alarms()
    dispatcher = Dispatcher(db, feed=alarms)
    for number in range(4):
        for event in answered_call(f"1.{number}"):
            dispatcher.put(event)
    async with running(dispatcher):
        pass
    assert dispatcher.passed_over > 0
    assert await stored(db, Call.outcome, Call.talk_s) == [("answered", 60.0)] * 4
    assert [topic for topic, _ in alarms.sent] == ["alarm"]


async def test_restart_goes_on_with_the_same_row(db: Database) -> None:
    events = answered_call("1.1")
    async with running(Dispatcher(db)) as first:
        for event in events[:7]:
            first.put(event)
    again = Dispatcher(db)
    await again.load("main")
    async with running(again):
        again.put(LinkRestored(pbx=PBX, at=at(40)))
        found: CallEvent = started("1.1", second=40)
        again.put(_from_resync(found))
        await asyncio.sleep(0)
        for event in events[7:]:
            again.put(event)
    rows = await stored(db, Call.linkedid, Call.outcome, Call.talk_s, Call.end_seen)
    assert rows == [("1.1", "answered", 60.0, True)]


def _from_resync(event: CallEvent) -> CallEvent:
    assert isinstance(event, CallStarted)
    return CallStarted(
        pbx=event.pbx,
        call=event.call,
        at=event.at,
        direction=event.direction,
        caller=event.caller,
        called=event.called,
        linkedids=event.linkedids,
        from_resync=True,
    )


async def test_call_that_is_gone_after_a_restart_ends_unseen(db: Database) -> None:
    async with running(Dispatcher(db)) as first:
        for event in [started("1.1"), *rings("1.1", "101"), started("1.2")]:
            first.put(event)
    again = Dispatcher(db)
    await again.load("main")
    async with running(again):
        again.put(LinkRestored(pbx=PBX, at=at(600)))
        again.put(_from_resync(started("1.2", second=600)))
        await asyncio.sleep(0)
    assert await stored(db, Call.linkedid, Call.ended, Call.end_seen) == [
        ("1.1", True, False),
        ("1.2", False, True),
    ]
    assert [record.linkedid for record in again.live] == ["1.2"]


async def test_absorbed_call_is_no_longer_live(db: Database) -> None:
    async with running(Dispatcher(db)) as dispatcher:
        dispatcher.put(started("1.1"))
        dispatcher.put(started("1.2"))
        merged = CallsMerged(pbx=PBX, call=Linkedid("1.1"), at=at(5), absorbed=(Linkedid("1.2"),))
        dispatcher.put(merged)
    assert [record.linkedid for record in dispatcher.live] == ["1.1"]


async def test_lost_and_restored_connection_are_kept_and_told(db: Database) -> None:
    async with running(Dispatcher(db)) as dispatcher:
        dispatcher.put(LinkLost(pbx=PBX, at=at(0), why="gone"))
        dispatcher.put(LinkRestored(pbx=PBX, at=at(9), blind_since=at(0)))
    async with db.read() as session:
        windows = (await session.scalars(select(LinkWindow))).all()
        told = (await session.scalars(select(FeedEvent.payload).order_by(FeedEvent.id))).all()
    assert [(w.lost_at, w.restored_at) for w in windows] == [(at(0), at(9))]
    assert [payload["connected"] for payload in told] == [False, True]
