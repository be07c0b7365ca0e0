"""Spans of time from the call: «через полтора часа», «минут через сорок», «в течение трёх рабочих дней». Pure.

In: analysed words and the call's local time. Out: where the span ends, in words and in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from calls.promises.russian import calendar
from calls.promises.russian.family import family
from calls.promises.russian.lexicon import CALL, INFORM
from calls.promises.russian.number_words import TERM_WORDS, TIME_UNITS
from calls.promises.russian.numbers import number_at, unit_of
from calls.promises.russian.when_words import LONG_ADJECTIVES, WITHIN
from calls.promises.russian.words import Word

AT_MOST = frozenset({"максимум", "максимально"})
ABOUT = family("примерно где-то буквально ровно около еще какие-то каких-то уже эти это")
NO_MORE = frozenset({"больше", "более", "дольше", "позже", "позднее", "далее"})


@dataclass(frozen=True, slots=True)
class Span:
    """A span that was said, its end in words and in time."""

    end: int
    on: date | None
    at: time | None
    bare: bool = False
    """Said without «через»: «за два дня», «на неделю», «три дня». Some verbs hold that long."""
    before_something: bool = False
    """«за час до приезда»: counted back from something else."""


@dataclass(frozen=True, slots=True)
class _Length:
    value: Decimal
    unit: str
    working: bool
    end: int
    whole_day: bool = False
    """«дня» without a number: «в течение дня» is today."""


def span_at(words: Sequence[Word], at: int, call_at: datetime) -> Span | None:
    """Read a span that begins at a word."""
    begin, bare = _introduced(words, at)
    length = _inverted(words, at) if begin < 0 else _length(words, begin)
    if length is None or length.unit not in TIME_UNITS | {"nights"}:
        return None
    on, moment = _end(call_at, length)
    if length.whole_day and not bare and words[at].text != "через":
        on = call_at.date()
    after = words[length.end].text if length.end < len(words) else ""
    counted_back = _announced(words, at, length.end) or after == "до"
    behind = counted_back or (after in ("после", "со") and not bare)
    return Span(length.end, on, moment, bare, before_something=behind)


def _introduced(words: Sequence[Word], at: int) -> tuple[int, bool]:
    """Where the length begins (-1: inverted, «минут через сорок») and whether it is bare."""
    texts = [w.text for w in words[at : at + 4]]
    second = texts[1] if len(texts) > 1 else ""
    if texts[0] in ("через", "спустя"):
        return at + 1, False
    if second == "через" and unit_of(words[at]):
        return -1, False
    for first, skipped in _openings(texts, words[at + 1] if second else None):
        if first:
            return at + skipped, False
    return (at + 1, True) if texts[0] in ("за", "на") else (at, True)


def _openings(texts: list[str], following: Word | None) -> list[tuple[bool, int]]:
    """Other words before a length, each with how many words to skip if it is said."""
    first, second, third, fourth = [*texts, "", "", ""][:4]
    adjective = following is not None and following.of(frozenset(LONG_ADJECTIVES))
    return [
        (first in ("дайте", "дай"), 1 + (second in ("мне", "нам"))),
        (first in ("в", "на") and second in WITHIN, 2),
        (first in WITHIN, 1),
        (first in ("в", "за") and second.startswith("ближайш"), 2),
        (first in ("в", "на") and adjective, 1),
        (first in AT_MOST, 1 + (second in ("за", "через"))),
        (
            first == "не" and second in NO_MORE,
            2 + (third in ("чем", "за")) + (fourth in ("через", "за")),
        ),
    ]


def _length(words: Sequence[Word], at: int) -> _Length | None:
    while at < len(words) and words[at].text in ABOUT:
        at += 1
    if at >= len(words):
        return None
    first = words[at]
    adjective = next((LONG_ADJECTIVES[a] for a in first.lemmas if a in LONG_ADJECTIVES), None)
    if adjective and at + 1 < len(words):
        return _Length(Decimal(adjective[0]), adjective[1], False, at + 2)
    if first.text in TERM_WORDS:
        return _Length(*TERM_WORDS[first.text], False, at + 1)
    if first.text == "четверть" and at + 1 < len(words) and words[at + 1].text == "часа":
        return _Length(Decimal(15), "minutes", False, at + 2)
    if first.of(frozenset({"пара", "парочка"})):
        return _counted(words, at + 1, Decimal(2))
    number = number_at(words, at)
    if number and not number.ordinal:
        return _counted(words, *_last_of_range(words, number.end, number.value))
    return _counted(words, at, Decimal(1), whole=True)


def _last_of_range(words: Sequence[Word], end: int, value: Decimal) -> tuple[int, Decimal]:
    """«два три дня», «три пять дней», «от двух до четырёх»: counts to its end."""
    joined = end < len(words) and words[end].text in ("или", "до", "максимум", "либо", "а", "то")
    later = number_at(words, end + joined)
    if later and not later.ordinal and later.value > value and later.end < len(words):
        return later.end, later.value
    return end, value


def _counted(words: Sequence[Word], at: int, value: Decimal, whole: bool = False) -> _Length | None:
    working = False
    while at < len(words) and words[at].of(
        frozenset({"рабочий", "календарный", "полный", "целый", "банковский", "ближайший", "один"})
    ):
        working = working or words[at].of(frozenset({"рабочий", "банковский"}))
        at += 1
    if (
        at >= len(words)
        or not (unit := unit_of(words[at]))
        or words[at].text in ("ночь", "ночи", "ночью", "вечер")
    ):
        return None
    end = at + 1
    if unit == "hours" and end < len(words):
        more = number_at(words, end)
        if words[end].text in ("полтора", "другой"):
            return _Length(
                Decimal("1.5") if words[end].text == "полтора" else Decimal(2),
                unit,
                working,
                end + 1,
            )
        if (
            more
            and not more.ordinal
            and more.end < len(words)
            and unit_of(words[more.end]) == "minutes"
        ):
            return _Length(value * 60 + more.value, "minutes", working, more.end + 1)
        if more and whole and more.value in (10, 15, 20, 30, 40, 45):
            return _Length(Decimal(60) + more.value, "minutes", working, more.end)
    if end + 1 < len(words) and [w.text for w in words[end : end + 2]] == ["с", "половиной"]:
        return _Length(value + Decimal("0.5"), unit, working, end + 2)
    if words[end:] and words[end].text in ("другую", "другой", "две", "два") and whole:
        return _Length(Decimal(2), unit, working, end + 1)
    return _Length(value, unit, working, end, whole and words[end - 1].text == "дня")


def _inverted(words: Sequence[Word], at: int) -> _Length | None:
    """«минут через сорок», «часа через полтора», «недели через две», «дня через два три»."""
    unit = unit_of(words[at])
    number = number_at(words, at + 2)
    if number is None or number.ordinal:
        return None
    later = number_at(words, number.end)
    if later and not later.ordinal and number.value < later.value <= number.value * 2:
        number = later
    return _Length(number.value, unit, False, number.end)


def _end(call_at: datetime, length: _Length) -> tuple[date | None, time | None]:
    if length.working and length.unit == "days":
        return calendar.add_working_days(call_at.date(), int(length.value)), None
    moment = calendar.moment_after(call_at, length.value, length.unit)
    return moment or (None, None)


def _announced(words: Sequence[Word], at: int, end: int) -> bool:
    """«за час позвоним»: counted back from a coming."""
    calls = end < len(words) and words[end].of(CALL, INFORM)
    return words[at].text == "за" and (
        calls or (end + 1 < len(words) and words[end + 1].of(CALL, INFORM))
    )
