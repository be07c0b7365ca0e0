"""Tasks: call-backs that missed calls opened, and things that people noted to do.

In: an actor and what he wants. Out: rows that he is responsible for. A call-back of a queue is for the queue's people, one
without a queue for everybody, and one of a queue that nobody answers for is for everybody as well: none is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.exc import StaleDataError

from calls.tables import Call
from crm import audit, callbacks
from crm.access import Actor, Permission
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.tables import Client, Task, User, UserQueue

State = Literal["open", "done", "cancelled"]
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with the names to show beside it."""

    task: Task
    client_name: str
    assignee: str
    closed_by: str
    """Name of the person, else the extension that talked; "" while it is open."""
    closed_pbx: str = ""
    """PBX of the talk that closed it: it may be another one than that of the vain call."""

    @property
    def minutes_to_contact(self) -> float | None:
        """Minutes from the first vain call to the talk that closed it; None if no talk did."""
        if self.task.closed_call_id is None or self.task.closed_at is None:
            return None
        return round((self.task.closed_at - self.task.opened_at).total_seconds() / 60, 1)


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks. `next_before` goes into the next call, None at the end."""

    tasks: list[TaskView]
    next_before: int | None


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Task`: what the actor is responsible for, or everything for those who see all."""
    if actor.may(Permission.TASKS_SEE_ALL):
        return Task.id.is_not(None)
    mine = [and_(Task.pbx == pbx, Task.queue == queue) for pbx, queue in actor.queues]
    somebodys = exists().where(
        UserQueue.queue == Task.queue,
        UserQueue.pbx == Task.pbx,
        UserQueue.user_id == User.id,
        User.active.is_(True),
    )
    for_all = or_(Task.queue == "", ~somebodys)
    return or_(
        Task.assignee_id == actor.user_id,
        and_(Task.assignee_id.is_(None), or_(for_all, *mine)),
    )


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    state: State = "open",
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """List tasks: open ones longest waiting first, closed ones newest first.

    Args:
        session: any session.
        actor: who looks.
        state: which.
        before: `Page.next_before` of the page before.
        limit: rows of a page.

    Raises:
        Forbidden: the actor may see no tasks.
    """
    actor.require(Permission.TASKS_SEE_OWN)
    query = _views().where(Task.state == state, seen_by(actor)).limit(limit + 1)
    last = await session.get(Task, before) if before is not None else None
    if state == "open":
        query = query.order_by(Task.opened_at, Task.id)
        if last is not None:
            same = and_(Task.opened_at == last.opened_at, Task.id > last.id)
            query = query.where(or_(Task.opened_at > last.opened_at, same))
    else:
        query = query.order_by(Task.closed_at.desc(), Task.id.desc())
        if last is not None:
            same = and_(Task.closed_at == last.closed_at, Task.id < last.id)
            query = query.where(or_(Task.closed_at < last.closed_at, same))
    found = [_view(row) for row in (await session.execute(query)).all()]
    return Page(found[:limit], found[limit - 1].task.id if len(found) > limit else None)


async def get(session: AsyncSession, actor: Actor, task_id: int) -> TaskView:
    """Return one task.

    Raises:
        NotFound: no such task.
        Forbidden: the actor is not responsible for it.
    """
    actor.require(Permission.TASKS_SEE_OWN)
    query = _views().where(Task.id == task_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("task", task_id)
    if await session.scalar(select(Task.id).where(Task.id == task_id, seen_by(actor))) is None:
        raise Forbidden(Permission.TASKS_SEE_ALL)
    return _view(row)


async def take(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Say "I do this": it is the actor's now.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: somebody else took it first, or it is not open.
    """
    task = await _open(session, actor, task_id)
    if task.assignee_id not in (None, actor.user_id):
        raise Conflict("task", task_id, "somebody else took it first")
    task.assignee_id = actor.user_id
    return await _written(session, actor, task, "task.take")


async def release(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Give a task back to everybody responsible.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: it is not open.
    """
    task = await _open(session, actor, task_id)
    task.assignee_id = None
    return await _written(session, actor, task, "task.release")


async def close(
    session: AsyncSession,
    actor: Actor,
    task_id: int,
    result: str = "",
    state: Literal["done", "cancelled"] = "done",
) -> Task:
    """Close a task by hand; `result` says what came of it.

    Raises:
        NotFound, Forbidden: as `get`, or the actor may close none.
        Conflict: it is closed already.
    """
    actor.require(Permission.TASKS_CLOSE)
    task = await _open(session, actor, task_id)
    task.state, task.result = state, result.strip()
    task.closed_at, task.closed_by_id = datetime.now(UTC), actor.user_id or None
    return await _written(session, actor, task, "task.close")


async def reopen(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Open a closed task again: it was not done after all.

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
    task.state, task.result, task.closed_party = "open", "", ""
    task.closed_at = task.closed_by_id = task.closed_call_id = None
    return await _written(session, actor, task, "task.reopen")


async def add(
    session: AsyncSession,
    actor: Actor,
    title: str,
    client_id: int | None = None,
    due_at: datetime | None = None,
) -> Task:
    """Note something to do, for oneself.

    Raises:
        Forbidden: the actor may have no tasks.
        Invalid: no title.
        NotFound: no such client.
    """
    actor.require(Permission.TASKS_SEE_OWN)
    title = " ".join(title.split())
    if not title or len(title) > 255:
        raise Invalid("title", "say in 1 to 255 characters what is to be done")
    if client_id is not None and await session.get(Client, client_id) is None:
        raise NotFound("client", client_id)
    task = Task(
        kind="todo",
        state="open",
        title=title,
        client_id=client_id,
        assignee_id=actor.user_id or None,
        opened_at=datetime.now(UTC),
        due_at=due_at,
    )
    session.add(task)
    return await _written(session, actor, task, "task.add")


def _views() -> Select[Task, str | None, str | None, str | None, str | None]:
    assignee, closer = aliased(User), aliased(User)
    return (
        select(Task, Client.name, _name(assignee), _name(closer), Call.pbx)
        .outerjoin(Client, Client.id == Task.client_id)
        .outerjoin(assignee, assignee.id == Task.assignee_id)
        .outerjoin(closer, closer.id == Task.closed_by_id)
        .outerjoin(Call, Call.id == Task.closed_call_id)
    )


def _name(user: type[User]) -> ColumnElement[str | None]:
    return case((user.name != "", user.name), else_=user.login)


def _view(row: Row[Task, str | None, str | None, str | None, str | None]) -> TaskView:
    task, client_name, assignee, closer, pbx = row
    return TaskView(task, client_name or "", assignee or "", closer or task.closed_party, pbx or "")


async def _open(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    task = (await get(session, actor, task_id)).task
    if task.state != "open":
        raise Conflict("task", task_id, "it is closed already")
    return task


async def _written(session: AsyncSession, actor: Actor, task: Task, action: str) -> Task:
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict("task", task.id, "somebody else changed it meanwhile") from error
    await audit.record(session, actor, action, "task", task.id)
    announce(session, "task", task.id)
    return task


async def closing_call(session: AsyncSession, task: Task) -> str | None:
    """Return the linkedid of the talk that closed this task, None if none did."""
    query = select(Call.linkedid).where(Call.id == task.closed_call_id)
    return await session.scalar(query) if task.closed_call_id is not None else None
