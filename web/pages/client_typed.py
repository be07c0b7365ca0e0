"""What the form of a client means.

In: the form's text. Out: fields for `crm.clients`. A company is typed by its name: an organisation of that name is taken,
else a new one is made.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, clients
from crm.access import Actor
from crm.client_numbers import NumberField
from crm.clients import ClientFields, EmailField, Workplace, folded
from crm.number_rules import NumberRules
from crm.tables import Client, User
from web.ids import id_of
from web.pages.client_form import ClientForm

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
    )


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
    return (await clients.create(session, actor, made, rules)).id


async def choices(session: AsyncSession, actor: Actor) -> tuple[list[str], list[tuple[int, str]]]:
    """Names of companies, and (id, name) of the people who may be responsible."""
    companies = await clients.page(session, actor, kind="organisation", limit=MOST_COMPANIES)
    rows = await session.execute(
        select(User.id, User.name, User.login).where(User.active.is_(True)).order_by(User.name)
    )
    people = [(user_id, name or login) for user_id, name, login in rows]
    return [one.name for one in companies.clients], people
