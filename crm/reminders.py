"""Reminders of tasks: kept beside the task, shown once when their time comes.

In: what a person set, and the clock. Out: rows; and when one is due, a notification for its person in the same
transaction that marks it as shown: so each is shown exactly once, however many processes work and whenever one of them is
killed. E-mails go their own way (`crm.reminder_mail`).

Reminders of a snoozed task wait until it is back. Those that come late (the machine slept) say so; more than
`FEW_LATE` late ones of a person are told in one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from crm.notifications import News, tell
from crm.tables import Reminder, Task
from crm.task_rules import ReminderField, remind_at
from crm.task_visibility import awake

LATE = timedelta(minutes=2)
FEW_LATE = 5
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Shown:
    """A reminder whose time has come, marked as shown in this transaction."""

    task_id: int
    user_id: int
    at: datetime
    title: str
    due_at: datetime | None


async def of_task(session: AsyncSession, task_id: int) -> list[Reminder]:
    """All of a task, the earliest first."""
    query = select(Reminder).where(Reminder.task_id == task_id)
    return list((await session.scalars(query.order_by(Reminder.at, Reminder.id))).all())


async def replace(
    session: AsyncSession,
    task: Task,
    fields: Sequence[ReminderField],
    user_ids: Collection[int],
) -> None:
    """Remind these people of the task as said, and nobody else. What was shown stays shown, unless its time is a new one.

    Args:
        session: a write session.
        task: with its id; without a time (`due_at`) nobody is reminded.
        fields: when; checked (`crm.task_rules`).
        user_ids: whom.
    """
    now = datetime.now(UTC)
    known = {(one.user_id, one.before_min): one for one in await of_task(session, task.id)}
    wanted = {(who, one.before_min): one for who in user_ids for one in fields if task.due_at}
    gone = [row.id for key, row in known.items() if key not in wanted]
    await session.execute(delete(Reminder).where(Reminder.id.in_(gone)))
    for (user_id, before_min), field in wanted.items():
        row = known.get((user_id, before_min))
        if row is None:
            row = Reminder(task_id=task.id, user_id=user_id, before_min=before_min)
            session.add(row)
        row.by_email = field.by_email
        _set_time(row, task, now)
    await session.flush()


async def follow(session: AsyncSession, task: Task) -> None:
    """The task was moved: its reminders move along.

    Args:
        session: a write session.
        task: with its new time.
    """
    now = datetime.now(UTC)
    for row in await of_task(session, task.id):
        _set_time(row, task, now)
    await session.flush()


async def copy(session: AsyncSession, task: Task, made: Task) -> None:
    """Remind of the next task of a series as of the one before."""
    now = datetime.now(UTC)
    for one in await of_task(session, task.id):
        row = Reminder(
            task_id=made.id,
            user_id=one.user_id,
            before_min=one.before_min,
            by_email=one.by_email,
        )
        session.add(row)
        _set_time(row, made, now)


async def show_due(session: AsyncSession, now: datetime) -> list[Shown]:
    """Tell people of what is due now; returns what was told.

    Args:
        session: a write session.
        now: the moment.
    """
    # In turn, so that two processes neither tell the same nor wait for each other's rows crosswise.
    await exclusive(session, "reminders")
    claimed = (
        update(Reminder)
        .where(Reminder.id.in_(_due(now).scalar_subquery()), Reminder.sent_at.is_(None))
        .values(
            sent_at=now,
            mail_state=case((Reminder.by_email.is_(True), "waiting"), else_=""),
            mail_attempts=0,
            mail_at=now,
            failed_why="",
        )
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    )
    ids = list((await session.scalars(claimed)).all())
    shown = await _shown(session, ids)
    for user_id in dict.fromkeys(one.user_id for one in shown):
        await _tell(session, user_id, [one for one in shown if one.user_id == user_id], now)
    return shown


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether `show_due` would find something; needs no write session."""
    return await session.scalar(_due(now).limit(1)) is not None


async def pass_over(session: AsyncSession, task_id: int) -> None:
    """What was due while the task was closed is not told when it is opened again."""
    now = datetime.now(UTC)
    missed = (Reminder.task_id == task_id) & Reminder.sent_at.is_(None) & (Reminder.at <= now)
    await session.execute(update(Reminder).where(missed).values(sent_at=now))


def _due(now: datetime) -> Select[int]:
    return (
        select(Reminder.id)
        .join(Task, Task.id == Reminder.task_id)
        .where(
            Reminder.sent_at.is_(None),
            Reminder.at <= now,
            Task.state == "open",
            Task.deleted_at.is_(None),
            awake(now),
        )
        .order_by(Reminder.at)
        .limit(MOST_AT_ONCE)
    )


def _set_time(row: Reminder, task: Task, now: datetime) -> None:
    if task.due_at is None:
        row.sent_at = row.sent_at or now
        return
    at = remind_at(task.due_at, row.before_min)
    if row.at == at and row.id is not None:
        return
    row.at = at
    # A day before something that is due in an hour: that time is over, nobody is told of it.
    row.sent_at = now if at < now - LATE else None
    row.mail_state, row.mail_attempts, row.failed_why = "", 0, ""


async def _shown(session: AsyncSession, ids: Iterable[int]) -> list[Shown]:
    query = (
        select(Reminder.task_id, Reminder.user_id, Reminder.at, Task.title, Task.due_at)
        .join(Task, Task.id == Reminder.task_id)
        .where(Reminder.id.in_(list(ids)))
        .order_by(Reminder.at, Reminder.id)
    )
    return [Shown(*row) for row in (await session.execute(query)).all()]


async def _tell(session: AsyncSession, user_id: int, shown: list[Shown], now: datetime) -> None:
    late = [one for one in shown if one.at < now - LATE]
    if len(late) > FEW_LATE:
        titles = [one.title for one in late[:FEW_LATE]]
        detail = {"count": len(late), "titles": titles}
        await tell(session, [user_id], News("reminders_late", detail=detail))
        shown = [one for one in shown if one not in late]
    for one in shown:
        detail = {
            "title": one.title,
            "due_at": one.due_at.isoformat() if one.due_at else "",
            "late": one.at < now - LATE,
        }
        await tell(session, [user_id], News("reminder", "task", one.task_id, detail))
