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
from calls.transcripts.segments import Side
from calls.transcripts.vosk_engine import VoskEngine

pytestmark = [pytest.mark.asterisk, pytest.mark.vosk]

LENGTH_S = 20.0
SAMPLE = "ko-1"


@pytest.fixture
def recording(asterisk: AsteriskServer, phones: Phones, tmp_path: Path) -> Iterator[RecordingPaths]:
    """The first seconds of the sample call, spoken by two phones."""
    sound, rate = soundfile.read(sample_call(SAMPLE).path, frames=int(LENGTH_S * 16_000))
    for column, side in enumerate(("client", "operator")):
        soundfile.write(tmp_path / f"{side}.wav", sound[:, column], rate)
    asterisk.set_global("SLOVO_RECORD_FORMAT", "wav16")
    try:
        yield speech_call(
            phones, tmp_path / "client.wav", tmp_path / "operator.wav", codec=G722, talk_s=LENGTH_S
        )
    finally:
        asterisk.set_global("SLOVO_RECORD_FORMAT", "wav")


def test_korean_call_through_asterisk_keeps_its_words_sides_and_times(
    recording: RecordingPaths, tmp_path: Path
) -> None:
    engine = VoskEngine(ModelStore(tmp_path / "models").default_for("ko").path)
    sources = (
        SideSource(Side.CLIENT, recording.receive),
        SideSource(Side.OPERATOR, recording.transmit),
    )
    try:
        result = engine.transcribe(sources)
    finally:
        engine.close()
    turns = [turn for turn in sample_call(SAMPLE).turns if turn.end_s < LENGTH_S - 1]
    for channel in result.channels:
        heard = "".join(u.text for u in channel.utterances).replace(" ", "")
        own = [turn for turn in turns if turn.side == channel.side.value]
        said = "".join(turn.text for turn in own).replace(" ", "")
        expected = [word for word in stable_words(SAMPLE, channel.side.value) if word in said]
        missed = [word for word in expected if word not in heard]
        assert len(expected) >= 4
        assert len(missed) <= len(expected) * 0.25, (channel.side, missed, heard)
        assert channel.utterances[0].start_s == pytest.approx(own[0].start_s, abs=0.6)
