"""What must not be deleted or redacted, and why: holds that people set, open disputes, and promises that are still open.

In: calls or a client. Out: the holds on them, each with its reason; `require_free` refuses. A dispute that is not closed
holds all calls of its client and those in its evidence by itself. A confirmed promise that nobody has kept or broken yet
and a task that is still open hold their calls against deletion, for somebody works with them; they do not stand against
the redaction of a card number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.parts import parts_of
from calls.tables import Call
from crm import audit, client_visibility
from crm.access import Actor, Permission
from crm.errors import Held, Invalid, NotFound
from crm.tables import (
    CallLink,
    Client,
    Dispute,
    DisputeEvidence,
    LegalHold,
    Promise,
    Task,
    User,
)

SUBJECTS = ("call", "client", "dispute")
OPEN_PROMISES = ("open", "disputed")
_AT_ONCE = 500


class Why(StrEnum):
    """What holds a call."""

    HOLD = "hold"
    DISPUTE = "dispute"
    PROMISE = "promise"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOn:
    """One reason why something must stay. `id`: of the hold, the dispute, the promise or the task."""

    why: Why
    id: int
    reason: str = ""
    """What whoever set the hold wrote."""


def in_force(now: datetime) -> ColumnElement[bool]:
    """A condition on `LegalHold`: it is neither lifted nor over."""
    return LegalHold.lifted_at.is_(None) & or_(
        LegalHold.until_at.is_(None), LegalHold.until_at > now
    )


async def place(  # noqa: PLR0913  # what a hold is
    session: AsyncSession,
    actor: Actor,
    kind: str,
    subject_id: int,
    reason: str,
    until_at: datetime | None = None,
) -> LegalHold:
    """Forbid to delete or redact something until further notice, or until `until_at`.

    Raises:
        Forbidden: the actor may not.
        NotFound: there is no such thing.
        Invalid: no reason, or an end that is over.
    """
    actor.require(Permission.DATA_HOLD)
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= 500:
        raise Invalid("hold_reason", "say in a few words why it must stay")
    now = datetime.now(UTC)
    if until_at is not None and until_at <= now:
        raise Invalid("hold_until", "choose a day to come, or leave it empty")
    model = {"call": Call, "client": Client, "dispute": Dispute}.get(kind)
    if model is None or await session.get(model, subject_id) is None:
        raise NotFound(kind if kind in SUBJECTS else "hold", subject_id)
    if kind == "client":
        await client_visibility.require(session, actor, subject_id)
    row = LegalHold(
        subject_kind=kind,
        subject_id=subject_id,
        reason=reason,
        by_id=actor.user_id or None,
        at=now,
        until_at=until_at,
    )
    session.add(row)
    await session.flush()
    detail = {"hold": row.id, "until": until_at}
    words = {"reason": reason}
    await audit.record(session, actor, "hold.place", kind, subject_id, detail, words=words)
    return row


async def lift(session: AsyncSession, actor: Actor, hold_id: int) -> LegalHold:
    """Allow it again.

    Raises:
        Forbidden: the actor may not.
        NotFound: there is no such hold in force.
    """
    actor.require(Permission.DATA_HOLD)
    row = await session.get(LegalHold, hold_id)
    if row is None or row.lifted_at is not None:
        raise NotFound("hold", hold_id)
    row.lifted_at, row.lifted_by_id = datetime.now(UTC), actor.user_id or None
    await session.flush()
    detail = {"hold": row.id}
    await audit.record(session, actor, "hold.lift", row.subject_kind, row.subject_id, detail)
    return row


async def listed(
    session: AsyncSession, kind: str = "", subject_id: int | None = None
) -> list[tuple[LegalHold, str]]:
    """Holds in force with the name of whoever set each, the newest first; all, or those on one thing."""
    query = (
        select(LegalHold, User.name, User.login)
        .outerjoin(User, User.id == LegalHold.by_id)
        .where(in_force(datetime.now(UTC)))
        .order_by(LegalHold.id.desc())
    )
    if kind:
        query = query.where(LegalHold.subject_kind == kind, LegalHold.subject_id == subject_id)
    return [(row, name or login or "") for row, name, login in await session.execute(query)]


async def on_calls(
    session: AsyncSession, call_ids: Collection[int], *, to_delete: bool = True
) -> dict[int, list[HoldOn]]:
    """What holds these calls, or parts that they absorbed, by call; free ones are not in it.

    Args:
        session: any session.
        call_ids: which.
        to_delete: also what stands against deletion only: open promises and open tasks.
    """
    found: dict[int, list[HoldOn]] = defaultdict(list)
    wholes = await parts_of(session, call_ids) | {one: one for one in call_ids}
    ordered = sorted(wholes)
    for at in range(0, len(ordered), _AT_ONCE):
        some = ordered[at : at + _AT_ONCE]
        for call_id, hold in await _set_by_people(session, some):
            found[wholes[call_id]].append(hold)
        for call_id, hold in await _disputed(session, some):
            found[wholes[call_id]].append(hold)
        if to_delete:
            for call_id, hold in await _worked_on(session, some):
                found[wholes[call_id]].append(hold)
    return dict(found)


async def require_free(
    session: AsyncSession, call_ids: Collection[int], *, to_delete: bool = True
) -> None:
    """Refuse unless nothing holds these calls.

    Raises:
        Held: names the first call that is held, and why.
    """
    for call_id, holds in sorted((await on_calls(session, call_ids, to_delete=to_delete)).items()):
        raise Held("call", call_id, holds[0].why.value, holds[0].id, holds[0].reason)


async def require_client_free(session: AsyncSession, client_id: int) -> None:
    """Refuse unless nothing holds a client or one of the client's calls.

    Raises:
        Held: says why.
    """
    mine = select(LegalHold).where(
        in_force(datetime.now(UTC)),
        LegalHold.subject_kind == "client",
        LegalHold.subject_id == client_id,
    )
    hold = await session.scalar(mine.limit(1))
    if hold is not None:
        raise Held("client", client_id, Why.HOLD.value, hold.id, hold.reason)
    case = select(Dispute.id).where(Dispute.client_id == client_id, Dispute.state != "closed")
    if (dispute_id := await session.scalar(case.limit(1))) is not None:
        raise Held("client", client_id, Why.DISPUTE.value, dispute_id)
    calls = await session.scalars(select(CallLink.call_id).where(CallLink.client_id == client_id))
    await require_free(session, calls.all())


async def _set_by_people(
    session: AsyncSession, call_ids: Collection[int]
) -> Iterable[tuple[int, HoldOn]]:
    now = in_force(datetime.now(UTC))
    direct = select(LegalHold.subject_id, LegalHold.id, LegalHold.reason).where(
        now, LegalHold.subject_kind == "call", LegalHold.subject_id.in_(call_ids)
    )
    by_client = (
        select(CallLink.call_id, LegalHold.id, LegalHold.reason)
        .join(LegalHold, LegalHold.subject_id == CallLink.client_id)
        .where(now, LegalHold.subject_kind == "client", CallLink.call_id.in_(call_ids))
    )
    by_dispute = (
        select(DisputeEvidence.call_id, LegalHold.id, LegalHold.reason)
        .join(LegalHold, LegalHold.subject_id == DisputeEvidence.dispute_id)
        .where(now, LegalHold.subject_kind == "dispute", DisputeEvidence.call_id.in_(call_ids))
    )
    found = []
    for query in (direct, by_client, by_dispute):
        for call_id, hold_id, reason in await session.execute(query):
            found.append((call_id, HoldOn(why=Why.HOLD, id=hold_id, reason=reason)))
    return found


async def _disputed(
    session: AsyncSession, call_ids: Collection[int]
) -> Iterable[tuple[int, HoldOn]]:
    evidence = (
        select(DisputeEvidence.call_id, Dispute.id)
        .join(Dispute, Dispute.id == DisputeEvidence.dispute_id)
        .where(Dispute.state != "closed", DisputeEvidence.call_id.in_(call_ids))
    )
    of_client = (
        select(CallLink.call_id, Dispute.id)
        .join(Dispute, Dispute.client_id == CallLink.client_id)
        .where(Dispute.state != "closed", CallLink.call_id.in_(call_ids))
    )
    rows = [*await session.execute(evidence), *await session.execute(of_client)]
    return [(call_id, HoldOn(why=Why.DISPUTE, id=case)) for call_id, case in rows]


async def _worked_on(
    session: AsyncSession, call_ids: Collection[int]
) -> Iterable[tuple[int, HoldOn]]:
    promises = select(Promise.call_id, Promise.id).where(
        Promise.call_id.in_(call_ids), Promise.state.in_(OPEN_PROMISES)
    )
    tasks = select(Task.call_id, Task.id).where(Task.call_id.in_(call_ids), Task.state == "open")
    return [
        *((one, HoldOn(why=Why.PROMISE, id=row)) for one, row in await session.execute(promises)),
        *(
            (one, HoldOn(why=Why.TASK, id=row))
            for one, row in await session.execute(tasks)
            if one is not None
        ),
    ]
