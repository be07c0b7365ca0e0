"""The checklist of a task: steps that are added, ticked, renamed and removed one by one.

In: an actor who sees the task. Out: rows; the task's history says what was ticked. Closing a task asks for no tick.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import changes
from crm.access import Actor
from crm.changes import Subject
from crm.errors import Invalid, NotFound
from crm.notices import announce
from crm.tables import ChecklistItem, Task
from crm.task_rules import MOST_STEPS, step_text
from crm.task_writes import open_task


@dataclass(frozen=True, slots=True)
class Progress:
    """How many steps are done, of how many."""

    done: int
    all: int


async def of_task(session: AsyncSession, task_id: int) -> list[ChecklistItem]:
    """The steps in their order."""
    query = select(ChecklistItem).where(ChecklistItem.task_id == task_id)
    return list(
        (await session.scalars(query.order_by(ChecklistItem.place, ChecklistItem.id))).all()
    )


async def progress(session: AsyncSession, task_ids: list[int]) -> dict[int, Progress]:
    """How far the checklists of these tasks are; tasks without one are not in the answer."""
    done = func.count().filter(ChecklistItem.done.is_(True))
    query = (
        select(ChecklistItem.task_id, done, func.count())
        .where(ChecklistItem.task_id.in_(task_ids))
        .group_by(ChecklistItem.task_id)
    )
    rows = (await session.execute(query)).all() if task_ids else []
    return {task_id: Progress(ticked, count) for task_id, ticked, count in rows}


async def add(session: AsyncSession, actor: Actor, task_id: int, text: str) -> ChecklistItem:
    """Add a step at the end.

    Raises:
        NotFound, Forbidden, Conflict: as `crm.task_writes.open_task`.
        Invalid: no text, or too many steps.
    """
    task = await open_task(session, actor, task_id)
    text = step_text(text)
    known = await of_task(session, task_id)
    if len(known) >= MOST_STEPS:
        raise Invalid("step", "at most %(most)d are possible", most=MOST_STEPS)
    place = max((one.place for one in known), default=-1) + 1
    item = ChecklistItem(task_id=task_id, text=text, place=place)
    session.add(item)
    await _changed(session, actor, task, "", text)
    return item


async def tick(
    session: AsyncSession, actor: Actor, task_id: int, item_id: int, *, done: bool
) -> ChecklistItem:
    """Say that a step is done, or not yet.

    Raises:
        NotFound, Forbidden, Conflict: as `add`; also no such step.
    """
    task = await open_task(session, actor, task_id)
    item = await _item(session, task_id, item_id)
    if item.done != done:
        item.done = done
        await _changed(session, actor, task, _line(item.text, not done), _line(item.text, done))
    return item


async def remove(session: AsyncSession, actor: Actor, task_id: int, item_id: int) -> None:
    """Take a step away.

    Raises:
        NotFound, Forbidden, Conflict: as `tick`.
    """
    task = await open_task(session, actor, task_id)
    item = await _item(session, task_id, item_id)
    await session.delete(item)
    await _changed(session, actor, task, item.text, "")


async def _item(session: AsyncSession, task_id: int, item_id: int) -> ChecklistItem:
    item = await session.get(ChecklistItem, item_id)
    if item is None or item.task_id != task_id:
        raise NotFound("step", item_id)
    return item


async def _changed(session: AsyncSession, actor: Actor, task: Task, old: str, new: str) -> None:
    await session.flush()
    subject = Subject("task", task.id, task.client_id)
    changes.record(session, actor, subject, {"checklist": old}, {"checklist": new})
    announce(session, "task", task.id)


def _line(text: str, done: bool) -> str:
    return f"{'☑' if done else '☐'} {text}"
