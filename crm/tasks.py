"""What one does with tasks: take, give back, close, open again; call-backs and what people noted to do alike.

In: an actor and what he wants. Out: rows. What a task says is in `crm.task_changes`, which ones there are in
`crm.task_queries` (whose names stand here as well).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from crm import callbacks, promise_closing, reminders, task_changes, task_series
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid
from crm.tables import Task
from crm.task_queries import Page, State, TaskView, assignee_ids, closing_call, get, page
from crm.task_rules import RESULT_LENGTH, TaskFields
from crm.task_visibility import seen_by
from crm.task_writes import open_task, snapshot, tell_others, written

__all__ = [
    "Page",
    "State",
    "TaskView",
    "add",
    "close",
    "closing_call",
    "get",
    "page",
    "release",
    "reopen",
    "seen_by",
    "skip",
    "take",
]
SKIPPED = "skipped"
"""`Task.result` of a task of a series that is left out this once."""


async def take(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Say "I do this": it is the actor's now.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: somebody else took it first, or it is not open.
    """
    task = await open_task(session, actor, task_id)
    if task.assignee_id not in (None, actor.user_id):
        raise Conflict("task", task_id, "somebody else took it first")
    before = await snapshot(session, task)
    task.assignee_id = actor.user_id
    return await written(session, actor, task, "task.take", before)


async def release(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Give a task back to everybody responsible.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: it is not open.
    """
    task = await open_task(session, actor, task_id)
    before = await snapshot(session, task)
    task.assignee_id = None
    return await written(session, actor, task, "task.release", before)


async def close(
    session: AsyncSession,
    actor: Actor,
    task_id: int,
    result: str = "",
    state: Literal["done", "cancelled"] = "done",
) -> Task:
    """Close a task by hand; `result` says what came of it. The next one of its series is made at once.

    Raises:
        NotFound, Forbidden: as `get`, or the actor may close none.
        Conflict: it is closed already.
        Invalid: the result is too long.
    """
    actor.require(Permission.TASKS_CLOSE)
    if len(result) > RESULT_LENGTH:
        raise Invalid("result", "must not be longer than %(most)d characters", most=RESULT_LENGTH)
    task = await open_task(session, actor, task_id)
    before = await snapshot(session, task)
    now = datetime.now(UTC)
    task.state, task.result = state, result.strip()
    task.closed_at, task.closed_by_id = now, actor.user_id or None
    await written(session, actor, task, "task.close", before)
    await promise_closing.task_closed(session, task)
    await task_series.make_next(session, task, now)
    if task.kind == "todo":
        people = [task.created_by_id, *await assignee_ids(session, task)]
        await tell_others(session, actor, people, task, "task_closed")
    return task


async def skip(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Leave this one of a series out; the next one is made.

    Raises:
        NotFound, Forbidden, Conflict: as `close`.
        Invalid: it does not come again.
    """
    task = await open_task(session, actor, task_id)
    if not task.rrule:
        raise Invalid("repeat", "this task does not come again")
    return await close(session, actor, task_id, SKIPPED, "cancelled")


async def reopen(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Open a closed task again: it was not done after all. What it should have reminded of meanwhile is passed over.

    Raises:
        NotFound, Forbidden: as `close`.
        Conflict: it is open, or the client has another open call-back.
    """
    actor.require(Permission.TASKS_CLOSE)
    await callbacks.take_lock(session)
    task = (await get(session, actor, task_id)).task
    if task.state == "open":
        raise Conflict("task", task_id, "it is open already")
    if task.kind == "callback" and await callbacks.open_for(session, [task.subject_key]):
        raise Conflict("task", task_id, "this client has another open call-back")
    before = await snapshot(session, task)
    task.state, task.result, task.closed_party = "open", "", ""
    task.closed_at = task.closed_by_id = task.closed_call_id = None
    await reminders.pass_over(session, task_id)
    await promise_closing.task_reopened(session, task)
    return await written(session, actor, task, "task.reopen", before)


async def add(
    session: AsyncSession,
    actor: Actor,
    title: str,
    client_id: int | None = None,
    due_at: datetime | None = None,
) -> Task:
    """Note something to do, for oneself; `crm.task_changes.create` in short.

    Raises:
        Forbidden: the actor may have no tasks.
        Invalid: no title.
        NotFound: no such client, or one that the actor may not see.
    """
    fields = TaskFields(title=title, client_id=client_id, due_at=due_at)
    return await task_changes.create(session, actor, fields)
