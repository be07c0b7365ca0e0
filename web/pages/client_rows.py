"""The rows of the list of clients: each with the cells of the columns that were chosen.

In: ids of clients that the reader may see, in their order, and the columns. Out: rows with everything loaded: a statement
for each kind of thing that a chosen column needs, none for the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm import agents, custom_fields, custom_values, deal_visibility, tags
from crm.access import Action, Actor
from crm.client_visibility import seen_by
from crm.finding.fields import CUSTOM
from crm.tables import Client, ClientFigures, Deal, Membership, Tag
from web.pages.custom_form import Line, lines

_FIGURES = frozenset({"category", "spent", "purchases", "potential", "vip"})


@dataclass(slots=True)
class Row:
    """One client of the list."""

    client: Client
    may_edit: bool = False
    responsible: str = ""
    tags: list[Tag] = field(default_factory=list)
    figures: ClientFigures | None = None
    open_deals: int = 0
    custom: Mapping[str, Line] = field(default_factory=dict)
    """Key of the column → the value as text."""


async def rows_of(
    session: AsyncSession, actor: Actor, ids: Sequence[int], columns: Collection[str]
) -> list[Row]:
    """The rows, in the order of the ids."""
    if not ids:
        return []
    loaded = await session.scalars(_query(ids))
    by_id = {client.id: Row(client) for client in loaded}
    await _responsible(session, list(by_id.values()))
    if "tags" in columns:
        for client_id, found in (await tags.of_many(session, tags.Tagged.CLIENT, ids)).items():
            by_id[client_id].tags = found
    if _FIGURES & set(columns):
        figures = select(ClientFigures).where(ClientFigures.client_id.in_(ids))
        for one in await session.scalars(figures):
            by_id[one.client_id].figures = one
    if "open_deals" in columns:
        await _deals(session, actor, by_id)
    if any(one.startswith(CUSTOM) for one in columns):
        await _custom(session, actor, by_id, columns)
    editable = select(Client.id).where(Client.id.in_(ids), seen_by(actor, Action.EDIT))
    for client_id in await session.scalars(editable):
        by_id[client_id].may_edit = True
    return [by_id[one] for one in ids if one in by_id]


def _query(ids: Sequence[int]) -> Any:
    return (
        select(Client)
        .where(Client.id.in_(ids))
        .options(
            selectinload(Client.numbers),
            selectinload(Client.emails),
            selectinload(Client.workplaces).selectinload(Membership.organisation),
        )
    )


async def _responsible(session: AsyncSession, rows: Sequence[Row]) -> None:
    people = {row.client.responsible_id for row in rows if row.client.responsible_id}
    names = await agents.names(session, sorted(people))
    for row in rows:
        row.responsible = names.get(row.client.responsible_id or 0, "")


async def _deals(session: AsyncSession, actor: Actor, by_id: Mapping[int, Row]) -> None:
    counted = (
        select(Deal.client_id, func.count())
        .where(Deal.client_id.in_(by_id), Deal.state == "open", deal_visibility.seen_by(actor))
        .group_by(Deal.client_id)
    )
    for client_id, count in await session.execute(counted):
        if client_id is not None:
            by_id[client_id].open_deals = count


async def _custom(
    session: AsyncSession, actor: Actor, by_id: Mapping[int, Row], columns: Collection[str]
) -> None:
    """Own fields as the card shows them: a client that the person may not see has no name here either."""
    fields = await custom_fields.fields(session, custom_fields.OF_CLIENTS)
    shown = [one for one in fields if f"{CUSTOM}{one.key}" in columns]
    for client_id, kept in (await custom_values.of_many(session, False, by_id.keys())).items():
        told = await lines(session, actor, shown, kept)
        by_id[client_id].custom = {f"{CUSTOM}{line.key}": line for line in told}
