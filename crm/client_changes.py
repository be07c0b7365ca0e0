"""The change history of a client, read: every field that somebody changed on the card, its deals, tasks and inquiries.

In: a client and who reads. Out: rows, newest first. What is guarded is not in it, and of deals only those that the reader
may see. Rows are written by `crm.changes`.
"""

from __future__ import annotations

from sqlalchemy import false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, deal_visibility
from crm.access import Actor, Permission
from crm.history_sources import GUARDED_FIELDS
from crm.tables import Change, Deal


async def page(
    session: AsyncSession, actor: Actor, client_id: int, before: int | None, limit: int
) -> list[Change]:
    """List changes.

    Args:
        session: any session.
        actor: who reads.
        client_id: whose.
        before: only rows older than the one with this id.
        limit: how many at most.

    Raises:
        Forbidden: the actor may not see clients.
        NotFound: no such client, or one that the actor may not see.
    """
    actor.require(Permission.CLIENTS_SEE)
    await client_visibility.require(session, actor, client_id)
    query = select(Change).where(Change.client_id == client_id)
    if not actor.may(Permission.PERSONAL_SEE):
        query = query.where(Change.field.not_in(GUARDED_FIELDS))
    deals = select(Deal.id).where(deal_visibility.in_scope(actor))
    of_deal = Change.subject_id.in_(deals) if actor.may(Permission.DEALS_SEE) else false()
    query = query.where(or_(Change.subject_kind != "deal", of_deal))
    if before is not None:
        query = query.where(Change.id < before)
    return list((await session.scalars(query.order_by(Change.id.desc()).limit(limit))).all())
