"""Spoken Russian numbers in any case: «двух с половиной тысяч», «полторы», «тысяча двести», «двадцать пятого». Pure.

In: analysed words. Out: where a number stands, its value, and its unit, before («процентов пять») or after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from calls.promises.russian.number_words import (
    CARDINALS,
    HALVES,
    MULTIPLIERS,
    ORDINALS,
    TERM_WORDS,
    UNITS,
)
from calls.promises.russian.words import Word

ORDINAL_ENDINGS = (
    "ого",
    "его",
    "ому",
    "ему",
    "ое",
    "ье",
    "ые",
    "ым",
    "ом",
    "ем",
    "ый",
    "ий",
    "ой",
    "ую",
    "ая",
    "ых",
    "ых",
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in an utterance: words[start:end]."""

    start: int
    end: int
    value: Decimal
    ordinal: bool = False


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: words[start:end]. `unit` is empty if none was said."""

    start: int
    end: int
    value: Decimal
    unit: str
    unit_word: int = -1
    """Where the unit stands."""


def number_at(words: Sequence[Word], start: int) -> Number | None:
    """Read the longest number that begins at a word."""
    total, group, room, at = Decimal(0), Decimal(0), Decimal(10_000), start
    seen = False
    while at < len(words):
        if (value := _ordinal(words[at])) is not None and (
            not seen or (value < 10 and total + group in (20, 30))
        ):
            return Number(start, at + 1, total + group + value, ordinal=True)
        multiplier = _lookup(words[at], MULTIPLIERS)
        if multiplier is not None:
            if seen and group == 0 and total and multiplier >= 1000:
                break
            total, group, room, seen = (
                total + (group or 1) * multiplier,
                Decimal(0),
                Decimal(1000),
                True,
            )
            at += 1
            continue
        value_here = _cardinal(words[at])
        if value_here is None or value_here >= room or (value_here == 0 and seen):
            break
        group, room, seen, at = group + value_here, _room(value_here), True, at + 1
        if _texts(words, at, 2) == ["с", "половиной"] or (
            _texts(words, at, 2) == ["с", "половина"]
        ):
            group, room, at = group + Decimal("0.5"), Decimal(0), at + 2
    return Number(start, at, total + group) if seen else None


def numbers(words: Sequence[Word]) -> list[Number]:
    """All numbers of an utterance in order; a range gives two."""
    found: list[Number] = []
    at = 0
    while at < len(words):
        number = number_at(words, at)
        if number:
            found.append(number)
            at = number.end
        else:
            at += 1
    return found


def quantities(words: Sequence[Word]) -> list[Quantity]:
    """Cardinal numbers and words like «полгода» with their units, in order."""
    found: list[Quantity] = []
    for number in numbers(words):
        if not number.ordinal:
            found.append(_with_unit(words, number, found[-1].unit_word if found else -1))
    for at, word in enumerate(words):
        if word.text in TERM_WORDS:
            value, unit = TERM_WORDS[word.text]
            found.append(Quantity(at, at + 1, value, unit, at))
    return sorted(found, key=lambda quantity: quantity.start)


def unit_of(word: Word) -> str:
    """The unit that a word names, or ""."""
    if word.text in ("лет", "годика"):
        return "years"
    if word.text in ("том", "сома", "суммы", "сумма", "сумму", "летом", "лето", "кило"):
        return ""
    return next((UNITS[lemma] for lemma in word.lemmas if lemma in UNITS), "")


def _with_unit(words: Sequence[Word], number: Number, taken: int) -> Quantity:
    after = number.end
    if after < len(words) and words[after].text in (
        "рабочих",
        "календарных",
        "полных",
        "целых",
        "российских",
        "рабочие",
    ):
        after += 1
    if after < len(words) and (unit := unit_of(words[after])):
        return Quantity(number.start, after + 1, number.value, unit, after)
    before = number.start - 1
    if before >= 0 and words[before].text in ("через", "на", "за", "до", "по", "в"):
        before -= 1
    if (
        before > taken
        and before >= 0
        and words[before].genitive
        and (unit := unit_of(words[before]))
    ):
        return Quantity(before, number.end, number.value, unit, before)
    return Quantity(number.start, number.end, number.value, "")


def _room(value: Decimal) -> Decimal:
    if value >= 100:
        return Decimal(100)
    if value >= 20:
        return Decimal(10)
    return Decimal(0)


def _cardinal(word: Word) -> Decimal | None:
    if word.text in HALVES:
        return HALVES[word.text]
    digits = word.text.removesuffix("%")
    if digits.isascii() and digits.replace(".", "", 1).isdigit():
        return Decimal(digits)
    if word.text in ("стою", "стой", "семья", "семью", "семьи", "сота", "одни", "одно", "одну"):
        return Decimal(1) if word.text == "одну" else None
    return _lookup(word, CARDINALS)


def _ordinal(word: Word) -> int | None:
    if not word.text.endswith(ORDINAL_ENDINGS):
        return None
    return next((ORDINALS[lemma] for lemma in word.lemmas if lemma in ORDINALS), None)


def _lookup(word: Word, table: dict[str, Decimal]) -> Decimal | None:
    if word.text in table:
        return table[word.text]
    return next((table[lemma] for lemma in word.lemmas if lemma in table), None)


def _texts(words: Sequence[Word], at: int, count: int) -> list[str]:
    return [word.text for word in words[at : at + count]]
