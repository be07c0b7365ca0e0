"""Clients of the base that rows of a file may be.

In: entries of a chunk. Out: a `Known` with every client that has one of their phones, addresses, INNs or names, and
whether the person who imports may see and change it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, custom_fields
from crm.access import Action, Actor
from crm.finding.terms import folded
from crm.importing.cards import TEXTS, Card, Entry
from crm.importing.known import Existing, Known
from crm.importing.likeness import firm_key
from crm.importing.resolving import IMPORTABLE, Field, Lexicon, fold
from crm.tables import (
    Client,
    ClientEmail,
    ClientNumber,
    ClientPersonal,
    ClientTag,
    CustomField,
    CustomValue,
    Membership,
    Tag,
    User,
)

_KEYS = 5000
"""Values of one statement; SQLite takes 32 766."""
_COLUMNS = (
    *(getattr(Client, name) for name in TEXTS), Client.id, Client.kind, Client.confirmed, Client.notes,
    Client.responsible_id, Client.mailing_consent, Client.recording_consent, Client.import_id,
)  # fmt: skip
_PERSONAL = ("born_on", "sex", "home_address", "passport")


async def lexicon_of(session: AsyncSession) -> Lexicon:
    """The colleagues and the custom fields of clients."""
    people: dict[str, int] = {}
    users = select(User.id, User.login, User.name, User.email).where(User.active.is_(True))
    for user_id, login, name, email in await session.execute(users.order_by(User.id)):
        for text in (name, login, email):
            if text:
                people.setdefault(fold(text), user_id)
    fields = {
        one.key: Field(
            one.id, one.key, one.name, one.kind, one.subject, tuple(map(str, one.options))
        )
        for one in await custom_fields.fields(session, custom_fields.OF_CLIENTS)
        if one.kind in IMPORTABLE
    }
    return Lexicon(people, fields)


async def fetch(
    session: AsyncSession,
    actor: Actor,
    entries: Collection[Entry],
    known: Known,
    import_id: int | None = None,
) -> None:
    """Add the clients that these entries may be to `known`.

    Args:
        session: any session.
        actor: who imports.
        entries: of a chunk.
        known: clients that are there already stay as they are.
        import_id: cards of this import count as made of earlier rows.
    """
    cards = [card for entry in entries for card in entry.cards]
    ids = {one for one in await _ids(session, cards) if one not in known}
    found = await _load(session, actor, ids, import_id)
    staff = await _staff(session, cards, found.values())
    found |= await _load(session, actor, {one for one in staff if one not in known}, import_id)
    for one in found.values():
        known.add(one)


async def _staff(
    session: AsyncSession, cards: Sequence[Card], found: Collection[Existing]
) -> set[int]:
    """Contact persons of the organisations found who are called as somebody in these rows."""
    firms = [one.ref for one in found if one.kind == "organisation"]
    names = {folded(card.name) for card in cards if card.kind == "person" and card.name}
    ids: set[int] = set()
    for part in _parts(firms) if names else ():
        query = (
            select(Membership.person_id)
            .join(Client, Client.id == Membership.person_id)
            .where(Membership.organisation_id.in_(part), Client.search_name.in_(names))
        )
        ids.update(await session.scalars(query))
    return ids - {one.ref for one in found}


async def _ids(session: AsyncSession, cards: Sequence[Card]) -> set[int]:
    phones = {phone.e164 for card in cards for phone in card.phones}
    emails = {email for card in cards for email in card.emails}
    inns = {card.inn for card in cards if card.inn}
    names = {name for card in cards for name in _names_of(card)}
    ids: set[int] = set()
    for column, owner, keys in (
        (ClientNumber.e164, ClientNumber.client_id, phones),
        (ClientEmail.folded, ClientEmail.client_id, emails),
        (Client.inn, Client.id, inns),
        (Client.search_name, Client.id, names),
    ):
        for part in _parts(keys):
            ids.update(await session.scalars(select(owner).where(column.in_(part))))
    return ids


def _names_of(card: Card) -> list[str]:
    """A name as it may stand in the base; of people only where nothing else tells who they are."""
    if not card.name:
        return []
    if card.kind == "person":
        return [] if card.phones or card.emails or card.inn else [folded(card.name)]
    core, form = firm_key(card.name)
    if not form:
        return [folded(card.name), core]
    forms = (f"{form} {core}", f'{form} "{core}"', f"{form} «{core}»", f"{core} {form}", core)
    return [
        folded(card.name),
        *forms,
        f'"{core}" {form}',
        f"«{core}» {form}",
        f'"{core}"',
        f"«{core}»",
    ]


async def _load(
    session: AsyncSession, actor: Actor, ids: Collection[int], import_id: int | None
) -> dict[int, Existing]:
    found: dict[int, Existing] = {}
    seen = client_visibility.seen_by(actor, Action.SEE)
    may_edit = client_visibility.seen_by(actor, Action.EDIT)
    for part in _parts(ids):
        here = Client.id.in_(part)
        query = select(*_COLUMNS, seen.label("visible"), may_edit.label("editable"))
        for row in await session.execute(query.where(here, client_visibility.LISTED)):
            found[row.id] = _existing(row._mapping, import_id)
        await _load_rest(session, part, found)
    return found


def _existing(row: Any, import_id: int | None) -> Existing:
    values = {name: row[name] for name in TEXTS}
    for name in ("notes", "responsible_id", "mailing_consent", "recording_consent"):
        values[name] = row[name]
    return Existing(
        ref=row["id"],
        kind=row["kind"],
        name=row["name"],
        inn=row["inn"],
        kpp=row["kpp"],
        confirmed=row["confirmed"],
        values=values,
        visible=bool(row["visible"]),
        editable=bool(row["editable"]),
        of_file=import_id is not None and row["import_id"] == import_id,
    )


async def _load_rest(session: AsyncSession, ids: Sequence[int], found: dict[int, Existing]) -> None:
    def of(column: Any) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = column.in_(ids)
        return condition

    sets: dict[str, Any] = {
        "phones": select(ClientNumber.client_id, ClientNumber.e164).where(
            of(ClientNumber.client_id)
        ),
        "emails": select(ClientEmail.client_id, ClientEmail.folded).where(
            of(ClientEmail.client_id)
        ),
        "firms": select(Membership.person_id, Membership.organisation_id).where(
            of(Membership.person_id)
        ),
        "tags": select(ClientTag.client_id, Tag.folded)
        .join(Tag, Tag.id == ClientTag.tag_id)
        .where(of(ClientTag.client_id)),
        "custom": select(CustomValue.client_id, CustomField.key)
        .join(CustomField, CustomField.id == CustomValue.field_id)
        .where(of(CustomValue.client_id)),
    }
    for name, query in sets.items():
        gathered: dict[int, set[Any]] = defaultdict(set)
        for client_id, value in await session.execute(query):
            if value is not None:
                gathered[client_id].add(value)
        for client_id, values in gathered.items():
            if client_id in found:
                setattr(found[client_id], name, values)
    personal = select(ClientPersonal).where(of(ClientPersonal.client_id))
    for row in await session.scalars(personal):
        if row.client_id in found:
            found[row.client_id].values.update({name: getattr(row, name) for name in _PERSONAL})


def _parts(keys: Iterable[Any]) -> Iterable[list[Any]]:
    listed = sorted(keys)
    return (listed[at : at + _KEYS] for at in range(0, len(listed), _KEYS))
