"""Whose calls may be heard: nobody's, own, the department's, all; and what a card tells of a hidden client."""

import pytest
from sqlalchemy import select
from support.clients import RULES, client
from support.people import person
from support.told_calls import Teller, Told, after

from calls.db import Database
from calls.tables import Call
from crm import agents, call_visibility, client_card, departments, role_scopes
from crm.access import SYSTEM, Action, Actor, Scope

OWN, COLLEAGUES, STRANGERS = "+79160000001", "+79160000002", "+79160000003"


async def scoped(db: Database, actor: Actor, **scopes: Scope) -> Actor:
    wanted = {Action(action): scope for action, scope in scopes.items()}
    async with db.write() as session:
        await role_scopes.save(session, SYSTEM, {actor.role: wanted})
        return await agents.actor_for(session, await agents.by_login(session, actor.login))


async def numbers(db: Database, actor: Actor) -> tuple[list[str], list[str]]:
    """Numbers of the calls that are seen, and of those that are heard."""
    query = select(Call.remote_number).order_by(Call.started_at)
    async with db.read() as session:
        seen = await session.scalars(query.where(call_visibility.seen_by(actor)))
        heard = await session.scalars(query.where(call_visibility.heard_by(actor)))
        return list(seen.all()), list(heard.all())


@pytest.fixture
async def vera(db: Database) -> Actor:
    """An operator at 101, with a colleague of the department at 102 and a stranger at 103; each talked once."""
    async with db.write() as session:
        sales = (await departments.add(session, SYSTEM, "Sales")).id
        north = (await departments.add(session, SYSTEM, "North", sales)).id
    await person(db, "boris", extensions=("102",), department_id=north)
    await person(db, "gleb", extensions=("103",))
    operator = await person(db, "vera", extensions=("101",), department_id=sales)
    for minute, (number, phone) in enumerate(
        ((OWN, "101"), (COLLEAGUES, "102"), (STRANGERS, "103"))
    ):
        told = Told(number=number, at=after(minute), rang=((0, 5, phone),), talks=((5, 9, phone),))
        await Teller(db).tell(told)
    return operator


async def test_operator_hears_own_talks_of_those_that_are_seen(db: Database, vera: Actor) -> None:
    assert await numbers(db, vera) == ([OWN], [OWN])


async def test_department_is_heard_and_therefore_seen(db: Database, vera: Actor) -> None:
    vera = await scoped(db, vera, listen=Scope.DEPARTMENT)
    assert await numbers(db, vera) == ([OWN, COLLEAGUES], [OWN, COLLEAGUES])


async def test_nobody_heard_leaves_the_list_of_own_calls(db: Database, vera: Actor) -> None:
    vera = await scoped(db, vera, listen=Scope.NONE)
    assert await numbers(db, vera) == ([OWN], [])


async def test_manager_sees_all_calls_and_hears_as_far_as_the_scope(
    db: Database, vera: Actor
) -> None:
    mila = await person(db, "mila", "manager", department_id=min(vera.departments))
    everything = [OWN, COLLEAGUES, STRANGERS]
    assert await numbers(db, mila) == (everything, everything)
    mila = await scoped(db, mila, listen=Scope.DEPARTMENT)
    assert await numbers(db, mila) == (everything, [OWN, COLLEAGUES])
    mila = await scoped(db, mila, listen=Scope.OWN)
    assert await numbers(db, mila) == (everything, [])


async def test_pop_names_a_hidden_caller_and_tells_nothing_else(db: Database, vera: Actor) -> None:
    await client(db, "Ivan Petrov", OWN)
    hidden = dict.fromkeys(("see", "edit"), Scope.OWN)
    vera = await scoped(db, vera, **hidden)
    async with db.read() as session:
        card = await client_card.for_number(session, vera, OWN, RULES)
        whole = await client_card.for_number(session, SYSTEM, OWN, RULES)
    assert card.client is not None
    assert (card.client.name, card.client.hidden, card.last_calls) == ("Ivan Petrov", True, ())
    assert len(whole.last_calls) == 1
