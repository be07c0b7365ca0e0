"""Hides words of a text behind a mask, word for word, so that places in it stay what they were. Pure.

In: words and which of them to hide; or a text and what was hidden elsewhere. Out: the words with `MASK` in their place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from calls.personal_data.spoken import Digits, digits_in, plain

MASK = "•••"
"""What stands for one hidden word."""
_LEAST_DIGITS = 4
"""So many digits in a row that are the same as hidden ones are hidden, too, wherever they stand."""
_LEAST_WORDS = 2
_WORD = re.compile(r"\S+")


def mask_places(words: Sequence[str], places: Collection[int]) -> list[str]:
    """The words, those at `places` hidden."""
    return [MASK if at in places else word for at, word in enumerate(words)]


def places_like(words: Sequence[str], hidden: Sequence[Sequence[str]]) -> set[int]:
    """Which words of a text repeat what was hidden elsewhere.

    Args:
        words: of the text.
        hidden: pieces of words that were hidden: a code, a number.

    Returns:
        Places of words that stand in the same order as in a piece (two at least, or the whole of a piece of one), and of
        digits that are the same however they are written («сорок два» and "42").
    """
    said = [plain(word) for word in words]
    found: set[int] = set()
    for piece in hidden:
        wanted = [plain(word) for word in piece]
        found |= _same_words(said, wanted)
        found |= _same_digits(words, "".join(one.value for one in digits_in(list(piece))))
    return found


def mask_like(text: str, hidden: Sequence[Sequence[str]]) -> str:
    """A text in which words that were hidden elsewhere are hidden as well; everything else as it was written."""
    words = list(_WORD.finditer(text))
    places = places_like([word.group() for word in words], hidden)
    for at in sorted(places, reverse=True):
        text = text[: words[at].start()] + MASK + text[words[at].end() :]
    return text


def aligned(
    heard: Sequence[str], corrected: Sequence[str], places: Collection[int]
) -> set[int]:  # fmt: skip
    """Which words of a corrected turn stand for these words of the heard one."""
    first, second = [plain(word) for word in heard], [plain(word) for word in corrected]
    found: set[int] = set()
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    for _how, from_1, to_1, from_2, to_2 in matcher.get_opcodes():
        if _how == "equal":
            found |= {from_2 + at - from_1 for at in places if from_1 <= at < to_1}
        elif any(from_1 <= at < to_1 for at in places) or (
            from_1 == to_1 and {from_1 - 1, from_1} <= set(places)
        ):
            found |= set(range(from_2, to_2))
    return found


def _same_words(said: Sequence[str], wanted: Sequence[str]) -> set[int]:
    least = min(_LEAST_WORDS, len(wanted))
    found: set[int] = set()
    if not wanted:
        return found
    for start in range(len(said) - least + 1):
        for begin in range(len(wanted) - least + 1):
            length = 0
            while (
                start + length < len(said)
                and begin + length < len(wanted)
                and said[start + length] == wanted[begin + length]
            ):
                length += 1
            if length >= least:
                found |= set(range(start, start + length))
    return found


def _same_digits(words: Sequence[str], value: str) -> set[int]:
    found: set[int] = set()
    least = min(_LEAST_DIGITS, len(value))
    if not value:
        return found
    for run in _runs(digits_in(list(words))):
        digits = "".join(one.value for one in run)
        if len(digits) >= least and any(
            digits[at : at + least] in value for at in range(len(digits) - least + 1)
        ):
            found |= {at for one in run for at in range(one.first, one.last + 1)}
    return found


def _runs(pieces: Sequence[Digits]) -> list[list[Digits]]:
    """Pieces of digits that stand side by side."""
    runs: list[list[Digits]] = []
    for piece in pieces:
        if runs and runs[-1][-1].last + 1 == piece.first:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return runs
