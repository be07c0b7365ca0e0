"""Two readings of one recording side by side: what each heard otherwise, word by word. Pure.

In: the words of both readings by side, with their times. Out: `Difference`s in the order of time. Long calls are compared
piece by piece; pieces end in pauses of both readings, so that no word is cut off from its other spelling.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from calls.transcripts.alignment import changes
from calls.transcripts.turns import joined

PIECE_S = 60.0
REACH_S = 15.0
"""A piece may end so much earlier or later, where the longest pause is."""

JsonWord = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of one side: the words of both readings, and whether they are the same."""

    side: str
    start_s: float
    before: tuple[str, ...]
    after: tuple[str, ...]
    same: bool


def compare(
    before: Mapping[str, Sequence[JsonWord]], after: Mapping[str, Sequence[JsonWord]]
) -> list[Difference]:
    """Compare two readings.

    Args:
        before: side → its words in the order of time.
        after: the same of the other reading.
    """
    found = [
        difference
        for side in sorted({*before, *after})
        for difference in _side(side, before.get(side, ()), after.get(side, ()))
    ]
    return sorted(found, key=lambda one: one.start_s)


def share_of_change(differences: Sequence[Difference]) -> float:
    """How much of the words, in percent, the second reading has otherwise."""
    words = sum(max(len(one.before), len(one.after)) for one in differences)
    other = sum(max(len(one.before), len(one.after)) for one in differences if not one.same)
    return 100 * other / words if words else 0.0


def _side(side: str, before: Sequence[JsonWord], after: Sequence[JsonWord]) -> list[Difference]:
    found = []
    for one, other in _pieces(before, after):
        at_one = at_other = 0
        for change in changes([str(w["word"]) for w in one], [str(w["word"]) for w in other]):
            starts = [
                float(words[at]["start_s"])
                for words, at, more in (
                    (one, at_one, change.before),
                    (other, at_other, change.after),
                )
                if more
            ]
            same = change.kind == "equal"
            found.append(Difference(side, min(starts), change.before, change.after, same))
            at_one, at_other = at_one + len(change.before), at_other + len(change.after)
    return found


def _pieces(
    before: Sequence[JsonWord], after: Sequence[JsonWord]
) -> list[tuple[Sequence[JsonWord], Sequence[JsonWord]]]:
    starts = [[float(word["start_s"]) for word in words] for words in (before, after)]
    cuts = [*_cuts([*before, *after]), float("inf")]
    pieces = []
    at = [0, 0]
    for cut in cuts:
        to = [bisect_left(starts[0], cut), bisect_left(starts[1], cut)]
        pieces.append((before[at[0] : to[0]], after[at[1] : to[1]]))
        at = to
    return pieces


def _cuts(words: Sequence[JsonWord]) -> list[float]:
    """Times in pauses, about a minute apart."""
    spans = joined(((float(w["start_s"]), float(w["end_s"])) for w in words), 0.0)
    pauses = [(b - a, (a + b) / 2) for (_x, a), (b, _y) in pairwise(spans)]
    cuts: list[float] = []
    last = spans[0][0] if spans else 0.0
    for _round in range(len(pauses)):
        near = [p for p in pauses if abs(p[1] - last - PIECE_S) <= REACH_S]
        later = [p for p in pauses if p[1] > last + PIECE_S]
        chosen = max(near) if near else min(later, key=lambda p: p[1], default=None)
        if chosen is None:
            return cuts
        last = chosen[1]
        cuts.append(last)
    return cuts
