"""What a closed task says about the promise that it was made for.

In: a task that was just closed. Out: a proposal beside the promise, with the task as its evidence; a person takes it or
leaves it.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.notices import announce
from crm.tables import Promise, PromiseEvidence, Task


async def task_closed(session: AsyncSession, task: Task) -> None:
    """Propose "kept" for the open promise of a task that was done."""
    if task.state != "done" or task.closed_at is None:
        return
    query = select(Promise).where(Promise.task_id == task.id, Promise.state == "open")
    promise = await session.scalar(query)
    if promise is None:
        return
    promise.proposed = "kept"
    session.add(
        PromiseEvidence(
            promise_id=promise.id,
            kind="task",
            subject_id=task.id,
            by_id=task.closed_by_id,
            at=task.closed_at,
        )
    )
    announce(session, "promise", promise.id)


async def task_reopened(session: AsyncSession, task: Task) -> None:
    """What the task said about its promise holds no more."""
    promise = await session.scalar(
        select(Promise).where(Promise.task_id == task.id, Promise.state == "open")
    )
    if promise is None or promise.proposed != "kept":
        return
    promise.proposed = ""
    said = await session.scalars(
        select(PromiseEvidence).where(
            PromiseEvidence.promise_id == promise.id,
            PromiseEvidence.kind == "task",
            PromiseEvidence.subject_id == task.id,
        )
    )
    for row in said:
        await session.delete(row)
    announce(session, "promise", promise.id)
