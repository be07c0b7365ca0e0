"""Clients: people and organisations, with their contact persons.

In: what somebody typed. Out: rows. Every change is audited and announced. Numbers are in `crm.client_numbers`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.exc import StaleDataError

from crm import audit, changes, client_visibility, responsible
from crm.access import Action, Actor, Permission
from crm.client_fields import ClientFields, EmailField, NumberField, Workplace, checked
from crm.client_fill import fill, fill_rest, require_filled
from crm.client_snapshot import PLAIN_FIELDS, snapshot
from crm.errors import Conflict, Invalid, NotFound
from crm.finding import index
from crm.notices import announce
from crm.number_rules import NumberRules
from crm.tables import Client, Membership

__all__ = [
    "ClientFields",
    "EmailField",
    "Kind",
    "Page",
    "Workplace",
    "confirm",
    "create",
    "edit",
    "fields_of",
    "get",
    "load",
    "page",
    "several",
]

Kind = Literal["person", "organisation"]
PAGE_SIZE = 50
_FASTER = "somebody else changed this client meanwhile"


@dataclass(frozen=True, slots=True)
class Page:
    """Some clients in order of their names. `next_after` goes into the next call, None at the end."""

    clients: list[Client]
    next_after: int | None


async def create(
    session: AsyncSession,
    actor: Actor,
    fields: ClientFields,
    rules: NumberRules,
    *,
    obligatory: bool = True,
) -> Client:
    """Add a client. Open call-backs of his numbers become his.

    Args:
        session: a write session.
        actor: who adds.
        fields: what is known; a name or a number at least.
        rules: how numbers are read.
        obligatory: whether the fields that the administrator made obligatory must be there: not in a card that a call
            or an import makes.

    Raises:
        Forbidden: the actor may not edit clients.
        Invalid: a value cannot be accepted or is missing, or nothing is known.
    """
    actor.require(Permission.CLIENTS_EDIT)
    fields = checked(fields)
    if not fields.name and not fields.numbers:
        raise Invalid("name", "give a name or a number")
    now = datetime.now(UTC)
    client = Client(
        created_at=now,
        updated_at=now,
        created_by_id=actor.user_id or None,
        numbers=[],
        emails=[],
        workplaces=[],
        staff=[],
    )
    await fill(session, actor, client, fields)
    session.add(client)
    await session.flush()
    await fill_rest(session, actor, client, fields, rules)
    if obligatory:
        await require_filled(session, actor, client)
    await index.renew(session, [client.id])
    await responsible.tell_new(session, actor, client.responsible_id, [client])
    await audit.record(session, actor, "client.create", "client", client.id)
    announce(session, "client", client.id)
    return client


async def edit(  # noqa: PLR0913 (who, what, from which version, by which rules)
    session: AsyncSession,
    actor: Actor,
    client_id: int,
    version: int,
    fields: ClientFields,
    rules: NumberRules,
    *,
    obligatory: bool = True,
) -> Client:
    """Replace what is known of a client; every field that changed goes into the change history.

    Args:
        session: a write session.
        actor: who edits.
        client_id: whom.
        version: `Client.version` as the editing person saw it.
        fields: everything, as it shall be.
        rules: how numbers are read.
        obligatory: as in `create`.

    Raises:
        Forbidden: the actor may not edit this client.
        NotFound: no such client, or one that the actor may not see.
        Conflict: somebody else changed him since.
        Invalid: a value cannot be accepted.
    """
    actor.require(Permission.CLIENTS_EDIT)
    await client_visibility.require(session, actor, client_id, Action.EDIT)
    client = await load(session, client_id)
    if client.version != version:
        raise Conflict("client", client_id, _FASTER)
    fields, before = checked(fields), await snapshot(session, client)
    former = client.responsible_id
    await fill(session, actor, client, fields)
    client.updated_at = datetime.now(UTC)
    try:
        await session.flush()
    except StaleDataError as error:
        raise Conflict("client", client_id, _FASTER) from error
    rest_before, rest_after = await fill_rest(session, actor, client, fields, rules)
    session.expire(client, ["numbers", "emails", "workplaces"])
    client = await load(session, client_id)
    if obligatory:
        await require_filled(session, actor, client)
    subject, after = (
        changes.Subject("client", client.id, client.id),
        await snapshot(session, client),
    )
    changes.record(session, actor, subject, before | rest_before, after | rest_after)
    await index.renew(session, [client.id])
    if client.responsible_id != former:
        await responsible.tell_new(session, actor, client.responsible_id, [client])
    await audit.record(session, actor, "client.edit", "client", client.id)
    announce(session, "client", client.id)
    return client


async def confirm(session: AsyncSession, actor: Actor, client_id: int) -> Client:
    """Say that a card which was made without a person is right.

    Raises:
        Forbidden: the actor may not edit this client.
        NotFound: no such client, or one that the actor may not see.
    """
    actor.require(Permission.CLIENTS_EDIT)
    await client_visibility.require(session, actor, client_id, Action.EDIT)
    client = await load(session, client_id)
    if not client.confirmed:
        client.confirmed, client.updated_at = True, datetime.now(UTC)
        subject = changes.Subject("client", client.id, client.id)
        changes.record(session, actor, subject, {"confirmed": "no"}, {"confirmed": "yes"})
        await audit.record(session, actor, "client.confirm", "client", client.id)
        announce(session, "client", client.id)
    return client


async def get(session: AsyncSession, actor: Actor, client_id: int) -> Client:
    """Return a client with numbers, organisation and contact persons loaded.

    Raises:
        Forbidden: the actor may not see clients.
        NotFound: no such client, one in the bin or merged, or one that the actor may not see.
    """
    actor.require(Permission.CLIENTS_SEE)
    await client_visibility.require(session, actor, client_id)
    return await load(session, client_id)


def fields_of(client: Client) -> ClientFields:
    """What is known of a loaded client, to change a part of it with `dataclasses.replace`."""
    return ClientFields(
        **{field: getattr(client, field) for field in PLAIN_FIELDS},
        responsible_id=client.responsible_id,
        numbers=tuple(NumberField(one.raw, one.label) for one in client.numbers),
        emails=tuple(EmailField(one.address, one.label) for one in client.emails),
        workplaces=tuple(
            Workplace(place.organisation_id, place.position)
            for place in client.workplaces
            if place.organisation.is_listed
        ),
    )


async def page(  # noqa: PLR0913 (filters of one list)
    session: AsyncSession,
    actor: Actor,
    *,
    kind: Kind | None = None,
    responsible_id: int | None = None,
    after: int | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """List clients by name, a page at a time.

    Args:
        session: any session.
        actor: who looks.
        kind: only persons, or only organisations.
        responsible_id: only clients of this person.
        after: `Page.next_after` of the page before.
        limit: rows of a page.

    Raises:
        Forbidden: the actor may not see clients.
    """
    actor.require(Permission.CLIENTS_SEE)
    query = _loaded().where(client_visibility.seen_by(actor))
    query = query.order_by(Client.search_name, Client.id).limit(limit + 1)
    if kind is not None:
        query = query.where(Client.kind == kind)
    if responsible_id is not None:
        query = query.where(Client.responsible_id == responsible_id)
    last = await session.get(Client, after) if after is not None else None
    if last is not None:
        same = (Client.search_name == last.search_name) & (Client.id > last.id)
        query = query.where((Client.search_name > last.search_name) | same)
    found = list((await session.scalars(query)).all())
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


async def load(session: AsyncSession, client_id: int) -> Client:
    """Return a client without asking who looks; for the rules of this package.

    Raises:
        NotFound: no such client.
    """
    query = _loaded().where(Client.id == client_id)
    client = await session.scalar(query)
    if client is None:
        raise NotFound("client", client_id)
    return client


async def several(session: AsyncSession, ids: Collection[int]) -> list[Client]:
    """Return these clients without asking who looks, in no order; for lists whose ids were asked with a condition."""
    return list((await session.scalars(_loaded().where(Client.id.in_(ids)))).all())


def _loaded() -> Select[Client]:
    return select(Client).options(
        selectinload(Client.numbers),
        selectinload(Client.emails),
        selectinload(Client.workplaces).selectinload(Membership.organisation),
        selectinload(Client.staff).selectinload(Membership.person).selectinload(Client.numbers),
    )
