"""Recordings as a real Asterisk 22 leaves them with `asterisk-conf/`: two sides, each with its own voice."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.ami_tap import AmiTap
from support.asterisk_server import AsteriskServer
from support.seen_calls import calls_of
from support.sipp import ALAW, G722, Phones, encode, recording_of, speech_call

from calls import log_values
from calls.record import CallRecord, RecordingName
from calls.recordings import audio_time
from calls.recordings.collect import Collected, Request, collect
from calls.transcripts.attribution import Attribution
from calls.transcripts.segments import Side

pytestmark = pytest.mark.asterisk


@pytest.fixture(scope="session")
def tones(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Sounds that no codec makes into one another: a low and a high tone, and one above the telephone band."""
    folder = tmp_path_factory.mktemp("tones")
    paths = {}
    for name, hz in {"client": 440, "operator": 1500, "wide": 5500}.items():
        paths[name] = folder / f"{name}.wav"
        wave = 0.4 * np.sin(2 * np.pi * hz * np.arange(16_000 * 3) / 16_000)
        soundfile.write(paths[name], wave, 16_000)
    return paths


@pytest.fixture
def wide(asterisk: AsteriskServer) -> Iterator[None]:
    asterisk.set_global("SLOVO_RECORD_FORMAT", "wav16")
    yield
    asterisk.set_global("SLOVO_RECORD_FORMAT", "wav")


def share(path: Path, hz: float) -> float:
    """How much of a file's energy lies within 100 Hz of a tone; 0 for silence."""
    sound, rate = soundfile.read(path)
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    near = np.abs(np.fft.rfftfreq(len(sound), 1 / rate) - hz) < 100
    return float(spectrum[near].sum() / max(spectrum.sum(), 1e-9)) if np.abs(sound).max() > 0.01 else 0.0  # fmt: skip


def test_both_speak_gives_each_voice_on_its_own_side(
    phones: Phones, tones: dict[str, Path]
) -> None:
    made = speech_call(phones, tones["client"], tones["operator"], codec=ALAW, talk_s=3)
    assert share(made.receive, 440) > 0.9
    assert share(made.receive, 1500) < 0.01
    assert share(made.transmit, 1500) > 0.9
    assert share(made.transmit, 440) < 0.01
    assert share(made.mixed, 440) > 0.2
    assert share(made.mixed, 1500) > 0.2
    assert len({soundfile.info(p).frames for p in (made.mixed, made.receive, made.transmit)}) == 1
    assert soundfile.info(made.receive).samplerate == 8000


def test_only_the_client_speaks_leaves_the_other_side_silent(
    phones: Phones, tones: dict[str, Path]
) -> None:
    made = speech_call(phones, tones["client"], None, codec=ALAW, talk_s=3)
    assert share(made.receive, 440) > 0.9
    assert np.abs(soundfile.read(made.transmit)[0]).max() == 0
    assert soundfile.info(made.transmit).duration == pytest.approx(3, abs=0.3)


@pytest.mark.usefixtures("wide")
def test_wideband_phones_and_wav16_keep_the_whole_band(
    phones: Phones, tones: dict[str, Path]
) -> None:
    made = speech_call(phones, tones["wide"], tones["operator"], codec=G722, talk_s=3)
    assert soundfile.info(made.receive).samplerate == 16_000
    assert share(made.receive, 5500) > 0.8
    assert share(made.transmit, 1500) > 0.8


def test_operator_calls_out_gives_swapped_sides(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap, tones: dict[str, Path]
) -> None:
    before = set(asterisk.recordings.iterdir())
    phones.answers("trunk", speech=encode(tones["client"], ALAW, phones.work))
    voice = encode(tones["operator"], ALAW, phones.work)
    phones.calls("79161234567", by="101", talk_s=3, speech=voice).wait()
    (call,) = calls_of(ami)
    made = recording_of(set(asterisk.recordings.iterdir()) - before)
    assert share(made.receive, 1500) > 0.9
    assert share(made.transmit, 440) > 0.9
    (named,) = call.record.recordings
    assert named.party.label == "101"


def test_recorded_call_names_its_files(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap, tones: dict[str, Path]
) -> None:
    made = speech_call(phones, tones["client"], tones["operator"], codec=ALAW, talk_s=1)
    (call,) = calls_of(ami)
    (named,) = call.record.recordings
    assert asterisk.here(named.mixed) == made.mixed
    assert asterisk.here(named.receive) == made.receive
    assert asterisk.here(named.transmit) == made.transmit
    assert not named.bridged_only
    assert str(call.record.linkedid) in made.mixed.name


def test_caller_with_a_path_for_a_number_stays_in_the_directory(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap, tones: dict[str, Path]
) -> None:
    before = set(asterisk.recordings.iterdir())
    phones.answers("101", after_s=0.5)
    phones.calls("74951230001", number="..%2F..%2Fetc$(id)", talk_s=1).wait()
    calls_of(ami)
    made = set(asterisk.recordings.iterdir()) - before
    assert len(made) == 3
    assert all(set(path.stem) <= set("0123456789-.rtxhiden") for path in made)


def test_recording_switched_off_leaves_no_file(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap
) -> None:
    before = set(asterisk.recordings.iterdir())
    asterisk.set_global("SLOVO_RECORD", "no")
    try:
        phones.answers("101", after_s=0.5)
        phones.calls("74951230001", talk_s=1).wait()
        (call,) = calls_of(ami)
    finally:
        asterisk.set_global("SLOVO_RECORD", "yes")
    assert call.record.recordings == ()
    assert set(asterisk.recordings.iterdir()) == before


def test_log_has_no_complaint_of_the_recorder(asterisk: AsteriskServer, phones: Phones) -> None:
    phones.answers("101", after_s=0.5)
    phones.calls("74951230001", talk_s=1).wait()
    assert "app_mixmonitor" not in asterisk.log.removeprefix(asterisk.start_log)


def wait_for_sound(path: Path, timeout_s: float = 10) -> None:
    """Wait until Asterisk has written some of a recording: it does so in pieces of 4 KB."""
    deadline = time.monotonic() + timeout_s
    while not path.is_file() or path.stat().st_size < 5000:
        assert time.monotonic() < deadline, f"{path} does not grow"
        time.sleep(0.05)


def taken(made: RecordingName, record: CallRecord, spool: Path, work: Path) -> Collected:
    """What the worker makes of a recording that the call names."""
    settled = spool.stat().st_mtime - 60
    for path in spool.glob(f"{Path(made.mixed or made.receive).stem}*"):
        os.utime(path, (settled, settled))
    request = Request(
        recording_id=1,
        source=log_values.source(made, record),
        at=made.at or datetime.now(UTC),
        data_dir=work,
    )
    return collect(request, spool, "the PBX")


def test_recordings_that_ami_starts_and_stops_in_the_middle_are_two_of_the_call(
    asterisk: AsteriskServer, phones: Phones, tones: dict[str, Path], tmp_path: Path
) -> None:
    """Start with both sides, mute, stop, start another: as a CRM or a supervisor does it."""
    asterisk.set_global("SLOVO_RECORD", "no")
    folder = f"{asterisk.inside}/monitor"
    try:
        phones.answers("101", after_s=0.5, speech=encode(tones["operator"], ALAW, phones.work))
        with AmiTap(asterisk.ami, "everything", asterisk.secret) as ami:
            speech = encode(tones["client"], ALAW, phones.work)
            call = phones.calls("74951230001", talk_s=6, speech=speech)
            ami.wait_event("BridgeEnter", BridgeNumChannels="2")
            trunk = next(one for one in asterisk.channels() if "trunk" in one)
            sides = f"r({folder}/first-rx.wav)t({folder}/first-tx.wav)"
            ami.action("MixMonitor", Channel=trunk, File=f"{folder}/first.wav", Options=sides)
            ami.wait_event("MixMonitorStart")
            ami.action("MixMonitorMute", Channel=trunk, Direction="both", State="1")
            ami.action("MixMonitorMute", Channel=trunk, Direction="both", State="0")
            wait_for_sound(asterisk.recordings / "first.wav")
            ami.action("StopMixMonitor", Channel=trunk)
            ami.wait_event("MixMonitorStop")
            ami.action("MixMonitor", Channel=trunk, File="second.wav")
            call.wait()
            (seen,) = calls_of(ami)
    finally:
        asterisk.set_global("SLOVO_RECORD", "yes")
    first, second = seen.record.recordings
    assert (Path(first.mixed).name, Path(second.mixed).name) == ("first.wav", "second.wav")
    assert first.party.label == second.party.label == "79161234567"
    took = taken(first, seen.record, asterisk.recordings, tmp_path)
    assert (took.state, took.sides) == ("ready", "two")
    beside = asterisk.here(second.mixed)  # named without a directory: where Asterisk keeps them
    assert beside.is_file()
    assert taken(second, seen.record, beside.parent, tmp_path).state == "ready"


def test_one_recording_goes_on_over_both_talks_of_a_transferred_call(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap, tmp_path: Path
) -> None:
    """The client's phone sends sound all the time, as telephones do: where nothing comes, nothing is written."""
    noise = np.random.default_rng(1).normal(0, 0.1, 16_000 * 9)
    soundfile.write(tmp_path / "long.wav", noise, 16_000)
    phones.transfers("101", "102", after_s=0.5, talk_s=1.5)
    phones.answers("102", after_s=0.5)
    speech = encode(tmp_path / "long.wav", ALAW, phones.work)
    phones.calls("74951230001", talk_s=5, speech=speech).wait()
    (seen,) = calls_of(ami)
    (made,) = seen.record.recordings
    assert len(seen.record.talks) == 2
    took = taken(made, seen.record, asterisk.recordings, tmp_path)
    assert (took.state, took.sides) == ("ready", "two")
    assert seen.record.ended_at is not None
    assert made.at is not None
    lasted_s = (seen.record.ended_at - made.at).total_seconds()
    assert took.duration_s == pytest.approx(lasted_s, abs=1.0)
    source = log_values.source(made, seen.record)
    start = audio_time.began(source, seen.record, made.at, took.duration_s)
    assert start is not None
    assert abs((start - seen.record.answered_at).total_seconds()) < 0.7
    attribution = Attribution(record=seen.record, source=source, started_at=start)
    assert attribution.voice(Side.OPERATOR, lasted_s - 0.5).speaker == "102"
