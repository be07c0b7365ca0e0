"""Decisions about promises, each with what stood there before: so that the last one can be taken back.

In: a promise before and after a decision. Out: rows of `promise_steps` and of the change history, and a promise as it was.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit, changes
from crm.access import Actor
from crm.changes import Subject
from crm.notices import announce
from crm.tables import Promise, PromiseStep

FIELDS = (
    "state", "decided_by_id", "decided_at", "task_id", "proposed", "closed_at", "done_at", "in_time", "cancelled_by",
)  # fmt: skip
"""What a decision may change. No words are among them: what is erased must not live on in a table of decisions."""
_SHOWN = ("state", "due_on", "due_time", "action", "in_time", "cancelled_by")
_READ: dict[str, Any] = {
    "decided_at": datetime.fromisoformat,
    "closed_at": datetime.fromisoformat,
    "done_at": datetime.fromisoformat,
}


def snapshot(promise: Promise) -> dict[str, Any]:
    """The promise as JSON keeps it."""
    return {name: _plain(getattr(promise, name)) for name in dict.fromkeys((*FIELDS, *_SHOWN))}


def restore(promise: Promise, kept: dict[str, Any]) -> None:
    """Make the promise what it was."""
    for name in FIELDS:
        value = kept.get(name)
        setattr(promise, name, value if value is None else _READ.get(name, _same)(value))


async def written(
    session: AsyncSession,
    actor: Actor,
    promise: Promise,
    action: str,
    before: dict[str, Any] | None = None,
) -> Promise:
    """Store a change of a promise with its traces: history, audit log (which never holds words), feed."""
    await session.flush()
    if before is not None:
        after = snapshot(promise)
        # Not in the client's own list of changes: his history tells of promises anyway.
        subject = Subject("promise", promise.id, None)
        changes.record(
            session, actor, subject, {n: before[n] for n in _SHOWN}, {n: after[n] for n in _SHOWN}
        )
    await audit.record(session, actor, f"promise.{action}", "promise", promise.id)
    announce(session, "promise", promise.id)
    if promise.client_id is not None:
        announce(session, "client", promise.client_id)
    return promise


async def add(  # noqa: PLR0913 (what a row of `promise_steps` holds)
    session: AsyncSession,
    actor: Actor,
    promise: Promise,
    action: str,
    before: dict[str, Any],
    task_id: int | None = None,
) -> Promise:
    """Store a decision that can be taken back."""
    session.add(
        PromiseStep(
            promise_id=promise.id,
            action=action,
            before=before,
            task_id=task_id,
            by_id=actor.user_id or None,
            at=datetime.now(UTC),
        )
    )
    return await written(session, actor, promise, action, before)


async def last(session: AsyncSession, promise_id: int) -> PromiseStep | None:
    """The newest decision that still holds."""
    return await session.scalar(
        select(PromiseStep)
        .where(PromiseStep.promise_id == promise_id, PromiseStep.undone_at.is_(None))
        .order_by(PromiseStep.id.desc())
        .limit(1)
    )


async def of_promise(session: AsyncSession, promise_id: int) -> list[PromiseStep]:
    """All decisions, the oldest first."""
    query = select(PromiseStep).where(PromiseStep.promise_id == promise_id)
    return list((await session.scalars(query.order_by(PromiseStep.id))).all())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time | datetime) else value


def _same(value: Any) -> Any:
    return value
