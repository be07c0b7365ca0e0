"""Days as they are said: "next tuesday", "the twenty fifth", "by the end of the month". Pure.

In: text of folded tokens and the date of the call. Out: each day that was said with its place; None for a
time that is no day
("next week", "soon").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from calls.promises.english.durations import days_later, last_day, months_later

WEEKDAYS = {
    "monday": 0,
    "tuesday": 1,
    "wednesday": 2,
    "thursday": 3,
    "friday": 4,
    "saturday": 5,
    "sunday": 6,
}
MONTHS = {
    name: index
    for index, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        start=1,
    )
}
DAY = "(" + "|".join(WEEKDAYS) + ")"
MONTH = "(" + "|".join(MONTHS) + ")"
ENDS_HERE = (
    r"(?= (?:$|of|at|by|in|and|or|so|for|if|as|when|on|i|we|you|latest|then|with|to|"
    r"from|morning|afternoon|evening|because|between|before|after|without|the|it|that|"
    r"he|she|they|our|your|will|is|around|about|once|no|not|my|instead|though|but|"
    r"straight|sharp|into|through))"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day that was said, None if it cannot be told which, and its place in the text."""

    on: date | None
    start: int
    end: int


Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], date | None]]


def _next(day: date, weekday: int) -> date:
    """The next such weekday after a day."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekday(match: re.Match[str], today: date) -> date | None:
    """Resolve a weekday with what stands around it."""
    before, weekday, after = (match[1] or "").split(), WEEKDAYS[match[2]], (match[3] or "").strip()
    if (
        after in {"week", "after next"}
        or before[-2:] == ["week", "on"]
        or before[-2:] == ["week", "from"]
    ):
        return _next(today, weekday) + timedelta(days=7)
    if "next" in before or after in {"next week", "of next week", "next"}:
        return _monday(today) + timedelta(days=7 + weekday)
    if "this" in before or after in {"this week", "of this week"}:
        return _monday(today) + timedelta(days=weekday)
    return _next(today, weekday)


def _dated(day: int, month: int, today: date) -> date | None:
    """The next such date of a year."""
    for year in (today.year, today.year + 1):
        if day <= last_day(year, month).day and date(year, month, day) >= today:
            return date(year, month, day)
    return None


def _numbered(match: re.Match[str], today: date) -> date | None:
    """The next such day of a month; "of next month" as said."""
    number = int(match[1])
    if not 1 <= number <= 31:
        return None
    first = date(today.year, today.month, 1)
    months = [1] if "next month" in match[0] else range(13)
    for ahead in months:
        start = months_later(first, ahead)
        if number <= last_day(start.year, start.month).day:
            found = start.replace(day=number)
            if found >= today:
                return found
    return None


def _end_of(match: re.Match[str], today: date) -> date | None:
    """The last day of a week, month or year."""
    period, following = match[2], "next" in match[1]
    if period == "week":
        return _monday(today) + timedelta(days=13 if following else 6)
    if period == "month":
        month = months_later(date(today.year, today.month, 1), int(following))
        return last_day(month.year, month.month)
    return date(today.year + following, 12, 31)


def _end_of_month(match: re.Match[str], today: date) -> date:
    month = MONTHS[match[1]]
    return last_day(today.year + (month < today.month), month)


def _plus(count: int, unit: str = "day") -> Callable[[re.Match[str], date], date]:
    return lambda _match, today: days_later(today, count, unit)


def _fixed(month: int, day: int) -> Callable[[re.Match[str], date], date | None]:
    return lambda _match, today: _dated(day, month, today)


def _vague(_match: re.Match[str], _today: date) -> None:
    return None


RULES: tuple[Rule, ...] = (
    (re.compile(r" (?:the )?day after tomorrow(?= )"), _plus(2)),
    (re.compile(r" tomorrow(?= )(?! 's)"), _plus(1)),
    (
        re.compile(
            r" (?:end|close|finish|rest|course) of (the |next |this |the following |"
            r"play|business|today|the working |the current )?(day|play|business|today)?(?= "
            r")(?! of)"
        ),
        lambda m, t: (
            t
            if (m[1] or m[2]) and (m[2] or m[1] not in {"the ", "next ", "this ", "the following "})
            else None
        ),
    ),
    (re.compile(rf" (?:end|close) of {MONTH}(?= )"), _end_of_month),
    (
        re.compile(
            r" end of (the |next |this |the current |the following )?(week|month|year)(?= )"
        ),
        _end_of,
    ),
    (
        re.compile(
            r" (?:over the course of|during|by the end of|before the end of|later|some "
            r"?time|before|within|in) (this |the current )(week|month|year)(?= )(?! "
            r"after)"
        ),
        _end_of,
    ),
    (re.compile(r" (this )(week|month|year)(?= )(?! once)"), _end_of),
    (
        re.compile(
            rf" ((?:a week on|a week from|#\d weeks on|by next|on next|this coming|"
            rf"this|next|coming|on|by|before|until|till|for|of|from|come|to|or|and|the)"
            rf" )?{DAY}( next week| of next week| after next| week| this week| of this "
            rf"week| next)?(?= )"
        ),
        _weekday,
    ),
    (
        re.compile(rf" (?:the )?@(\d+)(?: of)? {MONTH}(?= )"),
        lambda m, t: _dated(int(m[1]), MONTHS[m[2]], t),
    ),
    (re.compile(rf" #(\d+) {MONTH}(?= )"), lambda m, t: _dated(int(m[1]), MONTHS[m[2]], t)),
    (
        re.compile(rf" {MONTH} (?:the )?[@#](\d+)(?= )(?! percent)"),
        lambda m, t: _dated(int(m[2]), MONTHS[m[1]], t),
    ),
    (re.compile(rf" the @(\d+)(?: of (?:the|this|next) month)?{ENDS_HERE}"), _numbered),
    (
        re.compile(
            r" (?:today|tonight|this (?:morning|afternoon|evening|lunchtime)|later on "
            r"today|by (?:lunch|lunchtime|teatime|dinner|dinnertime)|before lunch|"
            r"before the day is out|after lunch|end of (?:day|play|business)|by the "
            r"evening|by evening|in the evening|(?:late|early|mid) (?:morning|"
            r"afternoon|evening)|this very day|within the day|eod|cob)(?= )"
        ),
        _plus(0),
    ),
    (re.compile(r" (?:in the afternoon)(?= )"), _plus(0)),
    (
        re.compile(
            r" (?:(?:first|@1) thing(?: in the morning)?|in the morning|overnight|by "
            r"(?:the )?morning)(?= )"
        ),
        _plus(1),
    ),
    (re.compile(r" (?:the )?next (?:business|working) day(?= )"), _plus(1, "business day")),
    (
        re.compile(
            r" (?:the )?(?:next|following) day(?= )(?! (?:delivery|service|shipping|dispatch))"
        ),
        _plus(1),
    ),
    (
        re.compile(r" (?:this|at the|over the|on the|by the end of the) weekend(?= )"),
        lambda _m, t: _monday(t) + timedelta(days=6),
    ),
    (re.compile(r" (?:before|by) the weekend(?= )"), lambda _m, t: _next(t - timedelta(days=1), 4)),
    (re.compile(r" (?:by|before|until) christmas(?: day)?(?= )"), _fixed(12, 25)),
    (re.compile(r" christmas eve(?= )"), _fixed(12, 24)),
    (
        re.compile(r" (?:by|before|until|till) (?:the )?new year(?: 's)?(?: eve)?(?= )"),
        lambda _m, t: date(t.year, 12, 31),
    ),
    (
        re.compile(
            r" (?:this time next week|(?:a|one) week (?:from )?today|a week from now|"
            r"same time next week)(?= )"
        ),
        _plus(7),
    ),
    (re.compile(r" (?:#2 weeks today|a fortnight today)(?= )"), _plus(14)),
    (re.compile(rf" in {MONTH}(?= )"), _end_of_month),
    (
        re.compile(
            r" (?:next week|next month|next year|soon|shortly|a few (?:days|hours|"
            r"weeks|minutes|months)|sometime|some time|in a bit|in a while|in due "
            r"course|some point|one of these days|in no time|several days|the coming "
            r"days|any day now|(?:early|late|mid) (?:next|this|january|february|march|"
            r"april|may|june|july|august|september|october|november|december|spring|"
            r"summer|autumn)(?: \w+)?|another time|as soon as possible|asap|later|the "
            r"week after|spring|summer|autumn|winter|these days|the near future|before "
            r"long)(?= )"
        ),
        _vague,
    ),
)
PAST = re.compile(
    rf"(?: last| since| every| previous| past| ago| each)(?: (?:week|month|year))?(?: {DAY})?$"
)


def days_in(text: str, today: date) -> list[Day]:
    """All days said in a text, in order of their place; a longer reading beats one inside it."""
    taken = bytearray(len(text))
    found: list[Day] = []
    for pattern, resolve in RULES:
        for match in pattern.finditer(text):
            if any(taken[match.start() + 1 : match.end()]) or PAST.search(text[: match.start()]):
                continue
            taken[match.start() + 1 : match.end()] = b"\1" * (match.end() - match.start() - 1)
            found.append(Day(resolve(match, today), match.start(), match.end()))
    return sorted(found, key=lambda day: day.start)
