"""How a dispute ends: the verdict of a supervisor, where the company wants it with the approval of another one.

In: a verdict with its reasons. Out: a closed case; whoever's words it was about is told, and the promise of the ledger
that it is about gets the state that follows from the verdict, or the one that it had before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import company_settings, disputes, promise_steps
from crm.access import Actor, Permission, Role, permissions_of
from crm.dispute_rules import SETTING, DisputeRules
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.notifications import News, tell
from crm.tables import Dispute, Promise, User

VERDICTS = ("for_client", "for_company", "partly", "unproven")
_WON_BY_CLIENT = ("for_client", "partly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a supervisor decides. `granted`: how much of the sum the client gets, in the unit of the dispute."""

    verdict: str
    text: str
    granted: Decimal | None = None
    respondent_id: int | None = None
    """Whose words it was about; None: as it is known already."""


async def decide(session: AsyncSession, actor: Actor, dispute_id: int, said: Verdict) -> Dispute:
    """Write the verdict. It holds at once, or once another supervisor approves, as the company wants it.

    Raises:
        NotFound, Forbidden: no such case for the actor, or he may not judge.
        Conflict: it is decided already.
        Invalid: no verdict, no reasons, a sum that cannot be, or the actor's own words are disputed.
    """
    actor.require(Permission.DISPUTES_JUDGE)
    dispute = await disputes.open_one(session, actor, dispute_id)
    _check(said)
    before = disputes.snapshot(dispute)
    if said.respondent_id is not None:
        if await session.get(User, said.respondent_id) is None:
            raise NotFound("user", said.respondent_id)
        dispute.respondent_id = said.respondent_id
    _not_about_own_words(dispute, actor)
    rules = await company_settings.load(session, SETTING, DisputeRules)
    dispute.verdict, dispute.verdict_text = said.verdict, said.text.strip()
    dispute.granted = said.granted if said.verdict in _WON_BY_CLIENT else None
    dispute.decided_by_id, dispute.decided_at = actor.user_id or None, datetime.now(UTC)
    dispute.needs_second, dispute.approved_by_id = rules.four_eyes, None
    dispute.state = "awaiting" if rules.four_eyes else "closed"
    if rules.four_eyes:
        await disputes.written(session, actor, dispute, "decide", before)
        await _tell_judges(session, actor, dispute)
        return dispute
    return await _close(session, actor, dispute, "decide", before)


async def approve(session: AsyncSession, actor: Actor, dispute_id: int) -> Dispute:
    """Approve a colleague's verdict: now it holds.

    Raises:
        NotFound, Forbidden: no such case for the actor, or it is his own verdict.
        Conflict: it does not wait for approval.
    """
    dispute = await _awaiting(session, actor, dispute_id)
    _not_about_own_words(dispute, actor)
    before = disputes.snapshot(dispute)
    dispute.approved_by_id, dispute.state = actor.user_id or None, "closed"
    return await _close(session, actor, dispute, "approve", before)


def _not_about_own_words(dispute: Dispute, actor: Actor) -> None:
    """Nobody is judge of what he said himself."""
    if dispute.respondent_id is not None and dispute.respondent_id == actor.user_id:
        raise Invalid("respondent_id", "these are your own words: a colleague decides")


async def send_back(session: AsyncSession, actor: Actor, dispute_id: int, why: str) -> Dispute:
    """Return a colleague's verdict to him with words: the case is open again.

    Raises:
        NotFound, Forbidden, Conflict: as `approve`.
        Invalid: no words.
    """
    dispute = await _awaiting(session, actor, dispute_id)
    before = disputes.snapshot(dispute)
    author = dispute.decided_by_id
    await disputes.remark_on(session, actor, dispute, "returned", why)
    dispute.state = "open"
    dispute.decided_by_id = dispute.decided_at = None
    await disputes.written(session, actor, dispute, "return", before)
    if author:
        detail = {"who": actor.name or actor.login}
        await tell(session, [author], News("dispute_returned", "dispute", dispute.id, detail))
    return dispute


async def reopen(session: AsyncSession, actor: Actor, dispute_id: int, why: str) -> Dispute:
    """Open a closed case again, with words why; its verdict stays in the history.

    Raises:
        NotFound, Forbidden: no such case for the actor, or he may not judge.
        Conflict: it is not closed.
        Invalid: no words.
    """
    actor.require(Permission.DISPUTES_JUDGE)
    dispute = await disputes.held(session, actor, dispute_id)
    if dispute.state != "closed":
        raise Conflict("dispute", dispute_id, "it is not closed")
    before = disputes.snapshot(dispute)
    await disputes.remark_on(session, actor, dispute, "note", why)
    dispute.state, dispute.closed_at, dispute.approved_by_id = "open", None, None
    promise = await session.get(Promise, dispute.promise_id) if dispute.promise_id else None
    if promise is not None and promise.state != "disputed":
        was = promise_steps.snapshot(promise)
        promise.state = "disputed"
        await promise_steps.add(session, actor, promise, "disputed", was)
    return await disputes.written(session, actor, dispute, "reopen", before)


def may_approve(actor: Actor, dispute: Dispute) -> bool:
    """Whether the actor may approve or return this verdict: a judge, but not its author."""
    waits = dispute.state == "awaiting" and dispute.decided_by_id != actor.user_id
    return waits and actor.may(Permission.DISPUTES_JUDGE)


async def _awaiting(session: AsyncSession, actor: Actor, dispute_id: int) -> Dispute:
    actor.require(Permission.DISPUTES_JUDGE)
    dispute = await disputes.held(session, actor, dispute_id)
    if dispute.state != "awaiting":
        raise Conflict("dispute", dispute_id, "it does not wait for approval")
    if not may_approve(actor, dispute):
        raise Forbidden("disputes.approve")
    return dispute


def _check(said: Verdict) -> None:
    if said.verdict not in VERDICTS:
        raise Invalid("verdict", "choose a verdict")
    if not 1 <= len(said.text.strip()) <= disputes.CLAIM_LENGTH:
        raise Invalid("text", "say in 1 to %(most)d characters why", most=disputes.CLAIM_LENGTH)
    if said.granted is not None and said.granted < 0:
        raise Invalid("granted", "A sum is a number that is not below zero.")


async def _close(
    session: AsyncSession,
    actor: Actor,
    dispute: Dispute,
    action: str,
    before: dict[str, object],
) -> Dispute:
    dispute.closed_at = datetime.now(UTC)
    await _settle_promise(session, actor, dispute)
    await disputes.written(session, actor, dispute, action, before)
    await disputes.written(session, actor, dispute, "close")
    people = {dispute.respondent_id, dispute.opened_by_id, dispute.responsible_id}
    people |= {dispute.decided_by_id}
    detail = {"who": actor.name or actor.login, "verdict": dispute.verdict}
    others = [one for one in people if one and one != actor.user_id]
    await tell(session, others, News("dispute_closed", "dispute", dispute.id, detail))
    return dispute


async def _settle_promise(session: AsyncSession, actor: Actor, dispute: Dispute) -> None:
    """For the client: the promise was given and not kept. Otherwise it is again what it was before the dispute."""
    promise = await session.get(Promise, dispute.promise_id) if dispute.promise_id else None
    if promise is None or promise.state != "disputed":
        return
    before = promise_steps.snapshot(promise)
    step = await promise_steps.last(session, promise.id)
    if step is not None and step.action == "disputed":
        promise_steps.restore(promise, step.before)
        step.undone_at = datetime.now(UTC)
    if promise.state == "disputed":
        promise.state = "open"
    if dispute.verdict in _WON_BY_CLIENT:
        # Who takes that back comes to the promise of before the dispute: the dispute itself is over.
        undisputed = promise_steps.snapshot(promise)
        promise.state, promise.closed_at = "broken", dispute.closed_at
        promise.done_at = promise.in_time = None
        await promise_steps.add(session, actor, promise, "broken", undisputed)
        return
    await promise_steps.written(session, actor, promise, "undisputed", before)


async def _tell_judges(session: AsyncSession, actor: Actor, dispute: Dispute) -> None:
    roles = [role.value for role in Role if Permission.DISPUTES_JUDGE in permissions_of(role)]
    judges = select(User.id).where(User.role.in_(roles), User.id != (actor.user_id or 0))
    news = News("dispute_awaiting", "dispute", dispute.id, {"who": actor.name or actor.login})
    await tell(session, (await session.scalars(judges)).all(), news)
