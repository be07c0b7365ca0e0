"""Corrected words get the times of the heard ones that they stand for. Pure.

In: the words as heard, with their times, and the text that a person typed. Out: the typed words with times: a word that
stayed keeps its time and confidence; words that replace others share the time of those, by their length; new words stand
in the pause where they were put. A click on any of them plays the right second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from calls.search.text import plain, words

JsonWord = dict[str, Any]
"""As in `utterances.words`."""


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of two readings: "equal", "replace", "delete" or "insert", with the words of each."""

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]


def key_of(word: str) -> str:
    """What two spellings of one word have in common: no case, no punctuation, ё as е."""
    return plain("".join(words(word))) or word


def aligned(
    heard: Sequence[Mapping[str, Any]], text: str, start_s: float, end_s: float
) -> list[JsonWord]:
    """Give a turn's corrected words their times.

    Args:
        heard: the turn's words as heard; without any, the typed ones are spread over the turn.
        text: what the person typed.
        start_s: where the turn begins, in seconds.
        end_s: where it ends.
    """
    typed = text.split()
    matcher = SequenceMatcher(
        None,
        [key_of(str(word["word"])) for word in heard],
        [key_of(word) for word in typed],
        autojunk=False,
    )
    found: list[JsonWord] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found += [{**heard[a + i], "word": typed[c + i]} for i in range(b - a)]
        elif d > c:
            left = float(heard[a - 1]["end_s"]) if a else start_s
            right = float(heard[b]["start_s"]) if b < len(heard) else end_s
            if b > a:
                left, right = float(heard[a]["start_s"]), float(heard[b - 1]["end_s"])
            found += spread(typed[c:d], left, max(left, right))
    return found


def spread(typed: Sequence[str], start_s: float, end_s: float) -> list[JsonWord]:
    """Lay words over a stretch of time by their length; nobody heard them, so they have no confidence."""
    letters = sum(len(word) for word in typed) or 1
    placed: list[JsonWord] = []
    passed = 0
    for word in typed:
        begin = start_s + (end_s - start_s) * passed / letters
        passed += len(word)
        end = start_s + (end_s - start_s) * passed / letters
        placed.append(
            {"word": word, "start_s": round(begin, 3), "end_s": round(end, 3), "conf": None}
        )
    return placed


def changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """What differs between two readings, word by word, in order."""
    matcher = SequenceMatcher(
        None, [key_of(word) for word in before], [key_of(word) for word in after], autojunk=False
    )
    return [
        Change(kind, tuple(before[a:b]), tuple(after[c:d]))
        for kind, a, b, c, d in matcher.get_opcodes()
    ]
