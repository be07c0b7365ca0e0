"""The form of a client: what was typed, and what it means.

A company is typed by its name: an organisation of that name is taken, else a new one is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData

from crm import clients
from crm.access import Actor
from crm.client_numbers import NumberField
from crm.clients import ClientFields, folded
from crm.number_rules import NumberRules
from crm.tables import Client, User
from web.ids import id_of

SPARE_NUMBERS = 2
MOST_COMPANIES = 300


@dataclass(kw_only=True)
class ClientForm:
    """The form's values, as text."""

    kind: str = "person"
    name: str = ""
    company: str = ""
    position: str = ""
    email: str = ""
    notes: str = ""
    responsible: str = ""
    numbers: list[tuple[str, str]] = field(default_factory=list)
    """(number, label)."""

    @classmethod
    def read(cls, data: FormData) -> ClientForm:
        """What somebody sent."""

        def text(name: str) -> str:
            return str(data.get(name, ""))

        pairs = zip(data.getlist("number"), data.getlist("label"), strict=False)
        return cls(
            kind=text("kind") or "person",
            name=text("name"),
            company=text("company"),
            position=text("position"),
            email=text("email"),
            notes=text("notes"),
            responsible=text("responsible"),
            numbers=[(str(raw), str(label)) for raw, label in pairs if str(raw).strip()],
        )

    @classmethod
    def of(cls, client: Client) -> ClientForm:
        """What is known of a client."""
        return cls(
            kind=client.kind,
            name=client.name,
            company=client.organisation.name if client.organisation else "",
            position=client.position,
            email=client.email,
            notes=client.notes,
            responsible=str(client.responsible_id or ""),
            numbers=[(number.raw, number.label) for number in client.numbers],
        )

    @property
    def number_rows(self) -> list[tuple[str, str]]:
        """The numbers and some empty rows."""
        return [*self.numbers, *[("", "")] * SPARE_NUMBERS]


async def fields_of(
    session: AsyncSession, actor: Actor, form: ClientForm, rules: NumberRules
) -> ClientFields:
    """What the form says about the client; an unknown company is made.

    Raises:
        Invalid: The company's name cannot be accepted.
    """
    organisation_id = None
    if form.kind == "person" and form.company.strip():
        organisation_id = await _organisation(session, actor, form.company, rules)
    return ClientFields(
        kind=form.kind,
        name=form.name,
        organisation_id=organisation_id,
        position=form.position,
        email=form.email,
        notes=form.notes,
        responsible_id=id_of(form.responsible),
        numbers=tuple(NumberField(raw, label) for raw, label in form.numbers),
    )


async def _organisation(session: AsyncSession, actor: Actor, name: str, rules: NumberRules) -> int:
    query = (
        select(Client.id)
        .where(Client.kind == "organisation", Client.search_name == folded(name))
        .order_by(Client.id)
        .limit(1)
    )
    known = await session.scalar(query)
    if known is not None:
        return known
    made = ClientFields(kind="organisation", name=name)
    return (await clients.create(session, actor, made, rules)).id


async def choices(session: AsyncSession, actor: Actor) -> tuple[list[str], list[tuple[int, str]]]:
    """Names of companies, and (id, name) of the people who may be responsible."""
    companies = await clients.page(session, actor, kind="organisation", limit=MOST_COMPANIES)
    rows = await session.execute(
        select(User.id, User.name, User.login).where(User.active.is_(True)).order_by(User.name)
    )
    people = [(user_id, name or login) for user_id, name, login in rows]
    return [one.name for one in companies.clients], people


def changed_fields(mine: ClientForm, theirs: ClientForm) -> Mapping[str, Any]:
    """What the other person's version has different, for the message after a conflict."""
    return {
        name: value
        for name, value in vars(theirs).items()
        if value != getattr(mine, name) and name != "numbers"
    }
