"""What a language calls its numbers: the words that the parser knows, and what each does. Pure.

In: nothing. Out: `Lexicon`s, which can be joined where both languages are to be understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, auto


class Role(Enum):
    """What a word does in a number."""

    ZERO = auto()
    UNIT = auto()
    """1 to 9."""
    TEEN = auto()
    """10 to 19: nothing is added to it."""
    TEN = auto()
    """20 to 90."""
    HUNDRED = auto()
    """100 to 900 in one word, as in Russian."""
    TIMES_HUNDRED = auto()
    """Multiplies what stands before it, as in English."""
    SCALE = auto()
    """Thousand, million and so on."""
    WHOLE = auto()
    """A number to which nothing is added, such as «полтора»; a scale may follow."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a number."""

    role: Role
    value: Decimal
    ordinal: bool = False
    begins: bool = True
    """Whether a scale may stand without a number before it: «тысяча рублей», but not «тысяч»."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The words of a language."""

    words: Mapping[str, Word]
    halves: tuple[tuple[str, ...], ...] = ()
    """What adds one half: «с половиной», "and a half"."""
    joints: frozenset[str] = frozenset()
    """What may stand before the last part of a number: "and"."""
    ones: frozenset[str] = frozenset()
    """What is one before "hundred" only: "a"."""
    points: frozenset[str] = frozenset()
    """What is said for the decimal point."""
    wholes: frozenset[str] = frozenset()
    """«целых», after which a fraction is named."""
    fractions: Mapping[str, int] = field(default_factory=dict)
    """Digits after the point that a word names: «десятых» one, «сотых» two."""
    zero_between: frozenset[str] = frozenset()
    """What is zero only between two numbers: "oh"."""

    def __or__(self, other: Lexicon) -> Lexicon:
        return Lexicon(
            words={**self.words, **other.words},
            halves=self.halves + other.halves,
            joints=self.joints | other.joints,
            ones=self.ones | other.ones,
            points=self.points | other.points,
            wholes=self.wholes | other.wholes,
            fractions={**self.fractions, **other.fractions},
            zero_between=self.zero_between | other.zero_between,
        )
