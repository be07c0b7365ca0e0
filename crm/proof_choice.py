"""What goes into a proof pack, and who may have it: the calls of a dispute or one call, all of which the person may hear.

In: an actor and a subject. Out: the rows to tell of, or a refusal. Who may not hear one of the calls gets no pack of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.errors import CallNotFound, ProofImpossible
from calls.proof.model import Absence
from calls.tables import Call
from crm import call_visibility, dispute_visibility
from crm.access import SYSTEM, Actor, Permission
from crm.errors import Forbidden, NotFound
from crm.proof_facts import calls_of, chosen_evidence
from crm.tables import Dispute, DisputeEvidence, Redaction

DISPUTE, CALL = "dispute", "call"
HEARING = "calls.listen"
"""What a person lacks who may not hear one of the calls."""
HOPS = 8
"""So often a call may have become part of another one."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a pack is about. `kind`: "dispute" or "call"."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What goes into the pack, and what was left out on purpose."""

    calls: Sequence[Call]
    dispute: Dispute | None = None
    evidence: Sequence[DisputeEvidence] = ()
    homes: Mapping[int, Call] = field(default_factory=dict)
    """Call that evidence names → the call that it is, or became a part of."""
    absences: Sequence[Absence] = ()


async def choose(session: AsyncSession, actor: Actor, subject: Subject) -> Chosen:
    """Find what goes into a pack.

    Raises:
        Forbidden: the actor may not make packs, or not hear one of the calls.
        NotFound, CallNotFound: there is no such dispute or call.
        ProofImpossible: the dispute has no call yet, or a piece of a recording is being silenced.
    """
    actor.require(Permission.PROOF_MAKE)
    chosen = await (_of_dispute if subject.kind == DISPUTE else _of_call)(
        session, actor, subject.id
    )
    await require_hearing(session, actor, [call.id for call in chosen.calls])
    await _require_silenced(session, [call.id for call in chosen.calls])
    return chosen


async def _require_silenced(session: AsyncSession, call_ids: Collection[int]) -> None:
    """Refuse while a piece of a recording is still to be silenced: its file holds what nobody may hear any more."""
    waiting = select(Redaction.id).where(
        Redaction.call_id.in_(list(call_ids)), Redaction.done_at.is_(None)
    )
    if await session.scalar(waiting.limit(1)) is not None:
        raise ProofImpossible("a piece of a recording is being silenced", "silencing")


async def require_hearing(session: AsyncSession, actor: Actor, call_ids: Collection[int]) -> None:
    """Raise `Forbidden` unless the actor may hear all of these calls, as far as they are still there."""
    there = Call.id.in_(list(call_ids))
    heard = select(func.count()).where(there, call_visibility.seen_by(actor))
    heard = heard.where(call_visibility.heard_by(actor))
    every = select(func.count()).where(there, Call.merged_into_id.is_(None))
    if await session.scalar(heard) != await session.scalar(every):
        raise Forbidden(HEARING)


async def require_dispute(session: AsyncSession, actor: Actor, dispute_id: int) -> Dispute:
    """The case, for a person who may see it; the command line sees all.

    Raises:
        NotFound, Forbidden: as `crm.dispute_visibility.get`.
    """
    if actor.user_id != SYSTEM.user_id:
        return await dispute_visibility.get(session, actor, dispute_id)
    dispute = await session.get(Dispute, dispute_id)
    if dispute is None:
        raise NotFound("dispute", dispute_id)
    return dispute


async def _of_dispute(session: AsyncSession, actor: Actor, dispute_id: int) -> Chosen:
    dispute = await require_dispute(session, actor, dispute_id)
    evidence = await chosen_evidence(session, dispute)
    if not evidence and dispute.call_id is None:
        raise ProofImpossible(
            f"dispute {dispute_id} has no evidence yet: take a moment of a call as evidence first,"
            " or make a pack of a single call",
            "no_evidence",
        )
    named = {one.call_id for one in evidence} | {
        dispute.call_id
    }  # and that in which the client came with it
    homes = {one: await _home(session, one) for one in named if one is not None}
    calls = await calls_of(session, set(homes.values()))
    by_id = {call.id: call for call in calls}
    return Chosen(
        calls=calls,
        dispute=dispute,
        evidence=evidence,
        homes={named: by_id[home] for named, home in homes.items()},
        absences=await _left_out(session, dispute, evidence),
    )


async def _left_out(
    session: AsyncSession, dispute: Dispute, taken: Sequence[DisputeEvidence]
) -> list[Absence]:
    """How many moments were proposed or dismissed, and are not in the pack."""
    rows = await session.execute(
        select(DisputeEvidence.state, func.count())
        .where(
            DisputeEvidence.dispute_id == dispute.id,
            DisputeEvidence.id.not_in([one.id for one in taken]),
        )
        .group_by(DisputeEvidence.state)
    )
    counts: dict[str, int] = {state: count for state, count in rows}
    keys = {"proposed": "untaken", "dismissed": "dismissed"}
    return [
        Absence(key=key, detail=str(counts[state]))
        for state, key in keys.items()
        if state in counts
    ]


async def _of_call(session: AsyncSession, _actor: Actor, call_id: int) -> Chosen:
    calls = await calls_of(session, [await _home(session, call_id)])
    if not calls:
        raise CallNotFound(call_id)
    return Chosen(calls=calls)


async def _home(session: AsyncSession, call_id: int) -> int:
    """The call that this one became a part of, or itself."""
    for _hop in range(HOPS):
        into = await session.scalar(select(Call.merged_into_id).where(Call.id == call_id))
        if into is None:
            break
        call_id = into
    return call_id
