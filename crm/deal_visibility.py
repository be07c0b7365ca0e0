"""Which deals a person may see, edit or delete: by the scope of their role (own, department, all).

In: an actor and what he wants to do. Out: a condition for queries on `deals`, or a refusal for one deal. Every page,
count, sum, report, API answer and notice asks here. A deal is seen for its own sake: by who answers for it, whoever the
client is; the client's name stands beside it only where the actor may see the client (`client_names`).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility
from crm.access import Action, Actor, Scope
from crm.errors import Forbidden, NotFound
from crm.tables import Client, ClientNumber, Deal

LISTED = Deal.deleted_at.is_(None)
"""A condition on `Deal`: not in the bin."""


def seen_by(actor: Actor, action: Action = Action.SEE) -> ColumnElement[bool]:
    """A condition on `Deal`: not in the bin, and within the actor's scope for this action."""
    return and_(LISTED, in_scope(actor, action))


def in_scope(actor: Actor, action: Action = Action.SEE) -> ColumnElement[bool]:
    """As `seen_by`, for deals in the bin as well.

    "Own" are deals that the actor is responsible for, and those without a responsible person that the actor made; to see
    also closed deals of the actor's clients.
    "Department": the same for everybody of the department, and deals that nobody is responsible for.
    """
    scope = actor.scope(action)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NONE:
        return false()
    if scope is Scope.OWN:
        made = and_(Deal.responsible_id.is_(None), Deal.created_by_id == actor.user_id)
        mine = or_(Deal.responsible_id == actor.user_id, made)
        return or_(mine, _past_of_own_clients(actor)) if action is Action.SEE else mine
    colleagues = client_visibility.colleagues(actor)
    return or_(Deal.responsible_id.in_(colleagues), Deal.responsible_id.is_(None))


def _past_of_own_clients(actor: Actor) -> ColumnElement[bool]:
    """Closed deals stay with who closed them; whoever has the client now sees what was bought before."""
    own = select(Client.id).where(Client.responsible_id == actor.user_id)
    return and_(Deal.state != "open", Deal.client_id.in_(own))


async def require(
    session: AsyncSession, actor: Actor, deal_id: int, action: Action = Action.SEE
) -> None:
    """Refuse unless the deal is not in the bin and within the actor's scope.

    Raises:
        NotFound: no such deal, or one that the actor may not even see: both look the same.
        Forbidden: the actor sees the deal, but may not do this.
    """
    seen = select(Deal.id).where(Deal.id == deal_id)
    if await session.scalar(seen.where(seen_by(actor))) is None:
        raise NotFound("deal", deal_id)
    if action is not Action.SEE and (
        await session.scalar(seen.where(seen_by(actor, action))) is None
    ):
        raise Forbidden(f"deals.{action}")


async def client_names(
    session: AsyncSession, actor: Actor, client_ids: Iterable[int | None]
) -> dict[int, str]:
    """Names of those of these clients whom the actor may see; the others are not in the answer.

    Of a caller whom nobody has named: the number.
    """
    wanted = {one for one in client_ids if one is not None}
    if not wanted:
        return {}
    number = (
        select(ClientNumber.raw)
        .where(ClientNumber.client_id == Client.id)
        .order_by(ClientNumber.id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(Client.id, Client.name, number).where(
        Client.id.in_(wanted), client_visibility.seen_by(actor)
    )
    rows = await session.execute(query)
    return {client_id: name or first or "" for client_id, name, first in rows}
