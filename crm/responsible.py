"""The responsible person of a client: changed for one or many, and the new one is told.

In: an actor, clients and a person. Out: rows, the cards' change history, and news for whoever answers for them now. What
else the former person had with these clients is moved by a hand-over (`crm.handover`), not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from crm import agents, audit, changes, client_visibility
from crm.access import Action, Actor, Permission
from crm.changes import Subject
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.notices import announce
from crm.notifications import News, tell
from crm.tables import Client, User

MOST = 1000
"""Clients in one act; more are a hand-over."""


async def assign(session: AsyncSession, actor: Actor, client_ids: Sequence[int], to_id: int) -> int:
    """Make a person responsible for these clients; returns for how many that is new.

    Args:
        session: a write session.
        actor: who says so.
        client_ids: for which; all or none of them are changed.
        to_id: who answers for them then.

    Raises:
        Forbidden: the actor may not edit clients, or not all of these.
        NotFound: no such person, or a client that the actor may not see.
        Invalid: no clients or too many, or a person who may not log in.
        Conflict: somebody else changed one of them at this moment.
    """
    actor.require(Permission.CLIENTS_EDIT)
    wanted = list(dict.fromkeys(client_ids))
    if not 0 < len(wanted) <= MOST:
        raise Invalid("clients", f"choose 1 to {MOST} clients")
    user = await session.get(User, to_id)
    if user is None:
        raise NotFound("user", to_id)
    if not user.active:
        raise Invalid("to", "this person may not log in any more")
    found = await _editable(session, actor, wanted)
    changed = [client for client in found if client.responsible_id != to_id]
    names = await agents.names(session, {one.responsible_id or 0 for one in changed} | {to_id})
    for client in changed:
        before = {"responsible": names.get(client.responsible_id or 0, "")}
        client.responsible_id, client.updated_at = to_id, datetime.now(UTC)
        subject = Subject("client", client.id, client.id)
        changes.record(session, actor, subject, before, {"responsible": names[to_id]})
        announce(session, "client", client.id)
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict("client", wanted[0], "somebody else changed it meanwhile") from error
    if changed:
        detail = {"to": user.login, "clients": [client.id for client in changed]}
        await audit.record(session, actor, "clients.responsible", "user", to_id, detail)
        await tell_new(session, actor, to_id, changed)
    return len(changed)


async def tell_new(
    session: AsyncSession, actor: Actor, user_id: int | None, clients: Sequence[Client]
) -> None:
    """Tell a person that these clients are theirs now; whoever did it themselves knows."""
    if user_id is None or user_id == actor.user_id or not clients:
        return
    one = clients[0]
    detail = {"by": actor.name, "client": one.name, "count": len(clients)}
    alone = len(clients) == 1
    news = News("responsible", "client" if alone else "", one.id if alone else None, detail)
    await tell(session, [user_id], news)


async def _editable(session: AsyncSession, actor: Actor, ids: list[int]) -> Sequence[Client]:
    among = select(Client).where(Client.id.in_(ids)).order_by(Client.id)
    seen = (await session.scalars(among.where(client_visibility.seen_by(actor)))).all()
    hidden = set(ids) - {client.id for client in seen}
    if hidden:
        raise NotFound("client", min(hidden))
    edited = await session.scalars(among.where(client_visibility.seen_by(actor, Action.EDIT)))
    if len(edited.all()) < len(seen):
        raise Forbidden("clients.edit")
    return seen
