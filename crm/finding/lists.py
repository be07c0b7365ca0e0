"""The list of clients: what was typed, a filter, an order, a page at a time; and how many fit.

In: an actor and what is asked for. Out: clients within the actor's scope and nobody else, counted the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import custom_fields
from crm.access import Action, Actor, Permission
from crm.client_visibility import seen_by
from crm.finding import columns, fields, filter_sql, search
from crm.finding.filters import EVERYBODY, Group, Moment
from crm.finding.search import Hit
from crm.tables import Client

PAGE_SIZE = 40
COUNTED = 10_000
"""More are "10 000+": to count on would take longer than a page may."""

_FEW = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see."""

    typed: str = ""
    filter: Group = EVERYBODY
    sort: str = "name"
    after: int | None = None
    """Id of the last client of the page before."""
    limit: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Found:
    """One page. `hits`: how each was found, where something was typed."""

    ids: list[int]
    next_after: int | None
    hits: dict[int, Hit]
    is_cut: bool = False
    """More clients fit what was typed than are shown."""


async def catalog(session: AsyncSession, actor: Actor) -> dict[str, fields.Field]:
    """The fields by which this person may filter; archived ones are there and say so."""
    rows = await custom_fields.fields(session, custom_fields.OF_CLIENTS, archived=True)
    added = [
        fields.custom(
            field_id=row.id,
            key=row.key,
            name=row.name,
            kind=row.kind,
            options=row.options,
            is_archived=row.archived_at is not None,
        )
        for row in rows
    ]
    return fields.catalog(added, personal=actor.may(Permission.PERSONAL_SEE))


def fitting(actor: Actor, node: Group, moment: Moment) -> Select[int]:
    """Ids of the clients that fit a filter and that the actor may see; for counts and for other queries."""
    return select(Client.id).where(seen_by(actor), filter_sql.condition(node, moment))


async def page(session: AsyncSession, actor: Actor, asked: Asked, moment: Moment) -> Found:
    """A page of the list.

    Raises:
        Forbidden: the actor may not see clients.
    """
    actor.require(Permission.CLIENTS_SEE)
    where = filter_sql.condition(asked.filter, moment)
    if search.terms_of(asked.typed):
        return await _hits(session, actor, asked, where)
    if asked.typed.strip():
        return Found([], None, {})
    ids = await _sorted(session, actor, asked, where)
    more = len(ids) > asked.limit
    return Found(ids[: asked.limit], ids[asked.limit - 1] if more else None, {})


async def count(session: AsyncSession, actor: Actor, node: Group, moment: Moment) -> int:
    """How many of the actor's clients fit; `COUNTED` + 1 means more than that.

    Raises:
        Forbidden: the actor may not see clients.
    """
    actor.require(Permission.CLIENTS_SEE)
    some = fitting(actor, node, moment).limit(COUNTED + 1).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0


async def _hits(
    session: AsyncSession, actor: Actor, asked: Asked, where: ColumnElement[bool]
) -> Found:
    """Best first, or in the order that was asked for; all that there are are at hand."""
    hits = await search.find(session, actor, asked.typed, where=[where])
    by_id = {hit.client_id: hit for hit in hits}
    ids = list(by_id)
    if asked.sort != "name":
        sort = columns.SORTS[asked.sort]
        order = sort.column.desc() if sort.is_descending else sort.column.asc()
        query = select(Client.id).where(Client.id.in_(ids))
        ids = list(await session.scalars(query.order_by(order.nulls_last(), Client.id)))
    start = ids.index(asked.after) + 1 if asked.after in by_id else 0
    shown = ids[start : start + asked.limit]
    more = start + asked.limit < len(ids)
    is_cut = len(hits) >= search.MOST_HITS
    return Found(shown, shown[-1] if more else None, by_id, is_cut)


async def _sorted(
    session: AsyncSession, actor: Actor, asked: Asked, where: ColumnElement[bool]
) -> list[int]:
    """One more than a page. Clients without a value stand last: they are asked for when the others are at an end."""
    sort = columns.SORTS[asked.sort]
    query = select(Client.id).where(seen_by(actor, Action.SEE), where)
    if asked.filter.parts:
        # In the order of an index, few would be sought through all clients, a row at a time.
        few = list(await session.scalars(query.limit(_FEW + 1)))
        if len(few) <= _FEW:
            query = select(Client.id).where(Client.id.in_(few))
    last = await session.get(Client, asked.after) if asked.after is not None else None
    is_among_empty = last is not None and sort.has_empty and sort.lacks(last)
    wanted, ids = asked.limit + 1, list[int]()
    if not is_among_empty:
        full = query.where(~sort.is_empty) if sort.has_empty else query
        full = full.where(columns.after(sort, last)) if last is not None else full
        order = sort.column.desc() if sort.is_descending else sort.column.asc()
        number = Client.id.desc() if sort.is_descending else Client.id.asc()
        ids += await session.scalars(full.order_by(order, number).limit(wanted))
    if sort.has_empty and len(ids) < wanted:
        empty = query.where(sort.is_empty).order_by(Client.id.desc())
        if is_among_empty and last is not None:
            empty = empty.where(Client.id < last.id)
        ids += await session.scalars(empty.limit(wanted - len(ids)))
    return ids
