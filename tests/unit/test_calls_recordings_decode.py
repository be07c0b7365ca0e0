"""Every kind of sound file that an Asterisk leaves, and what is none."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from support.speech import sample_clips

from calls.errors import RecordingUnreadable
from calls.recordings.decode import open_sound

RATE_HZ = 8000
SOUND = sample_clips()[0].sound[::2]

KINDS = [
    ("pcm8.wav", "WAV", "PCM_U8"),
    ("pcm16.wav", "WAV", "PCM_16"),
    ("pcm24.wav", "WAV", "PCM_24"),
    ("pcm32.wav", "WAV", "PCM_32"),
    ("float.wav", "WAV", "FLOAT"),
    ("alaw.wav", "WAV", "ALAW"),
    ("ulaw.wav", "WAV", "ULAW"),
    ("wav49.WAV", "WAV", "GSM610"),
    ("mono.flac", "FLAC", "PCM_16"),
    ("opus.ogg", "OGG", "OPUS"),
    ("vorbis.ogg", "OGG", "VORBIS"),
    ("layer3.mp3", "MP3", "MPEG_LAYER_III"),
    ("raw.gsm", "RAW", "GSM610"),
    ("raw.sln", "RAW", "PCM_16"),
    ("raw.alaw", "RAW", "ALAW"),
    ("raw.ulaw", "RAW", "ULAW"),
]


def read(path: Path) -> tuple[np.ndarray, int, list[str]]:
    with open_sound(path) as sound:
        blocks = list(sound.blocks())
        return np.concatenate(blocks), sound.rate_hz, sound.warnings


@pytest.mark.parametrize(("name", "kind", "subtype"), KINDS, ids=[kind[0] for kind in KINDS])
def test_every_kind_is_read_with_its_length_and_shape(
    tmp_path: Path, name: str, kind: str, subtype: str
) -> None:
    path = tmp_path / name
    soundfile.write(path, SOUND, RATE_HZ, format=kind, subtype=subtype)
    found, rate_hz, warnings = read(path)
    assert rate_hz == RATE_HZ
    assert len(found) == pytest.approx(len(SOUND), abs=0.1 * RATE_HZ)
    lag = np.correlate(found[:8000, 0], SOUND[400:7600], "valid")
    assert np.max(lag) > 0.6 * np.sum(SOUND[400:7600] ** 2)
    assert warnings == []


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 44100, 48000])
def test_every_rate_is_told(tmp_path: Path, rate_hz: int) -> None:
    path = tmp_path / "any.wav"
    soundfile.write(path, SOUND, rate_hz, subtype="PCM_16")
    assert read(path)[1] == rate_hz


def test_wav_cut_off_in_the_middle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, SOUND, RATE_HZ, subtype="PCM_16")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    found, _, warnings = read(path)
    assert len(found) == pytest.approx(len(SOUND) / 2, abs=100)
    assert "cut off" in warnings[0]


def test_wav_that_was_never_closed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "open.wav"
    soundfile.write(path, SOUND, RATE_HZ, subtype="PCM_16")
    whole = bytearray(path.read_bytes())
    whole[40:44] = bytes(4)
    path.write_bytes(whole)
    found, _, warnings = read(path)
    assert len(found) == len(SOUND)
    assert "never closed" in warnings[0]


@pytest.mark.parametrize("text", ["hello, world\n", "привет, мир\n" * 100])
def test_text_named_wav_is_told_to_be_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "text.wav"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordingUnreadable, match="text, not sound"):
        read(path)


@pytest.mark.parametrize(
    "content", [b"\x00\xff" * 500, b"RIFF\x00\x00\x00\x00WAVEjunk" + bytes(90)]
)
def test_bytes_that_are_no_sound_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "noise.wav"
    path.write_bytes(content)
    with pytest.raises(RecordingUnreadable):
        read(path)


def test_empty_file_is_told_to_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    with pytest.raises(RecordingUnreadable, match="empty"):
        read(path)


def test_missing_file_is_told_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(RecordingUnreadable, match="no such file"):
        read(tmp_path / "none.wav")


def test_g722_without_ffmpeg_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "call.g722"
    path.write_bytes(bytes(1000))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RecordingUnreadable, match="ffmpeg"):
        read(path)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_g722_is_read_through_ffmpeg(tmp_path: Path) -> None:
    wav, path = tmp_path / "a.wav", tmp_path / "a.g722"
    soundfile.write(wav, sample_clips()[0].sound, 16000, subtype="PCM_16")
    subprocess.run(["ffmpeg", "-v", "error", "-i", wav, "-f", "g722", path], check=True)
    found, rate_hz, _ = read(path)
    assert rate_hz == 16000
    assert len(found) == pytest.approx(len(sample_clips()[0].sound), abs=800)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_g729_that_is_none_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "a.g729"
    path.touch()
    with pytest.raises(RecordingUnreadable, match=r"ffmpeg|empty"):
        read(path)
