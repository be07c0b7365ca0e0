"""Recording paused on a real Asterisk 22, by Slovo's own orders, and an announcement as Slovo's own account hears it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pydantic import SecretStr
from sqlalchemy import select
from support.asterisk_server import ANNOUNCEMENT, AsteriskServer
from support.people import person
from support.sipp import ALAW, Phones, encode, recording_of

from calls.db import Database
from calls.dispatch import Dispatcher
from calls.model import CallRecord
from calls.tables import Call
from crm import recording_notes, recording_pauses
from crm.tables import CallAnnouncement, RecordingPause
from pbx.actions import Actions
from pbx.events import CallEnded, LinkRestored, PbxEvent, PbxName
from pbx.listener import Listener
from pbx.settings import PbxSettings
from pbx.tracker import CallTracker

pytestmark = pytest.mark.asterisk

BYTES_PER_S = 16_000
"""Of a recording of 8 kHz."""
WINDOW_S = 0.1
WAIT_S = 20


class Slovo:
    """What hears the PBX and writes down what it says, as the server wires it."""

    def __init__(self, asterisk: AsteriskServer, db: Database) -> None:
        host, port = asterisk.ami
        settings = PbxSettings(
            name="main", ami_host=host, ami_port=port, ami_secret=SecretStr(asterisk.secret)
        )
        handlers = [recording_notes.on_event]
        self.dispatcher = Dispatcher(db, handlers, on_event_at_once=self._on_event)
        self.listener = Listener(settings, CallTracker(PbxName("main")), self.dispatcher.put)
        self.actions = Actions(self.listener.send)
        self.up, self.talks, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def _on_event(self, event: PbxEvent, record: CallRecord | None) -> None:
        if isinstance(event, LinkRestored):
            self.up.set()
        if record is not None and record.answered_by is not None and record.recordings:
            self.talks.set()
        if isinstance(event, CallEnded):
            self.ended.set()

    async def call(self, db: Database, until: asyncio.Event) -> Call:
        """The one call, as stored when `until` has happened."""
        await asyncio.wait_for(until.wait(), WAIT_S)
        await self.dispatcher.drain()
        async with db.read() as session:
            return (await session.scalars(select(Call))).one()


@asynccontextmanager
async def listening(asterisk: AsteriskServer, db: Database) -> AsyncIterator[Slovo]:
    slovo = Slovo(asterisk, db)
    tasks = [asyncio.create_task(part.run()) for part in (slovo.dispatcher, slovo.listener)]
    try:
        yield slovo
    finally:
        await slovo.listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def hum(path: Path, hz: float) -> Path:
    """A tone that lasts as long as any call here."""
    soundfile.write(path, 0.4 * np.sin(2 * np.pi * hz * np.arange(16_000 * 20) / 16_000), 16_000)
    return path


def grown(path: Path, by_s: float) -> None:
    """Wait until Asterisk has written so much more of a recording."""
    size = path.stat().st_size if path.is_file() else 0
    deadline = time.monotonic() + WAIT_S
    while not path.is_file() or path.stat().st_size < size + by_s * BYTES_PER_S:
        assert time.monotonic() < deadline, f"{path} does not grow"
        time.sleep(0.05)


def silent_s(path: Path) -> tuple[float, float]:
    """Beginning and end of the longest silence of a file, in seconds."""
    sound, rate = soundfile.read(path)
    step = int(rate * WINDOW_S)
    loud = [float(np.abs(sound[at : at + step]).max()) > 0.01 for at in range(0, len(sound), step)]
    best, start = (0, 0), 0
    for place, is_loud in enumerate([*loud, True]):
        if is_loud:
            best = max(best, (start, place), key=lambda run: run[1] - run[0])
            start = place + 1
    return best[0] * WINDOW_S, best[1] * WINDOW_S


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_paused_recording_is_silent_until_it_goes_on_and_the_announcement_is_noted(
    asterisk: AsteriskServer, phones: Phones, db: Database, tmp_path: Path
) -> None:
    anna = await person(db, "anna", "operator", extensions=("101",))
    before = set(asterisk.recordings.iterdir())
    client, operator = (
        encode(hum(tmp_path / f"{name}.wav", hz), ALAW, phones.work)
        for name, hz in {"client": 440, "operator": 1500}.items()
    )
    phones.answers("101", after_s=0.5, speech=operator)
    async with listening(asterisk, db) as slovo:
        await asyncio.wait_for(slovo.up.wait(), WAIT_S)
        caller = phones.calls("74951230006", talk_s=15, speech=client)
        call = await slovo.call(db, slovo.talks)
        mixed = next(
            path
            for path in set(asterisk.recordings.iterdir()) - before
            if path.stem[-2:] not in ("rx", "tx")
        )
        await asyncio.to_thread(grown, mixed, 1)
        await recording_pauses.pause(db, anna, call, slovo.actions, datetime.now(UTC))
        phone = next(one for one in asterisk.channels() if one.startswith("PJSIP/101"))
        assert not await slovo.actions.mute_recording(phone, muted=True), "nobody records this leg"
        await asyncio.to_thread(grown, mixed, 2)
        await recording_pauses.resume(db, anna, call, slovo.actions, datetime.now(UTC))
        await asyncio.to_thread(grown, mixed, 1)
        await asyncio.to_thread(asterisk.hang_up_all)
        call = await slovo.call(db, slovo.ended)
        caller.wait()
    async with db.read() as session:
        (pause,) = (await session.scalars(select(RecordingPause))).all()
        (told,) = (await session.scalars(select(CallAnnouncement))).all()
    assert (pause.call_id, pause.by_id, pause.ended_by) == (call.id, anna.user_id, "person")
    assert "trunk" in pause.channel
    assert (told.call_id, told.name) == (call.id, ANNOUNCEMENT)
    assert call.answered_at
    assert call.ended_at
    assert pause.until_at
    assert told.at < call.answered_at < pause.from_at < pause.until_at < call.ended_at
    made = recording_of(set(asterisk.recordings.iterdir()) - before)
    lasted_s = (pause.until_at - pause.from_at).total_seconds()
    for path in (made.mixed, made.receive, made.transmit):
        start, end = silent_s(path)
        assert end - start == pytest.approx(lasted_s, abs=0.5), path.name
        assert start > 0.5, f"{path.name}: nothing before the pause"
        assert soundfile.info(path).duration - end > 0.5, f"{path.name}: nothing after it"
