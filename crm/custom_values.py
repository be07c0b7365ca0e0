"""Values of custom fields, of clients and of deals.

In: key → value, as typed, imported or sent by a program. Out: rows of `custom_values`; `get` gives them back as plain
values. Pages, imports, the API and deals all write through `put`, which checks everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, custom_fields
from crm.access import Actor
from crm.custom_fields import searched, subjects_of
from crm.custom_kinds import FieldKind, Value, parse, texts_of
from crm.errors import Invalid
from crm.tables import Client, CustomField, CustomValue, StoredFile


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose values. `subject`: "person", "organisation" or "deal"."""

    subject: str
    id: int

    @property
    def rows(self) -> ColumnElement[bool]:
        """A condition on `CustomValue`."""
        return (CustomValue.deal_id if self.subject == "deal" else CustomValue.client_id) == self.id


def owner_of(client: Client) -> Owner:
    """The owner that a client is."""
    return Owner(client.kind, client.id)


@dataclass(frozen=True, slots=True)
class Written:
    """What `put` changed, as the change history keeps it: "custom.KEY" → text before, and after."""

    before: dict[str, Any]
    after: dict[str, Any]


async def get(session: AsyncSession, owner: Owner) -> dict[str, Value]:
    """Return the values of all fields that have one, archived ones as well, by key."""
    return (await of_many(session, owner.subject == "deal", [owner.id])).get(owner.id, {})


async def of_many(
    session: AsyncSession, deals: bool, ids: Collection[int]
) -> dict[int, dict[str, Value]]:
    """Return the values of many clients (or deals) at once: id → key → value. For lists, exports and the API."""
    column = CustomValue.deal_id if deals else CustomValue.client_id
    rows = await session.execute(
        select(column, CustomField.key, CustomField.kind, CustomValue)
        .join(CustomField, CustomField.id == CustomValue.field_id)
        .where(column.in_(ids))
        .order_by(CustomValue.id)
    )
    found: dict[int, dict[str, Value]] = defaultdict(dict)
    for owner_id, key, kind, row in rows:
        value = _value(kind, row)
        if value is None or owner_id is None:
            continue
        before = found[owner_id].get(key)
        if isinstance(before, tuple) and isinstance(value, tuple):
            value = (*before, *value)
        found[owner_id][key] = value
    return dict(found)


async def put(
    session: AsyncSession,
    actor: Actor,
    owner: Owner,
    values: Mapping[str, object],
    *,
    obligatory: bool = False,
) -> Written:
    """Write values; keys that are not named stay as they are, None, "" and [] empty a field.

    Args:
        session: a write session.
        actor: who writes; a client that he may not see cannot be named in a field of kind "client".
        owner: whose values; the caller has asked whether the actor may edit it.
        values: by key.
        obligatory: whether obligatory fields of this owner must have a value then.

    Raises:
        Invalid: no such field, or a value that does not fit its kind; `field` is "custom.KEY".
    """
    known = {f.key: f for f in await custom_fields.fields(session, subjects_of(owner.subject))}
    if unknown := [key for key in values if key not in known]:
        why = "there is no field %(key)s here"
        raise Invalid(f"custom.{unknown[0]}", why, key=unknown[0])
    kept = await get(session, owner)
    now = dict(kept)
    for key, typed in values.items():
        value = _parsed(known[key], typed, kept.get(key))
        now.pop(key, None)
        if value is not None:
            now[key] = value
    changed = [key for key in values if kept.get(key) != now.get(key)]
    for key in changed:
        await _check_link(session, actor, known[key], now.get(key), owner)
        await _write(session, owner, known[key], now.get(key))
    if obligatory:
        _require(known.values(), now)
    return Written(
        {f"custom.{key}": await text_of(session, known[key], kept.get(key)) for key in changed},
        {f"custom.{key}": await text_of(session, known[key], now.get(key)) for key in changed},
    )


async def text_of(session: AsyncSession, field: CustomField, value: Value | None) -> str:
    """A value in words that mean something without the database: names of clients and files, not ids."""
    if field.kind == FieldKind.CLIENT and isinstance(value, int):
        name = await session.scalar(select(Client.name).where(Client.id == value))
        return name or f"#{value}"
    if field.kind == FieldKind.FILE and isinstance(value, int):
        return await session.scalar(select(StoredFile.name).where(StoredFile.id == value)) or ""
    return ", ".join(texts_of(value))


def _parsed(field: CustomField, typed: object, kept: Value | None) -> Value | None:
    # A choice that the administrator took from the list stays valid where it was chosen before.
    choices: list[str] = [str(one) for one in field.options]
    if field.kind in (FieldKind.LIST, FieldKind.MANY):
        choices += [one for one in texts_of(kept) if one not in choices]
    return parse(field.kind, field.key, typed, choices)


def _require(fields: Collection[CustomField], now: Mapping[str, Value]) -> None:
    for field in fields:
        if field.obligatory and now.get(field.key) is None:
            raise Invalid(f"custom.{field.key}", "this must be filled in")


async def _check_link(
    session: AsyncSession, actor: Actor, field: CustomField, value: Value | None, owner: Owner
) -> None:
    if value is None:
        return
    if field.kind == FieldKind.CLIENT:
        seen = select(Client.id).where(Client.id == value, client_visibility.seen_by(actor))
        if await session.scalar(seen) is None:
            raise Invalid(f"custom.{field.key}", "there is no such client")
    if field.kind == FieldKind.FILE:
        of = StoredFile.deal_id if owner.subject == "deal" else StoredFile.client_id
        there = select(StoredFile.id).where(StoredFile.id == value, of == owner.id)
        if await session.scalar(there.where(StoredFile.deleted_at.is_(None))) is None:
            raise Invalid(f"custom.{field.key}", "there is no such file")


async def _write(
    session: AsyncSession, owner: Owner, field: CustomField, value: Value | None
) -> None:
    gone = delete(CustomValue).where(CustomValue.field_id == field.id, owner.rows)
    await session.execute(gone)
    parts: Sequence[Value] = value if isinstance(value, tuple) else [] if value is None else [value]
    whose = {"deal_id" if owner.subject == "deal" else "client_id": owner.id}
    session.add_all(
        CustomValue(field_id=field.id, **whose, **_columns(field.kind, part)) for part in parts
    )
    await session.flush()


def _columns(kind: str, value: Value) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"flag": value}
    if isinstance(value, Decimal):
        return {"number": value}
    if isinstance(value, date):
        return {"day": value}
    if isinstance(value, int):
        return {"linked_id" if kind == FieldKind.CLIENT else "file_id": value}
    return {"text": value, "folded": searched(str(value))}


def _value(kind: str, row: CustomValue) -> Value | None:
    match kind:
        case FieldKind.MANY:
            return (row.text,)
        case FieldKind.NUMBER | FieldKind.MONEY:
            return row.number
        case FieldKind.DATE:
            return row.day
        case FieldKind.FLAG:
            return row.flag
        case FieldKind.CLIENT:
            return row.linked_id
        case FieldKind.FILE:
            return row.file_id
        case _:
            return row.text or None
