"""Calls over a lost line and over our own death: one row each, the truth or an honest unknown, and the gap is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from calls.db import Database
from calls.dispatch import Dispatcher
from calls.link_windows import NOT_RUNNING
from calls.tables import Call, LinkWindow
from pbx.events import LinkHeard, LinkRestored, PbxEvent, PbxName
from pbx.listener import Listener
from pbx.settings import PbxSettings
from pbx.simulator import Handle, Simulator
from pbx.tracker import CallTracker

CLIENT, COMPANY = "79161234567", "74951230001"
MAIN = PbxName("main")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # any condition, over a real socket
            await asyncio.sleep(0.005)


@pytest.fixture
async def switch() -> AsyncIterator[Simulator]:
    simulator = Simulator([(CLIENT, "")], account=("slovo", "right"), speed=20.0)
    for extension in ("101", "102", "103"):
        simulator.hold_phone(extension)
    await simulator.start()
    yield simulator
    await simulator.close()


class Slovo:
    """One life of the listening process."""

    def __init__(self, db: Database, switch: Simulator) -> None:
        settings = PbxSettings(
            ami_port=switch.port,
            ami_secret="right",
            ping_interval_s=0.02,
            heartbeat_s=0.02,
            look_interval_s=0.05,
            reconnect_min_s=0.02,
        )
        self.dispatcher = Dispatcher(db)
        self.events: list[PbxEvent] = []
        self.listener = Listener(settings, CallTracker(MAIN), self._put)
        self.tasks: list[asyncio.Task[None]] = []

    def _put(self, event: PbxEvent) -> None:
        self.events.append(event)
        self.dispatcher.put(event)

    def count(self, kind: type[PbxEvent]) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    async def born(self) -> None:
        await self.dispatcher.load(MAIN)
        self.tasks = [
            asyncio.create_task(self.dispatcher.run()),
            asyncio.create_task(self.listener.run()),
        ]
        await until(lambda: self.count(LinkRestored) > 0)

    async def killed(self) -> None:
        """Gone at once: nothing is said, nothing is written."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.listener._link is not None:
            self.listener._link.abort("killed")


@asynccontextmanager
async def slovo(db: Database, switch: Simulator) -> AsyncIterator[Slovo]:
    life = Slovo(db, switch)
    await life.born()
    try:
        yield life
        await life.dispatcher.drain()
    finally:
        await life.killed()


async def rows(db: Database) -> list[Call]:
    async with db.read() as session:
        return list(await session.scalars(select(Call).order_by(Call.id)))


async def over(life: Slovo, handle: Handle) -> None:
    await handle.finished()
    await until(lambda: not life.dispatcher.live)


async def test_talk_over_our_death_is_one_answered_call_and_the_gap_is_shown(
    db: Database, switch: Simulator
) -> None:
    async with slovo(db, switch) as first:
        handle = await switch.incoming(CLIENT, COMPANY)
        await handle.answer("101")
        beats = first.count(LinkHeard)
        await until(lambda: first.count(LinkHeard) > beats)
    async with slovo(db, switch) as second:
        await handle.hangup()
        await over(second, handle)
    (call,) = await rows(db)
    assert (call.outcome, call.answered_by, call.end_seen) == ("answered", "101", True)
    assert (call.source, call.ended) == ("resync", True)
    async with db.read() as session:
        windows = list(await session.scalars(select(LinkWindow).order_by(LinkWindow.id)))
    assert [window.why for window in windows] == ["", NOT_RUNNING]
    assert windows[1].restored_at is not None
    assert windows[1].lost_at < windows[1].restored_at


async def test_call_answered_while_we_were_dead_is_credited(
    db: Database, switch: Simulator
) -> None:
    async with slovo(db, switch):
        handle = await switch.incoming(CLIENT, COMPANY)
        await handle.ringing("101")
    await handle.answer("101")
    async with slovo(db, switch) as second:
        await handle.hangup()
        await over(second, handle)
    (call,) = await rows(db)
    assert (call.outcome, call.answered_by, call.source) == ("answered", "101", "resync")


async def test_call_that_ended_while_we_were_dead_is_no_missed_call(
    db: Database, switch: Simulator
) -> None:
    async with slovo(db, switch):
        handle = await switch.incoming(CLIENT, COMPANY)
        await handle.ringing("101")
    await handle.answer("101")
    await handle.hangup()
    await handle.finished()
    async with slovo(db, switch) as second:
        await until(lambda: not second.dispatcher.live)
    (call,) = await rows(db)
    assert (call.outcome, call.end_seen, call.needs_callback) == ("unknown", False, False)


async def test_lost_line_goes_on_with_the_same_call(db: Database, switch: Simulator) -> None:
    async with slovo(db, switch) as life:
        handle = await switch.incoming(CLIENT, COMPANY)
        await handle.answer("101")
        switch.drop_clients()
        await until(lambda: life.count(LinkRestored) == 2)
        await handle.hangup()
        await over(life, handle)
    (call,) = await rows(db)
    assert (call.outcome, call.source, call.end_seen) == ("answered", "resync", True)
