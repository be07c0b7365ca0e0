"""Spans of time as they are said: "within two to three days", "in an hour and a half". Pure.

In: text of folded tokens. Out: how long, and the place where it was said; the longer end of a range counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from calls.promises.model import Due

QUANTITY = (
    r"(?:#\d+(?:\.\d+)?(?: ?(?:or|to|and|maybe|#) ?#\d+| #\d+)?|an?|one|a couple of|"
    r"another|couple of|couple|a further|between #\d+ and #\d+|up to #\d+)"
)
UNIT = r"(minute|min|hour|business day|working day|day|week|fortnight|month|year|night)s?"
LEAD = (
    r"(?:within|in|inside|under|over|after|give me|give us|allow|allow us|allow me|"
    r"less than|no more than|no longer than|more than|than|not more than)(?: (?:the|"
    r"another|about|around|roughly|approximately|maybe|say|like|just|under|maximum|max|"
    r"only|at most|less than|no more than|the next|next|coming|a maximum of|up to|"
    r"exactly|literally|probably|something like|a|really))*"
)
NOT_AFTER = (
    r"(?! (?:of (?!today|now|this)|after (?!today|now)|before|from (?!now|today|"
    r"tomorrow|this)|once|prior|early|ago|old|following|notice|late|when))"
)
LED = re.compile(
    rf"(?<! throw)(?<! throwing)(?<! chuck)(?<! put) {LEAD} ({QUANTITY}|next) (?:full )?{UNIT}(?: "
    rf"('s))?( time)?( and a half)?(?= ){NOT_AFTER}"
)
TRAILED = re.compile(
    rf" ({QUANTITY}) (?:full )?{UNIT}( and a half)?(?: 's)? (?:from (?:now|today)|time|"
    rf"tops|max|maximum|at (?:the )?most|at the latest|today|or less|or so)(?= )"
)
PART_OF_HOUR = re.compile(
    r" (half an|half|quarter of an|a quarter of an|#3 quarters of an|quarter) hour(?= )"
)
FROM_TOMORROW = re.compile(rf" ({QUANTITY}) {UNIT} from tomorrow(?= )")
WEEK_TOMORROW = re.compile(r" a week tomorrow(?= )")
AFTER_EVENT = re.compile(
    rf" (?:within|in)? ?(?:{QUANTITY}) {UNIT} (?:of (?!today|now|this)|after (?!today|"
    rf"now)|before|from (?!now|today|tomorrow|this|(?:mon|tues|wednes|thurs|fri|satur|"
    rf"sun)day)|once|prior|when|following)"
)
HELD = re.compile(
    rf" for (?:the next |another |a further |at least |the following |a full |a whole |"
    rf"up to )*({QUANTITY}|next) {UNIT}(?= )(?! (?:of|each|free))"
)
PARTS = {"half": 30, "quarter": 15, "#3": 45, "a": 15}


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, and its place in the text."""

    count: float
    unit: str
    start: int
    end: int

    def after(self, call_at: datetime) -> Due:
        """The moment or day that lies this far after a call: hours and minutes give a time, seconds are cut."""
        moment = call_at.replace(second=0, microsecond=0, tzinfo=None)
        if self.unit in {"minute", "min", "hour"}:
            then = moment + timedelta(minutes=self.count * (60 if self.unit == "hour" else 1))
            return Due(then.date(), then.time())
        return Due(days_later(moment.date(), self.count, self.unit))


def days_later(day: date, count: float, unit: str) -> date:
    """Count on from a day; working days skip Saturdays and Sundays only, a month ends on the same day or its last."""
    if unit in {"business day", "working day"}:
        left = int(count)
        while left > 0:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day
    if unit in {"month", "year"}:
        return months_later(day, int(count * (12 if unit == "year" else 1)))
    return day + timedelta(days=int(count * {"week": 7, "fortnight": 14}.get(unit, 1)))


def months_later(day: date, months: int) -> date:
    """The same day some months on, or the last of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, last_day(year, month + 1).day))


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)


def span_in(text: str, *, held: bool = False) -> Span | None:
    """The length of time until something is done, or None.

    Args:
        text: a clause.
        held: the clause holds a price or goods: "for ten days" counts too.
    """
    part = PART_OF_HOUR.search(text)
    if part and re.search(
        r"(?:in|within|inside|under|another|about|around|next|than|us|me|the|a|be|"
        r"least|like|say|over)$",
        text[: part.start()],
    ):
        return Span(PARTS[part[1].split()[0]], "minute", part.start(), part.end())
    hour = re.search(r" (?:within|inside|in) the (?:next )?hour(?= )", text)
    if hour:
        return Span(1, "hour", hour.start(), hour.end())
    match = WEEK_TOMORROW.search(text)
    if match:
        return Span(8, "day", match.start(), match.end())
    patterns = (LED, TRAILED, HELD) if held else (LED, TRAILED)
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            return _span(match)
    return None


def _span(match: re.Match[str]) -> Span | None:
    count = _count(match[1])
    if "and a half" in match[0]:
        count += 0.5
    if match[2] in {"minute", "min"} and count == 1:
        return None
    return Span(count, match[2], match.start(), match.end())


def _count(said: str) -> float:
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", said)]
    if numbers:
        return max(numbers)
    return 2 if "couple" in said else 1
