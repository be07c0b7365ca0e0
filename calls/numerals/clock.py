"""Times of day as people say them: «половина одиннадцатого», «без пятнадцати два», "half past ten". Pure.

In: a reader of numbers and a place. Out: the time, or None. «десять тридцать» stays two numbers: it may be a price.
"""

from __future__ import annotations

from decimal import Decimal

from calls.numerals.numbers import Numeral, Part, Reader

OF_HALF = frozenset({"половина", "половине", "половину", "половины", "пол"})
QUARTERS = frozenset({"четверть", "четверти"})
MINUTES = frozenset({"минут", "минута", "минуту", "минуты", "minutes", "minute"})
HOUR_ONE = frozenset({"час", "часа", "часу"})
PAST = frozenset({"past", "after"})
TO = frozenset({"to", "of", "before", "till"})
AT = frozenset({"at", "by", "until", "till", "around", "about", "before", "after", "is", "past"})
ROUND_MINUTES = frozenset({5, 10, 20, 25})
NAMED = {"noon": (12, 0), "midnight": (0, 0), "полдень": (12, 0), "полночь": (0, 0)}
NAMED |= {"полудня": (12, 0), "полуночи": (0, 0)}

BEGINNINGS = frozenset(NAMED) | OF_HALF | QUARTERS | {"без", "a", "half", "quarter"}
"""Words with which a time may begin, beside numbers."""


def clock(reader: Reader, place: int) -> Numeral | None:
    """Read a time of day that begins here."""
    token = reader.at(place)
    if token in NAMED:
        return _numeral(place, place + 1, *NAMED[token])
    return (
        _half_of_next(reader, place)
        or _without(reader, place)
        or _minutes_of_next(reader, place)
        or _english(reader, place)
    )


def _numeral(start: int, end: int, hour: int, minute: int) -> Numeral:
    return Numeral(start, end, Decimal(hour * 60 + minute), clock=(hour, minute))


def _before(hour: int) -> int:
    return 12 if hour == 1 else hour - 1


def _next_hour(reader: Reader, place: int) -> int | None:
    """The hour that «одиннадцатого» names as the coming one, in the genitive only."""
    token, word = reader.at(place), reader.word(place)
    if word is None or not word.ordinal or not token.endswith(("ого", "его")):
        return None
    hour = int(word.value)
    return hour if 1 <= hour <= 12 else None


def _half_of_next(reader: Reader, place: int) -> Numeral | None:
    token = reader.at(place)
    if token in OF_HALF or token in QUARTERS:
        hour = _next_hour(reader, place + 1)
        minute = 30 if token in OF_HALF else 15
        return None if hour is None else _numeral(place, place + 2, _before(hour), minute)
    if token.startswith("пол") and len(token) > 7:
        joined = reader.lexicon.words.get(token[3:])
        hour = int(joined.value) if joined is not None and joined.ordinal else 0
        if 1 <= hour <= 12 and token.endswith(("ого", "его")):
            return _numeral(place, place + 1, _before(hour), 30)
    return None


def _without(reader: Reader, place: int) -> Numeral | None:
    """«без пятнадцати два», «без четверти час»."""
    if reader.at(place) != "без":
        return None
    minutes = _minutes(reader, place + 1)
    if minutes is None or not 1 <= minutes.value <= 29:
        return None
    at = minutes.end + (reader.at(minutes.end) in MINUTES)
    hour = _hour(reader, at)
    if hour is None:
        return None
    return _numeral(place, hour.end, _before(int(hour.value)), 60 - int(minutes.value))


def _minutes(reader: Reader, place: int) -> Part | None:
    if reader.at(place) in QUARTERS or reader.at(place) == "quarter":
        return Part(Decimal(15), place + 1)
    number = reader.number(place)
    if number is None or number.ordinal or number.value % 1:
        return None
    # «без пяти два»: the number must not run on into the hour.
    return Part(number.value, number.end)


def _hour(reader: Reader, place: int) -> Part | None:
    if reader.at(place) in HOUR_ONE:
        return Part(Decimal(1), place + 1)
    number = reader.number(place)
    if number is None or number.ordinal or not 1 <= number.value <= 12 or number.value % 1:
        return None
    return Part(number.value, number.end)


def _minutes_of_next(reader: Reader, place: int) -> Numeral | None:
    """«десять минут третьего»."""
    word = reader.word(place)
    if word is None and not reader.at(place).isdigit():
        return None
    minutes = _minutes(reader, place)
    if minutes is None or not 1 <= minutes.value <= 29 or reader.at(minutes.end) not in MINUTES:
        return None
    hour = _next_hour(reader, minutes.end + 1)
    if hour is None:
        return None
    return _numeral(place, minutes.end + 2, _before(hour), int(minutes.value))


def _english(reader: Reader, place: int) -> Numeral | None:
    said_word = reader.at(place)
    if said_word == "a" and reader.at(place + 1) == "quarter":
        told = _english(reader, place + 1)
        return (
            None if told is None or told.clock is None else _numeral(place, told.end, *told.clock)
        )
    if said_word == "half":
        skip = 2 if reader.at(place + 1) in PAST else 1
        hour = _hour(reader, place + skip)
        return None if hour is None else _numeral(place, hour.end, int(hour.value), 30)
    minutes = _minutes(reader, place)
    if minutes is None or not 1 <= minutes.value <= 29 or not said_word.isalpha():
        return None
    said = reader.at(minutes.end) in MINUTES
    at = minutes.end + said
    link = reader.at(at)
    hour = _hour(reader, at + 1) if link in PAST or link in TO else None
    if hour is None or not (said or _is_clear(reader, place, said_word, int(minutes.value), link)):
        return None
    if link in PAST:
        return _numeral(place, hour.end, int(hour.value), int(minutes.value))
    return _numeral(place, hour.end, _before(int(hour.value)), 60 - int(minutes.value))


def _is_clear(reader: Reader, place: int, said_word: str, minutes: int, link: str) -> bool:
    """Whether it is a time: "ten to twelve" may be a range: only round minutes after such words as "at" are a time."""
    if said_word == "quarter":
        return True
    return minutes in ROUND_MINUTES and (link == "past" or reader.at(place - 1) in AT)
