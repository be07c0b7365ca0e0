"""Where in a turn a query's words stand. Pure.

In: the words of a turn in order (as transcribed, or its text split at spaces) and a query. Out: the index of every
matched word, and the first match, from whose first word a hit is played.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calls.search import text
from calls.search.query import Query, Term


@dataclass(frozen=True, slots=True)
class Highlight:
    """Indexes of words; `first` and `last` are the first match's, inclusive."""

    words: tuple[int, ...]
    first: int
    last: int


def highlight(words: Sequence[str], query: Query) -> Highlight | None:
    """Find all matched words of a turn; None if the query does not match it at all."""
    forms: list[str] = []
    owner: list[int] = []
    for index, word in enumerate(words):
        for token in text.tokens(word):
            forms.append(token.form)
            owner.append(index)
    matches = [match for term in query.wanted for match in _matches(forms, term)]
    if not matches:
        return None
    first, length = min(matches)
    marked = {owner[place] for start, size in matches for place in range(start, start + size)}
    return Highlight(tuple(sorted(marked)), owner[first], owner[first + length - 1])


def _matches(forms: Sequence[str], term: Term) -> list[tuple[int, int]]:
    size = len(term.places)
    return [
        (start, size)
        for start in range(len(forms) - size + 1)
        if all(forms[start + place] in term.places[place] for place in range(size))
    ]
