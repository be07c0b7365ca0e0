"""Fields of a client → its rows.

In: checked fields. Out: the card's columns, addresses, workplaces (`fill`), then what needs the card's id: numbers,
personal data, custom fields (`fill_rest`). Rows of what stays are kept, so that what points to them stays as well. For
`crm.clients`, which asks who may.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, custom_values, field_rules, personal
from crm.access import Actor
from crm.client_fields import ClientFields, EmailField, Workplace
from crm.client_numbers import replace_numbers
from crm.errors import Invalid
from crm.finding.terms import folded
from crm.number_rules import NumberRules
from crm.tables import Client, ClientEmail, ClientPersonal, Membership, User

_PLAIN = (
    "kind", "name", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address", "source", "notes",
    "confirmed", "responsible_id",
)  # fmt: skip


async def fill(session: AsyncSession, actor: Actor, client: Client, fields: ClientFields) -> None:
    """Put checked fields on a client with loaded `emails`, `workplaces` and `staff`.

    Raises:
        Invalid: the responsible person or an organisation is not there.
    """
    if fields.kind == "person" and client.staff:
        raise Invalid("kind", "this organisation has contact persons: it cannot become a person")
    responsible = fields.responsible_id
    if responsible is not None and await session.get(User, responsible) is None:
        raise Invalid("responsible_id", "nobody has this id")
    for field in _PLAIN:
        setattr(client, field, getattr(fields, field))
    client.search_name = folded(fields.name)
    client.sample = client.sample or fields.sample
    if fields.emails is not None:
        await _put_emails(session, client, fields.emails)
    if fields.workplaces is not None:
        await _put_workplaces(session, actor, client, fields.workplaces)


async def fill_rest(
    session: AsyncSession, actor: Actor, client: Client, fields: ClientFields, rules: NumberRules
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Put the rest of checked fields on a client that has a row; `require_filled` comes after it.

    Returns:
        What changed of personal data and custom fields: before, and after.

    Raises:
        Invalid: a value cannot be accepted.
        Forbidden: guarded personal data from somebody who may not see them.
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    if fields.numbers is not None:
        await replace_numbers(session, client, fields.numbers, rules)
    if fields.personal is not None:
        now = datetime.now(UTC)
        before, after = await personal.put(session, actor, client, fields.personal, now)
    if fields.custom:
        owner = custom_values.owner_of(client)
        written = await custom_values.put(session, actor, owner, fields.custom)
        before, after = before | written.before, after | written.after
    return before, after


async def require_filled(session: AsyncSession, actor: Actor, client: Client) -> None:
    """Refuse a card that lacks what the administrator made obligatory.

    Raises:
        Invalid: the first field that is missing.
    """
    row = await session.get(ClientPersonal, client.id)
    plain = ("name", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address", "source")
    filled: dict[str, object] = {field: getattr(client, field) for field in plain}
    filled |= {field: getattr(client, field) for field in ("numbers", "emails", "workplaces")}
    filled["responsible"] = client.responsible_id
    filled |= {"born_on": row.born_on, "sex": row.sex} if row is not None else {}
    await field_rules.require(session, client.kind, filled)
    owner = custom_values.owner_of(client)
    await custom_values.put(session, actor, owner, {}, obligatory=True)


async def _put_emails(
    session: AsyncSession, client: Client, emails: tuple[EmailField, ...]
) -> None:
    there = {email.folded: email for email in client.emails}
    wanted = [there.get(one.address.lower()) for one in emails]
    if not _in_order([row.id for row in wanted if row], [row is not None for row in wanted]):
        client.emails = []
        await session.flush()
        there = {}
    rows = []
    for one in emails:
        row = there.get(one.address.lower()) or ClientEmail(folded=one.address.lower())
        row.address, row.label = one.address, one.label
        rows.append(row)
    client.emails = rows


async def _put_workplaces(
    session: AsyncSession, actor: Actor, client: Client, places: tuple[Workplace, ...]
) -> None:
    # A company in the bin is not shown, so nobody could have meant to leave it: its rows stay for when it comes back.
    hidden = [place for place in client.workplaces if not place.organisation.is_listed]
    there = {place.organisation_id: place for place in client.workplaces}
    await _check_organisations(session, actor, {p.organisation_id for p in places} - there.keys())
    wanted = [there.get(place.organisation_id) for place in places]
    if not _in_order([row.id for row in wanted if row], [row is not None for row in wanted]):
        client.workplaces = hidden
        await session.flush()
        there = {}
    rows = list(hidden)
    for place in places:
        row = there.get(place.organisation_id) or Membership(organisation_id=place.organisation_id)
        row.position = place.position
        if row not in rows:
            rows.append(row)
    client.workplaces = rows


def _in_order(ids: list[int], is_kept: list[bool]) -> bool:
    """Whether the kept rows stand in the order of their ids with the new ones behind: rows are shown by their ids."""
    return ids == sorted(ids) and is_kept == sorted(is_kept, reverse=True)


async def _check_organisations(session: AsyncSession, actor: Actor, ids: set[int]) -> None:
    if not ids:
        return
    known = select(Client.id).where(Client.id.in_(ids), Client.kind == "organisation")
    seen = set((await session.scalars(known.where(client_visibility.seen_by(actor)))).all())
    if seen != ids:
        raise Invalid("workplaces", "this is no organisation")
