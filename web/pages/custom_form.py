"""Custom fields in forms and on cards, of clients and of deals alike.

In: fields and values. Out: texts for the inputs (macro `inputs` of `fields/inputs.html`), lines for the card, and what a
form sent, as `crm.custom_values.put` takes it. Inputs are named "custom.KEY"; an input of several choices sends an empty
one as well, so that "nothing" and "not asked" differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_decimal
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from crm import client_visibility
from crm.access import Actor
from crm.custom_kinds import FieldKind, Value, texts_of
from crm.tables import Client, CustomField, StoredFile
from web.i18n import current_locale

PREFIX = "custom."


@dataclass(frozen=True, slots=True)
class Line:
    """A field with its value, for a card. `kind` says how `value` is shown; `link` leads to a page, a client, a file."""

    name: str
    key: str
    kind: str
    value: Value
    text: str
    link: str = ""


def read_custom(data: FormData) -> dict[str, list[str]]:
    """Key → what was typed or chosen, for each field that the form asked."""
    keys = [name for name in dict.fromkeys(data) if name.startswith(PREFIX)]
    lists = {key: [str(one).strip() for one in data.getlist(key)] for key in keys}
    return {key.removeprefix(PREFIX): [one for one in lists[key] if one] for key in keys}


async def typed_texts(
    session: AsyncSession, actor: Actor, fields: Sequence[CustomField], values: Mapping[str, Value]
) -> dict[str, list[str]]:
    """Key → what stands in the input of the field, for every field; a client as "name #id", a file as its id and name."""
    names = await _client_names(session, actor, fields, values)
    files = await _file_names(session, fields, values)
    texts: dict[str, list[str]] = {}
    for field in fields:
        value = values.get(field.key)
        if field.kind == FieldKind.CLIENT and isinstance(value, int):
            texts[field.key] = [f"{names.get(value, '')} #{value}".strip()]
        elif field.kind == FieldKind.FILE and isinstance(value, int):
            texts[field.key] = [str(value), files.get(value, "")]
        else:
            texts[field.key] = texts_of(value)
    return texts


async def lines(
    session: AsyncSession, actor: Actor, fields: Sequence[CustomField], values: Mapping[str, Value]
) -> list[Line]:
    """The fields that have a value, in their order; a client that the person may not see is left out."""
    names = await _client_names(session, actor, fields, values)
    files = await _file_names(session, fields, values)
    found = []
    for field in fields:
        value = values.get(field.key)
        if value is None:
            continue
        text, link = _words(field.kind, value), ""
        if field.kind == FieldKind.CLIENT and isinstance(value, int):
            if value not in names:
                continue
            text, link = names[value] or f"#{value}", f"/clients/{value}"
        elif field.kind == FieldKind.FILE and isinstance(value, int):
            if value not in files:
                continue
            text, link = files[value], f"/files/{value}"
        elif field.kind == FieldKind.LINK:
            link = text
        found.append(Line(field.name, field.key, field.kind, value, text, link))
    return found


def _words(kind: str, value: Value) -> str:
    """A value as people of this language write it."""
    if isinstance(value, Decimal):
        pattern = "#,##0.00" if kind == FieldKind.MONEY else "#,##0.####"
        return format_decimal(value, pattern, locale=current_locale())
    return ", ".join(texts_of(value))


async def _client_names(
    session: AsyncSession, actor: Actor, fields: Sequence[CustomField], values: Mapping[str, Value]
) -> dict[int, str]:
    ids = [values.get(field.key) for field in fields if field.kind == FieldKind.CLIENT]
    if not any(ids):
        return {}
    query = select(Client.id, Client.name).where(Client.id.in_([one for one in ids if one]))
    rows = await session.execute(query.where(client_visibility.seen_by(actor)))
    return {client_id: name for client_id, name in rows}


async def _file_names(
    session: AsyncSession, fields: Sequence[CustomField], values: Mapping[str, Value]
) -> dict[int, str]:
    ids = [values.get(field.key) for field in fields if field.kind == FieldKind.FILE]
    if not any(ids):
        return {}
    query = select(StoredFile.id, StoredFile.name).where(
        StoredFile.id.in_([one for one in ids if one]), StoredFile.deleted_at.is_(None)
    )
    return {file_id: name for file_id, name in await session.execute(query)}
