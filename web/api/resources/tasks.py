"""Tasks: listed, read, added, changed, closed and opened again."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select

from crm import client_visibility, task_changes, task_queries, task_visibility, tasks
from crm.access import Permission
from crm.tables import Client, Task
from crm.task_rules import TaskFields
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.values import Id, Time, TimeIn, Version

Title = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Priority = Literal["low", "normal", "high"]
State = Literal["open", "done", "cancelled"]


class TaskIn(Schema):
    """Something to do."""

    title: Title
    text: str = Field(default="", max_length=20_000)
    due_at: TimeIn | None = None
    priority: Priority = "normal"
    assignees: list[Id] = Field(
        default_factory=list, max_length=50, description="Empty: the person of the token."
    )
    client_id: Id | None = None
    deal_id: Id | None = None
    call_id: Id | None = None
    inquiry_id: Id | None = None
    steps: list[Title] = Field(default_factory=list, max_length=100, description="Its checklist.")


class TaskPatch(Schema):
    """What shall be different; what is left out stays."""

    version: Version
    title: Title | None = None
    text: str | None = Field(default=None, max_length=20_000)
    due_at: TimeIn | None = Field(default=None, description="null: no time.")
    priority: Priority | None = None
    assignees: list[Id] | None = Field(default=None, min_length=1, max_length=50)


class TaskOut(Schema):
    """A task."""

    id: int
    kind: Literal["callback", "todo"]
    state: State
    title: str
    text: str
    priority: Priority
    due_at: Time | None
    assignees: list[int]
    client_id: int | None
    deal_id: int | None
    call_id: int | None
    inquiry_id: int | None
    number: str
    queue: str
    missed_calls: int
    tries: int
    opened_at: Time
    closed_at: Time | None
    result: str
    snoozed_until: Time | None
    version: int


class TaskList(Schema):
    """A page of tasks."""

    items: list[TaskOut]
    next_cursor: str | None


class TaskQuery(PageQuery):
    """Which tasks."""

    state: State | None = None
    kind: Literal["callback", "todo"] | None = None
    client_id: Id | None = None
    deal_id: Id | None = None


class CloseIn(Schema):
    """What came of it."""

    result: str = Field(default="", max_length=20_000)
    state: Literal["done", "cancelled"] = "done"


async def list_tasks(asked: Asked) -> TaskList:
    """A page of tasks, newest first."""
    query = asked.query
    wanted = select(Task).where(task_visibility.seen_by(asked.actor))
    for name in ("state", "kind", "client_id", "deal_id"):
        if (value := getattr(query, name)) is not None:
            wanted = wanted.where(getattr(Task, name) == value)
    if query.client_id is not None:
        seen = select(Client.id).where(client_visibility.seen_by(asked.actor))
        wanted = wanted.where(Task.client_id.in_(seen))
    if (before := id_in(query.cursor)) is not None:
        wanted = wanted.where(Task.id < before)
    wanted = wanted.order_by(Task.id.desc()).limit(query.limit + 1)
    rows = (await asked.session.scalars(wanted)).all()
    more = cursor_of(rows[query.limit - 1].id) if len(rows) > query.limit else None
    items = [await _out(asked, row) for row in rows[: query.limit]]
    return TaskList(items=items, next_cursor=more)


async def get_task(asked: Asked) -> TaskOut:
    """One task."""
    return await _one(asked, asked.id("task_id"))


async def add_task(asked: Asked) -> TaskOut:
    """Add a task."""
    said = asked.body.model_dump()
    said["assignees"] = tuple(said["assignees"]) or (asked.actor.user_id,)
    fields = TaskFields(**{**said, "steps": tuple(said["steps"])})
    task = await task_changes.create(asked.session, asked.actor, fields)
    return await _one(asked, task.id)


async def change_task(asked: Asked) -> TaskOut:
    """Change a part of a task."""
    task_id, body = asked.id("task_id"), asked.body
    known = await task_changes.fields_of(asked.session, asked.actor, task_id)
    said = {
        name: getattr(body, name)
        for name in body.model_fields_set - {"version"}
        if getattr(body, name) is not None or name == "due_at"
    }
    if "assignees" in said:
        said["assignees"] = tuple(said["assignees"])
    changed = replace(known, **said)
    await task_changes.edit(asked.session, asked.actor, task_id, body.version, changed)
    return await _one(asked, task_id)


async def close_task(asked: Asked) -> TaskOut:
    """Close a task."""
    body, task_id = asked.body, asked.id("task_id")
    await tasks.close(asked.session, asked.actor, task_id, body.result, body.state)
    return await _one(asked, task_id)


async def reopen_task(asked: Asked) -> TaskOut:
    """Open a closed task again."""
    await tasks.reopen(asked.session, asked.actor, asked.id("task_id"))
    return await _one(asked, asked.id("task_id"))


async def _one(asked: Asked, task_id: int) -> TaskOut:
    view = await task_queries.get(asked.session, asked.actor, task_id)
    return await _out(asked, view.task)


async def _out(asked: Asked, task: Task) -> TaskOut:
    plain = {name: getattr(task, name) for name in TaskOut.model_fields if name != "assignees"}
    return TaskOut(**plain, assignees=await task_queries.assignee_ids(asked.session, task))


_TAGS = ("Tasks",)
_ONE = "/tasks/{task_id:id}"
OPERATIONS = [
    Operation(
        method="GET", path="/tasks", name="listTasks", summary="List tasks, newest first",
        permission=Permission.TASKS_SEE_OWN, run=list_tasks, query=TaskQuery, answer=TaskList, tags=_TAGS,
    ),
    Operation(
        method="POST", path="/tasks", name="addTask", summary="Add a task",
        permission=Permission.TASKS_CLOSE, run=add_task, body=TaskIn, answer=TaskOut, status=201, errors=(404,),
        tags=_TAGS,
    ),
    Operation(
        method="GET", path=_ONE, name="getTask", summary="Read a task",
        permission=Permission.TASKS_SEE_OWN, run=get_task, answer=TaskOut, tags=_TAGS,
    ),
    Operation(
        method="PATCH", path=_ONE, name="changeTask", summary="Change a part of a task",
        permission=Permission.TASKS_CLOSE, run=change_task, body=TaskPatch, answer=TaskOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/close", name="closeTask", summary="Close a task",
        permission=Permission.TASKS_CLOSE, run=close_task, body=CloseIn, answer=TaskOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/reopen", name="reopenTask", summary="Open a closed task again",
        permission=Permission.TASKS_CLOSE, run=reopen_task, answer=TaskOut, tags=_TAGS,
    ),
]  # fmt: skip
