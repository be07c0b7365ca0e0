"""Where nobody speaks: stretches of a recording in which all sides are quiet, found in its outline. Pure.

In: the outline of `peaks` as an array. Out: intervals in seconds that a listener may jump over.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

SHORTEST_S = 1.0
"""A shorter pause belongs to speech."""
MARGIN_S = 0.2
"""What is left at both ends of an interval: soft first and last sounds of a word."""
FAINTEST = 2
LOUDEST = 10
"""Of 127: what is called quiet lies between these, by the noise of the line; -22 dB is never called so."""
NOISE_SHARE = 0.2
"""The quietest fifth of a side tells the noise of its line."""

Pairs = npt.NDArray[np.int8]


def silences(pairs: Pairs, step_ms: int) -> list[tuple[float, float]]:
    """Return the intervals in which every side is quiet.

    Args:
        pairs: (sides, steps, 2), lowest and highest sample of each step, from -127 to 127.
        step_ms: how long a step is.
    """
    if not pairs.size:
        return []
    levels = np.abs(pairs.astype(np.int16)).max(axis=2)
    quiet = np.all([side <= _quiet_level(side) for side in levels], axis=0)
    step_s = step_ms / 1000
    total_s = len(quiet) * step_s
    found = []
    for first, end in _runs(quiet):
        start_s = 0.0 if first == 0 else first * step_s + MARGIN_S
        end_s = total_s if end == len(quiet) else end * step_s - MARGIN_S
        if end_s - start_s >= SHORTEST_S:
            found.append((round(start_s, 2), round(end_s, 2)))
    return found


def _quiet_level(side: npt.NDArray[np.int16]) -> int:
    noise = float(np.quantile(side, NOISE_SHARE))
    return int(min(LOUDEST, max(FAINTEST, noise * 2)))


def _runs(quiet: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, behind the last) of each run of quiet steps."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
