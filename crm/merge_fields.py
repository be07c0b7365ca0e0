"""The fields of two cards that become one: the card's own, personal data, custom fields.

In: two cards and whose value stays. Out: fields written on the kept card, and as plain JSON how they were and are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_rows
from crm.client_rows import Keys, Reference
from crm.finding.terms import folded
from crm.merge_plan import (
    CARD_FIELDS,
    FIELD_OF,
    PERSONAL_FIELDS,
    Row,
    Side,
    merged_fields,
    movable,
    newest,
)
from crm.tables import Client, ClientPersonal, Consent, CustomField, CustomValue

CUSTOM = "custom_values.client_id"
_FOLLOWING = ("confirmed", "mailing_consent", "recording_consent", "last_contact_at")
"""Fields that follow from both cards; nobody chooses."""
Written = dict[str, Any]


async def join(
    session: AsyncSession, kept: Client, gone: Client, choices: Mapping[str, Side]
) -> Written:
    """Write the fields of the card that stays, and let the custom values move; returns what an undo needs."""
    mine, theirs = await read(session, kept), await read(session, gone)
    own = (*CARD_FIELDS, *PERSONAL_FIELDS)
    after = merged_fields(
        {field: mine[field] for field in own}, {field: theirs[field] for field in own}, choices
    )
    after |= await _following(session, kept, gone)
    after = {field: value for field, value in after.items() if value != mine[field]}
    before = {field: mine[field] for field in after}
    # Personal data of a card that has no row yet come with the other card's row.
    personal = await session.get(ClientPersonal, kept.id)
    written = {f: v for f, v in after.items() if personal is not None or f not in PERSONAL_FIELDS}
    await write(session, kept, written)
    given, back = await _join_custom(session, kept.id, gone.id, choices)
    return {
        "before": {field: before[field] for field in written},
        "after": written,
        "custom": given,
        "custom_back": back,
    }


async def read(session: AsyncSession, client: Client) -> dict[str, Any]:
    """The fields of a card as plain JSON values."""
    personal = await session.get(ClientPersonal, client.id, populate_existing=True)
    values = {field: getattr(client, field) for field in (*CARD_FIELDS, *_FOLLOWING)}
    values |= {
        field: getattr(personal, field) if personal is not None else _NOTHING.get(field, "")
        for field in PERSONAL_FIELDS
    }
    return {
        field: value.isoformat() if isinstance(value, date) else value
        for field, value in values.items()
    }


_NOTHING: Mapping[str, Any] = {"born_on": None}


async def write(session: AsyncSession, client: Client, values: Mapping[str, Any]) -> None:
    """Put plain JSON values back on a card."""
    personal = await session.get(ClientPersonal, client.id)
    for field, value in values.items():
        if field not in PERSONAL_FIELDS:
            is_time = field == "last_contact_at" and value is not None
            setattr(client, field, datetime.fromisoformat(value) if is_time else value)
        elif personal is not None:
            is_day = field == "born_on" and value is not None
            setattr(personal, field, date.fromisoformat(value) if is_day else value)
    if "name" in values:
        client.search_name = folded(client.name)


def label(client: Client) -> str:
    """A card as the change history names it."""
    return f"{client.name} (№ {client.id})" if client.name else f"№ {client.id}"


async def _following(session: AsyncSession, kept: Client, gone: Client) -> dict[str, Any]:
    last = newest([kept.last_contact_at, gone.last_contact_at])
    values: dict[str, Any] = {
        "confirmed": kept.confirmed or gone.confirmed,
        "last_contact_at": last.isoformat() if last else None,
    }
    for kind in ("mailing", "recording"):
        field = f"{kind}_consent"
        said = select(Consent.given).where(
            Consent.client_id.in_((kept.id, gone.id)), Consent.kind == kind
        )
        newest_said = await session.scalar(
            said.order_by(Consent.given_at.desc(), Consent.id.desc()).limit(1)
        )
        mine, theirs = getattr(kept, field), getattr(gone, field)
        values[field] = newest_said if newest_said is not None else theirs if mine is None else mine
    return values


def _reference() -> Reference:
    return next(one for one in client_rows.references() if one.name == CUSTOM)


async def _join_custom(
    session: AsyncSession, kept_id: int, gone_id: int, choices: Mapping[str, Side]
) -> tuple[Keys, Keys]:
    """Move the values of custom fields that the kept card lacks, or that were chosen; returns keys there and back."""
    several = set(await session.scalars(select(CustomField.id).where(CustomField.kind == "many")))
    mine = await _custom(session, kept_id, several)
    theirs = await _custom(session, gone_id, several)
    back: Keys = []
    for field_id in {row.alike[0][0] for row in theirs}:  # type: ignore[index]
        if choices.get(f"{FIELD_OF}{field_id}") is Side.GONE and field_id not in several:
            back += [list(row.key) for row in mine if row.alike[0][0] == field_id]  # type: ignore[index]
    leaving = {key[0] for key in back}
    given = _movable_values(theirs, [row for row in mine if row.key[0] not in leaving])
    await client_rows.put(session, _reference(), given, gone_id, kept_id)
    await client_rows.put(session, _reference(), back, kept_id, gone_id)
    return given, back


def _movable_values(theirs: list[Row], mine: list[Row]) -> Keys:
    """Values of a field of one value are one card's as a whole: a field that is there keeps its own."""
    return [list(row.key) for row in movable(theirs, mine)]


async def _custom(session: AsyncSession, client_id: int, several: set[int]) -> list[Row]:
    query = select(CustomValue).where(CustomValue.client_id == client_id).order_by(CustomValue.id)
    return [
        Row((value.id,), ((value.field_id, value.text if value.field_id in several else None),))
        for value in await session.scalars(query)
    ]


async def part_custom(
    session: AsyncSession, kept_id: int, gone_id: int, moved: Mapping[str, Any]
) -> int:
    """Give custom values back; returns how many are not there any more."""
    left = len(moved["custom"]) + len(moved["custom_back"])
    left -= await client_rows.put(session, _reference(), moved["custom"], kept_id, gone_id)
    left -= await client_rows.put(session, _reference(), moved["custom_back"], gone_id, kept_id)
    return left
