"""Names that stand on pages of deals: of colleagues, and of clients as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents, deal_visibility
from crm.access import Action, Actor, Scope
from crm.client_visibility import colleagues
from crm.tables import Deal, User


async def client_names(
    session: AsyncSession, actor: Actor, deals: Iterable[Deal]
) -> dict[int, str]:
    """Names of clients and contact persons of these deals; who may not be seen is not in it."""
    ids = {one for deal in deals for one in (deal.client_id, deal.contact_id)}
    return await deal_visibility.client_names(session, actor, ids)


async def responsible_names(session: AsyncSession, deals: Sequence[Deal]) -> dict[int, str]:
    """Names of the people who answer for these deals."""
    ids = {deal.responsible_id for deal in deals if deal.responsible_id is not None}
    return await agents.names(session, ids)


async def choices(session: AsyncSession, actor: Actor) -> list[tuple[int, str]]:
    """(id, name) of the people whose deals the actor may see: whom a filter or a form may name."""
    query = select(User.id, User.name, User.login).where(User.active.is_(True))
    scope = actor.scope(Action.SEE)
    if scope is Scope.DEPARTMENT:
        query = query.where(User.id.in_(colleagues(actor)))
    elif scope is not Scope.ALL:
        query = query.where(User.id == actor.user_id)
    rows = await session.execute(query.order_by(User.name, User.id))
    return [(user_id, name or login) for user_id, name, login in rows]
