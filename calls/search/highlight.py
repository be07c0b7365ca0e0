"""Where in a turn a query's words stand. Pure.

In: the words of a turn in order (as transcribed, or its text split at spaces) and a query. Out: the index of every
matched word, and the first match, from whose first word a hit is played.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from calls.search.matching import Indexed, found, indexed
from calls.search.terms import Query


@dataclass(frozen=True, slots=True)
class Highlight:
    """Indexes of words; `first` and `last` are the first match's, inclusive."""

    words: tuple[int, ...]
    first: int
    last: int


def highlight(words: Sequence[str], query: Query, turn: Indexed | None = None) -> Highlight | None:
    """Find all matched words of a turn; None if the query does not match it at all.

    Args:
        words: the words of the turn.
        query: what was looked for.
        turn: the index form of the words joined by single spaces, where it is known.
    """
    turn = turn or indexed(" ".join(words))
    starts, place = [], 0
    for word in words:
        starts.append(place)
        place += len(word) + 1
    spans = []
    for start, end in found(turn, query):
        first = bisect_right(starts, turn.tokens[start].start) - 1
        last = bisect_right(starts, max(t.end for t in turn.tokens[start:end]) - 1) - 1
        spans.append((min(first, last), last))
    if not spans:
        return None
    first, last = min(spans)
    marked = {index for one in spans for index in range(one[0], one[1] + 1)}
    return Highlight(tuple(sorted(marked)), first, last)
