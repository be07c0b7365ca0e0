"""What a task says: made, edited, moved to another time, put into the bin and taken out of it.

In: an actor and fields. Out: rows; everybody to whom a task is newly given is told. Repetition is in `crm.task_series`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import callbacks, reminders, task_rules, task_series, task_subjects
from crm.access import Actor, Permission
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.series import Series
from crm.tables import ChecklistItem, Task, TaskAssignee, User
from crm.task_queries import assignee_ids, get
from crm.task_rules import ReminderField, TaskFields
from crm.task_visibility import in_scope
from crm.task_writes import open_task, snapshot, tell_others, written


async def create(session: AsyncSession, actor: Actor, fields: TaskFields) -> Task:
    """Make a task; without assignees it is the actor's own.

    Args:
        session: a write session.
        actor: who makes it.
        fields: what it says; of a series the first time is that of the series.

    Raises:
        Forbidden: the actor may have no tasks, or not see the call.
        Invalid: a value that cannot be accepted.
        NotFound, CallNotFound: no such client, deal, call, inquiry or person (that the actor may see).
    """
    actor.require(Permission.TASKS_SEE_OWN)
    fields = task_rules.checked(fields)
    fields = await task_subjects.checked(session, actor, fields)
    people = await _people(session, fields.assignees) or _oneself(actor)
    task = Task(
        kind="todo",
        state="open",
        opened_at=datetime.now(UTC),
        created_by_id=actor.user_id or None,
        call_id=fields.call_id,
        inquiry_id=fields.inquiry_id,
        assignee_id=people[0] if people else None,
    )
    _fill(task, fields)
    session.add(task)
    await session.flush()
    _repeat(task, fields)
    session.add_all(TaskAssignee(task_id=task.id, user_id=one) for one in people[1:])
    session.add_all(
        ChecklistItem(task_id=task.id, text=text, place=place)
        for place, text in enumerate(fields.steps)
    )
    await session.flush()
    await reminders.replace(session, task, fields.reminders, people)
    await written(session, actor, task, "task.add", await snapshot(session, task))
    await tell_others(session, actor, people, task, "task")
    return task


async def fields_of(session: AsyncSession, actor: Actor, task_id: int) -> TaskFields:
    """What a task says, to change a part of it with `dataclasses.replace`.

    Raises:
        NotFound, Forbidden: as `crm.task_queries.get`.
    """
    task = (await get(session, actor, task_id)).task
    known = {
        (one.before_min, one.by_email): None for one in await reminders.of_task(session, task.id)
    }
    return TaskFields(
        title=task.title,
        text=task.text,
        due_at=task.due_at,
        priority=task.priority,
        assignees=tuple(await assignee_ids(session, task)),
        client_id=task.client_id,
        deal_id=task.deal_id,
        call_id=task.call_id,
        inquiry_id=task.inquiry_id,
        rrule=task.rrule,
        reminders=tuple(ReminderField(*one) for one in known),
    )


async def edit(
    session: AsyncSession, actor: Actor, task_id: int, version: int, fields: TaskFields
) -> Task:
    """Replace what a task says; its checklist has its own page (`crm.checklists`), its call and inquiry stay.

    Args:
        session: a write session.
        actor: who edits.
        task_id: which.
        version: `Task.version` as the editing person saw it.
        fields: everything, as it shall be. Another repetition begins a new series with this task; none ends it.

    Raises:
        NotFound, Forbidden, Invalid: as `create`.
        Conflict: it is closed, or somebody else changed it since.
    """
    task = await open_task(session, actor, task_id)
    if task.kind == "callback":
        raise Invalid("title", "a call-back says what the calls say")
    if task.version != version:
        raise Conflict("task", task_id, "somebody else changed it meanwhile")
    fields = task_rules.checked(fields)
    if (fields.client_id, fields.deal_id) != (task.client_id, task.deal_id):
        fields = await task_subjects.checked(session, actor, fields)
    known = await assignee_ids(session, task)
    people = await _people(session, fields.assignees) or known
    before = await snapshot(session, task)
    await _change_series(session, task, fields)
    _fill(task, fields)
    _repeat(task, fields)
    task.assignee_id = people[0] if people else None
    await session.execute(delete(TaskAssignee).where(TaskAssignee.task_id == task.id))
    session.add_all(TaskAssignee(task_id=task.id, user_id=one) for one in people[1:])
    await written(session, actor, task, "task.edit", before)
    await reminders.replace(session, task, fields.reminders, people or _oneself(actor))
    await tell_others(session, actor, set(people) - set(known), task, "task")
    return task


async def move(session: AsyncSession, actor: Actor, task_id: int, due_at: datetime) -> Task:
    """Do it at another time; its reminders move along, the rest of its series stays.

    Raises:
        NotFound, Forbidden: as `crm.task_queries.get`.
        Conflict: it is closed.
        Invalid: a call-back has no such time.
    """
    task = await open_task(session, actor, task_id)
    if task.kind == "callback":
        raise Invalid("due_at", "a call-back is due since the client called")
    before = await snapshot(session, task)
    task.due_at = due_at
    await written(session, actor, task, "task.move", before)
    await reminders.follow(session, task)
    return task


async def end_series(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """This one stays, no further one comes.

    Raises:
        NotFound, Forbidden: as `crm.task_queries.get`.
        Conflict: it is closed.
    """
    task = await open_task(session, actor, task_id)
    before = await snapshot(session, task)
    if task.series_id is not None:
        await task_series.end(session, task.series_id)
        await session.refresh(task)
    return await written(session, actor, task, "task.end_series", before)


async def put_away(session: AsyncSession, actor: Actor, task_id: int) -> None:
    """Put a task into the bin: who made it may, and who sees all.

    Raises:
        NotFound: no such task.
        Forbidden: it is somebody else's.
    """
    task = (await get(session, actor, task_id)).task
    is_own = task.created_by_id is not None and task.created_by_id == actor.user_id
    if not is_own and not actor.may(Permission.TASKS_SEE_ALL):
        raise Forbidden(Permission.TASKS_SEE_ALL)
    before = await snapshot(session, task)
    task.deleted_at, task.deleted_by_id = datetime.now(UTC), actor.user_id or None
    if task.kind == "callback" and task.state == "open":
        # Its place must be free: the client's next vain call opens another one.
        task.state, task.closed_at = "cancelled", task.deleted_at
    await written(session, actor, task, "task.delete", before)


async def restore(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Take a task out of the bin.

    Raises:
        NotFound: no such task in the bin, or none of the actor's.
        Conflict: the client has another open call-back.
    """
    binned = select(Task).where(Task.id == task_id, Task.deleted_at.is_not(None), in_scope(actor))
    task = await session.scalar(binned)
    if task is None:
        raise NotFound("task", task_id)
    await callbacks.take_lock(session)
    before = await snapshot(session, task)
    task.deleted_at = task.deleted_by_id = None
    await reminders.pass_over(session, task_id)
    return await written(session, actor, task, "task.restore", before)


def _fill(task: Task, fields: TaskFields) -> None:
    task.title, task.text, task.priority = fields.title, fields.text, fields.priority
    task.client_id, task.deal_id, task.due_at = fields.client_id, fields.deal_id, fields.due_at


def _repeat(task: Task, fields: TaskFields) -> None:
    """A task with another rule than before begins a series."""
    if fields.rrule != task.rrule and fields.rrule:
        task.due_at = task.occurrence_at = Series.read(fields.rrule).first_at
        task.series_id = task.id
    task.rrule = fields.rrule


async def _change_series(session: AsyncSession, task: Task, fields: TaskFields) -> None:
    if task.series_id is None or fields.rrule == task.rrule:
        return
    if task.rrule:
        await task_series.end(session, task.series_id)
        await session.refresh(task)
    if fields.rrule and task.series_id == task.id:
        # The first of the old series begins the new one, whose times are its own.
        task.occurrence_at = None


async def _people(session: AsyncSession, user_ids: tuple[int, ...]) -> list[int]:
    """These people, in this order.

    Raises:
        NotFound: one is none of ours.
        Invalid: one may not log in any more.
    """
    query = select(User.id, User.active).where(User.id.in_(user_ids))
    known = {user_id: active for user_id, active in (await session.execute(query)).all()}
    for user_id in user_ids:
        if user_id not in known:
            raise NotFound("user", user_id)
        if not known[user_id]:
            raise Invalid("assignees", "one of these people does not work here any more")
    return list(user_ids)


def _oneself(actor: Actor) -> list[int]:
    return [actor.user_id] if actor.user_id else []
