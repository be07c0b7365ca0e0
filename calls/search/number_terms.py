"""Numbers, times, dates and sums of a query, as all the ways in which they may be said. Pure.

In: the words of a query. Out: `Term`s: "7%" asks for «семь процентов», "10:30" for «половина одиннадцатого» and
«десять тридцать», "12 марта" for "march twelfth". Spoken numbers in a query ask for digits in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from itertools import product

from calls.numerals import Numeral
from calls.search import figures, text
from calls.search.figures import MARK, MONTHS, SIGNS, Lexeme, number_form, time_form
from calls.search.terms import Phrase, Place, Term, one_of

ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
UNIT_NAMES: dict[str, tuple[str, ...]] = {
    "%": ("процент", "percent"),
    "₽": ("рубль", "руб", "р", "ruble", "rouble", "rub"),
    "$": ("доллар", "dollar", "бакс", "buck", "usd"),
    "€": ("евро", "euro", "eur"),
    "£": ("фунт", "pound", "gbp"),
}
SPOKEN_UNITS = {"р": "₽", "rub": "₽", "usd": "$", "eur": "€", "gbp": "£"}
"""Written short: they ask for the words and signs too."""
HOURS = ("час", "утро", "вечер", "день", "ровно", "o", "clock", "am", "pm", "sharp")
PHONE_DIGITS = 7
MOST_WAYS = 48


@dataclass(frozen=True, slots=True)
class Asked:
    """One word, number, date or sum of a query: lexemes[start:end]."""

    start: int
    end: int
    term: Term
    whole: bool = False
    """Whether it is more than a word, so that it may stand for several words of the query."""


def asked(parts: Sequence[Lexeme]) -> list[Asked]:
    """Understand the words of a query, from left to right."""
    found = figures.numerals_in(parts)
    at = {one.start: one for one in found}
    phones = {run[0].start: run for run in figures.runs(found)}
    result: list[Asked] = []
    place = 0
    while place < len(parts):
        one = (
            _phone(parts, phones.get(place))
            or _date(parts, place, at)
            or _sum(parts, place, at)
            or _number(parts, at.get(place))
            or Asked(place, place + 1, _single(parts[place]))
        )
        result.append(one)
        place = one.end
    return result


def _single(part: Lexeme) -> Term:
    if part.day:
        year, month, day = part.day
        return _dated(month, Place(_day_forms(Decimal(day))), number_form(Decimal(year)))
    if part.word in SIGNS:
        return one_of(*_unit_phrases(part.word))
    return one_of((word_place(part.word),), typed=(part.word,))


@lru_cache(maxsize=20_000)
def word_place(word: str) -> Place:
    """A word in any form, or its sign."""
    sign = _sign_of().get(word)
    forms = text.query_forms(word)
    if sign is not None:
        alike = UNIT_NAMES[sign] if word in SPOKEN_UNITS else _same_language(sign, word)
        forms = tuple(sorted({*forms, *_unit_forms(sign, alike)}))
    return Place(forms)


@cache
def _sign_of() -> dict[str, str]:
    """Every form of a unit's name → its sign."""
    found = dict(SPOKEN_UNITS)
    for sign, names in UNIT_NAMES.items():
        for name in names:
            found |= dict.fromkeys(text.spoken_forms(name), sign)
            if name.isascii() and name not in SPOKEN_UNITS:
                found[f"{name}s"] = sign
    return found


def _same_language(sign: str, word: str) -> tuple[str, ...]:
    """Names of a unit in the language of a word, without slang: "dollars" asks for no «баксы»."""
    alike = [name for name in UNIT_NAMES[sign] if name.isascii() == word.isascii()]
    slang = {"бакс", "buck", "р"}
    return tuple(name for name in alike if name not in slang)


def _unit_forms(sign: str, names: Sequence[str]) -> set[str]:
    return {f"{MARK}{SIGNS[sign]}"} | {form for name in names for form in text.query_forms(name)}


def _unit_phrases(sign: str) -> list[Phrase]:
    phrases: list[Phrase] = [(Place(tuple(sorted(_unit_forms(sign, UNIT_NAMES[sign])))),)]
    if sign == "%":
        phrases.append((Place(("per",)), Place(text.query_forms("cent"))))
    return phrases


def _phone(parts: Sequence[Lexeme], run: Sequence[Numeral] | None) -> Asked | None:
    """Digits in a row, as of a telephone number: however they were grouped when they were said."""
    if run is None:
        return None
    digits = figures.digits_of(parts, run)
    if len(digits) < PHONE_DIGITS or not any(one.written for one in run):
        return None
    if len(run) == 1 and parts[run[0].start].word != digits and not digits.startswith(("7", "8")):
        return None
    whole = digits[-10:] if len(digits) in (10, 11) else digits
    sequence = tuple(Place(_number_forms(parts, one)) for one in run)
    return Asked(
        run[0].start, run[-1].end, one_of((Place((f"{MARK}d{whole}",)),), sequence), whole=True
    )


def _day_forms(value: Decimal) -> tuple[str, ...]:
    return (number_form(value), number_form(value, ordinal=True))


def _date(parts: Sequence[Lexeme], place: int, at: dict[int, Numeral]) -> Asked | None:
    """«12 марта», "march 12", "the twelfth of march"."""
    if parts[place].word == "the" and place + 1 in at:
        dated = _date(parts, place + 1, at)
        return None if dated is None else Asked(place, dated.end, dated.term, whole=True)
    numeral = at.get(place)
    if numeral is not None:
        end = numeral.end
        end += end < len(parts) and parts[end].word == "of"
        month = _month(parts, end)
        last = end + 1
    else:
        month = _month(parts, place)
        start = place + 1 + (place + 1 < len(parts) and parts[place + 1].word == "the")
        numeral = at.get(start)
        last = numeral.end if numeral is not None else place
        if month is not None and not parts[place].word.isascii():
            return None
    if month is None or numeral is None or numeral.clock or not 1 <= numeral.value <= 31:
        return None
    if numeral.value % 1:
        return None
    return Asked(place, last, _dated(month, Place(_day_forms(numeral.value))), whole=True)


@cache
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for number, name in enumerate(MONTHS, start=1):
        found |= dict.fromkeys(text.spoken_forms(name), number)
    found |= {name: number for number, name in enumerate(ENGLISH_MONTHS, start=1)}
    return found


def _month(parts: Sequence[Lexeme], place: int) -> int | None:
    return _months().get(parts[place].word) if place < len(parts) else None


def _dated(month: int, day: Place, year: str = "") -> Term:
    russian = Place(text.query_forms(MONTHS[month - 1]))
    english = Place(text.query_forms(ENGLISH_MONTHS[month - 1]))
    phrases: list[Phrase] = [
        (day, russian), (day, english), (english, day), (day, Place(("of",)), english),
        (english, Place(("the",)), day),
    ]  # fmt: skip
    if year:
        phrases = [(*phrase, Place((year, *_ordinal_of(year)))) for phrase in phrases]
    return one_of(*phrases)


def _ordinal_of(form: str) -> tuple[str, ...]:
    return (f"{MARK}o{form.removeprefix(MARK)}",)


def _sum(parts: Sequence[Lexeme], place: int, at: dict[int, Numeral]) -> Asked | None:
    """A number with a sign: "7%", "$45", "45 ₽"."""
    word, numeral = parts[place].word, at.get(place)
    if numeral is None and word in figures.MONEY and place + 1 in at:
        return _with_unit(parts, place, at[place + 1], word, at[place + 1].end)
    if numeral is None or numeral.end >= len(parts) or parts[numeral.end].word not in SIGNS:
        return None
    return _with_unit(parts, place, numeral, parts[numeral.end].word, numeral.end + 1)


def _with_unit(
    parts: Sequence[Lexeme], place: int, numeral: Numeral, sign: str, end: int
) -> Asked | None:
    if numeral.clock:
        return None
    number = Place(_number_forms(parts, numeral))
    phrases = [(number, *unit) for unit in _unit_phrases(sign)]
    return Asked(place, end, one_of(*phrases), whole=True)


def _number_forms(parts: Sequence[Lexeme], one: Numeral) -> tuple[str, ...]:
    """A number also asks for the ordinal and the other way round, but for the first two, which are said of much else."""
    ordinal = one.ordinal or parts[one.start].ordinal
    same = number_form(one.value, ordinal=ordinal)
    if one.value < 3 or one.value % 1:
        return (same,)
    return (same, number_form(one.value, ordinal=not ordinal))


def _number(parts: Sequence[Lexeme], one: Numeral | None) -> Asked | None:
    if one is None:
        return None
    spoken = tuple(parts[place].word for place in range(one.start, one.end))
    if one.clock:
        term = _timed(*one.clock, written=one.written)
    else:
        term = one_of((Place(_number_forms(parts, one)),), *_pairs(one), *_spelt(parts, one))
    if not one.written:
        literal = tuple((word_place(word),) for word in spoken)
        term = replace(term, ways=(*term.ways, literal))
    return Asked(one.start, one.end, term, whole=True)


def _spelt(parts: Sequence[Lexeme], one: Numeral) -> Iterator[Phrase]:
    """Numbers are told digit by digit, too: "one two three"."""
    digits = figures.digits_of(parts, [one])
    if one.written and len(digits) >= figures.SPELT:
        yield (Place((f"{MARK}d{digits}",)),)


def _pairs(one: Numeral) -> Iterator[Phrase]:
    """Years are said in two numbers, too: "twenty twenty six"."""
    if one.written and one.value % 1 == 0 and 1100 <= one.value < 2100 and one.value % 100 >= 10:
        high, low = divmod(int(one.value), 100)
        yield Place((number_form(Decimal(high)),)), Place((number_form(Decimal(low)),))


def _timed(hour: int, minute: int, *, written: bool) -> Term:
    hours = {hour, hour - 12} if written and hour > 12 else {hour}
    told = tuple(
        sorted(time_form(one, minute) for one in {*hours, *({12} if hour == 0 else set())})
    )
    at = Place(tuple(sorted(number_form(Decimal(one)) for one in hours)))
    past = Place((number_form(Decimal(minute)),))
    zero, words = Place((number_form(Decimal(0)),)), Place(text.query_forms("час"))
    phrases: list[Phrase] = [(Place(told),), (at, past)]
    phrases += [(at, words, past), (at, Place(text.query_forms("час")), Place(("и",)), past)]
    if minute == 0:
        phrases.append((at, Place(tuple(sorted({f for w in HOURS for f in text.query_forms(w)})))))
    elif minute < 10:
        phrases.append((at, zero, past))
    return one_of(*phrases)


def sequences(items: Sequence[Asked]) -> list[Phrase]:
    """All phrases that a row of words, numbers and dates may be said as; at most `MOST_WAYS`."""
    options = [[way[0] for way in item.term.ways if len(way) == 1] for item in items]
    found = []
    for combination in product(*options):
        found.append(tuple(place for phrase in combination for place in phrase))
        if len(found) == MOST_WAYS:
            break
    return found
