"""The card: who it is and what matters now, for the eyes that look."""

import pytest
from sqlalchemy import select
from support.clients import RULES, client
from support.people import person
from support.told_calls import Teller, Told, after

from calls.db import Database
from calls.tables import Call
from crm import call_links, client_card
from crm.access import SYSTEM
from crm.errors import Forbidden, NotFound
from crm.tables import CallLink
from pbx.events import Direction

ANNA = "+79160000001"


@pytest.fixture
def teller(db: Database) -> Teller:
    return Teller(db)


async def call_ids(db: Database) -> list[int]:
    async with db.read() as session:
        return list((await session.scalars(select(Call.id).order_by(Call.started_at))).all())


async def test_card_of_a_client_shows_company_calls_and_tasks(db: Database, teller: Teller) -> None:
    firm = await client(db, "ООО Ромашка", kind="organisation")
    anna = await client(db, "Анна", ANNA, organisation_id=firm)
    for minute in range(7):
        await teller.tell(
            Told(number=ANNA, at=after(minute), direction=Direction.OUT, talks=((1, 9, "101"),))
        )
    await teller.tell(Told(number=ANNA, at=after(30), queue="sales"))
    async with db.read() as session:
        card = await client_card.for_number(session, SYSTEM, "8 916 000-00-01", RULES)
    assert card.client is not None
    assert (card.client.id, card.client.name, card.client.company) == (anna, "Анна", "ООО Ромашка")
    assert card.client.numbers == (ANNA,)
    assert [call.started_at for call in card.last_calls] == [after(m) for m in (30, 6, 5, 4, 3)]
    assert card.last_calls[1].party == "101"
    assert [(task.queue, task.missed_calls) for task in card.open_tasks] == [("sales", 1)]
    assert card.open_promises == ()


async def test_card_of_a_stranger_shows_what_is_known_of_the_number(
    db: Database, teller: Teller
) -> None:
    await teller.tell(Told(number=ANNA))
    await teller.tell(Told(number="+79160000002"))
    async with db.read() as session:
        card = await client_card.for_number(session, SYSTEM, ANNA, RULES)
        hidden = await client_card.for_number(session, SYSTEM, "", RULES)
    assert card.client is None
    assert len(card.last_calls) == len(card.open_tasks) == 1
    assert hidden == client_card.ClientCard("", None)


async def test_shared_number_shows_all_candidates(db: Database) -> None:
    await client(db, "Анна", ANNA)
    await client(db, "Борис", ANNA)
    async with db.read() as session:
        card = await client_card.for_number(session, SYSTEM, ANNA, RULES)
    assert card.client is None
    assert [one.name for one in card.candidates] == ["Анна", "Борис"]


async def test_operator_sees_calls_of_own_phones_only(db: Database, teller: Teller) -> None:
    operator = await person(db, "vera", extensions=("101",))
    await client(db, "Анна", ANNA)
    await teller.tell(Told(number=ANNA, at=after(0), rang=((0, 5, "101"),)))
    await teller.tell(Told(number=ANNA, at=after(1), rang=((0, 5, "102"),)))
    await teller.tell(Told(number=ANNA, at=after(2), rang=((0, 5, "102"),), talks=((5, 9, "101"),)))
    async with db.read() as session:
        mine = await client_card.for_number(session, operator, ANNA, RULES)
        all_of_them = await client_card.for_number(session, SYSTEM, ANNA, RULES)
    assert [call.started_at for call in mine.last_calls] == [after(2), after(0)]
    assert len(all_of_them.last_calls) == 3


async def test_caller_who_shows_an_operators_extension_is_not_that_operator(
    db: Database, teller: Teller
) -> None:
    operator = await person(db, "vera", extensions=("10101",))
    await teller.tell(Told(number="10101", rang=((0, 5, "102"),)))
    call = (await call_ids(db))[0]
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await call_links.link(session, operator, call, 1)


async def test_new_client_gets_the_earlier_calls_of_the_number(
    db: Database, teller: Teller
) -> None:
    await teller.tell(Told(number="8 916 000-00-01", at=after(0)))
    await teller.tell(Told(number="+79160000002", at=after(1)))
    anna = await client(db, "Анна", ANNA)
    async with db.read() as session:
        links = (await session.scalars(select(CallLink))).all()
        card = await client_card.for_call(session, SYSTEM, links[0].call_id, RULES)
    assert [(link.client_id, link.how) for link in links] == [(anna, "number")]
    assert card is not None
    assert card.client is not None
    assert card.client.id == anna
    assert len(card.last_calls) == 1


async def test_what_a_person_said_is_not_changed_by_the_number(
    db: Database, teller: Teller
) -> None:
    anna = await client(db, "Анна", ANNA)
    boris = await client(db, "Борис", "+79160000002")
    told = Told(number=ANNA, linkedid="1795999999.1")
    await teller.tell(told)
    call = (await call_ids(db))[0]
    async with db.read() as session:
        before = await call_links.client_of(session, call)
    assert before is not None
    assert before.id == anna
    async with db.write() as session:
        await call_links.link(session, SYSTEM, call, boris)
    await teller.tell(told)
    async with db.read() as session:
        kept = await call_links.client_of(session, call)
    assert kept is not None
    assert kept.id == boris


async def test_link_to_nobody_is_refused(db: Database, teller: Teller) -> None:
    await teller.tell(Told(number=ANNA))
    call = (await call_ids(db))[0]
    async with db.write() as session:
        with pytest.raises(NotFound):
            await call_links.link(session, SYSTEM, call, 4711)


async def test_unknown_call_has_no_card(db: Database) -> None:
    async with db.read() as session:
        assert await client_card.for_call(session, SYSTEM, 4711, RULES) is None
