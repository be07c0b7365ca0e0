"""Tasks that come again: the next one is made when the open one is closed, or when its time comes.

In: a task of a series that was closed or skipped, and the clock. Out: at most one task for each time of the series,
however many processes work: whoever makes one holds the series' lock, and (series, time) is unique in the table. Times
that were slept through are not made up for: only the newest one that has come is made. A series whose open task lies in
the bin rests there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from crm import reminders
from crm.notices import announce
from crm.series import Series
from crm.tables import ChecklistItem, Task, TaskAssignee

MOST_AT_ONCE = 200
_COPIED = (
    "title", "text", "client_id", "deal_id", "call_id", "inquiry_id", "priority",
    "assignee_id", "created_by_id", "rrule", "series_id", "sample",
)  # fmt: skip


async def make_next(session: AsyncSession, task: Task, now: datetime) -> Task | None:
    """Make the task that follows in the series; None if it is there already, or the series has ended.

    Args:
        session: a write session.
        task: one of the series, closed or skipped in this transaction.
        now: the moment.
    """
    if not task.rrule or task.series_id is None:
        return None
    newest = await _newest(session, task.series_id)
    if newest is None or await _is_waited_for(session, task.series_id):
        return None
    at = Series.read(task.rrule).next_after(newest, now)
    return None if at is None else await _copy(session, task, at)


async def make_due(session: AsyncSession, now: datetime) -> list[Task]:
    """Make the tasks whose time has come while the one before is still open.

    Args:
        session: a write session.
        now: the moment.
    """
    newest_of = {
        task.series_id: task for task in reversed((await session.scalars(_late(now))).all())
    }
    made = []
    for series_id, task in newest_of.items():
        newest = await _newest(session, series_id) if series_id is not None else None
        at = Series.read(task.rrule).come_since(newest, now) if newest is not None else None
        if at is not None:
            made.append(await _copy(session, task, at))
    return made


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether `make_due` would make a task; needs no write session."""
    for task in (await session.scalars(_late(now))).all():
        newest = await _newest_of(session, task.series_id) if task.series_id else None
        if newest is not None and Series.read(task.rrule).come_since(newest, now) is not None:
            return True
    return False


async def end(session: AsyncSession, series_id: int) -> None:
    """No further task comes; those that are there stay.

    Args:
        session: a write session.
        series_id: `Task.series_id`.
    """
    await _lock(session, series_id)
    await session.execute(
        update(Task)
        .where(Task.series_id == series_id, Task.state == "open", Task.rrule != "")
        .values(rrule="", version=Task.version + 1)
    )


async def _newest(session: AsyncSession, series_id: int) -> datetime | None:
    await _lock(session, series_id)
    return await _newest_of(session, series_id)


async def _newest_of(session: AsyncSession, series_id: int) -> datetime | None:
    newest = select(func.max(Task.occurrence_at)).where(Task.series_id == series_id)
    return await session.scalar(newest)


def _late(now: datetime) -> Select[Task]:
    """Open tasks of series that are over their time, of each series the newest first."""
    return (
        select(Task)
        .where(
            Task.state == "open",
            Task.deleted_at.is_(None),
            Task.rrule != "",
            Task.occurrence_at <= now,
        )
        .order_by(Task.series_id, Task.occurrence_at.desc())
        .limit(MOST_AT_ONCE)
    )


async def _lock(session: AsyncSession, series_id: int) -> None:
    await exclusive(session, f"task-series-{series_id}")


async def _is_waited_for(session: AsyncSession, series_id: int) -> bool:
    """Whether another task of the series is open: it will make the next one."""
    query = select(Task.id).where(
        Task.series_id == series_id, Task.state == "open", Task.deleted_at.is_(None)
    )
    return await session.scalar(query.limit(1)) is not None


async def _copy(session: AsyncSession, task: Task, at: datetime) -> Task:
    values: dict[str, Any] = {name: getattr(task, name) for name in _COPIED}
    made = Task(
        **values,
        kind="todo",
        state="open",
        opened_at=min(at, datetime.now(at.tzinfo)),
        due_at=at,
        occurrence_at=at,
    )
    session.add(made)
    await session.flush()
    others = select(TaskAssignee.user_id).where(TaskAssignee.task_id == task.id)
    for user_id in (await session.scalars(others)).all():
        session.add(TaskAssignee(task_id=made.id, user_id=user_id))
    steps = select(ChecklistItem).where(ChecklistItem.task_id == task.id)
    for step in (await session.scalars(steps.order_by(ChecklistItem.place))).all():
        session.add(ChecklistItem(task_id=made.id, text=step.text, place=step.place))
    await reminders.copy(session, task, made)
    await session.flush()
    announce(session, "task", made.id)
    return made
