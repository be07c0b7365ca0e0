"""English numbers. Pure.

In: words in lower case; "twenty-five" as two. Out: spans with values (`calls.numerals.numbers.Numeral`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from calls.numerals.lexicon import Lexicon, Role, Word
from calls.numerals.numbers import Numeral
from calls.numerals.spans import spans

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_UNITH = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"]
_TEENTH = [
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_TENTH = [
    "twentieth",
    "thirtieth",
    "fortieth",
    "fiftieth",
    "sixtieth",
    "seventieth",
    "eightieth",
    "ninetieth",
]
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_SHORT_SCALES = {"thousands": 1_000, "grand": 1_000, "millions": 1_000_000, "mln": 1_000_000}


def _words() -> Iterator[tuple[str, Word]]:
    yield "zero", Word(Role.ZERO, Decimal(0))
    for ordinal, units, teens, tens in (
        (False, _UNITS, _TEENS, _TENS),
        (True, _UNITH, _TEENTH, _TENTH),
    ):
        for value, word in enumerate(units, start=1):
            yield word, Word(Role.UNIT, Decimal(value), ordinal)
        for value, word in enumerate(teens, start=10):
            yield word, Word(Role.TEEN, Decimal(value), ordinal)
        for value, word in enumerate(tens, start=2):
            yield word, Word(Role.TEN, Decimal(value * 10), ordinal)
    yield "fourty", Word(Role.TEN, Decimal(40))
    yield "hundred", Word(Role.TIMES_HUNDRED, Decimal(100))
    yield "hundreds", Word(Role.TIMES_HUNDRED, Decimal(100), begins=False)
    yield "hundredth", Word(Role.TIMES_HUNDRED, Decimal(100), ordinal=True)
    for word, value in _SCALES.items():
        yield word, Word(Role.SCALE, Decimal(value))
    for word, value in _SHORT_SCALES.items():
        yield word, Word(Role.SCALE, Decimal(value), begins=False)


LEXICON = Lexicon(
    words=dict(_words()),
    halves=(("and", "a", "half"), ("and", "half")),
    joints=frozenset({"and"}),
    ones=frozenset({"a"}),
    points=frozenset({"point"}),
    zero_between=frozenset({"oh", "o"}),
)


def parse(tokens: Sequence[str]) -> list[Numeral]:
    """Find all English numbers and times of a turn, and those in digits, from left to right."""
    return spans(tokens, LEXICON)
