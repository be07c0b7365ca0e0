"""Clients: found, read, added, changed, merged, put into the bin and taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import bin as bin_of_things
from crm import call_links, client_merge, client_visibility, clients, custom_values
from crm.access import Actor, Permission
from crm.bin_kinds import Kind
from crm.custom_kinds import Value
from crm.finding.search import find
from crm.finding.terms import folded
from crm.tables import Client, ClientTag, Tag
from web.api.operation import Asked, Operation
from web.api.paging import cursor_of, id_in
from web.api.resources.client_schemas import (
    Beside,
    ClientIn,
    ClientList,
    ClientOut,
    ClientPatch,
    ClientQuery,
    MergeIn,
)

_TAGS = ("Clients",)


async def list_clients(asked: Asked) -> ClientList:
    """A page of clients, by id; with `q` the best hits."""
    query, actor = asked.query, asked.actor
    which = _which(query)
    if query.q is not None:
        hits = await find(asked.session, actor, query.q, where=which, limit=query.limit)
        found = [hit.client_id for hit in hits]
        await asked.services.export_watch.opened(actor, *found)
        return ClientList(items=await _shown(asked.session, actor, found), next_cursor=None)
    after = id_in(query.cursor)
    wanted = select(Client.id).where(client_visibility.seen_by(actor), *which)
    if after is not None:
        wanted = wanted.where(Client.id > after)
    rows = (await asked.session.scalars(wanted.order_by(Client.id).limit(query.limit + 1))).all()
    ids = list(rows[: query.limit])
    more = cursor_of(ids[-1]) if len(rows) > query.limit else None
    # A program that reads the whole base page by page is told of as a person who opens all cards.
    await asked.services.export_watch.opened(actor, *ids)
    return ClientList(items=await _shown(asked.session, actor, ids), next_cursor=more)


async def get_client(asked: Asked) -> ClientOut:
    """One client."""
    shown = await _one(asked, asked.id("client_id"))
    await asked.services.export_watch.opened(asked.actor, shown.id)
    return shown


async def add_client(asked: Asked) -> ClientOut:
    """Add a client; their earlier calls are linked."""
    client = await clients.create(asked.session, asked.actor, asked.body.fields(), asked.rules)
    await call_links.link_earlier_calls(asked.session, client, asked.rules)
    return await _one(asked, client.id)


async def change_client(asked: Asked) -> ClientOut:
    """Change a part of what is known."""
    client_id = asked.id("client_id")
    known = await clients.get(asked.session, asked.actor, client_id)
    fields = replace(clients.fields_of(known), **asked.body.changes())
    client = await clients.edit(
        asked.session, asked.actor, client_id, asked.body.version, fields, asked.rules
    )
    await call_links.link_earlier_calls(asked.session, client, asked.rules)
    return await _one(asked, client_id)


async def delete_client(asked: Asked) -> None:
    """Put the card into the bin; calls and recordings stay."""
    await bin_of_things.put(asked.session, asked.actor, Kind.CLIENT, asked.id("client_id"))


async def restore_client(asked: Asked) -> ClientOut:
    """Take the card out of the bin."""
    client_id = asked.id("client_id")
    await bin_of_things.restore(asked.session, asked.actor, Kind.CLIENT, client_id)
    return await _one(asked, client_id)


async def merge_clients(asked: Asked) -> ClientOut:
    """Give everything of another card to this one."""
    kept_id = asked.id("client_id")
    await client_merge.merge(asked.session, asked.actor, kept_id, asked.body.gone_id)
    return await _one(asked, kept_id)


async def _one(asked: Asked, client_id: int) -> ClientOut:
    client = await clients.get(asked.session, asked.actor, client_id)
    return (await _out(asked.session, asked.actor, [client]))[0]


async def _shown(session: AsyncSession, actor: Actor, ids: Sequence[int]) -> list[ClientOut]:
    found = {client.id: client for client in await clients.several(session, ids)}
    return await _out(session, actor, [found[one] for one in ids if one in found])


async def _out(session: AsyncSession, actor: Actor, shown: Sequence[Client]) -> list[ClientOut]:
    sides = {p.organisation_id for client in shown for p in client.workplaces}
    sides |= {p.person_id for client in shown for p in client.staff}
    query = select(Client.id).where(Client.id.in_(sides), client_visibility.seen_by(actor))
    seen = set(await session.scalars(query)) if sides else set()
    tags: dict[int, list[str]] = defaultdict(list)
    named = (
        select(ClientTag.client_id, Tag.name)
        .join(Tag, Tag.id == ClientTag.tag_id)
        .where(ClientTag.client_id.in_([client.id for client in shown]))
        .order_by(Tag.folded)
    )
    for client_id, name in await session.execute(named):
        tags[client_id].append(name)
    custom = await custom_values.of_many(session, deals=False, ids=[one.id for one in shown])
    return [
        ClientOut.of(one, Beside(tags[one.id], _plain(custom.get(one.id, {})), seen))
        for one in shown
    ]


def _plain(values: Mapping[str, Value]) -> dict[str, bool | int | str | list[str]]:
    """Values as JSON has them: exact numbers and days as text."""
    found: dict[str, bool | int | str | list[str]] = {}
    for key, value in values.items():
        if isinstance(value, tuple):
            found[key] = [str(one) for one in value]
        else:
            found[key] = value if isinstance(value, bool | int) else str(value)
    return found


def _which(query: ClientQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.kind is not None:
        found.append(Client.kind == query.kind)
    if query.responsible_id is not None:
        found.append(Client.responsible_id == query.responsible_id)
    if query.updated_since is not None:
        found.append(Client.updated_at >= query.updated_since)
    if query.tag is not None:
        tagged = select(ClientTag.client_id).join(Tag, Tag.id == ClientTag.tag_id)
        found.append(Client.id.in_(tagged.where(Tag.folded == folded(query.tag))))
    return found


_ONE = "/clients/{client_id:id}"
OPERATIONS = [
    Operation(
        method="GET", path="/clients", name="listClients", summary="Find and list clients",
        permission=Permission.CLIENTS_SEE, run=list_clients, query=ClientQuery, answer=ClientList, tags=_TAGS,
    ),
    Operation(
        method="POST", path="/clients", name="addClient", summary="Add a client",
        permission=Permission.CLIENTS_EDIT, run=add_client, body=ClientIn, answer=ClientOut, status=201, tags=_TAGS,
        errors=(404,),
    ),
    Operation(
        method="GET", path=_ONE, name="getClient", summary="Read a client",
        permission=Permission.CLIENTS_SEE, run=get_client, answer=ClientOut, tags=_TAGS,
    ),
    Operation(
        method="PATCH", path=_ONE, name="changeClient", summary="Change a part of a client",
        permission=Permission.CLIENTS_EDIT, run=change_client, body=ClientPatch, answer=ClientOut, tags=_TAGS,
    ),
    Operation(
        method="DELETE", path=_ONE, name="deleteClient", summary="Put a client into the bin",
        permission=Permission.CLIENTS_DELETE, run=delete_client, status=204, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/restore", name="restoreClient", summary="Take a client out of the bin",
        permission=Permission.CLIENTS_DELETE, run=restore_client, answer=ClientOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/merge", name="mergeClients", summary="Merge another card into this one",
        permission=Permission.CLIENTS_MERGE, run=merge_clients, body=MergeIn, answer=ClientOut, tags=_TAGS,
    ),
]  # fmt: skip
