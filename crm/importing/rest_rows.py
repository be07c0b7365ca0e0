"""Tags, custom values, consents and personal data of many clients at once; and the calls that waited for their numbers.

In: ids of clients and what they have. Out: rows. For `writing` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.columns import Base
from calls.db import upsert
from calls.tables import Call
from crm import call_links, callbacks, custom_values, personal_dates
from crm.access import Actor
from crm.custom_fields import searched
from crm.custom_kinds import texts_of
from crm.importing.cards import Card
from crm.importing.resolving import Lexicon
from crm.number_rules import NumberRules
from crm.tables import (
    CallLink,
    Client,
    ClientPersonal,
    ClientTag,
    Consent,
    CustomValue,
    PersonalDate,
    Tag,
    Task,
)

_TAG_LENGTH = 64
CONSENT_SOURCE = "import"


async def add_tags(
    session: AsyncSession, whose: Sequence[tuple[int, Sequence[str]]], now: datetime
) -> list[int]:
    """Put tags on clients; unknown ones are made. Returns the ids of tags that were put on."""
    names = {searched(tag)[:_TAG_LENGTH]: tag[:_TAG_LENGTH] for _, tags in whose for tag in tags}
    names.pop("", None)
    if not names:
        return []
    made = [
        {"name": tag, "folded": key, "colour": "", "created_at": now} for key, tag in names.items()
    ]
    await upsert(session, Tag, made, ["folded"], replace=False)
    rows = await session.execute(select(Tag.folded, Tag.id).where(Tag.folded.in_(names)))
    ids = {key: tag_id for key, tag_id in rows}
    pairs = {
        (ref, ids[searched(tag)[:_TAG_LENGTH]])
        for ref, tags in whose
        for tag in tags
        if searched(tag)
    }
    wanted = [{"client_id": ref, "tag_id": tag_id} for ref, tag_id in sorted(pairs)]
    await upsert(session, ClientTag, wanted, ["client_id", "tag_id"], replace=False)
    return sorted({tag_id for _, tag_id in pairs})


async def add_values(
    session: AsyncSession, whose: Sequence[tuple[int, Mapping[str, Any]]], lexicon: Lexicon
) -> None:
    """Write custom values of new clients."""
    await _insert(session, CustomValue, _value_rows(whose, lexicon))


async def replace_values(
    session: AsyncSession, ref: int, values: Mapping[str, Any], lexicon: Lexicon
) -> dict[str, Any]:
    """Write custom values of an old client; returns key → (texts before, texts now)."""
    if not values:
        return {}
    owner = custom_values.Owner("person", ref)
    before = await custom_values.get(session, owner)
    ids = [lexicon.fields[key].id for key in values]
    gone = delete(CustomValue).where(CustomValue.client_id == ref, CustomValue.field_id.in_(ids))
    await session.execute(gone)
    await _insert(session, CustomValue, _value_rows([(ref, values)], lexicon))
    texts = texts_of
    return {key: [texts(before.get(key)), texts(value)] for key, value in values.items()}


def _value_rows(
    whose: Iterable[tuple[int, Mapping[str, Any]]], lexicon: Lexicon
) -> list[dict[str, Any]]:
    rows = []
    for ref, values in whose:
        for key, value in values.items():
            for part in value if isinstance(value, tuple) else (value,):
                row = {
                    "field_id": lexicon.fields[key].id,
                    "client_id": ref,
                    "text": "",
                    "folded": "",
                }
                rows.append({**row, "number": None, "day": None, "flag": None, **_value(part)})
    return rows


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"flag": value}
    if isinstance(value, Decimal):
        return {"number": value}
    if isinstance(value, date):
        return {"day": value}
    return {"text": str(value), "folded": searched(str(value))}


async def add_consents(
    session: AsyncSession, actor: Actor, whose: Sequence[tuple[int, Card]], now: datetime
) -> None:
    """Keep what the file says of consents, with its source."""
    rows = [
        {
            "client_id": ref,
            "kind": kind,
            "given": given,
            "given_at": now,
            "source": CONSENT_SOURCE,
            "noted_by_id": actor.user_id or None,
            "noted_at": now,
        }
        for ref, card in whose
        for kind, given in (
            ("mailing", card.mailing_consent),
            ("recording", card.recording_consent),
        )
        if given is not None
    ]
    await _insert(session, Consent, rows)


async def put_personal(session: AsyncSession, ref: int, values: Mapping[str, Any]) -> None:
    """Change personal data of an old client, with the birthday among the days to remember."""
    row = await session.get(ClientPersonal, ref)
    if row is None:
        row = ClientPersonal(client_id=ref)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value if name == "born_on" else value or "")
    await session.flush()
    if "born_on" not in values:
        return
    birthday = personal_dates.BIRTHDAY
    here = (PersonalDate.client_id == ref, PersonalDate.name == birthday)
    await session.execute(delete(PersonalDate).where(*here))
    born: date | None = values["born_on"]
    if born is not None:
        day = PersonalDate(
            client_id=ref, name=birthday, day=born.day, month=born.month, year=born.year
        )
        session.add(day)
        await session.flush()


async def follow_numbers(
    session: AsyncSession, numbers: Mapping[int, Sequence[str]], rules: NumberRules
) -> None:
    """Let earlier calls and open call-backs find the clients of these numbers; asks only for numbers that have any."""
    every = sorted({number for listed in numbers.values() for number in listed})
    if not every:
        return
    linked = exists().where(CallLink.call_id == Call.id)
    called = select(Call.remote_e164).where(Call.remote_e164.in_(every), ~linked).distinct()
    subjects = [rules.key(number).subject for number in every]
    waiting = select(Task.subject_key).where(
        Task.kind == "callback", Task.state == "open", Task.subject_key.in_(subjects)
    )
    busy = set((await session.scalars(called)).all())
    open_tasks = set((await session.scalars(waiting)).all())
    for ref, listed in numbers.items():
        keys = [rules.key(number) for number in listed]
        if any(key.subject in open_tasks for key in keys):
            await callbacks.follow(session, ref, keys)
        if busy.intersection(listed):
            query = select(Client).where(Client.id == ref).options(selectinload(Client.numbers))
            client = await session.scalar(query.execution_options(populate_existing=True))
            if client is not None:
                await call_links.link_earlier_calls(session, client, rules)


async def _insert(
    session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]]
) -> None:
    if rows:
        await session.execute(insert(cast(Table, table.__table__)), rows)
