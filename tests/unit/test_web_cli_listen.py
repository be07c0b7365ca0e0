"""`slovo listen` against the simulator, and its recording read again by `slovo replay`."""

import asyncio
import json

import pytest
from support.cli import Run

from pbx.simulator import Simulator


@pytest.fixture
async def simulator(slovo: Run, monkeypatch):
    simulated = Simulator(account=("slovo", "right"), speed=30)
    await simulated.start()
    monkeypatch.setenv("SLOVO_AMI_PORT", str(simulated.port))
    monkeypatch.setenv("SLOVO_AMI_SECRET", "right")
    yield simulated
    await simulated.close()


async def listened(simulator, slovo: Run, *arguments: str):
    """Run the command in a thread while one call comes and goes."""
    running = asyncio.create_task(asyncio.to_thread(slovo, "listen", "--seconds", "3", *arguments))
    async with asyncio.timeout(20):
        while not any(session.events for session in simulator._sessions):
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)
    await simulator.call("in-direct-answered", ("79161234567", ""), talk_s=3)
    return await running


async def test_each_event_is_a_line(simulator, slovo: Run):
    ran = await listened(simulator, slovo)
    assert ran.code == 0
    assert "connected, AMI 11.0.0" in ran.out
    assert "call from 79161234567 to 74951230001 (in)" in ran.out
    assert "101 rings" in ran.out
    assert "phone 101: ringing" in ran.out
    assert "the call ended, by caller" in ran.out


async def test_json_gives_one_object_per_event(simulator, slovo: Run):
    ran = await listened(simulator, slovo, "--json")
    events = [json.loads(line) for line in ran.out.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "LinkRestored"
    assert names.count("CallStarted") == names.count("CallEnded") == 1
    started = next(event for event in events if event["event"] == "CallStarted")
    assert started["caller"]["number"] == "79161234567"
    assert started["at"].endswith("+00:00")


async def test_recording_replays_to_the_same_call(simulator, slovo: Run, tmp_path):
    ran = await listened(simulator, slovo, "--record", str(tmp_path / "day"))
    assert ran.code == 0
    assert (tmp_path / "day.txt").read_bytes().startswith(b"Asterisk Call Manager/11.0.0\r\n")
    assert "right" not in (tmp_path / "day.txt").read_text()
    replayed = slovo("replay", str(tmp_path / "day.txt"), "--json")
    (call,) = [json.loads(line) for line in replayed.out.splitlines()]
    assert (call["caller"], call["answered_by"], call["outcome"]) == (
        "79161234567",
        "101",
        "answered",
    )


def test_existing_recording_is_not_overwritten(slovo: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("SLOVO_AMI_SECRET", "right")
    (tmp_path / "day.txt").write_bytes(b"precious")
    ran = slovo("listen", "--record", str(tmp_path / "day.txt"))
    assert ran.code == 1
    assert "exists already" in ran.err
    assert (tmp_path / "day.txt").read_bytes() == b"precious"


def test_missing_secret_is_named(slovo: Run, monkeypatch):
    monkeypatch.delenv("SLOVO_AMI_SECRET", raising=False)
    ran = slovo("listen")
    assert ran.code == 1
    assert "SLOVO_AMI_SECRET is not set" in ran.err


async def test_refused_login_ends_with_code_1(simulator, slovo: Run, monkeypatch):
    monkeypatch.setenv("SLOVO_AMI_SECRET", "wrong")
    monkeypatch.setenv("SLOVO_LOGIN_ATTEMPTS", "1")
    ran = await asyncio.to_thread(slovo, "listen", "--seconds", "20")
    assert ran.code == 1
    assert "login refused, no more attempts" in ran.out
