"""What a task may be: its fields, how they are checked, and when its reminders are due. Pure.

In: what somebody typed. Out: fields that can be kept, or `Invalid` with the field's name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from crm.errors import Invalid

TITLE_LENGTH = 255
TEXT_LENGTH = 20_000
RESULT_LENGTH = 2_000
MOST_ASSIGNEES = 20
MOST_STEPS = 100
MOST_REMINDERS = 10
LONGEST_BEFORE_MIN = 366 * 24 * 60


class Priority(StrEnum):
    """How much it matters."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class Due(StrEnum):
    """How a task that is to be done by a time stands."""

    NONE = "none"
    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class ReminderField:
    """When to remind: so many minutes before the task is due; in the page, and by e-mail as well if so said."""

    before_min: int = 0
    by_email: bool = False


AT_THE_MINUTE = (ReminderField(),)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFields:
    """What somebody says about a task. The first of `assignees` has it; the others see it and may close it as well."""

    title: str
    text: str = ""
    due_at: datetime | None = None
    priority: str = Priority.NORMAL
    assignees: tuple[int, ...] = ()
    client_id: int | None = None
    deal_id: int | None = None
    call_id: int | None = None
    inquiry_id: int | None = None
    rrule: str = ""
    reminders: tuple[ReminderField, ...] = AT_THE_MINUTE
    steps: tuple[str, ...] = ()
    """Lines of the checklist of a new task."""


def checked(fields: TaskFields) -> TaskFields:
    """The fields as they are kept: spaces tidied, nobody and nothing twice, reminders only where there is a time.

    Raises:
        Invalid: a value that cannot be accepted.
    """
    title = " ".join(fields.title.split())
    if not title or len(title) > TITLE_LENGTH:
        raise Invalid("title", "say in 1 to 255 characters what is to be done")
    if len(fields.text) > TEXT_LENGTH:
        raise Invalid("text", "must not be longer than %(most)d characters", most=TEXT_LENGTH)
    if fields.priority not in tuple(Priority):
        raise Invalid("priority", "choose low, normal or high")
    if fields.rrule and fields.due_at is None:
        raise Invalid("due_at", "a task that comes again needs its first day and time")
    assignees = tuple(dict.fromkeys(fields.assignees))
    steps = tuple(step_text(step) for step in fields.steps if step.strip())
    _at_most(assignees, MOST_ASSIGNEES, "assignees")
    _at_most(steps, MOST_STEPS, "steps")
    return replace(
        fields,
        title=title,
        text=fields.text.strip().replace("\r\n", "\n"),
        assignees=assignees,
        steps=steps,
        reminders=_reminders(fields),
    )


def step_text(text: str) -> str:
    """A line of a checklist as it is kept.

    Raises:
        Invalid: empty or too long; field "step".
    """
    text = " ".join(text.split())
    if not text or len(text) > TITLE_LENGTH:
        raise Invalid("step", "say in 1 to 255 characters what is to be done")
    return text


def remind_at(due_at: datetime, before_min: int) -> datetime:
    """When that reminder is due."""
    return due_at - timedelta(minutes=before_min)


def due_of(due_at: datetime | None, now: datetime, end_of_today: datetime) -> Due:
    """How a task stands that is due then.

    Args:
        due_at: when it is due.
        now: the moment.
        end_of_today: midnight after it, in the company's zone.
    """
    if due_at is None:
        return Due.NONE
    if due_at < now:
        return Due.OVERDUE
    return Due.TODAY if due_at < end_of_today else Due.LATER


def _reminders(fields: TaskFields) -> tuple[ReminderField, ...]:
    if fields.due_at is None:
        return ()
    _at_most(fields.reminders, MOST_REMINDERS, "reminders")
    by_time: dict[int, bool] = {}
    for one in fields.reminders:
        if not 0 <= one.before_min <= LONGEST_BEFORE_MIN:
            raise Invalid("reminders", "remind at most a year before")
        by_time[one.before_min] = by_time.get(one.before_min, False) or one.by_email
    return tuple(ReminderField(before, by_email) for before, by_email in sorted(by_time.items()))


def _at_most(what: tuple[object, ...], most: int, field: str) -> None:
    if len(what) > most:
        raise Invalid(field, "at most %(most)d are possible", most=most)
