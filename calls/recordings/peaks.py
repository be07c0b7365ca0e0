"""A waveform's outline, so that no browser has to decode an hour of sound.

In: a sound file. Out: for each channel the lowest and highest sample of every 10 ms, as int8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from calls.recordings.decode import Block, open_sound

STEP_MS = 10
FULL_SCALE = 127


@dataclass(frozen=True, slots=True)
class Peaks:
    """`data`: int8 pairs (min, max) per step, channel after channel: the form of `calls.tables.PeakCache`."""

    step_ms: int
    channels: int
    data: bytes


def peaks_of(path: Path, step_ms: int = STEP_MS) -> Peaks:
    """Outline a file of any length in bounded memory.

    Raises:
        RecordingUnreadable: no sound, or not there.
    """
    with open_sound(path) as sound:
        step = max(1, sound.rate_hz * step_ms // 1000)
        outline = [_outline(block, step) for block in _whole_steps(sound.blocks(), step)]
        channels = sound.channels
    joined = np.concatenate(outline) if outline else np.empty((0, channels, 2), dtype=np.int8)
    return Peaks(step_ms, channels, np.ascontiguousarray(joined.transpose(1, 0, 2)).tobytes())


def _whole_steps(blocks: Iterator[Block], step: int) -> Iterator[Block]:
    """Blocks cut at steps; the last step is filled up with its last sample."""
    rest: Block | None = None
    for block in blocks:
        joined = block if rest is None else np.concatenate((rest, block))
        whole = len(joined) // step * step
        rest = joined[whole:]
        if whole:
            yield joined[:whole]
    if rest is not None and len(rest):
        yield np.concatenate((rest, np.repeat(rest[-1:], step - len(rest), axis=0)))


def _outline(block: Block, step: int) -> npt.NDArray[np.int8]:
    """(steps, channels, 2) of a block that holds whole steps."""
    steps = block.reshape(-1, step, block.shape[1])
    pairs = np.stack([steps.min(axis=1), steps.max(axis=1)], axis=2)
    outline: npt.NDArray[np.int8] = np.clip(
        np.rint(pairs * FULL_SCALE), -FULL_SCALE, FULL_SCALE
    ).astype(np.int8)
    return outline
