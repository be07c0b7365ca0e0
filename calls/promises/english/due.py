"""Until when: the time said in a clause, resolved against the time of the call. Pure.

In: text of folded tokens and the call's local time. Out: `When`: the due time, whether one was said that is
no date, and the
text without the words of time (so that no waiting time is taken for a sum).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from calls.promises.english.clock import Hour, hour_in
from calls.promises.english.days import Day, days_in
from calls.promises.english.durations import AFTER_EVENT, Span, span_in
from calls.promises.model import Due

AT_ONCE = re.compile(
    r" (?:right now|right away|straight away|straightaway|immediately|now|this minute|"
    r"this second|as we speak|on the spot|at once|in a (?:moment|second|sec|minute|"
    r"tick|jiffy))(?= )"
)
KEPT_UNTIL = re.compile(r" (?:until|till|til) #\d{1,2}(?:_\d\d)?$")
"""What is kept is kept from now on: "until eight", said at ten, is eight in the evening."""
JOINED = re.compile(r"^ ?(?:or|and|to|till|until|at the latest|latest|maybe|if not|possibly)? ?$")


@dataclass(frozen=True, slots=True)
class When:
    """A time that was said. `rest`: the text with the words of time blanked out."""

    due: Due | None
    vague: bool
    rest: str


NEVER_SAID = When(None, False, "")


def when(text: str, call_at: datetime, *, held: bool = False) -> When:
    """Resolve the time said in a clause.

    Args:
        text: a clause, without the conditions and times of other clauses.
        call_at: local time of the call.
        held: the clause holds a price or goods, so that a term ("for ten days") ends at its end.
    """
    text = AFTER_EVENT.sub(lambda match: " ~" * len(match[0].split()), text)
    span = span_in(text, held=held)
    rest = _blank(text, span)
    days = days_in(rest, call_at.date())
    for day in days:
        rest = _blank(rest, day)
    hour = hour_in(_with_parts(text, rest, days, span))
    rest = _blank(rest, hour)
    due = _due(text, call_at, (span, days, hour))
    return When(due, due is None and bool(days), rest)


def _with_parts(text: str, rest: str, days: list[Day], span: Span | None) -> str:
    """The text for reading hours: parts of the day stay, dates in figures do not."""
    del rest
    for day in days:
        said = text[day.start : day.end]
        if re.search(r"[#@]\d", said):
            text = _blank(text, day)
    return _blank(text, span)


def _blank(text: str, place: Span | Day | Hour | None) -> str:
    if place is None:
        return text
    return text[: place.start] + " " + "~" * max(place.end - place.start - 1, 0) + text[place.end :]


def _due(
    text: str, call_at: datetime, said: tuple[Span | None, list[Day], Hour | None]
) -> Due | None:
    span, days, hour = said
    day = _day(text, days)
    if span is not None and (day is None or span.start < day.start):
        due = span.after(call_at)
        if due.at is None and hour is not None:
            return Due(due.on, hour.at)
        return due
    if day is not None and day.on is not None:
        return _at(Due(day.on), hour)
    if hour is None or (
        day is not None and day.on is None and "later" not in text[day.start : day.end]
    ):
        return None
    today = _at(Due(call_at.date()), hour)
    assert today.at is not None or hour is not None  # noqa: S101 - an hour was said, so there is a time
    moment = datetime.combine(today.on, today.at or hour.at)
    evening = moment + timedelta(hours=12)
    if (
        KEPT_UNTIL.search(text[: hour.end])
        and moment < call_at.replace(tzinfo=None) < evening
        and moment.date() == evening.date()
    ):
        return Due(evening.date(), evening.time())
    if moment < call_at.replace(tzinfo=None) and not hour.next_day:
        return Due(today.on + timedelta(days=1), hour.at)
    return today


def _at(due: Due, hour: Hour | None) -> Due:
    if hour is None:
        return due
    return Due(due.on + timedelta(days=int(hour.next_day)), hour.at)


def _day(text: str, days: list[Day]) -> Day | None:
    """Of several days: the last of a range ("monday or tuesday"), else the first that can be told."""
    known = [day for day in days if day.on is not None]
    firm = [
        day
        for day in known
        if not re.search(
            r" (?:in the morning|thing|overnight|the morning|afternoon|evening)$",
            text[day.start : day.end],
        )
    ]
    known = firm or known
    if not known:
        return days[0] if days else None
    chosen = known[0]
    for day in known[1:]:
        between = text[chosen.end : day.start]
        said = text[day.start : day.end]
        joined = JOINED.match(between) is not None
        if (
            (joined and re.match(r" (?:or|and|to|till|until|by)", said + " "))
            or (joined and between.strip())
        ) or (joined and day.on is not None and re.search(r"[@#]", said)):
            chosen = day
    return chosen
