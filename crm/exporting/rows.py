"""Clients as rows of text, with columns that an import recognises again.

In: an actor and ids in their order. Out: rows. Only clients within the actor's scope for `Action.EXPORT` come out,
whatever ids were asked for; home addresses and passports never do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.db import Database
from crm import agents, client_visibility, custom_fields, custom_values
from crm.access import Action, Actor
from crm.custom_kinds import texts_of
from crm.tables import Client, ClientPersonal, ClientTag, CustomField, Membership, Tag

CHUNK = 300
COLUMNS = (
    "name", "kind", "company", "position", "phone", "email", "inn", "kpp", "ogrn", "legal_name", "legal_address",
    "address", "responsible", "source", "tags", "mailing_consent", "born_on", "created_at", "notes",
)  # fmt: skip
"""Every own column; custom fields come with their keys as "custom.KEY"."""
CUSTOM = "custom."


@dataclass(slots=True)
class _Facts:
    """What is needed beside the card itself."""

    zone: ZoneInfo
    words: Mapping[str, str]
    people: Mapping[int, str] = field(default_factory=dict)
    tags: Mapping[int, list[str]] = field(default_factory=dict)
    born: Mapping[int, date | None] = field(default_factory=dict)
    custom: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


async def every_column(session: AsyncSession) -> dict[str, str]:
    """Custom fields of clients that can be written as text: "custom.KEY" → name."""
    found = await custom_fields.fields(session, custom_fields.OF_CLIENTS)
    return {f"{CUSTOM}{one.key}": one.name for one in found if one.kind not in ("file", "client")}


async def written(  # noqa: PLR0913 (what comes out, for whom, in whose words)
    db: Database,
    actor: Actor,
    ids: Sequence[int],
    columns: Sequence[str],
    *,
    zone: ZoneInfo,
    words: Mapping[str, str],
) -> AsyncIterator[list[str]]:
    """The rows of these clients.

    Args:
        db: the database.
        actor: who exports.
        ids: of clients, in the order in which they shall stand.
        columns: of `COLUMNS`, and "custom.KEY".
        zone: of the company, for days.
        words: "person", "organisation", "yes", "no" in the language of the file.
    """
    for at in range(0, len(ids), CHUNK):
        part = ids[at : at + CHUNK]
        async with db.read() as session:
            clients, facts = await _load(session, actor, part, columns, _Facts(zone, words))
        for client in clients:
            yield [_text(client, column, facts) for column in columns]


async def _load(
    session: AsyncSession, actor: Actor, ids: Sequence[int], columns: Sequence[str], facts: _Facts
) -> tuple[list[Client], _Facts]:
    may = client_visibility.seen_by(actor, Action.EXPORT)
    seen = client_visibility.seen_by(actor, Action.SEE)
    query = select(Client).where(Client.id.in_(ids), may, seen)
    query = query.options(
        selectinload(Client.numbers),
        selectinload(Client.emails),
        selectinload(Client.workplaces).selectinload(Membership.organisation),
    )
    by_id = {client.id: client for client in (await session.scalars(query)).all()}
    people = {client.responsible_id for client in by_id.values() if client.responsible_id}
    facts.people = await agents.names(session, people)
    if "tags" in columns:
        facts.tags = await _tags(session, list(by_id))
    if "born_on" in columns:
        born = select(ClientPersonal.client_id, ClientPersonal.born_on)
        rows = await session.execute(born.where(ClientPersonal.client_id.in_(by_id)))
        facts.born = {client_id: day for client_id, day in rows}
    if any(column.startswith(CUSTOM) for column in columns):
        values = await custom_values.of_many(session, False, list(by_id))
        kinds = {one.key: one.kind for one in await session.scalars(select(CustomField))}
        facts.custom = {
            client_id: {
                key: ", ".join(texts_of(value)) for key, value in own.items() if kinds.get(key)
            }
            for client_id, own in values.items()
        }
    return [by_id[one] for one in ids if one in by_id], facts


async def _tags(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[str]]:
    query = select(ClientTag.client_id, Tag.name).join(Tag, Tag.id == ClientTag.tag_id)
    found: dict[int, list[str]] = {}
    for client_id, name in await session.execute(
        query.where(ClientTag.client_id.in_(ids)).order_by(Tag.name)
    ):
        found.setdefault(client_id, []).append(name)
    return found


def _text(client: Client, column: str, facts: _Facts) -> str:
    if column.startswith(CUSTOM):
        return facts.custom.get(client.id, {}).get(column.removeprefix(CUSTOM), "")
    made = _MADE.get(column)
    return made(client, facts) if made is not None else str(getattr(client, column) or "")


def _phones(client: Client, facts: _Facts) -> str:
    return "; ".join(
        f"{number.e164 or number.raw} ({number.label})"
        if number.label
        else number.e164 or number.raw
        for number in client.numbers
    )


def _consent(client: Client, facts: _Facts) -> str:
    given = client.mailing_consent
    return "" if given is None else facts.words["yes" if given else "no"]


def _born(client: Client, facts: _Facts) -> str:
    day = facts.born.get(client.id)
    return day.strftime("%d.%m.%Y") if day else ""


_MADE: Mapping[str, Callable[[Client, _Facts], str]] = {
    "kind": lambda client, facts: facts.words[client.kind],
    "company": lambda client, facts: client.organisation.name if client.organisation else "",
    "phone": _phones,
    "email": lambda client, facts: ", ".join(email.address for email in client.emails),
    "responsible": lambda client, facts: facts.people.get(client.responsible_id or 0, ""),
    "tags": lambda client, facts: ", ".join(facts.tags.get(client.id, [])),
    "mailing_consent": _consent,
    "born_on": _born,
    "created_at": lambda client, facts: f"{client.created_at.astimezone(facts.zone):%d.%m.%Y}",
}
