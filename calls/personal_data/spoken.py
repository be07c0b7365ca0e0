"""Digits as people dictate them, in Russian and English. Pure.

In: the words of a turn, as heard or as typed. Out: for each word the digits that it stands for: «сорок два семьдесят
шесть» is 4276, "double four" 44, «три нуля» 000; a word that makes a quantity of it («тысяча», "million") is no digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_RU_UNITS = {
    "ноль": 0, "нуль": 0, "ноля": 0, "нуля": 0, "один": 1, "одна": 1, "одно": 1, "одну": 1, "раз": None,
    "два": 2, "две": 2, "двойка": 2, "три": 3, "тройка": 3, "четыре": 4, "пять": 5, "пятерка": 5, "шесть": 6,
    "шестерка": 6, "семь": 7, "семерка": 7, "восемь": 8, "восьмерка": 8, "девять": 9, "девятка": 9,
    "единица": 1, "единичка": 1, "нолик": 0, "четверка": 4, "двоечка": 2, "троечка": 3, "пятерочка": 5, "семерочка": 7,
}  # fmt: skip
_EN_UNITS = {
    "zero": 0, "oh": 0, "o": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
}  # fmt: skip
_RU_TEENS = {
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19,
}  # fmt: skip
_EN_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_RU_TENS = {
    "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70,
    "восемьдесят": 80, "девяносто": 90,
}  # fmt: skip
_EN_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_RU_HUNDREDS = {
    "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700,
    "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
_REPEATED = {
    "ноля": "0", "нуля": "0", "нолика": "0", "нулей": "0", "нолей": "0", "единицы": "1", "единиц": "1", "двойки": "2",
    "двоек": "2", "тройки": "3", "троек": "3", "четверки": "4", "четверок": "4", "пятерки": "5", "пятерок": "5",
    "шестерки": "6", "шестерок": "6", "семерки": "7", "семерок": "7", "восьмерки": "8", "восьмерок": "8",
    "девятки": "9", "девяток": "9", "zeros": "0", "zeroes": "0", "ones": "1", "twos": "2", "threes": "3", "fours": "4",
    "fives": "5", "sixes": "6", "sevens": "7", "eights": "8", "nines": "9",
}  # fmt: skip
"""«три нуля», "three zeros": the digit that the word before says how often."""
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_UNITS = {word: value for word, value in (_RU_UNITS | _EN_UNITS).items() if value is not None}
_TEENS = _RU_TEENS | _EN_TEENS
_TENS = _RU_TENS | _EN_TENS
_TYPED = re.compile(r"[0-9][0-9 ./\-–]*")
_EDGES = re.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits that the words `first` to `last` (inclusive) of a turn stand for."""

    value: str
    first: int
    last: int


def plain(word: str) -> str:
    """A word as it is compared: lower case, ё as е, without signs around it."""
    return _EDGES.sub("", word.lower().replace("ё", "е"))


def digits_in(words: Sequence[str]) -> list[Digits]:
    """All pieces of digits in a turn, in order; words that are none are not in the list."""
    found: list[Digits] = []
    said = [plain(word) for word in words]
    place = 0
    while place < len(said):
        piece = _typed(said, place) or _repeated(said, place) or _number(said, place)
        if piece is None:
            place += 1
            continue
        found.append(piece)
        place = piece.last + 1
    return found


def _typed(said: Sequence[str], place: int) -> Digits | None:
    """«4276», "45-07"."""
    if not _TYPED.fullmatch(said[place]):
        return None
    return Digits("".join(sign for sign in said[place] if sign.isdigit()), place, place)


def _repeated(said: Sequence[str], place: int) -> Digits | None:
    """«три нуля», "double four"."""
    if place + 1 >= len(said):
        return None
    word, after = said[place], said[place + 1]
    if word in _TIMES and after in _UNITS:
        return Digits(str(_UNITS[after]) * _TIMES[word], place, place + 1)
    count = _UNITS.get(word, 0)
    if after in _REPEATED and 2 <= count <= 6:
        return Digits(_REPEATED[after] * count, place, place + 1)
    return None


def _number(said: Sequence[str], place: int) -> Digits | None:
    """«двести сорок два», «сорок два», «ноль», "two hundred and four"."""
    value, last = 0, place - 1
    if said[place] in _RU_HUNDREDS:
        value, last = _RU_HUNDREDS[said[place]], place
    elif _UNITS.get(said[place], 0) and said[place + 1 : place + 2] == ["hundred"]:
        value, last = _UNITS[said[place]] * 100, place + 1
        if said[last + 1 : last + 2] == ["and"]:
            last += 1
    hundreds = last
    below, last = _below_hundred(said, last + 1)
    if last < place:
        return None
    if hundreds >= place and last == hundreds and said[last] == "and":
        last -= 1
    return Digits(str(value + below), place, last)


def _below_hundred(said: Sequence[str], place: int) -> tuple[int, int]:
    """The number up to 99 that begins here, and its last word; (0, place - 1) if there is none."""
    if place >= len(said):
        return 0, place - 1
    word = said[place]
    if word in _TEENS:
        return _TEENS[word], place
    if word in _TENS:
        unit = _UNITS.get(said[place + 1], 0) if place + 1 < len(said) else 0
        return _TENS[word] + unit, place + 1 if unit else place
    if word in _UNITS and (place == 0 or _UNITS[word] or said[place - 1] not in _RU_HUNDREDS):
        return _UNITS[word], place
    return 0, place - 1
