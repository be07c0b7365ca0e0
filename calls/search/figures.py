"""Numbers, times and dates of a text as the index holds them, however they were said or written. Pure.

In: a text. Out: its words with every number as one token: «две с половиной тысячи рублей», "2500 рублей" and "2 500 ₽" all
hold `№2500`. The tokens begin with a sign that no word can hold, so that words never meet them:

    №2500  №2٫5  a number          №o12  an ordinal ("12-го", «двенадцатого», "twelfth")
    №t1030       a time of day that was told in words, «половина одиннадцатого»
    №d…          digits that were said in groups, joined: all of them, the last ten, the last seven
    №% №₽ №$ …   signs of percent and money
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from calls import numerals
from calls.numerals import BOTH, Numeral
from calls.numerals.clock import BEGINNINGS
from calls.search import text as words
from calls.search.terms import NUMBER_MARK

MARK = NUMBER_MARK
SIGNS = {"%": "٪", "₽": "₽", "$": "＄", "€": "€", "£": "£"}
"""Signs as they stand in tokens: none of ASCII, where SQLite would split."""
MONEY = frozenset("₽$€£")
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
    "ноябрь", "декабрь",
)  # fmt: skip
_UNITS = """
процентов процента проценты рублей рубля рубли долларов евро дней дня часов часа минут недель месяцев лет штук
человек километров
"""
UNITS = frozenset(_UNITS.split())
"""What may stand before its number: «рублей пятьсот» is about 500 roubles."""
SUFFIXES = {"к": "тыс", "k": "thousand", "тыс": "тыс", "млн": "млн", "млрд": "млрд"}
SUFFIXES |= {
    one: one for one in ("руб", "р", "usd", "eur", "rub", "kg", "кг", "gb", "гб", "am", "pm")
}
SPELT = 3
"""So many numbers in a row may be one that is told digit by digit."""
JOINED_DIGITS = 6
"""From so many digits in a row on they may be a telephone number or a contract's."""

_FIGURE = re.compile(
    r"(?<![\w])(?:"
    r"(?P<iso>(?:19|20)\d\d-(?:0\d|1[0-2])-[0-3]\d)"
    r"|(?P<date>[0-3]?\d\.(?:0[1-9]|1[0-2])\.(?:19|20)?\d\d)"
    r"|(?P<time>(?:[01]?\d|2[0-3]):[0-5]\d)"
    r"|(?P<decimal>\d{1,15}[.,]\d{1,2})(?![\d])"
    r"|(?P<ordinal>\d{1,9})-?(?:го|ого|му|ому|й|ый|ой|е|ое|я|ая|ю|ую|м|ом|х|ых|st|nd|rd|th)"
    rf"|(?P<scaled>\d{{1,15}})(?P<suffix>{'|'.join(sorted(SUFFIXES, key=len, reverse=True))})"
    r")(?![\w])|(?P<sign>[%₽$€£])",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"[\d%₽$€£]")


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One word, number or sign as it stands: text[start:end]."""

    start: int
    end: int
    word: str
    ordinal: bool = False
    day: tuple[int, int, int] | None = None
    """Year (0 if it is not said), month and day of a date in digits."""


def figures(text: str) -> tuple[list[words.Token], list[words.Token]]:
    """Return the words of a text with its numbers as tokens, and the digits in a row as single tokens.

    Both are empty where there are no numbers.
    """
    parts = lexemes(text)
    found = numerals_in(parts)
    if not found and not any(part.day or part.word in SIGNS for part in parts):
        return [], []
    joined = [token for run in runs(found) for token in _joined(parts, run)]
    return [*_tokens(parts, found)], joined


def lexemes(text: str) -> list[Lexeme]:
    """Split a text into words, numbers and signs."""
    if not _NUMERIC.search(text):
        return [Lexeme(one.start, one.end, one.word) for one in words.tokens(text)]
    parts: list[Lexeme] = []
    place = 0
    for found in _FIGURE.finditer(text):
        parts.extend(_plain(text, place, found.start()))
        parts.extend(_figure(found))
        place = found.end()
    parts.extend(_plain(text, place, len(text)))
    return parts


def _plain(text: str, start: int, end: int) -> Iterator[Lexeme]:
    for one in words.tokens(text[start:end]):
        yield Lexeme(start + one.start, start + one.end, one.word)


def _figure(found: re.Match[str]) -> Iterator[Lexeme]:
    start, end = found.span()
    kind = found.lastgroup
    if kind == "iso":
        year, month, day = map(int, found["iso"].split("-"))
        yield Lexeme(start, end, found["iso"], day=(year, month, day))
    elif kind == "date":
        day, month, year = map(int, found["date"].split("."))
        yield Lexeme(
            start, end, found["date"], day=(year + 2000 if year < 100 else year, month, day)
        )
    elif kind == "ordinal":
        yield Lexeme(start, end, found["ordinal"], ordinal=True)
    elif kind == "suffix":
        yield Lexeme(start, found.end("scaled"), found["scaled"])
        yield Lexeme(found.start("suffix"), end, SUFFIXES[found["suffix"].lower()])
    else:
        yield Lexeme(start, end, found.group())


def numerals_in(parts: Sequence[Lexeme]) -> list[Numeral]:
    """Find the numbers among words."""
    spoken = ["" if part.day else part.word for part in parts]
    if not any(_is_of_number(word) for word in spoken):
        return []
    return numerals.parse(spoken)


def runs(found: Sequence[Numeral]) -> Iterator[list[Numeral]]:
    """Numbers that stand side by side."""
    run: list[Numeral] = []
    for one in found:
        if run and run[-1].end != one.start:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _joined(parts: Sequence[Lexeme], run: Sequence[Numeral]) -> Iterator[words.Token]:
    digits = digits_of(parts, run)
    if len(digits) < JOINED_DIGITS and len(run) < SPELT:
        return
    start, end = parts[run[0].start].start, parts[run[-1].end - 1].end
    for form in dict.fromkeys((digits, digits[-10:], digits[-7:])):
        yield words.Token(start, end, f"{MARK}d{form}")


def digits_of(parts: Sequence[Lexeme], run: Sequence[Numeral]) -> str:
    """The digits of numbers side by side, as they would be typed on a telephone; "" if one is no whole number."""
    said = ""
    for one in run:
        if one.clock or one.value % 1 or one.ordinal:
            return ""
        if one.written:
            said += "".join(part.word for part in parts[one.start : one.end])
        else:
            said += str(int(one.value))
    return said if len(said) <= 30 else ""


def _tokens(parts: Sequence[Lexeme], found: Sequence[Numeral]) -> Iterator[words.Token]:
    at = {one.start: one for one in found}
    place = 0
    while place < len(parts):
        one = at.get(place)
        if one is None and _is_before_its_number(parts, place, at):
            one = at[place + 1]
            yield from _number(parts, one)
            yield _word(parts[place])
            place = one.end
        elif one is None:
            yield from _date(parts[place]) if parts[place].day else [_word(parts[place])]
            place += 1
        else:
            yield from _number(parts, one)
            place = one.end


def _is_before_its_number(parts: Sequence[Lexeme], place: int, at: dict[int, Numeral]) -> bool:
    """Whether a unit stands before its number: "$45", «рублей пятьсот»."""
    if parts[place].word in MONEY:
        return place + 1 in at
    return _is_turned(parts, place, at)


def _is_turned(parts: Sequence[Lexeme], place: int, at: dict[int, Numeral]) -> bool:
    """«рублей пятьсот»: a unit without a number before it, and a number without a unit after it."""
    number = at.get(place + 1)
    if number is None or number.clock or parts[place].word not in UNITS:
        return False
    after = parts[number.end].word if number.end < len(parts) else ""
    before = any(one.end == place for one in at.values())
    return not before and after not in UNITS


def _word(part: Lexeme) -> words.Token:
    form = f"{MARK}{SIGNS[part.word]}" if part.word in SIGNS else words.index_form(part.word)
    return words.Token(part.start, part.end, form, part.word)


def _number(parts: Sequence[Lexeme], one: Numeral) -> Iterator[words.Token]:
    start, end = parts[one.start].start, parts[one.end - 1].end
    if one.clock and one.written:
        yield words.Token(start, end, number_form(Decimal(one.clock[0])))
        yield words.Token(start, end, number_form(Decimal(one.clock[1])))
    elif one.clock:
        yield words.Token(start, end, time_form(*one.clock))
    else:
        ordinal = one.ordinal or parts[one.start].ordinal
        yield words.Token(start, end, number_form(one.value, ordinal=ordinal))


def _date(part: Lexeme) -> Iterator[words.Token]:
    year, month, day = part.day or (0, 1, 1)
    yield words.Token(part.start, part.end, number_form(Decimal(day), ordinal=True))
    yield words.Token(part.start, part.end, words.index_form(MONTHS[month - 1]))
    yield words.Token(part.start, part.end, number_form(Decimal(year)))


def number_form(value: Decimal, *, ordinal: bool = False) -> str:
    """The token of a number."""
    digits = f"{value.normalize():f}".replace(".", "٫")
    return f"{MARK}{'o' if ordinal else ''}{digits}"


def time_form(hour: int, minute: int) -> str:
    """The token of a time of day that is told in words."""
    return f"{MARK}t{hour:02}{minute:02}"


def may_hold(said: str, tokens: Sequence[words.Token]) -> bool:
    """Whether a text may hold numbers at all: most turns hold none."""
    return bool(_NUMERIC.search(said)) or any(_is_of_number(token.word) for token in tokens)


def _is_of_number(word: str) -> bool:
    if word in BOTH.words or word in BEGINNINGS:
        return True
    return word[:1].isdigit() or word.startswith("пол")
