"""Words survive a call: 16 kHz speech through G.722, Asterisk and MixMonitor to `.wav16`, into the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile
from support.asterisk_server import AsteriskServer
from support.sipp import G722, Phones, RecordingPaths, speech_call
from support.speech import sample_call, stable_words

from calls.transcripts.engine import SideSource
from calls.transcripts.models import ModelStore
from calls.transcripts.segments import ChannelTranscript, Side
from calls.transcripts.vosk_engine import VoskEngine

pytestmark = [pytest.mark.asterisk, pytest.mark.vosk]

LENGTH_S = 20.0
SAMPLE = "ko-1"
MISSED = 0.25
"""Part of the stable words that may be heard otherwise."""
START_S = 0.6
CALLS = 3
"""Made at most, until each side has come through once. The phones speak in real time: where they or the switch miss their
turn on a busy machine, packets are gone for good. A fault of ours loses words in every call, a stall only in some."""


@pytest.fixture
def wide(asterisk: AsteriskServer) -> Iterator[None]:
    """Recordings of 16 kHz."""
    asterisk.set_global("SLOVO_RECORD_FORMAT", "wav16")
    yield
    asterisk.set_global("SLOVO_RECORD_FORMAT", "wav")


@pytest.fixture
def vosk(tmp_path: Path) -> Iterator[VoskEngine]:
    made = VoskEngine(ModelStore(tmp_path / "models").default_for("ko").path)
    yield made
    made.close()


def speak(asterisk: AsteriskServer, folder: Path) -> RecordingPaths:
    """Have two phones speak the first seconds of the sample call."""
    sound, rate = soundfile.read(sample_call(SAMPLE).path, frames=int(LENGTH_S * 16_000))
    for column, side in enumerate(("client", "operator")):
        soundfile.write(folder / f"{side}.wav", sound[:, column], rate)
    with Phones(asterisk) as phones:
        return speech_call(
            phones, folder / "client.wav", folder / "operator.wav", codec=G722, talk_s=LENGTH_S
        )


def wrong_with(channel: ChannelTranscript) -> list[str]:
    """What this side lost on its way: more words than it may, or its time."""
    turns = [turn for turn in sample_call(SAMPLE).turns if turn.end_s < LENGTH_S - 1]
    heard = "".join(u.text for u in channel.utterances).replace(" ", "")
    own = [turn for turn in turns if turn.side == channel.side.value]
    said = "".join(turn.text for turn in own).replace(" ", "")
    expected = [word for word in stable_words(SAMPLE, channel.side.value) if word in said]
    assert len(expected) >= 4
    missed = [word for word in expected if word not in heard]
    wrong = []
    if len(missed) > len(expected) * MISSED:
        wrong.append(f"{channel.side}: missed {missed} in {heard!r}")
    starts = [u.start_s for u in channel.utterances[:1]]
    if starts != [pytest.approx(own[0].start_s, abs=START_S)]:
        wrong.append(f"{channel.side}: starts at {starts} instead of {own[0].start_s} s")
    return wrong


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("wide")
def test_korean_call_through_asterisk_keeps_its_words_sides_and_times(
    asterisk: AsteriskServer, vosk: VoskEngine, tmp_path: Path
) -> None:
    wrong: list[str] = []
    to_come_through = {Side.CLIENT, Side.OPERATOR}
    for _ in range(CALLS):
        recording = speak(asterisk, tmp_path)
        sources = (
            SideSource(Side.CLIENT, recording.receive),
            SideSource(Side.OPERATOR, recording.transmit),
        )
        channels = vosk.transcribe(sources).channels
        assert [channel.side for channel in channels] == [Side.CLIENT, Side.OPERATOR]
        for channel in channels:
            if lost := wrong_with(channel):
                wrong += lost
            else:
                to_come_through.discard(channel.side)
        if not to_come_through:
            return
    pytest.fail("\n".join(wrong))
