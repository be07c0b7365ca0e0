"""What the form of a client means.

In: the form's text. Out: fields for `crm.clients`. A company is typed by its name: an organisation of that name is taken,
else a new one is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import (
    client_visibility,
    clients,
    custom_fields,
    custom_values,
    field_rules,
    personal,
)
from crm.access import Actor
from crm.client_numbers import NumberField
from crm.clients import ClientFields, EmailField, Workplace
from crm.custom_kinds import FieldKind, parse
from crm.errors import Invalid
from crm.finding.terms import folded
from crm.number_rules import NumberRules
from crm.personal_data import PersonalData
from crm.tables import Client, CustomField, User
from web.ids import id_of
from web.pages.client_form import ClientForm
from web.pages.custom_form import typed_texts

MOST_COMPANIES = 300


async def fields_of(
    session: AsyncSession, actor: Actor, form: ClientForm, rules: NumberRules
) -> ClientFields:
    """What the form says about the client; an unknown company is made.

    Raises:
        Invalid: A company's name cannot be accepted.
    """
    places = form.workplaces if form.kind == "person" else []
    return ClientFields(
        kind=form.kind,
        name=form.name,
        legal_name=form.legal_name,
        inn=form.inn,
        kpp=form.kpp,
        ogrn=form.ogrn,
        legal_address=form.legal_address,
        address=form.address,
        source=form.source,
        notes=form.notes,
        responsible_id=id_of(form.responsible),
        numbers=tuple(NumberField(raw, label) for raw, label in form.numbers),
        emails=tuple(EmailField(address, label) for address, label in form.emails),
        workplaces=tuple(
            [
                Workplace(await _organisation(session, actor, (known, name), rules), position)
                for known, name, position in places
            ]
        ),
        personal=_personal(form) if form.kind == "person" else None,
        custom=await _custom(session, form),
    )


def _personal(form: ClientForm) -> PersonalData:
    try:
        born_on = parse(FieldKind.DATE, "born_on", form.born_on)
    except Invalid as error:
        raise Invalid("born_on", error.template, **error.values) from error
    return PersonalData(
        born_on if isinstance(born_on, date) else None, form.sex, form.home_address, form.passport
    )


async def _custom(session: AsyncSession, form: ClientForm) -> dict[str, object]:
    """The custom fields of this kind of client: the form holds those of both kinds, and shows one."""
    fields = await custom_fields.fields(session, custom_fields.subjects_of(form.kind))
    typed = {field.key: form.custom[field.key] for field in fields if field.key in form.custom}
    files = {field.key for field in fields if field.kind == FieldKind.FILE}
    # Beside a file's id stands its name, for whoever reads the form.
    return {key: texts[:1] if key in files else texts for key, texts in typed.items()}


async def _organisation(
    session: AsyncSession, actor: Actor, typed: tuple[str, str], rules: NumberRules
) -> int:
    """The id of the organisation that was shown here, or of the one with the name that was typed instead."""
    known, name = typed
    if (known_id := id_of(known)) is not None:
        shown = await session.get(Client, known_id)
        if shown is not None and folded(shown.name) == folded(name):
            return known_id
    query = (
        select(Client.id)
        .where(Client.kind == "organisation", Client.search_name == folded(name))
        .where(client_visibility.seen_by(actor))
        .order_by(Client.id)
        .limit(1)
    )
    found = await session.scalar(query)
    if found is not None:
        return found
    made = ClientFields(kind="organisation", name=name, responsible_id=None)
    return (await clients.create(session, actor, made, rules, obligatory=False)).id


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers and asks."""

    companies: list[str]
    """Names of companies that there are."""
    people: list[tuple[int, str]]
    """(id, name) of those who may be responsible."""
    fields: list[CustomField]
    """Custom fields of persons and of organisations."""
    must: dict[str, frozenset[str]]
    """Kind of client → fields of ours that are obligatory."""


async def choices(session: AsyncSession, actor: Actor) -> Choices:
    """What the form of a client offers to this person."""
    companies = await clients.page(session, actor, kind="organisation", limit=MOST_COMPANIES)
    rows = await session.execute(
        select(User.id, User.name, User.login).where(User.active.is_(True)).order_by(User.name)
    )
    people = [(user_id, name or login) for user_id, name, login in rows]
    fields = await custom_fields.fields(session, custom_fields.OF_CLIENTS)
    must = {
        kind: await field_rules.obligatory(session, kind) for kind in ("person", "organisation")
    }
    return Choices([one.name for one in companies.clients], people, fields, must)


async def form_of(session: AsyncSession, actor: Actor, client: Client) -> ClientForm:
    """The form as it stands for a client, with what this person may see of it."""
    owner = custom_values.owner_of(client)
    fields = await custom_fields.fields(session, custom_fields.OF_CLIENTS)
    values = await custom_values.get(session, owner)
    texts = await typed_texts(session, actor, fields, values)
    return ClientForm.of(client, await personal.get(session, actor, client.id), texts)
