"""All numbers and times of day of a turn. Pure.

In: words in lower case with е for ё, and a lexicon. Out: `Numeral`s from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from calls.numerals.clock import BEGINNINGS, clock
from calls.numerals.lexicon import Lexicon, Role
from calls.numerals.numbers import Numeral, Reader

WRITTEN_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def spans(tokens: Sequence[str], lexicon: Lexicon) -> list[Numeral]:
    """Find all numbers and times, from left to right; spans never overlap."""
    reader = Reader(tokens, lexicon)
    found: list[Numeral] = []
    place = 0
    while place < len(tokens):
        if not _may_begin(tokens[place], lexicon):
            place += 1
            continue
        numeral = _time(reader, place) or reader.number(place) or _zero(reader, place, found)
        if numeral is None:
            place += 1
        else:
            found.append(numeral)
            place = numeral.end
    return found


def _may_begin(token: str, lexicon: Lexicon) -> bool:
    """Whether a number or time may begin with this word: most words are told apart by this alone."""
    if token in lexicon.words or token in BEGINNINGS or token in lexicon.ones:
        return True
    return token[:1].isdigit() or token in lexicon.zero_between or token.startswith("пол")


def _time(reader: Reader, place: int) -> Numeral | None:
    written = WRITTEN_TIME.fullmatch(reader.at(place))
    if written is not None:
        hour, minute = int(written[1]), int(written[2])
        minutes = Decimal(hour * 60 + minute)
        return Numeral(place, place + 1, minutes, clock=(hour, minute), written=True)
    return clock(reader, place)


def _zero(reader: Reader, place: int, found: Sequence[Numeral]) -> Numeral | None:
    """Return the zero in "five oh two"."""
    if reader.at(place) not in reader.lexicon.zero_between or not found:
        return None
    after = reader.word(place + 1)
    if found[-1].end != place or after is None or after.role is Role.SCALE:
        return None
    return Numeral(place, place + 1, Decimal(0))
