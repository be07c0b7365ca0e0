"""Silence that a listener may jump over: where both sides are quiet, and nothing else."""

import numpy as np
import pytest

from calls.recordings.silence import Pairs, silences

STEP_MS = 10


def sides(seconds: float, *speech: tuple[int, float, float], noise: int = 0) -> Pairs:
    """An outline of two sides that speak (side, from, to) over a line with this noise."""
    pairs = np.zeros((2, int(seconds * 1000 / STEP_MS), 2), dtype=np.int8)
    pairs[:, :, 0], pairs[:, :, 1] = -noise, noise
    for side, start, end in speech:
        pairs[side, int(start * 100) : int(end * 100)] = (-60, 60)
    return pairs


def test_only_what_is_quiet_on_both_sides_is_silence() -> None:
    pairs = sides(20, (0, 0, 5), (1, 4, 8), (0, 12, 13), (1, 18, 20))
    assert silences(pairs, STEP_MS) == [(8.2, 11.8), (13.2, 17.8)]


def test_silence_at_the_ends_reaches_to_the_end() -> None:
    assert silences(sides(10, (0, 4, 6)), STEP_MS) == [(0.0, 3.8), (6.2, 10.0)]


def test_short_pause_belongs_to_speech() -> None:
    assert silences(sides(10, (0, 0, 4), (0, 5.3, 10)), STEP_MS) == []


@pytest.mark.parametrize("noise", [1, 2, 4])
def test_noise_of_the_line_is_no_speech(noise: int) -> None:
    pairs = sides(10, (0, 0, 3), (1, 7, 10), noise=noise)
    assert silences(pairs, STEP_MS) == [(3.2, 6.8)]


def test_loud_hold_music_is_never_called_silence() -> None:
    assert silences(sides(10, noise=25), STEP_MS) == []


def test_recording_of_one_side_and_an_empty_one() -> None:
    assert silences(sides(10, (0, 0, 5))[:1], STEP_MS) == [(5.2, 10.0)]
    assert silences(np.empty((2, 0, 2), dtype=np.int8), STEP_MS) == []
