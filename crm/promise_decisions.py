"""What people say about promises that the rules found, and what became of confirmed ones.

In: an actor and a decision. Out: the promise in its new state, with a task for who promised once it is confirmed. Found
ones are confirmed by supervisors and, for their own words, by whoever gave them: that takes a duty on. Rejecting one, or
saying what became of it, is for supervisors alone: nobody lets himself off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import SpeechAct
from crm import client_visibility, promise_steps, promise_visibility, task_changes, tasks
from crm.access import Actor, Permission
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.promise_due import kept_in_time, task_due_at
from crm.tables import ActDecision, Client, Promise, PromiseEvidence, Task, User
from crm.task_rules import TITLE_LENGTH, TaskFields

REASON_LENGTH = 2_000
Outcome = Literal["kept", "broken", "cancelled"]
OUTCOMES: tuple[Outcome, ...] = ("kept", "broken", "cancelled")


@dataclass(frozen=True, slots=True)
class House:
    """What the company's pages know and `crm` does not."""

    zone: ZoneInfo
    title: Callable[[Promise], str]
    """What a task of this promise is called, in the company's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What became of a promise. `done_at` None: when its first piece of evidence happened, else now."""

    outcome: Outcome
    done_at: datetime | None = None
    cancelled_by: str = ""
    reason: str = ""


def may_confirm(actor: Actor, promise: Promise) -> bool:
    """Whether the actor may say that these words are a promise."""
    own = promise.promiser_id is not None and promise.promiser_id == actor.user_id
    return actor.may(Permission.PROMISES_MARK) or (own and actor.may(Permission.PROMISES_SEE))


async def confirm(session: AsyncSession, actor: Actor, promise_id: int, house: House) -> Promise:
    """Say that the rules were right: it is a promise, and somebody has to keep it.

    Raises:
        NotFound, Forbidden: no such promise, or not for this actor.
        Conflict: somebody decided already.
    """
    promise = await _found(session, actor, promise_id)
    if not may_confirm(actor, promise):
        raise Forbidden(Permission.PROMISES_MARK)
    before = promise_steps.snapshot(promise)
    promise.state = "open"
    _judge(session, actor, promise, is_right=True)
    task_id = await give_task(session, actor, promise, house)
    return await promise_steps.add(session, actor, promise, "confirm", before, task_id)


async def reject(session: AsyncSession, actor: Actor, promise_id: int) -> Promise:
    """Say that the rules were wrong: these words bind nobody.

    Raises:
        NotFound, Forbidden, Conflict: as `confirm`; who promised may not reject.
    """
    actor.require(Permission.PROMISES_MARK)
    promise = await _found(session, actor, promise_id)
    before = promise_steps.snapshot(promise)
    promise.state = "rejected"
    _judge(session, actor, promise, is_right=False)
    return await promise_steps.add(session, actor, promise, "reject", before)


async def close(
    session: AsyncSession, actor: Actor, promise_id: int, closing: Closing, zone: ZoneInfo
) -> Promise:
    """Say what became of a confirmed promise; its task is closed with it, unless it is still to be done.

    Raises:
        NotFound, Forbidden: no such promise, or not for this actor.
        Conflict: it is not open.
        Invalid: a value that cannot be accepted.
    """
    _check(closing)
    actor.require(Permission.PROMISES_MARK)
    promise = await _held(session, actor, promise_id)
    if promise.state != "open":
        raise Conflict("promise", promise_id, "it is closed already")
    before = promise_steps.snapshot(promise)
    await _settle(session, promise, closing, zone)
    task_id = await _close_task(session, actor, promise, closing.outcome)
    return await promise_steps.add(session, actor, promise, closing.outcome, before, task_id)


async def undo(session: AsyncSession, actor: Actor, promise_id: int) -> Promise:
    """Take the last decision back: one's own, or with the right to mark promises anybody's.

    Raises:
        NotFound: no such promise.
        Forbidden: somebody else decided.
        Conflict: nothing was decided, or a dispute holds it.
    """
    promise = await _held(session, actor, promise_id)
    step = await promise_steps.last(session, promise_id)
    if step is None:
        raise Conflict("promise", promise_id, "nothing was decided yet")
    if step.by_id != actor.user_id and not actor.may(Permission.PROMISES_MARK):
        raise Forbidden(Permission.PROMISES_MARK)
    if step.action == "disputed" or promise.state == "disputed":
        raise Conflict("promise", promise_id, "a dispute is about it: decide that first")
    before = promise_steps.snapshot(promise)
    promise_steps.restore(promise, step.before)
    step.undone_at = datetime.now(UTC)
    if step.action in OUTCOMES:
        promise.reason = ""
    if step.action in ("confirm", "reject"):
        await session.execute(delete(ActDecision).where(ActDecision.promise_id == promise_id))
    await session.flush()
    await _undo_task(session, actor, step.action, step.task_id)
    return await promise_steps.written(session, actor, promise, "undo", before)


async def judge_act(session: AsyncSession, actor: Actor, act: SpeechAct, *, is_right: bool) -> None:
    """Say whether the rules were right about a claim or a refusal; a later word replaces an earlier one.

    Args:
        session: a write session.
        actor: who may hear the call, as the caller has made sure.
        act: of label "claim" or "refusal"; promises are confirmed or rejected.
        is_right: whether it is one.

    Raises:
        Forbidden: the actor may not mark promises.
        Invalid: it is a promise.
    """
    actor.require(Permission.PROMISES_MARK)
    if act.label == "promise":
        raise Invalid("act", "a promise is confirmed or rejected in the ledger")
    await session.execute(delete(ActDecision).where(ActDecision.act_id == act.id))
    session.add(
        ActDecision(
            call_id=act.call_id,
            act_id=act.id,
            label=act.label,
            action=act.action,
            rules=act.rules,
            is_right=is_right,
            by_id=actor.user_id or None,
            at=datetime.now(UTC),
        )
    )


async def give_task(
    session: AsyncSession, actor: Actor, promise: Promise, house: House
) -> int | None:
    """Make the task of one of our promises: for who gave it, else for the client's responsible person, else the actor."""
    if promise.by_side == "client":
        return None
    client = await session.get(Client, promise.client_id) if promise.client_id else None
    wanted = [promise.promiser_id, client.responsible_id if client else None, actor.user_id]
    active = set(
        (
            await session.scalars(
                select(User.id).where(User.id.in_([w for w in wanted if w]), User.active.is_(True))
            )
        ).all()
    )
    person = next((one for one in wanted if one in active), None)
    seen = client is not None and await session.scalar(
        select(Client.id).where(Client.id == client.id, client_visibility.seen_by(actor))
    )
    fields = TaskFields(
        title=house.title(promise)[:TITLE_LENGTH],
        due_at=task_due_at(promise.due_on, promise.due_time, house.zone),
        assignees=(person,) if person else (),
        client_id=promise.client_id if seen else None,
        call_id=promise.call_id,
    )
    task = await task_changes.create(session, actor, fields)
    promise.task_id = task.id
    return task.id


async def _held(session: AsyncSession, actor: Actor, promise_id: int) -> Promise:
    """The promise as it stands now, held against whoever decides about it at the same time."""
    promise = await promise_visibility.get(session, actor, promise_id)
    await session.refresh(promise, with_for_update=True)
    return promise


async def _found(session: AsyncSession, actor: Actor, promise_id: int) -> Promise:
    promise = await _held(session, actor, promise_id)
    if promise.state != "found":
        raise Conflict("promise", promise_id, "somebody decided already")
    return promise


def _judge(session: AsyncSession, actor: Actor, promise: Promise, *, is_right: bool) -> None:
    promise.decided_by_id, promise.decided_at = actor.user_id or None, datetime.now(UTC)
    session.add(
        ActDecision(
            call_id=promise.call_id,
            act_id=promise.act_id,
            promise_id=promise.id,
            label="promise",
            action=promise.action,
            rules=promise.rules,
            is_right=is_right,
            by_id=actor.user_id or None,
            at=promise.decided_at,
        )
    )


def _check(closing: Closing) -> None:
    if closing.outcome not in OUTCOMES:
        raise Invalid("outcome", "must be kept, broken or cancelled")
    if closing.cancelled_by not in ("", "client", "us"):
        raise Invalid("cancelled_by", "must be the client or us")
    if len(closing.reason) > REASON_LENGTH:
        raise Invalid("reason", "must not be longer than %(most)d characters", most=REASON_LENGTH)
    if closing.outcome == "cancelled" and closing.cancelled_by and not closing.reason.strip():
        raise Invalid("reason", "say why it was cancelled")


async def _settle(
    session: AsyncSession, promise: Promise, closing: Closing, zone: ZoneInfo
) -> None:
    now = datetime.now(UTC)
    promise.state, promise.closed_at, promise.proposed = closing.outcome, now, ""
    promise.reason = closing.reason.strip()
    if closing.outcome == "cancelled":
        promise.cancelled_by = closing.cancelled_by
    if closing.outcome == "kept":
        first = await session.scalar(
            select(PromiseEvidence.at)
            .where(PromiseEvidence.promise_id == promise.id, PromiseEvidence.kind != "note")
            .order_by(PromiseEvidence.at)
            .limit(1)
        )
        promise.done_at = min(closing.done_at or first or now, now)
        promise.in_time = kept_in_time(promise.done_at, promise.due_on, promise.due_time, zone)


async def _close_task(
    session: AsyncSession, actor: Actor, promise: Promise, outcome: Outcome
) -> int | None:
    task = await session.get(Task, promise.task_id) if promise.task_id else None
    if task is None or task.state != "open" or outcome == "broken":
        return None
    await session.flush()
    try:
        await tasks.close(session, actor, task.id, "", "done" if outcome == "kept" else "cancelled")
    except (NotFound, Forbidden):
        return None  # in the bin, or not the actor's business
    return task.id


async def _undo_task(session: AsyncSession, actor: Actor, action: str, task_id: int | None) -> None:
    task = await session.get(Task, task_id) if task_id else None
    if task is None or task.deleted_at is not None:
        return
    if action == "confirm" and task.state == "open":
        await tasks.close(session, actor, task.id, "", "cancelled")
    elif action in OUTCOMES and task.state != "open":
        await tasks.reopen(session, actor, task.id)
