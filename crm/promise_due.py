"""Until when a promise must be kept, and whether it was. Pure.

In: its day and hour, which are local to the company, and the company's zone. Out: moments. A day alone ends with that day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WORK_ENDS = time(18)
"""When the task of a promise "on Friday" is due: before people go home, not at midnight."""


def ends_at(due_on: date | None, due_time: time | None, zone: ZoneInfo) -> datetime | None:
    """The last moment at which it is kept in time; None without a date."""
    if due_on is None:
        return None
    if due_time is not None:
        return datetime.combine(due_on, due_time, zone).astimezone(UTC)
    return datetime.combine(due_on + timedelta(days=1), time(), zone).astimezone(UTC)


def task_due_at(due_on: date | None, due_time: time | None, zone: ZoneInfo) -> datetime | None:
    """When its task is due: the exact time, or the end of that working day."""
    if due_on is None:
        return None
    return datetime.combine(due_on, due_time or WORK_ENDS, zone).astimezone(UTC)


def kept_in_time(
    done_at: datetime, due_on: date | None, due_time: time | None, zone: ZoneInfo
) -> bool | None:
    """Whether something done then was in time; None without a date."""
    end = ends_at(due_on, due_time, zone)
    if end is None:
        return None
    return done_at <= end if due_time is not None else done_at < end
