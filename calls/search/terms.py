"""What a query consists of, once it is understood. Pure.

In: nothing. Out: the parts, from a place (one word of a turn) up to the whole query.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date

NUMBER_MARK = "№"
"""What tokens of numbers begin with (`calls.search.figures`)."""
MOST_COMBINATIONS = 256
"""FTS5 knows no alternatives inside of a phrase. Beyond this number its words are looked up, and the hits looked at."""

MOST_DISTANCES = 128
"""tsquery knows no "at most": every distance between every two phrases is written out, and it holds 1 MB at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """One word of a turn: any of these index forms will do."""

    forms: tuple[str, ...]
    spoken: frozenset[str] | None = None
    """Only these plain words, where the form alone says too little; None = whatever has the form."""


Phrase = tuple[Place, ...]
"""Words side by side."""
Way = tuple[Phrase, ...]
"""Phrases that must all stand in the turn."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a query asks for: any of its ways will do. `typed` are its plain words, where it is words only."""

    ways: tuple[Way, ...]
    typed: tuple[str, ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases of all ways."""
        return tuple(dict.fromkeys(phrase for way in self.ways for phrase in way))

    @property
    def size(self) -> int:
        """How many words it holds at most."""
        return max(sum(len(phrase) for phrase in way) for way in self.ways)


@dataclass(frozen=True, slots=True)
class Near:
    """Two terms with at most `distance` words between them, in any order. Their ways have one phrase each."""

    first: Term
    second: Term
    distance: int

    @property
    def is_large(self) -> bool:
        """Whether its sides have too many combinations."""
        sides = (self.first.phrases, self.second.phrases)
        sizes = [sum(map(combinations, phrases)) for phrases in sides]
        pairs = len(sides[0]) * len(sides[1])
        too_many = pairs > 1 and pairs * (self.distance + 1) > MOST_DISTANCES
        return too_many or sizes[0] * sizes[1] > MOST_COMBINATIONS


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a query says beside words. `who`, `queues` and `tags`: all must fit; they are looked up by the caller."""

    first_day: date | None = None
    last_day: date | None = None
    who: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """All of `wanted` and `near` and none of `unwanted` in one turn, of one side or of any."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()
    near: tuple[Near, ...] = ()
    side: str | None = None
    confidence: float | None = None
    """At least so sure must the speech engine be of every matched word, 0 to 1."""
    narrowing: Narrowing = field(default_factory=Narrowing)

    @property
    def counts(self) -> bool:
        """Whether it asks for a number, or a sign of money or percent."""
        phrases = (phrase for term in (*self.terms, *self.unwanted) for phrase in term.phrases)
        forms = (form for phrase in phrases for place in phrase for form in place.forms)
        return any(form.startswith(NUMBER_MARK) for form in forms)

    @property
    def is_large(self) -> bool:
        """Whether it holds a phrase or a NEAR of too many combinations for an index that knows no alternatives."""
        phrases = (phrase for term in (*self.terms, *self.unwanted) for phrase in term.phrases)
        return any(map(is_large, phrases)) or any(near.is_large for near in self.near)

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms that must match."""
        return (*self.wanted, *(term for near in self.near for term in (near.first, near.second)))

    def with_term(self, index: int, term: Term, *, taking: int = 1) -> Query:
        """The same query with another term in the place of `taking` of `terms` (of `wanted` if more than one)."""
        if index < len(self.wanted):
            wanted = (*self.wanted[:index], term, *self.wanted[index + taking :])
            return replace(self, wanted=wanted)
        place, second = divmod(index - len(self.wanted), 2)
        old = self.near[place]
        new = replace(old, second=term) if second else replace(old, first=term)
        return replace(self, near=(*self.near[:place], new, *self.near[place + 1 :]))


def combinations(phrase: Phrase) -> int:
    """How many rows of forms a phrase stands for."""
    return math.prod(len(place.forms) for place in phrase)


def is_large(phrase: Phrase) -> bool:
    """Whether a phrase has too many combinations."""
    return combinations(phrase) > MOST_COMBINATIONS


def one_of(*phrases: Phrase, typed: tuple[str, ...] = ()) -> Term:
    """A term for which any of these phrases will do."""
    return Term(tuple((phrase,) for phrase in dict.fromkeys(phrases)), typed)
