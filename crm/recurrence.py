"""When a task comes again: rules of RFC 5545, read, made and counted. Pure.

In: a rule and the first time of the series. Out: the following times. All of it is wall time of the company's zone
without an offset: "every day at 13:30" stays 13:30 when the clocks change. `at_zone` makes a moment of it; a time that
the spring change leaves out becomes the one an hour later, of one that autumn has twice it is the first.

A month without the day takes its last one (the 31st is 30 April, 29 February is the 28th): nobody expects a monthly
task to leave months out. RFC 5545 says so by `BYMONTHDAY=28,29,30,31;BYSETPOS=-1`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule

from crm.errors import Invalid

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING_DAYS = DAYS[:5]
MOST_INTERVAL = 366
MOST_COUNT = 1000
_SAFE_MONTH_DAY = 28
"""Every month has the days up to this one."""
WALL_FORMAT = "%Y%m%dT%H%M%S"
_FREQUENCIES = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}


class Every(StrEnum):
    """How often, as the form offers it."""

    DAY = "day"
    WORKING_DAY = "working_day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_RFC_FREQUENCY = {
    Every.DAY: "DAILY",
    Every.WORKING_DAY: "WEEKLY",
    Every.WEEK: "WEEKLY",
    Every.MONTH: "MONTHLY",
    Every.YEAR: "YEARLY",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A rule as the form says it; the day of the month and the month are those of the first time."""

    every: Every
    interval: int = 1
    days: tuple[str, ...] = ()
    """Of a weekly rule: "MO" … "SU"."""
    count: int | None = None
    """So many times in all, the first included."""
    until: datetime | None = None
    """No later than this (wall time)."""
    month: int | None = None
    month_day: int | None = None


def rule_of(recurrence: Recurrence, first: datetime) -> str:
    """The rule as it is kept.

    Args:
        recurrence: what the form says.
        first: the first time of the series, wall time.

    Raises:
        Invalid: a value that cannot be accepted; field "repeat".
    """
    known = _checked(recurrence)
    parts = {"FREQ": _RFC_FREQUENCY[known.every]}
    if known.interval > 1 and known.every is not Every.WORKING_DAY:
        parts["INTERVAL"] = str(known.interval)
    if known.every is Every.WORKING_DAY:
        parts["BYDAY"] = ",".join(WORKING_DAYS)
    elif known.every is Every.WEEK:
        chosen = known.days or (DAYS[first.weekday()],)
        parts["BYDAY"] = ",".join(day for day in DAYS if day in chosen)
    elif known.every in (Every.MONTH, Every.YEAR):
        parts |= _month_parts(known, first)
    if known.count is not None:
        parts["COUNT"] = str(known.count)
    if known.until is not None:
        parts["UNTIL"] = known.until.strftime(WALL_FORMAT)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def read(rule: str) -> Recurrence:
    """What a kept rule says, as the form would.

    Raises:
        Invalid: no rule that this module makes; field "repeat".
    """
    parts = dict(_pair(part) for part in rule.upper().removeprefix("RRULE:").split(";"))
    try:
        found = Recurrence(
            every=_every(parts),
            interval=int(parts.pop("INTERVAL", "1")),
            days=_days(parts.pop("BYDAY", "")),
            count=int(parts.pop("COUNT")) if "COUNT" in parts else None,
            until=_until(parts.pop("UNTIL", "")),
            month=int(parts.pop("BYMONTH")) if "BYMONTH" in parts else None,
            month_day=_month_day(parts.pop("BYMONTHDAY", ""), parts.pop("BYSETPOS", "")),
        )
    except (KeyError, ValueError) as error:
        raise not_understood() from error
    if parts.keys() - {"FREQ", "WKST"}:
        raise not_understood()
    return _checked(found)


def times(rule: str, first: datetime) -> Iterator[datetime]:
    """All times of a series from its first one on, wall time. A first time that the rule does not name is left out.

    Raises:
        Invalid: as `read`.
    """
    known = read(rule)
    base = rule_of(replace(known, count=None, until=None), first)
    parts = dict(_pair(part) for part in base.split(";"))
    found = rrule.rrule(
        _FREQUENCIES[parts["FREQ"]],
        dtstart=first.replace(tzinfo=None, second=0, microsecond=0),
        interval=int(parts.get("INTERVAL", "1")),
        byweekday=[DAYS.index(day) for day in parts["BYDAY"].split(",")]
        if "BYDAY" in parts
        else None,
        bymonth=int(parts["BYMONTH"]) if "BYMONTH" in parts else None,
        bymonthday=[int(day) for day in parts["BYMONTHDAY"].split(",")]
        if "BYMONTHDAY" in parts
        else None,
        bysetpos=-1 if "BYSETPOS" in parts else None,
        count=known.count,
        until=known.until,
    )
    return iter(found)


def following(rule: str, first: datetime, after: datetime) -> datetime | None:
    """The first time later than `after`; None when the series has ended. All are wall times."""
    return next((at for at in times(rule, first) if at > after), None)


def latest(rule: str, first: datetime, after: datetime, now: datetime) -> datetime | None:
    """The newest time later than `after` that has come by `now`; None if none has."""
    found = None
    for at in times(rule, first):
        if at > now:
            break
        if at > after:
            found = at
    return found


def next_times(rule: str, first: datetime, many: int = 3) -> list[datetime]:
    """The first times of a series, to be shown while it is made."""
    return list(islice(times(rule, first), many))


def at_zone(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which a clock in this zone shows that, in UTC."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def wall_time(at: datetime, zone: ZoneInfo) -> datetime:
    """What a clock in this zone shows then."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def wall_of(text: str) -> datetime:
    """Read a wall time as RFC 5545 writes it.

    Raises:
        ValueError: something else.
    """
    # No zone on purpose: it is what clocks show.
    return datetime.strptime(text, WALL_FORMAT)  # noqa: DTZ007


def end_of_day(until: datetime) -> datetime:
    """The last second of that day: a series "until 5 May" has its time of 5 May."""
    return datetime.combine(until.date(), time(23, 59, 59))


def _checked(known: Recurrence) -> Recurrence:
    if not 1 <= known.interval <= MOST_INTERVAL:
        raise Invalid(
            "repeat", "repeat every 1 to %(most)d days, weeks, months or years", most=MOST_INTERVAL
        )
    if set(known.days) - set(DAYS):
        raise not_understood()
    if known.count is not None and not 1 <= known.count <= MOST_COUNT:
        raise Invalid("repeat", "end after 1 to %(most)d times", most=MOST_COUNT)
    if known.count is not None and known.until is not None:
        raise Invalid("repeat", "end after a number of times or on a day, not both")
    return known


def _month_parts(known: Recurrence, first: datetime) -> dict[str, str]:
    parts = {}
    if known.every is Every.YEAR:
        parts["BYMONTH"] = str(known.month or first.month)
    day = known.month_day or first.day
    if day <= _SAFE_MONTH_DAY:
        parts["BYMONTHDAY"] = str(day)
    else:
        parts["BYMONTHDAY"] = ",".join(str(one) for one in range(_SAFE_MONTH_DAY, day + 1))
        parts["BYSETPOS"] = "-1"
    return parts


def _pair(part: str) -> tuple[str, str]:
    name, equals, value = part.partition("=")
    if not equals:
        raise not_understood()
    return name.strip(), value.strip()


def _every(parts: dict[str, str]) -> Every:
    frequency = parts["FREQ"]
    if frequency == "WEEKLY":
        is_working = (
            _days(parts.get("BYDAY", "")) == WORKING_DAYS and parts.get("INTERVAL", "1") == "1"
        )
        return Every.WORKING_DAY if is_working else Every.WEEK
    if frequency != "MONTHLY" and frequency != "YEARLY" and "BYDAY" in parts:
        raise not_understood()
    return {"DAILY": Every.DAY, "MONTHLY": Every.MONTH, "YEARLY": Every.YEAR}[frequency]


def _days(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def _month_day(text: str, position: str) -> int | None:
    if not text:
        return None
    days = [int(day) for day in text.split(",")]
    if days == [*range(_SAFE_MONTH_DAY, days[-1] + 1)] and position == "-1":
        return days[-1]
    if len(days) == 1 and 1 <= days[0] <= 31 and not position:
        return days[0]
    raise not_understood()


def _until(text: str) -> datetime | None:
    if not text:
        return None
    plain = text.removesuffix("Z")
    return wall_of(plain) if "T" in plain else end_of_day(wall_of(f"{plain}T000000"))


def not_understood() -> Invalid:
    """What is told of a rule that this module did not make."""
    return Invalid("repeat", "this rule of repetition is not understood")
