"""What shows that a promise was kept: what Slovo proposes by itself, and what a person took.

In: a promise of a client. Out: proposals (later talks with that client, payments, comments, files), read anew each time,
and the rows of `promise_evidence` that somebody took. Only what the looking person may see is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from calls.tables import Call
from crm import call_visibility, client_visibility, deal_visibility, promise_steps
from crm.access import Actor, Permission
from crm.errors import Invalid, NotFound
from crm.promise_visibility import get
from crm.tables import (
    CallLink,
    Client,
    Comment,
    Deal,
    Payment,
    Promise,
    PromiseEvidence,
    StoredFile,
)

MOST_OF_A_KIND = 3
KINDS = ("call", "payment", "comment", "file")
_TALKED = (Call.merged_into_id.is_(None), Call.outcome == "answered")
_ABOUT_MONEY = frozenset({"payment", "refund", "discount", "price", "waiver", "other"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing that happened later and may show that the promise was kept. `outgoing`: of a call, that we called."""

    kind: str
    subject_id: int
    at: datetime
    outgoing: bool = False


async def proposals(session: AsyncSession, actor: Actor, promise: Promise) -> list[Proposal]:
    """What may speak for "kept" and was not taken yet, in the order of time."""
    if promise.client_id is None:
        return []
    taken = {(one.kind, one.subject_id) for one in await of_promise(session, promise.id)}
    found: list[Proposal] = []
    for kind in KINDS:
        if kind == "payment" and promise.action not in _ABOUT_MONEY:
            continue
        rows = await session.execute(_query(kind, actor, promise).limit(MOST_OF_A_KIND))
        found += [_proposal(kind, row) for row in rows]
    return sorted(
        (one for one in found if (one.kind, one.subject_id) not in taken), key=lambda one: one.at
    )


async def of_promise(session: AsyncSession, promise_id: int) -> list[PromiseEvidence]:
    """What was taken as evidence, in the order of time."""
    query = select(PromiseEvidence).where(PromiseEvidence.promise_id == promise_id)
    return list(
        (await session.scalars(query.order_by(PromiseEvidence.at, PromiseEvidence.id))).all()
    )


async def take(
    session: AsyncSession, actor: Actor, promise_id: int, kind: str, subject_id: int
) -> PromiseEvidence:
    """Take one of the things that happened with this client as evidence.

    Raises:
        NotFound, Forbidden: no such promise or thing, or not for this actor.
        Invalid: an unknown kind.
    """
    actor.require(Permission.PROMISES_MARK)
    promise = await get(session, actor, promise_id)
    if kind not in KINDS or promise.client_id is None:
        raise Invalid("kind", "must be a call, payment, comment or file of the promise's client")
    query = _query(kind, actor, promise)
    row = (await session.execute(query.where(_id_of(kind) == subject_id))).first()
    if row is None:
        raise NotFound(kind, subject_id)
    return await _add(session, actor, promise, kind, subject_id, _proposal(kind, row).at)


async def note(session: AsyncSession, actor: Actor, promise_id: int, text: str) -> PromiseEvidence:
    """Write down what shows it, where nothing in Slovo does.

    Raises:
        NotFound, Forbidden: no such promise, or not for this actor.
        Invalid: no words, or too many.
    """
    actor.require(Permission.PROMISES_MARK)
    promise = await get(session, actor, promise_id)
    if not 1 <= len(text.strip()) <= 2_000:
        raise Invalid("note", "say it in 1 to 2000 characters")
    row = await _add(session, actor, promise, "note", None, datetime.now(UTC))
    row.note = text.strip()
    return row


async def drop(session: AsyncSession, actor: Actor, promise_id: int, evidence_id: int) -> None:
    """Take a piece of evidence away again.

    Raises:
        NotFound, Forbidden: no such promise or evidence, or not for this actor.
    """
    actor.require(Permission.PROMISES_MARK)
    promise = await get(session, actor, promise_id)
    row = await session.get(PromiseEvidence, evidence_id)
    if row is None or row.promise_id != promise_id:
        raise NotFound("evidence", evidence_id)
    await session.delete(row)
    await promise_steps.written(session, actor, promise, "evidence")


async def called_back(session: AsyncSession, promise: Promise) -> Proposal | None:
    """The first talk that we had with the client after the promise because we called; None if there was none."""
    query = _calls(promise).where(Call.direction == "out").limit(1)
    row = (await session.execute(query)).first()
    return _proposal("call", row) if row is not None else None


def was_called_back() -> ColumnElement[bool]:
    """A condition on `Promise`: `called_back` finds a talk."""
    promised = aliased(Call)
    began = select(promised.started_at).where(promised.id == Promise.call_id)
    made = began.correlate(Promise).scalar_subquery()
    return (
        select(Call.id)
        .join(CallLink, CallLink.call_id == Call.id)
        .where(
            CallLink.client_id == Promise.client_id,
            Call.id != Promise.call_id,
            Call.direction == "out",
            Call.started_at > made,
            *_TALKED,
        )
        .exists()
    )


async def _add(  # noqa: PLR0913 (what a row holds)
    session: AsyncSession,
    actor: Actor,
    promise: Promise,
    kind: str,
    subject_id: int | None,
    at: datetime,
) -> PromiseEvidence:
    row = PromiseEvidence(
        promise_id=promise.id, kind=kind, subject_id=subject_id, by_id=actor.user_id or None, at=at
    )
    session.add(row)
    await promise_steps.written(session, actor, promise, "evidence")
    return row


def _id_of(kind: str) -> Any:
    return {"call": Call.id, "payment": Payment.id, "comment": Comment.id, "file": StoredFile.id}[
        kind
    ]


def _query(kind: str, actor: Actor, promise: Promise) -> Any:
    """Select id, time and (of calls) direction of what came after the promise, the earliest first."""
    if kind == "call":
        return _calls(promise).where(call_visibility.seen_by(actor))
    client = select(Client.id).where(
        Client.id == promise.client_id, client_visibility.seen_by(actor)
    )
    deals = select(Deal.id).where(
        or_(Deal.client_id.in_(client), Deal.contact_id.in_(client)), deal_visibility.seen_by(actor)
    )
    if kind == "payment":
        since = promise.marked_at.date()
        paid = select(Payment.id, Payment.paid_on).where(
            Payment.deal_id.in_(deals), Payment.paid_on >= since
        )
        return paid.order_by(Payment.paid_on, Payment.id)
    table: Any = Comment if kind == "comment" else StoredFile
    mine = or_(table.client_id.in_(client), table.deal_id.in_(deals))
    rows = select(table.id, table.at).where(
        mine, table.deleted_at.is_(None), table.at > promise.marked_at
    )
    return rows.order_by(table.at, table.id)


def _calls(promise: Promise) -> Any:
    """Talks with the client that began after the promised call had; "us calling" stands before "they called"."""
    made = select(Call.started_at).where(Call.id == promise.call_id).scalar_subquery()
    return (
        select(Call.id, Call.started_at, Call.direction)
        .join(CallLink, CallLink.call_id == Call.id)
        .where(
            CallLink.client_id == promise.client_id,
            Call.id != promise.call_id,
            Call.started_at > made,
            *_TALKED,
        )
        .order_by(Call.direction == "in", Call.started_at, Call.id)
    )


def _proposal(kind: str, row: Any) -> Proposal:
    at = row[1] if isinstance(row[1], datetime) else datetime.combine(row[1], time(9), UTC)
    return Proposal(kind, int(row[0]), at, kind == "call" and row[2] == "out")
