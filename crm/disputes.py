"""Disputes: a client's claim under examination.

In: who opens a case, and what the client says was promised. Out: rows. Evidence is in `crm.dispute_evidence`, the verdict
in `crm.dispute_verdict`. A case about a promise of the ledger holds that promise as "disputed" until it is decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from calls.promises.model import ActionKind
from crm import (
    audit,
    changes,
    client_visibility,
    deal_visibility,
    dispute_visibility,
    promise_steps,
)
from crm.access import Actor, Permission
from crm.changes import Subject
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.notifications import News, tell
from crm.tables import Client, Deal, Dispute, DisputeRemark, Promise, User

CLAIM_LENGTH = 4_000
_SHOWN = (
    "action", "amount", "unit", "claimed_on", "promised_from", "promised_to", "state", "verdict",
    "granted", "respondent_id", "responsible_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFields:
    """What somebody says about a case. `act_id`, `call_id`, `promise_id`: where it came from; they stay as they are."""

    client_id: int
    claim: str
    claimed_on: date
    action: str = ActionKind.OTHER.value
    amount: Decimal | None = None
    unit: str = ""
    promised_from: date | None = None
    promised_to: date | None = None
    deal_id: int | None = None
    responsible_id: int | None = None
    call_id: int | None = None
    act_id: int | None = None
    promise_id: int | None = None


async def open_dispute(session: AsyncSession, actor: Actor, fields: DisputeFields) -> Dispute:
    """Open a case; without a responsible person it is the actor's own.

    Raises:
        Forbidden: the actor may open none.
        NotFound: no such client, deal, person or promise (that the actor may see).
        Invalid: a value that cannot be accepted.
    """
    actor.require(Permission.DISPUTES_OPEN)
    await client_visibility.require(session, actor, fields.client_id)
    _check(fields)
    client = await session.get_one(Client, fields.client_id)
    dispute = Dispute(
        client_id=fields.client_id,
        call_id=fields.call_id,
        act_id=fields.act_id,
        state="open",
        opened_by_id=actor.user_id or None,
        opened_at=datetime.now(UTC),
        sample=client.sample,
    )
    await _fill(session, actor, dispute, fields)
    dispute.responsible_id = dispute.responsible_id or actor.user_id or None
    session.add(dispute)
    await session.flush()
    if fields.promise_id is not None:
        await link_promise(session, actor, dispute, fields.promise_id)
    await written(session, actor, dispute, "open", {})
    await _tell_responsible(session, actor, dispute)
    return dispute


async def edit(
    session: AsyncSession, actor: Actor, dispute_id: int, fields: DisputeFields
) -> Dispute:
    """Say better what is claimed; client, call and promise stay.

    Raises:
        Forbidden, NotFound, Invalid: as `open_dispute`.
        Conflict: it is decided.
    """
    actor.require(Permission.DISPUTES_OPEN)
    dispute = await open_one(session, actor, dispute_id)
    _check(fields)
    before, held_by = snapshot(dispute), dispute.responsible_id
    await _fill(session, actor, dispute, fields)
    await written(session, actor, dispute, "edit", before)
    if dispute.responsible_id != held_by:
        await _tell_responsible(session, actor, dispute)
    return dispute


async def answer(session: AsyncSession, actor: Actor, dispute_id: int, text: str) -> DisputeRemark:
    """Write something about a case: whoever it was about answers, others note.

    Raises:
        NotFound, Forbidden: no such case for the actor.
        Invalid: no words, or too many.
    """
    dispute = await dispute_visibility.get(session, actor, dispute_id)
    own = dispute.respondent_id is not None and dispute.respondent_id == actor.user_id
    if not own and not actor.may(Permission.DISPUTES_OPEN):
        raise Forbidden(Permission.DISPUTES_OPEN)
    remark = await remark_on(session, actor, dispute, "answer" if own else "note", text)
    people = {dispute.decided_by_id, dispute.responsible_id, dispute.approved_by_id}
    others = [one for one in people if one and one != actor.user_id]
    if own and others:
        detail = {"who": actor.name or actor.login}
        await tell(session, others, News("dispute_answer", "dispute", dispute.id, detail))
    return remark


async def remark_on(
    session: AsyncSession, actor: Actor, dispute: Dispute, kind: str, text: str
) -> DisputeRemark:
    """Keep words about a case.

    Raises:
        Invalid: no words, or too many.
    """
    if not 1 <= len(text.strip()) <= CLAIM_LENGTH:
        raise Invalid("text", "say it in 1 to %(most)d characters", most=CLAIM_LENGTH)
    remark = DisputeRemark(
        dispute_id=dispute.id,
        kind=kind,
        text=text.strip(),
        by_id=actor.user_id or None,
        at=datetime.now(UTC),
    )
    session.add(remark)
    await written(session, actor, dispute, kind)
    return remark


async def open_one(session: AsyncSession, actor: Actor, dispute_id: int) -> Dispute:
    """A case that is not decided yet.

    Raises:
        NotFound, Forbidden: no such case for the actor.
        Conflict: it is decided.
    """
    dispute = await held(session, actor, dispute_id)
    if dispute.state != "open":
        raise Conflict("dispute", dispute_id, "it is decided already")
    return dispute


async def held(session: AsyncSession, actor: Actor, dispute_id: int) -> Dispute:
    """A case as it stands now, held against whoever decides about it at the same time.

    Raises:
        NotFound, Forbidden: no such case for the actor.
    """
    dispute = await dispute_visibility.get(session, actor, dispute_id)
    await session.refresh(dispute, with_for_update=True)
    return dispute


async def link_promise(
    session: AsyncSession, actor: Actor, dispute: Dispute, promise_id: int
) -> None:
    """Say which promise of the ledger it is about: that one is disputed from now on.

    Raises:
        NotFound: no such promise of this client.
    """
    promise = await session.get(Promise, promise_id)
    if promise is None or promise.client_id != dispute.client_id:
        raise NotFound("promise", promise_id)
    dispute.promise_id = promise.id
    dispute.respondent_id = dispute.respondent_id or promise.promiser_id
    if promise.state in ("found", "open", "kept", "broken"):
        before = promise_steps.snapshot(promise)
        promise.state = "disputed"
        await promise_steps.add(session, actor, promise, "disputed", before)


def snapshot(dispute: Dispute) -> dict[str, Any]:
    """The fields whose changes the history keeps."""
    return {name: getattr(dispute, name) for name in _SHOWN}


async def written(
    session: AsyncSession,
    actor: Actor,
    dispute: Dispute,
    action: str,
    before: dict[str, Any] | None = None,
) -> Dispute:
    """Store a change of a case with its traces: history, audit log (which never holds words), feed."""
    await session.flush()
    if before is not None:
        # Not in the client's own list of changes: that one is read by people who may see no disputes.
        subject = Subject("dispute", dispute.id, None)
        changes.record(session, actor, subject, before, snapshot(dispute))
    await audit.record(session, actor, f"dispute.{action}", "dispute", dispute.id)
    announce(session, "dispute", dispute.id)
    if dispute.client_id is not None:
        announce(session, "client", dispute.client_id)
    return dispute


def _check(fields: DisputeFields) -> None:
    if not 1 <= len(fields.claim.strip()) <= CLAIM_LENGTH:
        raise Invalid(
            "claim", "say in 1 to %(most)d characters what the client claims", most=CLAIM_LENGTH
        )
    if fields.action not in {one.value for one in ActionKind}:
        raise Invalid("action", "is none of the known kinds of promises")
    if fields.amount is not None and fields.amount < 0:
        raise Invalid("amount", "A sum is a number that is not below zero.")
    for name in ("claimed_on", "promised_from", "promised_to"):
        day = getattr(fields, name)
        if day is not None and not date(2000, 1, 1) <= day <= date(9000, 1, 1):
            raise Invalid(name, "must be a day such as 2026-12-31")
    begin, end = fields.promised_from, fields.promised_to
    if begin and end and begin > end:
        raise Invalid("promised_to", "The first day must not be after the last one.")


async def _fill(
    session: AsyncSession, actor: Actor, dispute: Dispute, fields: DisputeFields
) -> None:
    if fields.deal_id is not None:
        mine = await session.get(Deal, fields.deal_id)
        if mine is None or dispute.client_id not in (mine.client_id, mine.contact_id):
            raise NotFound("deal", fields.deal_id)
        await deal_visibility.require(session, actor, fields.deal_id)
    if fields.responsible_id is not None:
        person = await session.get(User, fields.responsible_id)
        if person is None or not person.active:
            raise NotFound("user", fields.responsible_id)
        dispute.responsible_id = fields.responsible_id
    dispute.claim = fields.claim.strip()
    dispute.action, dispute.amount = fields.action, fields.amount
    dispute.unit = fields.unit[:16] if fields.amount is not None else ""
    dispute.claimed_on = fields.claimed_on
    dispute.promised_from, dispute.promised_to = fields.promised_from, fields.promised_to
    dispute.deal_id = fields.deal_id


async def _tell_responsible(session: AsyncSession, actor: Actor, dispute: Dispute) -> None:
    if dispute.responsible_id and dispute.responsible_id != actor.user_id:
        news = News("dispute_given", "dispute", dispute.id, {"who": actor.name or actor.login})
        await tell(session, [dispute.responsible_id], news)
