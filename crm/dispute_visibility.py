"""Which disputes a person sees. The one place that decides.

In: an actor. Out: a condition on `disputes`. A case goes with its client; whoever's words it was about sees it once it is
decided, and may answer. Words of its evidence are for those who may hear the call.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import call_visibility, client_visibility
from crm.access import Actor, Permission
from crm.errors import Forbidden, NotFound
from crm.tables import Client, Dispute, DisputeEvidence


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Dispute`."""
    told = and_(Dispute.state == "closed", Dispute.respondent_id == actor.user_id)
    told = and_(told, Dispute.respondent_id.is_not(None))
    if not actor.may(Permission.PROMISES_SEE):
        return false()
    if not actor.may(Permission.DISPUTES_SEE):
        return told
    clients = select(Client.id).where(client_visibility.seen_by(actor))
    return or_(Dispute.client_id.is_(None), Dispute.client_id.in_(clients), told)


def heard_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `DisputeEvidence`: the actor may hear the call from which it is."""
    heard = and_(Call.merged_into_id.is_(None), call_visibility.heard_by(actor))
    return DisputeEvidence.call_id.in_(select(Call.id).where(heard))


async def get(session: AsyncSession, actor: Actor, dispute_id: int) -> Dispute:
    """One dispute.

    Raises:
        Forbidden: the actor sees no disputes, and none of his own was decided.
        NotFound: no such dispute, or one of a client whom the actor may not see.
    """
    found = await session.scalar(select(Dispute).where(Dispute.id == dispute_id, seen_by(actor)))
    if found is None:
        if not actor.may(Permission.DISPUTES_SEE):
            raise Forbidden(Permission.DISPUTES_SEE)
        raise NotFound("dispute", dispute_id)
    return found


async def evidence(
    session: AsyncSession, actor: Actor, dispute_id: int, evidence_id: int
) -> DisputeEvidence:
    """One piece of evidence of a dispute that the actor sees, from a call that he may hear.

    Raises:
        NotFound, Forbidden: as `get`; no such evidence, or words that are not for him.
    """
    await get(session, actor, dispute_id)
    row = await session.get(DisputeEvidence, evidence_id)
    if row is None or row.dispute_id != dispute_id:
        raise NotFound("evidence", evidence_id)
    heard = select(DisputeEvidence.id).where(DisputeEvidence.id == row.id, heard_by(actor))
    if await session.scalar(heard) is None:
        raise Forbidden("calls.listen")
    return row
