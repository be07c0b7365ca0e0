"""Whether a turn holds what a query asks for, and where. Pure.

In: the words of a turn as the index holds them, and a query. Out: the places that match. The databases answer the same
question from their indexes; this is for one turn: to light words up, and to look through what has just been said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calls.search import figures, text
from calls.search.terms import Near, Phrase, Query, Term
from calls.search.text import Token

APART = "¶"
GAP = 21
"""So many signs stand between two versions of one turn: no distance between two words reaches across."""
SEPARATOR = " ".join([APART] * GAP)
_GAP = [Token(-1, -1, APART)] * GAP

Span = tuple[int, int]
"""First token of a match and the one behind its last."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A turn as the index holds it."""

    tokens: Sequence[Token]

    @property
    def text(self) -> str:
        """What stands in the index: one form per word, parted by single spaces."""
        return " ".join(token.form for token in self.tokens)


def indexed(said: str, *, counted: bool = True) -> Indexed:
    """Return what the index holds of one text: its words, then the same with every number as one token.

    Args:
        said: the text.
        counted: whether numbers matter; without them it takes half the time.
    """
    words = list(text.tokens(said))
    if not counted or not figures.may_hold(said, words):
        return Indexed(words)
    tokens = list(words)
    for more in figures.figures(said):
        if more:
            tokens += [*_GAP, *more] if tokens else more
    return Indexed(tokens)


def matches(turn: Indexed, query: Query) -> bool:
    """Whether a turn holds all that a query asks for, and nothing that it must not."""
    return (
        all(any(_way(turn, way) for way in term.ways) for term in query.wanted)
        and all(next(_nears(turn, near), None) is not None for near in query.near)
        and not any(any(_way(turn, way) for way in term.ways) for term in query.unwanted)
    )


def _way(turn: Indexed, way: Sequence[Phrase]) -> bool:
    return all(next(spans(turn, phrase), None) is not None for phrase in way)


def found(turn: Indexed, query: Query) -> list[Span]:
    """All places of a turn that match something that a query asks for."""
    places = [span for term in query.wanted for span in term_spans(turn, term)]
    for near in query.near:
        for first, second in _nears(turn, near):
            places += [first, second]
    return sorted(set(places))


def term_spans(turn: Indexed, term: Term) -> Iterator[Span]:
    """The places of those ways of a term that match as a whole."""
    for way in term.ways:
        found = [list(spans(turn, phrase)) for phrase in way]
        if all(found):
            for some in found:
                yield from some


def spans(turn: Indexed, phrase: Phrase) -> Iterator[Span]:
    """The places of a phrase."""
    tokens, size = turn.tokens, len(phrase)
    for start in range(len(tokens) - size + 1):
        for offset, place in enumerate(phrase):
            token = tokens[start + offset]
            if token.form not in place.forms:
                break
            if place.spoken is not None and token.word not in place.spoken:
                break
        else:
            yield start, start + size


def _nears(turn: Indexed, near: Near) -> Iterator[tuple[Span, Span]]:
    firsts = list(term_spans(turn, near.first))
    seconds = list(term_spans(turn, near.second)) if firsts else []
    for first in firsts:
        for second in seconds:
            gap = max(first[0] - second[1], second[0] - first[1])
            if 0 <= gap <= near.distance:
                yield first, second
