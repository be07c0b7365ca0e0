"""Sound files of every kind that an Asterisk leaves, as blocks of samples.

In: a path. Out: `SoundFile`, blocks of float samples at the file's own rate, in bounded memory. libsndfile reads
nearly all; g722, g729 and siren are decoded by ffmpeg, where that is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import soundfile

from calls.errors import RecordingUnreadable

Block = npt.NDArray[np.float32]

BLOCK_S = 1.0
"""How much is read at a time, in seconds."""
RAW_FORMATS: dict[str, tuple[int, str]] = {
    ".gsm": (8000, "GSM610"),
    ".sln": (8000, "PCM_16"),
    ".sln8": (8000, "PCM_16"),
    ".sln12": (12000, "PCM_16"),
    ".sln16": (16000, "PCM_16"),
    ".sln24": (24000, "PCM_16"),
    ".sln32": (32000, "PCM_16"),
    ".sln44": (44100, "PCM_16"),
    ".sln48": (48000, "PCM_16"),
    ".raw": (8000, "PCM_16"),
    ".alaw": (8000, "ALAW"),
    ".al": (8000, "ALAW"),
    ".ulaw": (8000, "ULAW"),
    ".ul": (8000, "ULAW"),
    ".pcm": (8000, "ULAW"),
}
"""Asterisk's formats without a header: suffix to rate in Hz and libsndfile's subtype."""
FFMPEG_FORMATS: dict[str, tuple[int, str]] = {
    ".g722": (16000, "g722"),
    ".g729": (8000, "g729"),
}
"""Formats that only ffmpeg decodes: suffix to rate in Hz and ffmpeg's name."""
WAV_HEADER_BYTES = 44


@dataclass(slots=True)
class SoundFile:
    """An open sound file. `duration_s` is what the header promises; None for a stream whose length is not known."""

    path: Path
    rate_hz: int
    channels: int
    duration_s: float | None
    _read: Any
    warnings: list[str] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        """Yield arrays of (samples, channels), about `BLOCK_S` each.

        Raises:
            RecordingUnreadable: the file breaks off in the middle in a way that nothing more can be read.
        """
        frames = max(1, int(self.rate_hz * BLOCK_S))
        while True:
            try:
                block = self._read(frames)
            except (soundfile.SoundFileError, OSError) as error:
                self.warnings.append(f"{self.path.name} breaks off: {error}")
                return
            if not len(block):
                return
            yield block


@contextmanager
def open_sound(path: Path) -> Iterator[SoundFile]:
    """Open a sound file of any kind.

    Raises:
        RecordingUnreadable: not there, not sound, or a kind that needs ffmpeg where there is none.
    """
    if not path.is_file():
        raise RecordingUnreadable(str(path), "no such file")
    if path.suffix.lower() in FFMPEG_FORMATS:
        with _open_by_ffmpeg(path) as sound:
            yield sound
        return
    with _open_by_libsndfile(path) as file:
        warnings = wav_warnings(path)
        yield SoundFile(
            path=path,
            rate_hz=file.samplerate,
            channels=file.channels,
            duration_s=file.frames / file.samplerate if file.frames > 0 else None,
            _read=lambda frames: file.read(frames, dtype="float32", always_2d=True),
            warnings=warnings,
        )


def _open_by_libsndfile(path: Path) -> Any:
    raw = RAW_FORMATS.get(path.suffix.lower())
    try:
        if raw and not _has_header(path):
            rate_hz, subtype = raw
            return soundfile.SoundFile(
                str(path), samplerate=rate_hz, channels=1, format="RAW", subtype=subtype
            )
        return soundfile.SoundFile(str(path))
    except (soundfile.SoundFileError, TypeError, ValueError) as error:
        raise RecordingUnreadable(str(path), _why_unreadable(path, error)) from error


def _has_header(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"RIFF", b"OggS", b"fLaC", b"RIFX", b"FORM")


def _why_unreadable(path: Path, error: Exception) -> str:
    size = path.stat().st_size
    if size == 0:
        return "the file is empty"
    with path.open("rb") as file:
        head = file.read(512)
    if _looks_like_text(head):
        return "this is text, not sound; give a wav, gsm, ogg, flac or mp3 file"
    return f"no sound format that can be read ({error}); give a wav, gsm, ogg, flac or mp3 file"


def _looks_like_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 4 else ""
    return bool(text) and all(char.isprintable() or char.isspace() for char in text)


def wav_warnings(path: Path) -> list[str]:
    """What is wrong with a WAV file's length: [] for whole files and other formats."""
    with path.open("rb") as file:
        promised = _promised_data_bytes(file)
        if promised is None:
            return []
        start = file.tell()
    present = path.stat().st_size - start
    if promised in (0, 0xFFFFFFFF) and present > 0:
        return [f"{path.name} was never closed by its writer: read as far as it goes"]
    if promised not in (0, 0xFFFFFFFF) and present < promised:
        return [f"{path.name} is cut off: {present} of {promised} bytes of sound are there"]
    return []


def _promised_data_bytes(file: IO[bytes]) -> int | None:
    """Length of a WAV file's data chunk as its header has it, the file standing at its first byte; None if no WAV."""
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        return None
    for _ in range(64):
        chunk = file.read(8)
        if len(chunk) < 8:
            return None
        size = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"data":
            return size
        file.seek(size + size % 2, 1)
    return None


@contextmanager
def _open_by_ffmpeg(path: Path) -> Iterator[SoundFile]:
    rate_hz, name = FFMPEG_FORMATS[path.suffix.lower()]
    program = shutil.which("ffmpeg")
    if program is None:
        why = f"{name} is decoded by ffmpeg, which is not installed: install it, or let Asterisk record wav"
        raise RecordingUnreadable(str(path), why)
    command = [program, "-nostdin", "-v", "error", "-f", name, "-i", str(path)]
    command += ["-f", "s16le", "-ac", "1", "-ar", str(rate_hz), "-"]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process,  # noqa: S603
    ):
        try:
            yield _from_pipe(path, rate_hz, process.stdout, said)
        finally:
            process.kill()


def _from_pipe(path: Path, rate_hz: int, out: IO[bytes] | None, said: IO[bytes]) -> SoundFile:
    def read(frames: int) -> Block:
        data = out.read(frames * 2) if out else b""
        samples = np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2")
        return (samples.astype(np.float32) / 32768.0).reshape(-1, 1)

    first = read(rate_hz)
    if not len(first):
        said.seek(0)
        why = said.read(500).decode(errors="replace").strip() or "no sound in it"
        raise RecordingUnreadable(str(path), f"ffmpeg: {why}")
    head = [first]
    return SoundFile(path, rate_hz, 1, None, lambda frames: head.pop() if head else read(frames))
