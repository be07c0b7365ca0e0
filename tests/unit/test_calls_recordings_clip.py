"""Clips: the right seconds of the right side, in a format that people can play."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from calls.errors import RecordingUnreadable, SelectionInvalid
from calls.recordings import clip
from calls.recordings.clip import Selection, make_clip
from calls.transcripts.segments import Side

RATE_HZ = 8000


@pytest.fixture
def call(tmp_path: Path) -> Path:
    """Client 440 Hz in seconds 2 to 4, operator 1000 Hz in seconds 6 to 8, of ten."""
    at = np.arange(10 * RATE_HZ) / RATE_HZ
    client = 0.5 * np.sin(2 * np.pi * 440 * at) * ((at >= 2) & (at < 4))
    operator = 0.5 * np.sin(2 * np.pi * 1000 * at) * ((at >= 6) & (at < 8))
    path = tmp_path / "call.wav"
    soundfile.write(path, np.stack([client, operator], axis=1), RATE_HZ, subtype="PCM_16")
    return path


def heard(data: bytes) -> tuple[float, float, float]:
    """Length in seconds, and strength of 440 Hz and 1000 Hz."""
    sound, rate_hz = soundfile.read(io.BytesIO(data), always_2d=True)
    mono = sound.mean(axis=1)
    spectrum = np.abs(np.fft.rfft(mono)) / max(len(mono), 1)
    hz = np.fft.rfftfreq(len(mono), 1 / rate_hz)
    near = [float(spectrum[np.abs(hz - tone) < 30].max()) for tone in (440, 1000)]
    return len(mono) / rate_hz, near[0], near[1]


@pytest.fixture(params=["ffmpeg", "libsndfile"])
def writer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "libsndfile":
        monkeypatch.setattr(shutil, "which", lambda _: None)
    elif shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed")
    return str(request.param)


@pytest.mark.parametrize("kind", ["mp3", "ogg"])
def test_clip_has_the_selected_seconds_of_both_sides(call: Path, kind: str, writer: str) -> None:
    length_s, client, operator = heard(make_clip(call, Selection(1.0, 9.0), kind))
    assert length_s == pytest.approx(8.0, abs=0.15)
    assert client > 0.01
    assert operator > 0.01


def test_clip_of_one_side_has_only_that_side(call: Path, writer: str) -> None:
    _, client, operator = heard(make_clip(call, Selection(1.0, 9.0, Side.OPERATOR), "ogg"))
    assert operator > 0.01
    assert client < 0.001


def test_clip_of_other_seconds_lacks_the_rest(call: Path, writer: str) -> None:
    _, client, operator = heard(make_clip(call, Selection(5.0, 9.0), "ogg"))
    assert operator > 0.01
    assert client < 0.001


def test_end_behind_the_recording_is_its_end(call: Path) -> None:
    assert heard(make_clip(call, Selection(8.0, 60.0), "ogg"))[0] == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(
    ("start_s", "end_s"), [(5, 5), (6, 5), (-1, 5), (10, 12), (0, 3600), (float("nan"), 5)]
)
def test_selection_that_is_none_is_refused(call: Path, start_s: float, end_s: float) -> None:
    with pytest.raises(SelectionInvalid):
        make_clip(call, Selection(start_s, end_s), "mp3")


def test_unknown_kind_is_refused(call: Path) -> None:
    with pytest.raises(SelectionInvalid, match="mp3 or ogg"):
        make_clip(call, Selection(1, 2), "exe")


def test_side_of_a_mono_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mono.wav"
    soundfile.write(path, np.zeros(RATE_HZ), RATE_HZ)
    with pytest.raises(SelectionInvalid, match="mono"):
        make_clip(path, Selection(0, 0.5, Side.CLIENT), "mp3")
    assert make_clip(path, Selection(0, 0.5), "mp3")


def test_file_that_is_gone_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnreadable):
        make_clip(tmp_path / "none.wav", Selection(0, 1), "mp3")


def test_pydub_is_imported_without_a_warning() -> None:
    assert clip._pydub().AudioSegment.empty().duration_seconds == 0
