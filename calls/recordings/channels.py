"""One playable file of a call's two sides: stereo, left the client, right the operator.

In: two mono files of any kind. Out: a WAV file (16 bit), which every browser plays and seeks in. A side that is shorter
is filled with silence; MixMonitor begins both at once, so both begin at zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from calls.errors import RecordingUnreadable
from calls.recordings.decode import Block, SoundFile, open_sound
from calls.recordings.storage import replacing

PLAYABLE = (".wav", ".ogg", ".flac", ".mp3")
"""Suffixes that browsers may play; whether they do depends on what is inside."""


@dataclass(frozen=True, slots=True)
class Playable:
    """A file for players. Durations in seconds; `shorter_by_s`: how much the shorter side was filled up."""

    path: Path
    duration_s: float
    rate_hz: int
    shorter_by_s: float = 0.0
    warnings: tuple[str, ...] = ()


def join(client: Path, operator: Path, target: Path) -> Playable:
    """Write both sides to one stereo file.

    Raises:
        RecordingUnreadable: a side is no sound.
        StorageFull: no room.
    """
    with open_sound(client) as left, open_sound(operator) as right:
        rate_hz = max(left.rate_hz, right.rate_hz)
        with (
            replacing(target, _bytes(left, right)) as part,
            soundfile.SoundFile(str(part), "w", rate_hz, 2, "PCM_16", format="WAV") as out,
        ):
            lengths = [0, 0]
            for both, added in _side_by_side(left, right, rate_hz):
                out.write(both)
                lengths = [length + more for length, more in zip(lengths, added, strict=True)]
        return Playable(
            target,
            max(lengths) / rate_hz,
            rate_hz,
            abs(lengths[0] - lengths[1]) / rate_hz,
            tuple(left.warnings + right.warnings),
        )


def to_wav(source: Path, target: Path, *, swap: bool = False) -> Playable:
    """Write a file of any kind as 16 bit WAV with the same channels and rate.

    Args:
        source: a sound file.
        target: where to write.
        swap: put the channels in the opposite order.

    Raises:
        RecordingUnreadable: no sound.
        StorageFull: no room.
    """
    with open_sound(source) as sound:
        channels = sound.channels
        with (
            replacing(target, _bytes(sound)) as part,
            soundfile.SoundFile(
                str(part), "w", sound.rate_hz, channels, "PCM_16", format="WAV"
            ) as out,
        ):
            length = 0
            for block in sound.blocks():
                out.write(block[:, ::-1] if swap else block)
                length += len(block)
        return Playable(
            target, length / sound.rate_hz, sound.rate_hz, warnings=tuple(sound.warnings)
        )


def split(both: Path, client: Path, operator: Path) -> None:
    """Write the sides of a stereo file (left client, right operator) to files of their own.

    Raises:
        RecordingUnreadable: no sound, or not two channels.
        StorageFull: no room.
    """
    for channel, target in enumerate((client, operator)):
        with open_sound(both) as sound:
            if sound.channels != 2:
                raise RecordingUnreadable(str(both), f"{sound.channels} channels, not two")
            with (
                replacing(target, _bytes(sound) // 2) as part,
                soundfile.SoundFile(
                    str(part), "w", sound.rate_hz, 1, "PCM_16", format="WAV"
                ) as out,
            ):
                for block in sound.blocks():
                    out.write(block[:, channel])


def browsers_play(path: Path) -> bool:
    """Whether browsers play a file as it is: GSM, A-law and raw formats they do not."""
    if path.suffix.lower() not in PLAYABLE:
        return False
    try:
        info = soundfile.info(str(path))
    except soundfile.SoundFileError:
        return False
    return info.format != "WAV" or info.subtype in ("PCM_16", "PCM_U8")


def _bytes(*sides: SoundFile) -> int:
    return sum(round((s.duration_s or 0.0) * s.rate_hz) * s.channels * 2 for s in sides)


def _mono(sound: SoundFile, rate_hz: int) -> Iterator[Block]:
    """One side at the common rate; a side with several channels is mixed."""
    stream = None
    if sound.rate_hz != rate_hz:
        stream = soxr.ResampleStream(sound.rate_hz, rate_hz, 1, dtype="float32")
    for block in sound.blocks():
        mono = np.ascontiguousarray(block.mean(axis=1, dtype=np.float32))
        yield stream.resample_chunk(mono) if stream else mono
    if stream:
        yield stream.resample_chunk(np.empty(0, dtype=np.float32), last=True)


def _side_by_side(
    left: SoundFile, right: SoundFile, rate_hz: int
) -> Iterator[tuple[Block, tuple[int, int]]]:
    """Blocks of both sides, and how many samples of each side they hold: the rest is silence."""
    sides = [_mono(left, rate_hz), _mono(right, rate_hz)]
    waiting = [np.empty(0, dtype=np.float32), np.empty(0, dtype=np.float32)]
    more = [True, True]
    while any(more):
        for i in (0, 1):
            while more[i] and len(waiting[i]) < rate_hz:
                block = next(sides[i], None)
                more[i] = block is not None
                if block is not None:
                    waiting[i] = np.concatenate((waiting[i], block))
        length = rate_hz if any(more) else max(map(len, waiting))
        if not length:
            return
        both = np.zeros((length, 2), dtype=np.float32)
        added = [0, 0]
        for i in (0, 1):
            piece, waiting[i] = waiting[i][:length], waiting[i][length:]
            both[: len(piece), i] = piece
            added[i] = len(piece)
        yield both, (added[0], added[1])
