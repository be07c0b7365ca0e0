"""Call-backs of two cards that become one: a client has one open call-back, and an undo gives both back.

In: two cards, inside a merge. Out: one open call-back at most, and what must be kept to undo it (plain JSON).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm import callbacks
from crm.notices import announce
from crm.tables import Task, TaskCall

_FIELDS = (
    "state", "missed_calls", "tries", "first_call_id", "last_call_id", "waited_s", "number", "e164",
    "queue", "pbx", "opened_at", "due_at", "assignee_id", "closed_at", "result", "client_id",
    "subject_key",
)  # fmt: skip
"""What `callbacks.merge` may change."""
_TIMES = ("opened_at", "due_at", "closed_at")
Joined = dict[str, Any]


async def join(session: AsyncSession, kept_id: int, gone_id: int) -> Joined:
    """Make one of the open call-backs of both cards; {} where at most one of them has one.

    Returns:
        Both tasks as they were and as they are, and the calls that were counted in the one that is no more.
    """
    await callbacks.take_lock(session)
    mine = await callbacks.open_for(session, [callbacks.subject_of(kept_id)])
    theirs = await callbacks.open_for(session, [callbacks.subject_of(gone_id)])
    if not mine or not theirs:
        return {}
    stays, goes = mine[0], theirs[0]
    before = {"stays": _written(stays), "goes": _written(goes)}
    counted = select(TaskCall.call_id).where(TaskCall.task_id == goes.id)
    calls = list((await session.scalars(counted)).all())
    own = set(await session.scalars(select(TaskCall.call_id).where(TaskCall.task_id == stays.id)))
    # A cancelled task of the gone card must not look like its open one, so it is given after it was closed.
    await callbacks.merge(session, stays, goes)
    return {
        "stays": stays.id,
        "goes": goes.id,
        "before": before,
        "after": {"stays": _written(stays), "goes": _written(goes)},
        "calls": [call for call in calls if call not in own],
    }


async def part(session: AsyncSession, joined: Joined) -> bool:
    """Give both cards their call-backs again; False where one of them was worked on since: then nothing is reopened."""
    if not joined:
        return True
    await callbacks.take_lock(session)
    stays, goes = await session.get(Task, joined["stays"]), await session.get(Task, joined["goes"])
    if stays is None or goes is None or stays.state != "open":
        return False
    if goes.state != "cancelled" or goes.result != joined["after"]["goes"]["result"]:
        return False
    await session.execute(
        update(TaskCall)
        .where(TaskCall.task_id == stays.id, TaskCall.call_id.in_(joined["calls"]))
        .values(task_id=goes.id)
    )
    if _without_owner(_written(stays)) == _without_owner(joined["after"]["stays"]):
        _put(stays, joined["before"]["stays"])
    else:
        # More calls came since: only what the other card brought is taken off.
        stays.missed_calls -= joined["before"]["goes"]["missed_calls"]
        stays.tries -= joined["before"]["goes"]["tries"]
    _put(goes, joined["before"]["goes"])
    await session.flush()
    announce(session, "task", stays.id)
    announce(session, "task", goes.id)
    return True


def _written(task: Task) -> dict[str, Any]:
    values = {field: getattr(task, field) for field in _FIELDS}
    times = {field: values[field].isoformat() for field in _TIMES if values[field] is not None}
    return values | times


def _without_owner(values: dict[str, Any]) -> dict[str, Any]:
    return {
        field: value for field, value in values.items() if field not in ("client_id", "subject_key")
    }


def _put(task: Task, values: dict[str, Any]) -> None:
    for field, value in values.items():
        if field in _TIMES:
            setattr(task, field, _time(value))
        elif field not in ("client_id", "subject_key"):
            setattr(task, field, value)


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
