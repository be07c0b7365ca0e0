"""Tasks in one line each, with names instead of phones: for the live parts of pages and for the list of tasks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import tasks
from crm.access import Actor
from crm.tables import Task
from crm.tasks import TaskView
from web.pages.phone_names import PhoneNames, phone_names


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task as lists show it."""

    task: Task
    client: str
    assignee: str
    closed_by: str
    """The person, or whose phone it was that talked."""
    minutes: int | None
    """From the first vain call to the talk that closed it."""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Some tasks; `next_before` asks for the following ones."""

    lines: list[TaskLine]
    next_before: int | None


async def open_count(session: AsyncSession, actor: Actor) -> int:
    """How many open tasks the person is responsible for."""
    query = select(func.count()).where(Task.state == "open", tasks.seen_by(actor))
    return await session.scalar(query) or 0


async def task_page(
    session: AsyncSession,
    actor: Actor,
    *,
    state: tasks.State = "open",
    before: int | None = None,
    limit: int,
) -> TaskPage:
    """Tasks of one state that the person sees, in the order of `crm.tasks.page`."""
    found = await tasks.page(session, actor, state=state, before=before, limit=limit)
    phones = await phone_names(session) if found.tasks else PhoneNames({})
    return TaskPage([_line(view, phones) for view in found.tasks], found.next_before)


def _line(view: TaskView, phones: PhoneNames) -> TaskLine:
    task = view.task
    by_phone = phones.of(view.closed_pbx, task.closed_party) if task.closed_party else ""
    minutes = view.minutes_to_contact
    return TaskLine(
        task=task,
        client=view.client_name,
        assignee=view.assignee,
        # Who shares a phone is not known by it: whoever was recognised is named, else everybody of that phone.
        closed_by=view.closed_by if task.closed_by_id else by_phone or view.closed_by,
        minutes=None if minutes is None else max(0, round(minutes)),
    )
