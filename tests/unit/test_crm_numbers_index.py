"""The index in memory says what the database says, after every change."""

import pytest
from support.clients import RULES, client

from calls.db import Database
from crm import clients, number_lookup
from crm.access import SYSTEM
from crm.client_numbers import NumberField
from crm.clients import ClientFields, Workplace
from crm.numbers_index import KnownClient, NumbersIndex

ASKED = ["+79160000001", "89160000001", "9160000009", "+19160000009", "212345", "+74950000077", ""]


@pytest.fixture
def index() -> NumbersIndex:
    return NumbersIndex(RULES)


async def test_index_agrees_with_the_database(db: Database, index: NumbersIndex) -> None:
    firm = await client(db, "ООО Ромашка", "+74950000077", kind="organisation")
    await client(db, "Анна", "+79160000001", "+74950000077", organisation_id=firm)
    await client(db, "Far", "+44 916 000 0009")
    await client(db, "Сосед", "21-23-45")
    async with db.read() as session:
        await index.load(session)
        for raw in ASKED:
            found = await number_lookup.find(session, raw, RULES)
            assert [one.client_id for one in index.find(raw)] == [one.id for one in found.clients]
    assert len(index) == 5
    assert index.find("+74950000001") == ()


async def test_known_client_has_name_and_company(db: Database, index: NumbersIndex) -> None:
    firm = await client(db, "ООО Ромашка", "+74950000077", kind="organisation")
    anna = await client(db, "Анна", "+79160000001", organisation_id=firm)
    async with db.read() as session:
        await index.load(session)
    assert index.find("8 916 000-00-01") == (KnownClient(anna, "Анна", "ООО Ромашка"),)
    assert index.find("+74950000077") == (KnownClient(firm, "ООО Ромашка", "ООО Ромашка"),)


async def test_update_follows_new_numbers_and_names(db: Database, index: NumbersIndex) -> None:
    firm = await client(db, "Старое", kind="organisation")
    anna = await client(db, "Анна", "+79160000001", organisation_id=firm)
    async with db.read() as session:
        await index.load(session)
    async with db.write() as session:
        fields = ClientFields(
            name="Аня", workplaces=(Workplace(firm),), numbers=(NumberField("+79160000002"),)
        )
        await clients.edit(session, SYSTEM, anna, 1, fields, RULES)
        renamed = ClientFields(kind="organisation", name="Новое")
        await clients.edit(session, SYSTEM, firm, 1, renamed, RULES)
    async with db.read() as session:
        await index.update(session, anna)
        assert index.find("+79160000001") == ()
        await index.update(session, firm)
    assert index.find("+79160000002") == (KnownClient(anna, "Аня", "Новое"),)
    assert len(index) == 1
