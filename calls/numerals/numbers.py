"""One number out of words, from a given word on. Pure.

In: words, the place to begin and a lexicon. Out: the value and the place behind it, or None. «две тысячи три тысячи» are
two numbers, «двадцать три сорок пять» too: parts must fall in size.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from calls.numerals.lexicon import Lexicon, Role, Word

HALF = Decimal("0.5")
BEYOND = Decimal(10) ** 16
DIGITS = re.compile(r"\d{1,20}")
DECIMAL = re.compile(r"\d{1,15}[.,]\d{1,6}")
GROUP = re.compile(r"\d{3}")


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number or a time of day in a turn: tokens[start:end]."""

    start: int
    end: int
    value: Decimal
    """The number; of a time the minutes since midnight."""
    ordinal: bool = False
    clock: tuple[int, int] | None = None
    """Hour and minute of a time of day, as said: the afternoon is not guessed."""
    written: bool = False
    """Whether it stood there in digits only."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was read of a number: its value and the place behind it."""

    value: Decimal
    end: int
    ordinal: bool = False


class Reader:
    """Reads numbers from a sequence of words."""

    def __init__(self, tokens: Sequence[str], lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.lexicon = lexicon

    def at(self, place: int) -> str:
        """The word at a place; "" beyond the ends."""
        return self.tokens[place] if 0 <= place < len(self.tokens) else ""

    def word(self, place: int) -> Word | None:
        """What the word at a place does in numbers."""
        return self.lexicon.words.get(self.at(place))

    def number(self, place: int) -> Numeral | None:
        """Read one number that begins here, as long as it can be."""
        part = self._spelt(place) or self._approximate(place) or self._scaled(place)
        if part is None:
            return None
        part = self._fraction(part)
        written = all(token[:1].isdigit() for token in self.tokens[place : part.end])
        return Numeral(place, part.end, part.value, part.ordinal, written=written)

    def _scaled(self, place: int) -> Part | None:
        """Parts with falling scales: (two) thousand (five hundred)."""
        total, below, at, ordinal = Decimal(0), BEYOND, place, False
        found = False
        while not ordinal and (part := self._part(at, first=not found)) is not None:
            scale = self.word(part.end)
            if scale is None or scale.role is not Role.SCALE or part.ordinal:
                if found and part.value >= below:
                    break
                return Part(total + part.value, part.end, part.ordinal)
            if scale.value >= below:
                break
            total, below = total + part.value * scale.value, scale.value
            at, ordinal, found = part.end + 1, scale.ordinal, True
        return Part(total, at, ordinal) if found else None

    def _part(self, place: int, *, first: bool) -> Part | None:
        """What stands before a scale, or at the end: below 1000 in words, any size in digits."""
        word = self.word(place)
        if first and word is not None and word.role is Role.SCALE and word.begins:
            return Part(Decimal(1), place)
        if not first and self.at(place) in self.lexicon.joints:
            return self._below_thousand(place + 1)
        if first and self.at(place) in self.lexicon.ones:
            scale = self.word(place + 1)
            if scale is not None and scale.role is Role.SCALE:
                return Part(Decimal(1), place + 1)
        return self._halved(self._below_thousand(place))

    def _halved(self, part: Part | None) -> Part | None:
        if part is None or part.ordinal:
            return part
        for half in self.lexicon.halves:
            if tuple(self.tokens[part.end : part.end + len(half)]) == half:
                return Part(part.value + HALF, part.end + len(half))
        return part

    def _below_thousand(self, place: int) -> Part | None:
        written = self._written(place)
        if written is not None:
            return written
        word = self.word(place)
        if word is None:
            return self._one_hundred(place)
        match word.role:
            case Role.ZERO | Role.WHOLE:
                return Part(word.value, place + 1, word.ordinal)
            case Role.HUNDRED:
                return self._with(Part(word.value, place + 1, word.ordinal))
            case Role.TIMES_HUNDRED:
                return (
                    self._with(Part(word.value, place + 1, word.ordinal)) if word.begins else None
                )
            case Role.UNIT | Role.TEEN | Role.TEN:
                return self._hundreds(self._below_hundred(place))
            case _:
                return None

    def _one_hundred(self, place: int) -> Part | None:
        """Read "a hundred"; but "a" alone is no number."""
        hundred = self.word(place + 1)
        if self.at(place) not in self.lexicon.ones or hundred is None:
            return None
        if hundred.role is not Role.TIMES_HUNDRED:
            return None
        return self._with(Part(hundred.value, place + 2, hundred.ordinal))

    def _hundreds(self, part: Part | None) -> Part | None:
        hundred = self.word(part.end) if part is not None and not part.ordinal else None
        if part is None or hundred is None or hundred.role is not Role.TIMES_HUNDRED:
            return part
        return self._with(Part(part.value * hundred.value, part.end + 1, hundred.ordinal))

    def _with(self, hundreds: Part) -> Part:
        """Add what is below one hundred."""
        if hundreds.ordinal:
            return hundreds
        joint = self.at(hundreds.end) in self.lexicon.joints
        rest = self._below_hundred(hundreds.end + joint)
        if rest is None:
            return hundreds
        return Part(hundreds.value + rest.value, rest.end, rest.ordinal)

    def _below_hundred(self, place: int) -> Part | None:
        word = self.word(place)
        if word is None or word.role not in (Role.UNIT, Role.TEEN, Role.TEN):
            return None
        unit = self.word(place + 1) if word.role is Role.TEN and not word.ordinal else None
        if unit is not None and unit.role is Role.UNIT:
            return Part(word.value + unit.value, place + 2, unit.ordinal)
        return Part(word.value, place + 1, word.ordinal)

    def _written(self, place: int) -> Part | None:
        """Digits: "2500", "2.5", "2 500"."""
        token = self.at(place)
        if DECIMAL.fullmatch(token):
            return Part(Decimal(token.replace(",", ".")), place + 1)
        if not DIGITS.fullmatch(token):
            return None
        end = place + 1
        if len(token) <= 3 and not token.startswith("0"):
            while end - place < 5 and GROUP.fullmatch(self.at(end)):
                token, end = token + self.at(end), end + 1
        return Part(Decimal(token), end)

    def _approximate(self, place: int) -> Part | None:
        """«тысяч пять»: about five thousand."""
        scale = self.word(place)
        if scale is None or scale.role is not Role.SCALE or scale.begins or scale.ordinal:
            return None
        part = self._below_thousand(place + 1)
        return None if part is None or part.ordinal else Part(part.value * scale.value, part.end)

    def _spelt(self, place: int) -> Part | None:
        """«семь целых пять десятых»."""
        whole = self._below_thousand(place)
        if whole is None or self.at(whole.end) not in self.lexicon.wholes:
            return None
        part = self._below_thousand(whole.end + 1)
        digits = self.lexicon.fractions.get(self.at(part.end)) if part is not None else None
        if part is None or digits is None:
            return None
        return Part(whole.value + part.value.scaleb(-digits), part.end + 1)

    def _fraction(self, part: Part) -> Part:
        """Digits that are said after the point, one by one or as one number."""
        if part.ordinal or self.at(part.end) not in self.lexicon.points:
            return part
        said, at = "", part.end + 1
        while (digit := self._below_hundred_or_zero(at)) is not None and len(said) < 6:
            said, at = said + str(digit.value), digit.end
        return Part(part.value + Decimal(f"0.{said}"), at) if said else part

    def _below_hundred_or_zero(self, place: int) -> Part | None:
        word = self.word(place)
        if word is not None and word.role is Role.ZERO:
            return Part(word.value, place + 1)
        part = self._below_hundred(place)
        return None if part is None or part.ordinal else part
