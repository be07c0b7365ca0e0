"""Whose call-back is it: the key that keeps one open call-back per client, and how it follows when a number gets a client.

In: client ids and numbers. Out: open tasks re-keyed, two for one client merged. `crm.missed_calls` opens and closes them.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from crm.client_visibility import LISTED
from crm.notices import announce
from crm.number_rules import NumberKey
from crm.tables import Client, ClientNumber, Task, TaskCall

LOCK = "callbacks"
"""Held by whoever opens, closes or merges call-backs, so that two at once never make two tasks."""


def subject_of(client_id: int) -> str:
    """A client, as `tasks.subject_key` names it."""
    return f"client:{client_id}"


async def open_for(session: AsyncSession, subjects: Sequence[str]) -> list[Task]:
    """The open call-backs of these subjects, oldest first."""
    query = select(Task).where(
        Task.kind == "callback", Task.state == "open", Task.subject_key.in_(subjects)
    )
    return list((await session.scalars(query.order_by(Task.opened_at, Task.id))).all())


async def follow(session: AsyncSession, client_id: int, numbers: Sequence[NumberKey]) -> None:
    """Let the open call-backs of these numbers be this client's, as long as nobody else has the number.

    Args:
        session: a write session.
        client_id: who has these numbers now.
        numbers: all or some of his numbers.
    """
    await take_lock(session)
    await session.flush()
    alone = [key.subject for key in numbers if not await is_shared(session, client_id, key)]
    for task in await open_for(session, [subject for subject in alone if subject]):
        await give(session, task, client_id)


async def take_lock(session: AsyncSession) -> None:
    """Wait until nobody else opens, closes or merges call-backs; held to the end of the transaction."""
    await exclusive(session, LOCK)


async def give(session: AsyncSession, task: Task, client_id: int) -> None:
    """Make an open call-back this client's; if he has one already, both become one."""
    own = [one for one in await open_for(session, [subject_of(client_id)]) if one.id != task.id]
    if own:
        await merge(session, own[0], task)
        return
    task.client_id, task.subject_key = client_id, subject_of(client_id)
    await session.flush()
    announce(session, "task", task.id)


async def merge(session: AsyncSession, kept: Task, gone: Task) -> None:
    """Make one call-back of two of the same client; the calls of both count."""
    counted = select(TaskCall.call_id).where(TaskCall.task_id == kept.id)
    await session.execute(
        update(TaskCall)
        .where(TaskCall.task_id == gone.id, TaskCall.call_id.not_in(counted))
        .values(task_id=kept.id)
    )
    newer, older = (gone, kept) if gone.opened_at > kept.opened_at else (kept, gone)
    kept.missed_calls += gone.missed_calls
    kept.tries += gone.tries
    kept.first_call_id, kept.last_call_id = older.first_call_id, newer.last_call_id
    kept.waited_s, kept.number, kept.e164 = newer.waited_s, newer.number, newer.e164
    kept.queue, kept.pbx = newer.queue, newer.pbx
    kept.opened_at, kept.due_at = older.opened_at, older.due_at
    kept.assignee_id = kept.assignee_id or gone.assignee_id
    gone.state, gone.closed_at = "cancelled", newer.opened_at
    gone.result = f"merged into task {kept.id}"
    await session.flush()
    announce(session, "task", kept.id)
    announce(session, "task", gone.id)


async def is_shared(session: AsyncSession, client_id: int, key: NumberKey) -> bool:
    """Whether this number of a client is another client's as well."""
    same = ClientNumber.e164 == key.e164 if key.e164 else ClientNumber.last10 == key.tail
    others = (
        select(ClientNumber.id)
        .join(Client, Client.id == ClientNumber.client_id)
        .where(same, Client.id != client_id, LISTED)
        .limit(1)
    )
    return (await session.scalar(others)) is not None
