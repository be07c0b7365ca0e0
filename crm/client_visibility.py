"""Which clients a person may see, edit, export or delete: by the scope of their role (own, department, all).

In: an actor and what he wants to do. Out: a condition for queries on `clients`, or a refusal for one client. Every page,
API answer, file, notice and count asks here; nothing else decides it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm.access import Action, Actor, Scope
from crm.errors import Forbidden, NotFound
from crm.tables import Client, Membership, User

LISTED = and_(Client.deleted_at.is_(None), Client.merged_into_id.is_(None))
"""A condition on `Client`: neither in the bin nor merged into another card."""


def seen_by(actor: Actor, action: Action = Action.SEE) -> ColumnElement[bool]:
    """A condition on `Client`: listed, and within the actor's scope for this action."""
    return and_(LISTED, in_scope(actor, action))


def in_scope(actor: Actor, action: Action = Action.SEE) -> ColumnElement[bool]:
    """As `seen_by`, for cards in the bin as well.

    "Own" are clients that the actor is responsible for, contact persons of these, and cards without a responsible person
    that the actor made. "Department": the same for everybody of the department, and cards that nobody is responsible for.
    """
    scope = actor.scope(action)
    if scope is Scope.ALL:
        return true()
    if scope is Scope.NONE:
        return false()
    firm = aliased(Client)
    of_firm = (
        select(Membership.id)
        .join(firm, firm.id == Membership.organisation_id)
        .where(Membership.person_id == Client.id, Client.responsible_id.is_(None))
    )
    if scope is Scope.OWN:
        made = and_(Client.responsible_id.is_(None), Client.created_by_id == actor.user_id)
        own_firm = of_firm.where(firm.responsible_id == actor.user_id).correlate(Client).exists()
        return or_(Client.responsible_id == actor.user_id, made, own_firm)
    return or_(Client.responsible_id.in_(colleagues(actor)), Client.responsible_id.is_(None))


def colleagues(actor: Actor) -> ColumnElement[int]:
    """Ids of the people whose things are within the scope "department": the actor, and all of the departments."""
    in_them = User.department_id.in_(actor.departments)
    return select(User.id).where(or_(User.id == actor.user_id, in_them)).scalar_subquery()


async def names_seen(session: AsyncSession, actor: Actor, names: Collection[str]) -> set[str]:
    """Of names that were kept as texts those that the actor may read: all, or those of clients within the scope."""
    if not names or actor.scope(Action.SEE) is Scope.ALL:
        return set(names)
    query = select(Client.name).where(Client.name.in_(names), in_scope(actor))
    return set((await session.scalars(query)).all())


async def require(
    session: AsyncSession, actor: Actor, client_id: int, action: Action = Action.SEE
) -> None:
    """Refuse unless the client is listed and within the actor's scope.

    Raises:
        NotFound: no such client, or one that the actor may not even see: both look the same.
        Forbidden: the actor sees the client, but may not do this.
    """
    seen = select(Client.id).where(Client.id == client_id)
    if await session.scalar(seen.where(seen_by(actor, Action.SEE))) is None:
        raise NotFound("client", client_id)
    if action is not Action.SEE and (
        await session.scalar(seen.where(seen_by(actor, action))) is None
    ):
        raise Forbidden(f"clients.{action}")
