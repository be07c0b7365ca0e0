"""Makes pieces of a recording unheard: a new file in which they are silent, or a tone.

In: a kept sound file of any kind and seconds from and to. Out: a new WAV file with the same channels, rate and length;
nothing of the old samples is in it. The old file is left to whoever asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from calls.personal_data.ways import SILENCE, TONE
from calls.recordings.decode import Block, open_sound
from calls.recordings.storage import Kept, replacing, sha256_of

TONE_HZ = 1000
TONE_LEVEL = 0.1
"""Of full scale: heard, and not loud."""


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds of audio, from before to."""

    from_s: float
    to_s: float


def hide(source: Path, target: Path, spans: Sequence[Span], how: str = SILENCE) -> Kept:
    """Write a file anew with pieces hidden on all its channels. What lies behind its end is left out.

    Args:
        source: a sound file of any kind that is kept.
        target: where to write, as WAV.
        spans: which pieces.
        how: "silence" or "tone".

    Raises:
        RecordingUnreadable: no sound, or not there.
        StorageFull: no room; nothing is left behind.
    """
    with open_sound(source) as sound:
        needed = round((sound.duration_s or 0.0) * sound.rate_hz) * sound.channels * 2
        with (
            replacing(target, needed) as part,
            soundfile.SoundFile(
                str(part), "w", sound.rate_hz, sound.channels, "PCM_16", format="WAV"
            ) as out,
        ):
            at = 0
            for block in sound.blocks():
                out.write(_hidden(block, at, sound.rate_hz, spans, how))
                at += len(block)
    return Kept(target, sha256_of(target), target.stat().st_size)


def _hidden(block: Block, at: int, rate_hz: int, spans: Sequence[Span], how: str) -> Block:
    """The block that begins with sample `at`, with what is hidden of it."""
    done = block
    for span in spans:
        first = max(int(span.from_s * rate_hz) - at, 0)
        last = min(int(np.ceil(span.to_s * rate_hz)) - at, len(block))
        if first >= last:
            continue
        if done is block:
            done = block.copy()
        done[first:last] = _tone(at + first, last - first, rate_hz) if how == TONE else 0.0
    return done


def _tone(at: int, count: int, rate_hz: int) -> Block:
    times = (np.arange(at, at + count) / rate_hz).astype(np.float64)
    wave = TONE_LEVEL * np.sin(2 * np.pi * TONE_HZ * times)
    return wave.astype(np.float32)[:, np.newaxis]
