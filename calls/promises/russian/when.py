"""When something will be: every expression of time in a Russian utterance, resolved against the call. Pure.

In: analysed words and the local time of the call. Out: `When`s with their places. Which of them is a promise's due date
is decided in `due`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache

from calls.promises.russian import calendar, clock, spans
from calls.promises.russian.number_words import ORDINALS
from calls.promises.russian.numbers import ORDINAL_ENDINGS, number_at
from calls.promises.russian.when_words import (
    BEFORE_DATE,
    DAY_WORDS,
    DAYS,
    MONTHS,
    NEXT,
    NOW,
    PARTS,
    SEASON_ENDS,
    THIS,
    VAGUE,
    WEEKDAYS,
)
from calls.promises.russian.words import Word

DATE, TIME, MOMENT, SPAN, PART, UNKNOWN, AT_ONCE, IGNORED = (
    "date", "time", "moment", "span", "part", "vague", "now", "ignored",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """An expression of time: words[start:end]."""

    start: int
    end: int
    kind: str
    on: date | None = None
    at: time | None = None
    part: str = ""
    hour_said: str = ""
    """Of a time: "am", "pm" or "noon" if that was said with it."""


Rule = Callable[[Sequence[Word], int, datetime], When | None]


def whens(words: Sequence[Word], call_at: datetime) -> list[When]:
    """All expressions of time in order; none overlaps another."""
    found: list[When] = []
    at = 0
    while at < len(words):
        matches = (rule(words, at, call_at) for rule in RULES)
        best = max((m for m in matches if m), key=lambda m: m.end, default=None)
        if best:
            found.append(best)
        at = best.end if best else at + 1
    return found


def _fixed(words: Sequence[Word], at: int, call_at: datetime) -> When | None:
    if words[at].text in NOW:
        return When(at, at + 1, AT_ONCE)
    if words[at].text in DAYS:
        return When(
            at, at + 1, DATE, calendar.day_after(call_at.date(), *_days(DAYS[words[at].text]))
        )
    if [w.text for w in words[at : at + 2]] == ["после", "завтра"]:
        return When(at, at + 2, DATE, calendar.day_after(call_at.date(), *_days(2)))
    if [w.text for w in words[at : at + 3]] in (
        ["на", "следующий", "день"],
        ["на", "другой", "день"],
    ):
        return When(at, at + 3, DATE, calendar.day_after(call_at.date(), *_days(1)))
    return None


def _days(count: int) -> tuple[Decimal, str]:
    return Decimal(count), "days"


@cache
def _vague_phrases() -> dict[str, list[list[str]]]:
    by_first: dict[str, list[list[str]]] = {}
    for phrase in VAGUE:
        by_first.setdefault(phrase.split()[0], []).append(phrase.split())
    return by_first


def _vague(words: Sequence[Word], at: int, _: datetime) -> When | None:
    for phrase in _vague_phrases().get(words[at].text, ()):
        if [w.text for w in words[at : at + len(phrase)]] == phrase:
            return When(at, at + len(phrase), UNKNOWN)
    start = at + (words[at].text in ("на", "в", "к", "до", "с", "по"))
    texts = words[start : start + 2]
    if len(texts) < 2 or start == at:
        return None
    if texts[0].of(NEXT | THIS) and texts[1].of(frozenset({"неделя", "месяц", "год", "квартал"})):
        return When(at, start + 2, UNKNOWN)
    return None


def _weekday(words: Sequence[Word], at: int, call_at: datetime) -> When | None:
    """«в пятницу», «к понедельник», «в следующий вторник», «в четверг на той неделе», not «по средам»."""
    start = at
    while at < len(words) - 1 and words[at].text in BEFORE_DATE and at - start < 3:
        at += 1
    weeks = None
    if words[at].of(NEXT | THIS) and at + 1 < len(words):
        weeks = 1 if words[at].of(NEXT) else 0
        weeks = None if weeks == 0 and not words[at].text.startswith("эт") else weeks
        at += 1
    day = next((WEEKDAYS[lemma] for lemma in words[at].lemmas if lemma in WEEKDAYS), None)
    if (
        day is None
        or words[at].text.endswith(("ам", "ям"))
        or (at == start and words[at].text == "среды")
    ):
        return None
    end, said = _week_after(words, at + 1)
    weeks = said if said is not None else weeks
    today = call_at.date()
    on = (
        calendar.next_weekday(today, day)
        if weeks is None
        else calendar.weekday_of_week(today, day, weeks)
    )
    if on < today:
        on = calendar.next_weekday(today, day)
    if (
        words[start].text == "по"
        and words[end - 1].text.endswith(("е", "у"))
        and not words[end - 1].text.endswith("цу")
    ):
        return None
    passed = start > 0 and words[start - 1].of(frozenset({"прошлый", "прошедший", "минувший"}))
    return When(start, end, IGNORED if passed or words[start].text in ("после",) else DATE, on)


def _week_after(words: Sequence[Word], at: int) -> tuple[int, int | None]:
    """A week named behind a week day: where it ends, and how many weeks ahead it is."""
    texts = [w.text for w in words[at : at + 3]]
    if len(texts) == 3 and texts[0] == "на" and texts[2].startswith("недел"):
        if texts[1].startswith(("следующ", "будущ")) or texts[1] == "той":
            return at + 3, 1
        if texts[1].startswith("эт"):
            return at + 3, 0
    return at, None


def _week_before(words: Sequence[Word], at: int, call_at: datetime) -> When | None:
    """«на следующей неделе в среду»."""
    end, weeks = _week_after(words, at)
    if weeks is None or end >= len(words):
        return None
    day = _weekday(words, end, call_at)
    if day is None or day.on is None:
        return None
    return When(
        at, day.end, DATE, calendar.weekday_of_week(call_at.date(), day.on.weekday(), weeks)
    )


def _day_number(words: Sequence[Word], at: int, call_at: datetime) -> When | None:
    """«двадцать пятого», «к пятому числу», «числа до десятого», «к восьмому марта», not «второго этажа»."""
    start = at
    inverted = words[at].text == "числа"
    at += inverted
    while at < len(words) - 1 and words[at].text in BEFORE_DATE and at - start < 3:
        at += 1
    number = number_at(words, at)
    if number is None or number.value % 1 or not 1 <= number.value <= 31:
        return None
    last = words[number.end - 1]
    end = number.end
    after = words[end] if end < len(words) else None
    month = next((MONTHS[m] for m in after.lemmas if m in MONTHS), None) if after else None
    numbered = bool(after and after.text in ("число", "числа", "числу", "числам", "числе"))
    if month and (number.ordinal or last.text.isdigit()):
        on = calendar.next_day_and_month(call_at.date(), int(number.value), month)
        return When(start, end + 1, DATE, on)
    if not number.ordinal and not (numbered and last.text.isdigit()):
        return None
    case_fits = last.text.endswith(("ого", "его")) or (
        last.text.endswith(("ому", "ему")) and words[number.start - 1].text in ("к", "ко")
    )
    if not (numbered or inverted or case_fits) or (_counts_a_noun(after) and not numbered):
        return None
    on = calendar.next_day_of_month(call_at.date(), int(number.value))
    return When(start, end + numbered, DATE, on)


def _counts_a_noun(after: Word | None) -> bool:
    """Whether the word behind an ordinal is what it numbers: «второго этажа»."""
    return bool(
        after
        and after.noun
        and not after.nominative
        and (after.genitive or after.text.endswith(("у", "ю")))
        and not after.of(frozenset({"вы", "я", "мы", "они", "он", "ты", "утро", "вечер"}))
    ) or bool(after and after.of(frozenset({"раз"})))


def _end_of(words: Sequence[Word], at: int, call_at: datetime) -> When | None:
    """«до конца недели», «к концу следующего месяца», «до конца рабочего дня», «до конца мая»."""
    start = at
    at += words[at].text in ("до", "к", "ко", "в", "под", "на", "по")
    if at + 1 >= len(words) or not words[at].of(frozenset({"конец"})):
        return None
    at += 1
    following = 1 if words[at].of(NEXT) else 0
    at += words[at].of(NEXT | THIS | frozenset({"рабочий", "свой", "весь"})) and at + 1 < len(words)
    today = call_at.date()
    named = words[at]
    if (month := next((MONTHS[m] for m in named.lemmas if m in MONTHS), None)) is not None:
        ahead = (month - today.month) % 12
        return When(start, at + 1, DATE, calendar.end_of_month(today, ahead))
    if (
        month := next((SEASON_ENDS[m] for m in named.lemmas if m in SEASON_ENDS), None)
    ) is not None:
        return When(start, at + 1, DATE, calendar.end_of_month(today, (month - today.month) % 12))
    if (day := next((WEEKDAYS[d] for d in named.lemmas if d in WEEKDAYS), None)) is not None:
        return When(start, at + 1, DATE, calendar.next_weekday(today, day))
    ends: dict[str, Callable[[], date]] = {
        "неделя": lambda: calendar.end_of_week(today, following),
        "месяц": lambda: calendar.end_of_month(today, following),
        "год": lambda: date(today.year + following, 12, 31),
        "квартал": lambda: calendar.end_of_quarter(today),
        "выходные": lambda: calendar.end_of_week(today),
        "выходной": lambda: calendar.end_of_week(today),
    }
    for lemma, end in ends.items():
        if named.of(frozenset({lemma})):
            return When(start, at + 1, DATE, end())
    return When(start, at + 1, DATE, today) if named.of(DAY_WORDS) else None


def _feast(words: Sequence[Word], at: int, call_at: datetime) -> When | None:
    """«к новому году», «до нового года»: the last day of this one."""
    start = at
    if words[at].text not in ("к", "ко", "до", "под") or at + 2 >= len(words):
        return None
    if words[at + 1].of(frozenset({"новый"})) and words[at + 2].of(frozenset({"год"})):
        return When(start, at + 3, DATE, date(call_at.year, 12, 31))
    if words[at + 1].text.startswith(("рождеств",)):
        return When(start, at + 2, DATE, calendar.next_day_and_month(call_at.date(), 7, 1))
    return None


def _part(words: Sequence[Word], at: int, _: datetime) -> When | None:
    """A part of the day: «к вечеру», «после обеда», «в первой половине дня», «с утра»."""
    start = at
    texts = [w.text for w in words[at : at + 4]]
    if texts[1:] and texts[-1] == "дня" and "половине" in texts[:3] and texts[0] in ("в", "во"):
        return When(start, at + 4, PART, part="noon")
    if words[at].text in ("к", "ко", "до", "с", "после", "под", "на", "в", "ближе"):
        at += 1 + (words[at].text == "ближе" and at + 1 < len(words) and words[at + 1].text == "к")
    if at >= len(words):
        return None
    part = next((PARTS[p] for p in {words[at].text, *words[at].lemmas} if p in PARTS), None)
    if part is None or (words[at].text in ("утра", "вечера", "ночи", "обеда") and start == at):
        return None
    if words[at].text.endswith(("ам", "ями")) or (
        words[at].text in ("ночей", "вечер", "утро") and start == at
    ):
        return None
    return When(start, at + 1, PART, part=part)


def _clock_time(words: Sequence[Word], at: int, _: datetime) -> When | None:
    found = clock.time_at(words, at)
    return When(at, found.end, TIME, at=found.at, hour_said=found.said) if found else None


def _span(words: Sequence[Word], at: int, call_at: datetime) -> When | None:
    found = spans.span_at(words, at, call_at)
    if found is None:
        return None
    kind = SPAN if found.bare else MOMENT
    return When(at, found.end, IGNORED if found.before_something else kind, found.on, found.at)


def is_ordinal(word: Word) -> bool:
    """Whether a word is an ordinal number."""
    return word.text.endswith(ORDINAL_ENDINGS) and any(lemma in ORDINALS for lemma in word.lemmas)


RULES: tuple[Rule, ...] = (
    _fixed, _vague, _week_before, _weekday, _day_number, _end_of, _feast, _span, _clock_time, _part,
)  # fmt: skip
