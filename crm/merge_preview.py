"""What a merge would do, before it is done: both cards field by field, and how much moves.

In: two cards. Out: plain data for a page. `crm.client_merge` does it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents, client_rows, client_visibility, duplicates, merge_fields
from crm.access import Action, Actor, Permission
from crm.automatic_cards import is_automatic
from crm.client_merge import UNLIKE
from crm.errors import Invalid
from crm.likeness import Likeness, compare
from crm.merge_plan import (
    CARD_FIELDS,
    FIELD_OF,
    JOINED,
    PERSONAL_FIELDS,
    Side,
    default_side,
    is_empty,
)
from crm.tables import Client, CustomField, CustomValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field in which the cards differ. `name` as `client_merge.Choices` calls it."""

    name: str
    label: str
    """Of a custom field its name; "" for ours, which pages name."""
    kept: str
    gone: str
    chosen: Side
    may_join: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Two cards side by side."""

    kept: Client
    gone: Client
    alike: Likeness | None
    fields: list[Field]
    """Those in which both say something, and not the same."""
    filled: list[Field]
    """Those that only the gone card has: the kept one gets them."""
    moving: Mapping[str, int]
    """Table and column → how many rows of the gone card there are."""


async def preview(session: AsyncSession, actor: Actor, kept_id: int, gone_id: int) -> Preview:
    """Compare two cards that shall become one.

    Raises:
        Forbidden: the actor may not merge, or may not edit one of the two.
        NotFound: no such client, or one in the bin or merged already.
        Invalid: a client with himself, or a person with an organisation.
    """
    actor.require(Permission.CLIENTS_MERGE)
    for client_id in (kept_id, gone_id):
        await client_visibility.require(session, actor, client_id, Action.EDIT)
    cards = await duplicates.cards(session, {kept_id, gone_id})
    if kept_id == gone_id:
        raise Invalid("client", UNLIKE)
    kept, gone = cards[kept_id], cards[gone_id]
    if kept.kind != gone.kind and not is_automatic(gone):
        raise Invalid("client", UNLIKE)
    fields = await _fields(session, actor, kept, gone) + await _custom(session, kept_id, gone_id)
    moving = {
        reference.name: rows
        for reference in client_rows.references()
        if (rows := await client_rows.count(session, reference, gone_id))
    }
    return Preview(
        kept=kept,
        gone=gone,
        alike=compare(duplicates.known_of(kept), duplicates.known_of(gone)),
        fields=[one for one in fields if one.kept],
        filled=[one for one in fields if not one.kept],
        moving=moving,
    )


async def _fields(session: AsyncSession, actor: Actor, kept: Client, gone: Client) -> list[Field]:
    mine, theirs = await merge_fields.read(session, kept), await merge_fields.read(session, gone)
    shown = (*CARD_FIELDS, *(PERSONAL_FIELDS if actor.may(Permission.PERSONAL_SEE) else ()))
    people = await agents.names(
        session, [one for one in (kept.responsible_id, gone.responsible_id) if one]
    )
    found = []
    for name in shown:
        if is_empty(theirs[name]) or mine[name] == theirs[name]:
            continue
        found.append(
            Field(
                name=name,
                label="",
                kept=_words(name, mine[name], people),
                gone=_words(name, theirs[name], people),
                chosen=default_side(name, mine[name], theirs[name]),
                may_join=name == JOINED,
            )
        )
    return found


def _words(name: str, value: Any, people: Mapping[int, str]) -> str:
    if is_empty(value):
        return ""
    return people.get(value, "") if name == "responsible_id" else str(value)


async def _custom(session: AsyncSession, kept_id: int, gone_id: int) -> list[Field]:
    rows = await session.execute(
        select(CustomField, CustomValue)
        .join(CustomValue, CustomValue.field_id == CustomField.id)
        .where(CustomValue.client_id.in_((kept_id, gone_id)), CustomField.kind != "many")
        .order_by(CustomField.place, CustomField.id, CustomValue.id)
    )
    values: dict[int, dict[int, str]] = {}
    names: dict[int, str] = {}
    for field, value in rows:
        names[field.id] = field.name
        values.setdefault(field.id, {})[value.client_id or 0] = _custom_words(value)
    return [
        Field(
            name=f"{FIELD_OF}{field_id}",
            label=names[field_id],
            kept=both.get(kept_id, ""),
            gone=both[gone_id],
            chosen=Side.KEPT if kept_id in both else Side.GONE,
            may_join=False,
        )
        for field_id, both in values.items()
        if gone_id in both and both[gone_id] != both.get(kept_id, "")
    ]


def _custom_words(value: CustomValue) -> str:
    known = (value.number, value.day, value.flag, value.linked_id, value.file_id)
    return value.text or next((str(one) for one in known if one is not None), "—")
