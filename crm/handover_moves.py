"""The moving of a hand-over: each duty's holder is changed in bulk, noted as items, and written into the change history.

In: a `handovers` row and a duty. Out: rows with their new holder; how many. `crm.handover` says who may, and tells people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import and_, delete, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm.access import Actor
from crm.duties import Duty
from crm.notices import announce
from crm.tables import Change, Deal, Handover, HandoverItem, Task, TaskAssignee, User

CHUNK = 500
"""Ids in one statement."""
DOUBLE = "assignee_double"
"""A task that both had: the leaver's share was dropped, and comes back when it is undone."""
MOST_NOTICES = 50
"""More cards than this are announced as one change: pages read anew anyway."""
_CHANGED_FIELD = {"client": "responsible", "deal": "responsible_id", "task": "assignee_id"}


async def move(
    session: AsyncSession,
    actor: Actor,
    handover: Handover,
    duty: Duty,
    client_ids: Sequence[int] | None,
) -> int:
    """Give one kind of duty to the receiver: all of the leaver's, or what belongs to these clients."""
    mine = duty.of(handover.from_id)
    if client_ids is not None:
        mine = and_(mine, duty.of_clients(list(client_ids)))
    ids = list((await session.scalars(select(duty.subject).where(mine))).all())
    if duty.kind == "assignee":
        ids = await _drop_doubles(session, handover, ids)
    await _note_items(session, handover, duty.kind, ids)
    await _put(session, duty, ids, handover.from_id, handover.to_id)
    await _note_changes(session, actor, duty.kind, ids, (handover.from_id, handover.to_id))
    _announce(session, duty.kind, ids)
    return len(ids)


async def move_back(session: AsyncSession, actor: Actor, handover: Handover, duty: Duty) -> int:
    """Give back what is still the receiver's and still open."""
    items = select(HandoverItem.subject_id).where(
        HandoverItem.handover_id == handover.id, HandoverItem.kind == duty.kind
    )
    # Still the receiver's, and still open: what went on since then is not taken from under their hands.
    still = select(duty.subject).where(duty.of(handover.to_id), duty.subject.in_(items))
    ids = list((await session.scalars(still)).all())
    await _put(session, duty, ids, handover.to_id, handover.from_id)
    await _note_changes(session, actor, duty.kind, ids, (handover.to_id, handover.from_id))
    _announce(session, duty.kind, ids)
    doubles = await _give_doubles_back(session, handover) if duty.kind == "assignee" else 0
    return len(ids) + doubles


async def _put(
    session: AsyncSession, duty: Duty, ids: Sequence[int], from_id: int | None, to_id: int | None
) -> None:
    values: dict[str, Any] = {duty.holder.key: to_id}
    if hasattr(duty.model, "version"):
        # Whoever has its form open must see that it changed.
        values["version"] = duty.model.version + 1
    if hasattr(duty.model, "updated_at"):
        values["updated_at"] = datetime.now(UTC)
    for some in _chunks(ids):
        await session.execute(
            update(duty.model)
            .where(duty.subject.in_(some), duty.holder == from_id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


async def _drop_doubles(session: AsyncSession, handover: Handover, ids: Sequence[int]) -> list[int]:
    """Of tasks that the receiver shares already, the leaver's share is dropped."""
    theirs = select(TaskAssignee.task_id).where(
        TaskAssignee.user_id == handover.to_id, TaskAssignee.task_id.in_(list(ids))
    )
    doubles = set((await session.scalars(theirs)).all())
    await _note_items(session, handover, DOUBLE, sorted(doubles))
    for some in _chunks(sorted(doubles)):
        pairs = [(task_id, handover.from_id) for task_id in some]
        gone = tuple_(TaskAssignee.task_id, TaskAssignee.user_id).in_(pairs)
        await session.execute(
            delete(TaskAssignee).where(gone).execution_options(synchronize_session=False)
        )
    return [task_id for task_id in ids if task_id not in doubles]


async def _give_doubles_back(session: AsyncSession, handover: Handover) -> int:
    items = select(HandoverItem.subject_id).where(
        HandoverItem.handover_id == handover.id, HandoverItem.kind == DOUBLE
    )
    has = select(TaskAssignee.task_id).where(TaskAssignee.user_id == handover.from_id)
    tasks = select(Task.id).where(Task.id.in_(items), Task.state == "open", Task.id.not_in(has))
    ids = (await session.scalars(tasks)).all()
    session.add_all(TaskAssignee(task_id=one, user_id=handover.from_id) for one in ids)
    return len(ids)


async def _note_items(
    session: AsyncSession, handover: Handover, kind: str, ids: Sequence[int]
) -> None:
    rows = [{"handover_id": handover.id, "kind": kind, "subject_id": one} for one in ids]
    if rows:
        await session.execute(insert(HandoverItem), rows)


async def _note_changes(
    session: AsyncSession,
    actor: Actor,
    kind: str,
    ids: Sequence[int],
    whose: tuple[int | None, int | None],
) -> None:
    """The change history of each card, deal and task: as `crm.changes` writes it, but for many at once."""
    field = _CHANGED_FIELD.get(kind)
    if field is None or not ids:
        return
    old, new = [str(one or "") for one in whose]
    if kind == "client":
        old, new = [shown_name(await session.get_one(User, one)) for one in whose]
    clients = await _clients_of(session, kind, ids)
    rows = [
        {
            "at": datetime.now(UTC),
            "user_id": actor.user_id or None,
            "login": actor.login,
            "subject_kind": kind,
            "subject_id": one,
            "client_id": clients[one],
            "field": field,
            "old": old,
            "new": new,
        }
        for one in ids
    ]
    await session.execute(insert(Change), rows)


async def _clients_of(
    session: AsyncSession, kind: str, ids: Sequence[int]
) -> dict[int, int | None]:
    if kind == "client":
        return {one: one for one in ids}
    model: Any = {"deal": Deal, "task": Task}[kind]
    found: dict[int, int | None] = {}
    for some in _chunks(ids):
        rows = await session.execute(select(model.id, model.client_id).where(model.id.in_(some)))
        found.update({row_id: client_id for row_id, client_id in rows})
    return found


def _announce(session: AsyncSession, kind: str, ids: Sequence[int]) -> None:
    topic = {"assignee": "task", "reminder": "task"}.get(kind, kind)
    for one in ids if len(ids) <= MOST_NOTICES else [0]:
        announce(session, topic, one)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def shown_name(user: User) -> str:
    """How a person is named where no page can look it up."""
    return user.name or user.login
