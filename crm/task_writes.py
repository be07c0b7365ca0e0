"""How every change of a task is written: one row at a time, in the change history, the audit log and the feed.

In: a task and what it was before. Out: the change stored, or a conflict with whoever was faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from crm import agents, audit, changes
from crm.access import Actor
from crm.changes import Subject
from crm.errors import Conflict
from crm.notices import announce
from crm.notifications import News, tell
from crm.tables import Task
from crm.task_queries import assignee_ids, get

_SHOWN = (
    "title", "text", "priority", "due_at", "state", "result", "rrule", "snoozed_until",
    "client_id", "deal_id", "deleted_at",
)  # fmt: skip


async def snapshot(session: AsyncSession, task: Task) -> dict[str, Any]:
    """The fields of a task whose changes its history keeps."""
    ids = await assignee_ids(session, task)
    names = await agents.names(session, ids)
    values = {name: getattr(task, name) for name in _SHOWN}
    return {**values, "assignees": [names.get(one, "") for one in ids]}


async def written(
    session: AsyncSession, actor: Actor, task: Task, action: str, before: Mapping[str, Any]
) -> Task:
    """Store what was changed, with its traces.

    Args:
        session: a write session.
        actor: who changed it.
        task: as it shall be.
        action: for the audit log: "task.edit" …
        before: `snapshot` of before.

    Raises:
        Conflict: somebody else was faster.
    """
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict("task", task.id, "somebody else changed it meanwhile") from error
    subject = Subject("task", task.id, task.client_id)
    changes.record(session, actor, subject, before, await snapshot(session, task))
    await audit.record(session, actor, action, "task", task.id)
    announce(session, "task", task.id)
    return task


async def open_task(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """The task, to be changed.

    Raises:
        NotFound, Forbidden: as `crm.task_queries.get`.
        Conflict: it is closed.
    """
    task = (await get(session, actor, task_id)).task
    if task.state != "open":
        raise Conflict("task", task_id, "it is closed already")
    return task


async def tell_others(
    session: AsyncSession, actor: Actor, user_ids: Iterable[int | None], task: Task, kind: str
) -> None:
    """Tell these people of the task, but not the one who acts.

    Args:
        session: a write session.
        actor: who acts.
        user_ids: whom.
        task: which.
        kind: of the notification.
    """
    others = {one for one in user_ids if one} - {actor.user_id}
    detail = {
        "title": task.title,
        "who": actor.name or actor.login,
        "due_at": task.due_at.isoformat() if task.due_at and task.kind == "todo" else "",
    }
    if others:
        await tell(session, others, News(kind, "task", task.id, detail))
