"""Simulated calls become the same calls as the real ones: wire, listener, tracker, fold, decision; and recordings."""

import asyncio
import itertools
import json
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from calls.model import CallRecord, fold
from calls.outcome import Outcome, decide
from pbx import samples
from pbx.actions import Actions
from pbx.events import CallEvent, LinkRestored, PbxName, RecordingNamed
from pbx.listener import Listener
from pbx.settings import PbxSettings
from pbx.simulator import SCENARIOS, Plan, Simulator
from pbx.tracker import CallTracker

TRACES = Path(__file__).parents[1] / "traces"
CLIENT = "79161234567"
SPEED = 30.0
"""Simulated seconds in a real one."""


async def until(condition):
    async with asyncio.timeout(60):
        while not condition():  # any condition, over a real socket
            await asyncio.sleep(0.002)


class Company:
    """A simulator with the whole chain behind it."""

    def __init__(self, recording_dir, speed):
        self.simulator = Simulator(
            [(CLIENT, "")], account=("slovo", "right"), recording_dir=recording_dir, speed=speed
        )
        self.records: dict[str, CallRecord] = {}
        self.named: list[RecordingNamed] = []
        self.linked = asyncio.Event()

    def emit(self, event):
        if isinstance(event, LinkRestored):
            self.linked.set()
        if isinstance(event, RecordingNamed):
            self.named.append(event)
        if isinstance(event, CallEvent):
            self.records[event.call] = fold(self.records.get(event.call), event)

    async def record_of(self, handle) -> CallRecord:
        await until(lambda: handle.linkedid in self.records and self.records[handle.linkedid].ended)
        return self.records[handle.linkedid]


@pytest.fixture
async def company(tmp_path):
    made = Company(tmp_path, SPEED)
    await made.simulator.start()
    settings = PbxSettings(ami_port=made.simulator.port, ami_secret="right")
    listener = Listener(settings, CallTracker(PbxName("main")), made.emit)
    run = asyncio.create_task(listener.run())
    await asyncio.wait_for(made.linked.wait(), 10)
    made.actions = Actions(listener.send)
    yield made
    await listener.close()
    await run
    await made.simulator.close()


async def test_machine_that_stalls_changes_no_call(company):
    handle = company.simulator.begin("in-direct-voicemail", talk_s=3)
    await until(lambda: any(ring.rang for r in company.records.values() for ring in r.rings))
    # All of the call becomes due at once: nobody picked up, then the box, then the caller's end.
    time.sleep(1)  # noqa: ASYNC251
    assert decide(await company.record_of(handle)).outcome is Outcome.MISSED


@pytest.mark.parametrize("name", SCENARIOS)
async def test_simulated_call_ends_as_the_real_one_did(company, name):
    (truth,) = json.loads((TRACES / f"{name}.json").read_text())["calls"]
    handle = await company.simulator.call(name, talk_s=3)
    record = await company.record_of(handle)
    decision = decide(record)
    assert decision.outcome == truth["outcome"]
    answered_by = record.answered_by.label if record.answered_by else None
    assert answered_by == truth["answered_by"]
    assert {ring.party.label for ring in record.rings if ring.rang} == set(truth["rang"])
    assert record.direction.value == truth["direction"]
    assert [transfer.target.label for transfer in record.transfers] == [
        target for target in [truth["transferred_to"]] if target
    ]
    assert record.caller.hidden == (name == "hidden-no-user")
    if truth["outcome"] == Outcome.ANSWERED and not truth["transferred_to"]:
        assert decision.talk_s >= 2.9  # a slow machine makes it longer, never shorter


def read(path):
    with Path(path).open("rb") as file:  # by content: the ending .wav16 says nothing to libsndfile
        sound, rate = soundfile.read(file, dtype="int16", always_2d=True)
    assert (rate, sound.shape[1]) == (16_000, 1)
    return sound[:, 0]


def size(path):
    return Path(path).stat().st_size


async def test_recording_holds_the_sample_side_by_side(company):
    handle = await company.simulator.incoming(
        CLIENT, "74951230001", plan=Plan(behaviours={}, sample=samples.calls()[-1])
    )
    company.simulator.hold_phone("101")
    await handle.answer("101")
    await until(lambda: size(handle.recording) > 44)
    begun = size(handle.recording)
    await until(lambda: size(handle.recording) > begun)  # grows while they talk
    await asyncio.sleep(0.2)  # six simulated seconds
    await handle.hangup()
    record = await company.record_of(handle)
    (named,) = company.named
    assert (named.mixed, named.bridged_only) == (str(handle.recording), True)
    assert named.party.label == CLIENT
    rx, tx, mixed = read(named.receive), read(named.transmit), read(named.mixed)
    assert len(rx) == len(tx) == len(mixed)
    assert len(rx) / 16_000 >= 6
    assert decide(record).talk_s >= 6
    sample = samples.sample_named_in(named.mixed)
    assert sample is not None
    assert sample.name == "ru-6"
    sound, _ = soundfile.read(sample.path, dtype="int16")
    shown = min(len(rx), len(sound))
    assert np.array_equal(rx[:shown], sound[:shown, 0])  # the recorded leg is the client's
    assert np.array_equal(tx[:shown], sound[:shown, 1])
    assert np.any(tx)


async def test_outgoing_recording_swaps_the_sides(company):
    handle = await company.simulator.outgoing("101", CLIENT, Plan(sample=samples.calls()[-1]))
    await asyncio.wait_for(handle.call.answered.wait(), 10)
    await asyncio.sleep(0.3)
    await handle.hangup()
    await company.record_of(handle)
    (named,) = company.named
    sound, _ = soundfile.read(samples.calls()[-1].path, dtype="int16")
    rx = read(named.receive)
    assert named.party.extension == "101"
    assert np.any(rx)
    assert np.array_equal(rx[: len(sound)], sound[: len(rx), 1])


async def test_unanswered_call_leaves_empty_files(company):
    handle = await company.simulator.call("in-direct-gave-up")
    await company.record_of(handle)
    (named,) = company.named
    for path in (named.mixed, named.receive, named.transmit):
        assert size(path) == 44
        assert len(read(path)) == 0


async def test_traffic_overlaps_and_every_call_has_an_end(company):
    company.simulator.run_traffic(calls_per_minute=60)
    await until(lambda: sum(record.ended for record in company.records.values()) >= 12)
    company.simulator._traffic.cancel()
    await until(lambda: not company.simulator.exchange.calls)
    switch = company.simulator.exchange.switch
    assert switch.channels == {}
    assert switch.bridges == []
    assert all(queue.waiting == [] for queue in switch.queues.values())
    outcomes = {decide(record).outcome for record in company.records.values() if record.ended}
    assert len(outcomes) >= 3
    starts = sorted((r.started_at, r.ended_at) for r in company.records.values() if r.ended)
    assert any(later < end for (_, end), (later, _) in itertools.pairwise(starts))


async def test_a_muted_recording_holds_silence_for_that_time(company):
    handle = await company.simulator.incoming(
        CLIENT, "74951230001", plan=Plan(behaviours={}, sample=samples.calls()[-1])
    )
    company.simulator.hold_phone("101")
    await handle.answer("101")
    path = handle.recording
    second = samples.RATE_HZ
    await until(lambda: size(path) > 44 + 2 * second * 2)
    channels = await company.actions.channels_of([handle.linkedid])
    muted = [one for one in channels if await company.actions.mute_recording(one, muted=True)]
    assert len(muted) == 1
    before = size(path)
    await until(lambda: size(path) > before + 3 * second * 2)
    assert await company.actions.mute_recording(muted[0], muted=False)
    await handle.hangup()
    await company.record_of(handle)
    sound = read(path)
    silent = [
        not sound[at : at + second].any() for at in range(0, len(sound) - second, second // 4)
    ]
    assert any(silent)
    assert not await company.actions.mute_recording("PJSIP/nobody-00000001", muted=True)
