"""The form of a task: what a browser sends, and the fields it means.

In: form data and the company's zone. Out: `TaskForm` to show again as it was typed, and `TaskFields` to keep. Days and
hours are those of the company's zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData, QueryParams

from crm.errors import Invalid
from crm.recurrence import DAYS, Every, Recurrence, at_zone, end_of_day, read, rule_of, wall_time
from crm.series import Series
from crm.tables import Reminder, Task
from crm.task_rules import ReminderField, TaskFields
from web.ids import id_of

USUAL_REMINDERS = (0, 10, 60, 1440)
"""Minutes before; what else is wanted is typed."""
UNITS = {"minutes": 1, "hours": 60, "days": 1440}
_LISTS = ("others", "days", "remind")


@dataclass(frozen=True, slots=True)
class TaskForm:
    """What stands in the fields of the form, as text."""

    title: str = ""
    text: str = ""
    day: str = ""
    clock: str = ""
    priority: str = "normal"
    who: str = ""
    others: tuple[str, ...] = ()
    every: str = ""
    interval: str = "1"
    days: tuple[str, ...] = ()
    ends: str = "never"
    count: str = "10"
    until: str = ""
    remind: tuple[str, ...] = ("0",)
    remind_many: str = ""
    remind_unit: str = "hours"
    by_email: str = ""
    steps: str = ""
    client_id: str = ""
    deal_id: str = ""
    call_id: str = ""
    inquiry_id: str = ""
    kept: str = field(default="")
    """The series as it is kept, of a task that is edited: the same rule again begins no new one."""

    @classmethod
    def read(cls, data: FormData | QueryParams) -> TaskForm:
        """What somebody sent."""
        values: dict[str, Any] = {}
        for one in fields(cls):
            if one.name in _LISTS:
                values[one.name] = tuple(str(value)[:20] for value in data.getlist(one.name))[:50]
            elif one.name in data:
                values[one.name] = str(data[one.name])
        values["kept"] = ""
        return cls(**values)

    @classmethod
    def of(
        cls, task: Task, people: Sequence[int], reminders: Sequence[Reminder], zone: ZoneInfo
    ) -> TaskForm:
        """What a task says now."""
        at = wall_time(task.due_at, zone) if task.due_at else None
        return cls(
            title=task.title,
            text=task.text,
            day=at.date().isoformat() if at else "",
            clock=at.strftime("%H:%M") if at else "",
            priority=task.priority,
            who=str(people[0]) if people else "",
            others=tuple(str(one) for one in people[1:]),
            remind=tuple(dict.fromkeys(str(one.before_min) for one in reminders)),
            by_email="1" if any(one.by_email for one in reminders) else "",
            client_id=str(task.client_id or ""),
            deal_id=str(task.deal_id or ""),
            kept=task.rrule,
            **_of_series(task.rrule),
        )

    @classmethod
    def of_fields(cls, wanted: TaskFields, who: int) -> TaskForm:
        """A new task as something suggests it."""
        ids: dict[str, Any] = {
            name: str(getattr(wanted, name) or "")
            for name in ("client_id", "deal_id", "call_id", "inquiry_id")
        }
        return cls(title=wanted.title, text=wanted.text, who=str(who or ""), **ids)

    def due_at(self, zone: ZoneInfo) -> datetime | None:
        """When it is due; None without a day.

        Raises:
            Invalid: no such day or hour, or an hour without its day.
        """
        if not self.day.strip():
            if self.clock.strip():
                raise Invalid("due_at", "an hour needs its day")
            return None
        try:
            wall = datetime.fromisoformat(f"{self.day.strip()}T{self.clock.strip() or '09:00'}")
            return at_zone(wall.replace(tzinfo=None, second=0, microsecond=0), zone)
        except (ValueError, OverflowError) as error:
            raise Invalid("due_at", "this is no day and time") from error

    def series(self, zone: ZoneInfo) -> str:
        """The repetition as it is kept; "" for none.

        Raises:
            Invalid: a value that cannot be accepted.
        """
        due_at = self.due_at(zone)
        if not self.every:
            return ""
        if due_at is None:
            raise Invalid("due_at", "a task that comes again needs its first day and time")
        wanted = self.recurrence()
        if self.kept:
            known = Series.read(self.kept)
            if rule_of(wanted, known.first) == known.rule:
                return self.kept
        return Series.begin(wanted, due_at, zone).text

    def recurrence(self) -> Recurrence:
        """The rule that the form says.

        Raises:
            Invalid: a value that cannot be accepted.
        """
        if self.every not in tuple(Every):
            raise Invalid("repeat", "this rule of repetition is not understood")
        every = Every(self.every)
        return Recurrence(
            every=every,
            interval=_number(self.interval, "repeat") if every is not Every.WORKING_DAY else 1,
            days=tuple(day for day in DAYS if day in self.days) if every is Every.WEEK else (),
            count=_number(self.count, "repeat") if self.ends == "count" else None,
            until=self._last_day() if self.ends == "until" else None,
        )

    def fields(self, zone: ZoneInfo, *, may_mail: bool) -> TaskFields:
        """What it means.

        Args:
            zone: of the company.
            may_mail: whether e-mails can be sent at all.

        Raises:
            Invalid: a value that cannot be accepted.
        """
        people = [one for one in (self.who, *self.others) if one]
        if any(id_of(one) is None for one in people):
            raise Invalid("assignees", "this is nobody of ours")
        return TaskFields(
            title=self.title,
            text=self.text,
            due_at=self.due_at(zone),
            priority=self.priority,
            assignees=tuple(int(one) for one in people),
            client_id=id_of(self.client_id),
            deal_id=id_of(self.deal_id),
            call_id=id_of(self.call_id),
            inquiry_id=id_of(self.inquiry_id),
            rrule=self.series(zone),
            reminders=self._reminders(may_mail and bool(self.by_email)),
            steps=tuple(self.steps.splitlines()),
        )

    @property
    def reminder_choices(self) -> list[int]:
        """Minutes before that the form offers: the usual ones and those that were chosen."""
        chosen = [int(one) for one in self.remind if id_of(one) is not None]
        return sorted({*USUAL_REMINDERS, *chosen})

    def _reminders(self, by_email: bool) -> tuple[ReminderField, ...]:
        minutes = [_number(one, "reminders") for one in self.remind]
        if self.remind_many.strip():
            unit = UNITS.get(self.remind_unit, 1)
            minutes.append(_number(self.remind_many, "reminders") * unit)
        return tuple(ReminderField(one, by_email) for one in minutes)

    def _last_day(self) -> datetime:
        try:
            return end_of_day(datetime.fromisoformat(self.until.strip()))
        except ValueError as error:
            raise Invalid("repeat", "say on which day it ends") from error


def _of_series(kept: str) -> Mapping[str, Any]:
    if not kept:
        return {}
    known = read(Series.read(kept).rule)
    ends = "count" if known.count else "until" if known.until else "never"
    return {
        "every": known.every.value,
        "interval": str(known.interval),
        "days": known.days,
        "ends": ends,
        "count": str(known.count or 10),
        "until": known.until.date().isoformat() if known.until else "",
    }


def _number(text: str, name: str) -> int:
    found = id_of(text.strip())
    if found is None or found > 1_000_000:
        raise Invalid(name, "this is no number that can be used here")
    return found
