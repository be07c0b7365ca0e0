"""Dates counted from the time of a call. Pure.

In: the call's local time and what was said. Out: dates and times, local.
"""

from __future__ import annotations

import math
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import Decimal

SATURDAY = 5


def next_weekday(day: date, weekday: int) -> date:
    """The first such day after a date."""
    return day + timedelta(days=(weekday - day.weekday() - 1) % 7 + 1)


def weekday_of_week(day: date, weekday: int, weeks: int) -> date:
    """Such a day of the week that is `weeks` after the date's own, Monday to Sunday."""
    return day + timedelta(days=weekday - day.weekday() + 7 * weeks)


def add_working_days(day: date, count: int) -> date:
    """Count days, leaving out Saturdays and Sundays only."""
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < SATURDAY
    return day


def add_months(day: date, count: int) -> date:
    """The same day of a later month, or that month's last."""
    month = day.month - 1 + count
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def end_of_month(day: date, months: int = 0) -> date:
    """The last day of the month that is `months` after the date's own."""
    first = add_months(day.replace(day=1), months)
    return first.replace(day=monthrange(first.year, first.month)[1])


def end_of_week(day: date, weeks: int = 0) -> date:
    """The Sunday of the date's week, or of a later one."""
    return weekday_of_week(day, 6, weeks)


def end_of_quarter(day: date) -> date:
    """The last day of the date's quarter."""
    return end_of_month(day.replace(day=1, month=math.ceil(day.month / 3) * 3))


def next_day_of_month(day: date, number: int) -> date | None:
    """The next date with this day number after a date; None if months have no such day."""
    first = day.replace(day=1)
    for ahead in range(13):
        month = add_months(first, ahead)
        if 1 <= number <= monthrange(month.year, month.month)[1]:
            found = month.replace(day=number)
            if found > day:
                return found
    return None


def next_day_and_month(day: date, number: int, month: int) -> date | None:
    """The next such date, today included; None if there is no such day."""
    for year in range(day.year, day.year + 5):
        if 1 <= number <= monthrange(year, month)[1] and date(year, month, number) >= day:
            return date(year, month, number)
    return None


def moment_after(call_at: datetime, value: Decimal, unit: str) -> tuple[date, time | None] | None:
    """When a span from the call ends: minutes and hours with a time, seconds cut; longer ones as a date alone."""
    if unit in ("seconds", "minutes", "hours"):
        scale = {"seconds": 1, "minutes": 60, "hours": 3600}[unit]
        moment = call_at + timedelta(seconds=float(value * scale))
        return moment.date(), moment.time().replace(second=0, microsecond=0)
    on = day_after(call_at.date(), value, unit)
    return (on, None) if on else None


def day_after(day: date, value: Decimal, unit: str) -> date | None:
    """A date some days, weeks, months or years later."""
    if value > 3650:
        return None
    match unit:
        case "days" | "nights":
            return day + timedelta(days=math.ceil(value))
        case "weeks":
            return day + timedelta(days=math.ceil(value * 7))
        case "months":
            half = 15 if value % 1 else 0
            return add_months(day, int(value)) + timedelta(days=half)
        case "years":
            return add_months(day, int(value * 12))
        case _:
            return None
