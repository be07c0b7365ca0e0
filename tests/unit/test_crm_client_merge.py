"""Two cards of one client become one, with nothing lost."""

import pytest
from sqlalchemy import select
from support.clients import RULES, client
from support.told_calls import Teller, Told, after

from calls.db import Database
from crm import audit, client_card, clients, number_lookup
from crm.access import SYSTEM
from crm.client_merge import merge
from crm.errors import Invalid, NotFound
from crm.numbers_index import NumbersIndex
from crm.tables import Task

ONE, TWO, BOTH = "+79160000001", "+79160000002", "+74950000077"


async def test_kept_card_has_everything_of_both(db: Database) -> None:
    teller, index = Teller(db), NumbersIndex(RULES)
    kept = await client(db, "Анна Петрова", ONE, BOTH)
    gone = await client(db, "Петрова А.", TWO, BOTH)
    await teller.tell(Told(number=ONE))
    await teller.tell(Told(number=TWO, at=after(3)))
    async with db.read() as session:
        await index.load(session)
    async with db.write() as session:
        await merge(session, SYSTEM, kept, gone)
    async with db.read() as session:
        card = await client_card.for_client(session, SYSTEM, kept)
        states = (await session.scalars(select(Task.state).order_by(Task.id))).all()
        found = await number_lookup.find(session, BOTH, RULES)
        with pytest.raises(NotFound):
            await clients.load(session, gone)
        await index.update(session, gone)
        await index.update(session, kept)
        row = (await audit.entries(session, SYSTEM, limit=1))[0]
    assert card.client is not None
    assert set(card.client.numbers) == {ONE, BOTH, TWO}
    assert len(card.last_calls) == 2
    assert [task.missed_calls for task in card.open_tasks] == [2]
    assert sorted(states) == ["cancelled", "open"]
    assert found.one is not None
    assert [known.client_id for known in index.find(TWO)] == [kept]
    assert [known.client_id for known in index.find(BOTH)] == [kept]
    assert (row.action, row.detail["name"]) == ("client.merge", "Петрова А.")


async def test_contact_persons_follow_their_merged_organisation(db: Database) -> None:
    kept = await client(db, "ООО Ромашка", kind="organisation")
    gone = await client(db, "Ромашка", kind="organisation")
    anna = await client(db, "Анна", ONE, organisation_id=gone)
    async with db.write() as session:
        await merge(session, SYSTEM, kept, gone)
    async with db.read() as session:
        moved = await clients.get(session, SYSTEM, anna)
    assert moved.organisation is not None
    assert moved.organisation.id == kept


async def test_unlike_cards_are_not_merged(db: Database) -> None:
    firm = await client(db, "ООО Ромашка", kind="organisation")
    anna = await client(db, "Анна", ONE)
    async with db.write() as session:
        for one, other in ((firm, anna), (anna, anna)):
            with pytest.raises(Invalid):
                await merge(session, SYSTEM, one, other)
        with pytest.raises(NotFound):
            await merge(session, SYSTEM, anna, 4711)
