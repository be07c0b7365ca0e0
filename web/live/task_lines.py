"""Tasks in one line each, with names instead of phones: for the live parts of pages and for the list of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import checklists, task_queries
from crm.access import Actor
from crm.checklists import Progress
from crm.tables import Task
from crm.task_queries import Page, TaskFilter, TaskView
from crm.task_visibility import awake, mine, seen_by
from web.pages.phone_names import PhoneNames, phone_names


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One task as lists show it."""

    task: Task
    client_id: int | None
    """The client, if the reader may see them."""
    client: str
    assignee: str
    others: tuple[str, ...]
    closed_by: str
    """The person, or whose phone it was that talked."""
    minutes: int | None
    """From the first vain call to the talk that closed it."""
    progress: Progress | None
    """Of its checklist, if it has one."""


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Some tasks; `next_before` asks for the following ones."""

    lines: list[TaskLine]
    next_before: int | None


async def open_count(session: AsyncSession, actor: Actor, kind: str = "") -> int:
    """How many open tasks (of this kind) the person has to do, those that are put off left out."""
    is_open = (Task.state == "open") & awake(datetime.now(UTC))
    query = select(func.count()).where(is_open, seen_by(actor), mine(actor))
    if kind:
        query = query.where(Task.kind == kind)
    return await session.scalar(query) or 0


async def task_page(session: AsyncSession, actor: Actor, *, kind: str = "", limit: int) -> TaskPage:
    """Open tasks that the person has to do, the longest waiting first."""
    return await filtered_page(session, actor, TaskFilter(kind=kind), limit=limit)


async def filtered_page(
    session: AsyncSession,
    actor: Actor,
    only: TaskFilter,
    *,
    before: int | None = None,
    limit: int,
) -> TaskPage:
    """Tasks in the order of `crm.task_queries.find`."""
    found = await task_queries.find(session, actor, only, before=before, limit=limit)
    return await lines_of(session, found)


async def lines_of(session: AsyncSession, found: Page) -> TaskPage:
    """Found tasks with what stands beside them."""
    phones = await phone_names(session) if found.tasks else PhoneNames({})
    ticked = await checklists.progress(session, [view.task.id for view in found.tasks])
    lines = [_line(view, phones, ticked.get(view.task.id)) for view in found.tasks]
    return TaskPage(lines, found.next_before)


def _line(view: TaskView, phones: PhoneNames, progress: Progress | None) -> TaskLine:
    task = view.task
    by_phone = phones.of(view.closed_pbx, task.closed_party) if task.closed_party else ""
    minutes = view.minutes_to_contact
    return TaskLine(
        task=task,
        client_id=view.client_id,
        client=view.client_name,
        assignee=view.assignee,
        others=view.others,
        # Who shares a phone is not known by it: whoever was recognised is named, else everybody of that phone.
        closed_by=view.closed_by if task.closed_by_id else by_phone or view.closed_by,
        minutes=None if minutes is None else max(0, round(minutes)),
        progress=progress,
    )
