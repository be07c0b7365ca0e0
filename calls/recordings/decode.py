"""Sound files of every kind that an Asterisk leaves, as blocks of samples.

In: a path. Out: `SoundFile`, blocks of float samples at the file's own rate, in bounded memory. libsndfile reads
nearly all; g722, g729 and siren are decoded by ffmpeg, where that is installed.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
MOST_CHUNKS = 64
"""More chunks before the sound no WAV file has."""


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
    length = wav_length(path)
    with _open_by_libsndfile(path, length) as file:
        yield SoundFile(
            path=path,
            rate_hz=file.samplerate,
            channels=file.channels,
            duration_s=file.frames / file.samplerate if file.frames > 0 else None,
            _read=lambda frames: file.read(frames, dtype="float32", always_2d=True),
            warnings=length.warnings(path.name) if length else [],
        )


@contextmanager
def _open_by_libsndfile(path: Path, length: WavLength | None) -> Iterator[Any]:
    with ExitStack() as open_files:
        yield open_files.enter_context(_sound_file(path, length, open_files))


def _sound_file(path: Path, length: WavLength | None, open_files: ExitStack) -> Any:
    raw = RAW_FORMATS.get(path.suffix.lower())
    try:
        if raw and not _has_header(path):
            rate_hz, subtype = raw
            return soundfile.SoundFile(
                str(path), samplerate=rate_hz, channels=1, format="RAW", subtype=subtype
            )
        if length and length.was_never_closed:
            return soundfile.SoundFile(open_files.enter_context(_Mended(path, length)))
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


@dataclass(frozen=True, slots=True)
class WavLength:
    """How long a WAV file's header says that its sound is, where that stands, and how long it is; in bytes."""

    promised: int
    stands_at: int
    present: int

    @property
    def was_never_closed(self) -> bool:
        """Whether the writer died, or still writes: the length is filled in at the end."""
        return self.promised in (0, 0xFFFFFFFF) and self.present > 0

    def warnings(self, name: str) -> list[str]:
        """What is wrong with it, [] if nothing."""
        if self.was_never_closed:
            return [f"{name} was never closed by its writer: read as far as it goes"]
        if self.promised not in (0, 0xFFFFFFFF) and self.present < self.promised:
            return [
                f"{name} is cut off: {self.present} of {self.promised} bytes of sound are there"
            ]
        return []


def wav_length(path: Path) -> WavLength | None:
    """The length of a WAV file as its header has it; None for other files."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
            return None
        for _ in range(MOST_CHUNKS):
            chunk = file.read(8)
            if len(chunk) < 8:
                return None
            length = int.from_bytes(chunk[4:], "little")
            if chunk[:4] == b"data":
                return WavLength(length, file.tell() - 4, size - file.tell())
            file.seek(length + length % 2, 1)
    return None


class _Mended(io.FileIO):
    """A WAV file that was never closed, with the lengths that its writer did not fill in."""

    def __init__(self, path: Path, length: WavLength) -> None:
        super().__init__(path, "rb")
        whole = length.stands_at + 4 + length.present
        self._lengths = {4: whole - 8, length.stands_at: length.present}

    def readinto(self, buffer: Any) -> int | None:
        start = self.tell()
        count = super().readinto(buffer) or 0
        view = memoryview(buffer)
        for place, length in self._lengths.items():
            for i, byte in enumerate(length.to_bytes(4, "little"), place - start):
                if 0 <= i < count:
                    view[i : i + 1] = bytes([byte])
        return count


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
