"""Parts of words and typing errors. Pure.

In: folded words. Out: the three-letter parts by which a word is stored, how many of them a word with so many errors still
shares, and how well a word of the vocabulary answers a typed one.
"""

from __future__ import annotations

from enum import IntEnum

from rapidfuzz.distance import OSA

PAD = "\x01"
"""Stands before and after a word: how it begins and ends counts as much as its middle."""
_BROKEN_BY_ERROR = 4
"""Two neighbours that changed places are in four parts; every other single error breaks three or fewer."""
SHORTEST_WITH_ERROR = 4
SHORTEST_WITH_TWO = 8
SHORTEST_PART = 3


class Fit(IntEnum):
    """How a word of the vocabulary answers a typed one, best first."""

    EXACT = 0
    PREFIX = 1
    INSIDE = 2
    TOLERANT = 3


def grams_of(word: str) -> set[str]:
    """The parts by which a word is stored; () for numbers, in which an error makes another number."""
    return _parts(f"{PAD}{PAD}{word}{PAD}{PAD}") if word and not word.isdigit() else set()


def inner_grams(word: str) -> set[str]:
    """The parts that every longer word around this one has."""
    return _parts(word)


def errors_forgiven(word: str) -> int:
    """How many typing errors a word of this length may have."""
    if any(character.isdigit() for character in word) or len(word) < SHORTEST_WITH_ERROR:
        return 0
    return 1 if len(word) < SHORTEST_WITH_TWO else 2


def shared_at_least(word: str) -> int:
    """How many parts of the typed word another one has that differs by no more errors than are forgiven."""
    return max(1, len(grams_of(word)) - _BROKEN_BY_ERROR * errors_forgiven(word))


def fit(typed: str, word: str) -> Fit | None:
    """How a word of the vocabulary answers a typed one, None: not at all."""
    if word == typed:
        return Fit.EXACT
    if word.startswith(typed):
        return Fit.PREFIX
    if len(typed) >= SHORTEST_PART and typed in word:
        return Fit.INSIDE
    errors = errors_forgiven(typed)
    if errors and OSA.distance(typed, word, score_cutoff=errors) <= errors:
        return Fit.TOLERANT
    return None


def _parts(text: str) -> set[str]:
    return {text[start : start + 3] for start in range(len(text) - 2)}
