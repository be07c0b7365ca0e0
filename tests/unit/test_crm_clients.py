"""Clients: added, edited by two at once, found by name and number."""

import pytest
from sqlalchemy import select
from support.clients import RULES, client
from support.people import person

from calls.db import Database
from calls.tables import FeedEvent
from crm import audit, client_numbers, clients, number_lookup
from crm.access import SYSTEM
from crm.client_numbers import NumberField
from crm.clients import ClientFields, EmailField, Workplace
from crm.errors import Conflict, Invalid, NotFound
from crm.finding.search import pick
from crm.tables import Client

ANNA = "+79160000001"


async def found_names(db: Database, search: str) -> list[str]:
    async with db.read() as session:
        return [one.name for one in await pick(session, SYSTEM, search, limit=20)]


async def test_person_of_an_organisation_is_kept_with_numbers_as_typed(db: Database) -> None:
    firm = await client(db, "ООО Ромашка", "8 (495) 000-00-77", kind="organisation")
    anna = await client(
        db, "Анна Ёлкина", "8 916 000-00-01", "8-916-000-00-01", organisation_id=firm
    )
    async with db.read() as session:
        loaded = await clients.get(session, SYSTEM, anna)
        company = await clients.get(session, SYSTEM, firm)
    assert [(n.raw, n.e164) for n in loaded.numbers] == [("8 916 000-00-01", ANNA)]
    assert loaded.organisation is not None
    assert loaded.organisation.name == "ООО Ромашка"
    assert [one.id for one in company.contacts] == [anna]


async def test_person_may_be_known_by_number_alone_and_not_by_nothing(db: Database) -> None:
    assert await client(db, "", ANNA)
    with pytest.raises(Invalid):
        await client(db, "  ")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        (ClientFields(name="x", kind="robot"), "kind"),
        (ClientFields(kind="organisation", numbers=(NumberField(ANNA),)), "name"),
        (ClientFields(name="x" * 300), "name"),
        (ClientFields(name="x", emails=(EmailField("nobody"),)), "email"),
        (ClientFields(name="x", workplaces=(Workplace(4711),)), "workplaces"),
        (ClientFields(name="x", responsible_id=4711), "responsible_id"),
        (ClientFields(name="x", numbers=(NumberField("101"),)), "number"),
        (ClientFields(name="x", numbers=(NumberField("abc"),)), "number"),
        (ClientFields(name="x", numbers=(NumberField("8 495 000 00 01"),)), "number"),
    ],
)
async def test_wrong_value_is_named_and_nothing_is_kept(
    db: Database, fields: ClientFields, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        async with db.write() as session:
            await clients.create(session, SYSTEM, fields, RULES)
    assert caught.value.field == field
    async with db.read() as session:
        assert (await session.scalars(select(Client))).all() == []


async def test_second_of_two_editors_is_told(db: Database) -> None:
    anna = await client(db, "Анна", ANNA)
    async with db.write() as session:
        edited = await clients.edit(session, SYSTEM, anna, 1, ClientFields(name="Анна П."), RULES)
        assert edited.version == 2
    with pytest.raises(Conflict):
        async with db.write() as session:
            await clients.edit(session, SYSTEM, anna, 1, ClientFields(name="Аня"), RULES)
    async with db.read() as session:
        kept = await clients.get(session, SYSTEM, anna)
    assert kept.name == "Анна П."
    assert [number.e164 for number in kept.numbers] == [ANNA]


async def test_editing_the_same_text_again_still_counts_as_an_edit(db: Database) -> None:
    anna = await client(db, "Анна", ANNA)
    async with db.write() as session:
        await clients.edit(session, SYSTEM, anna, 1, ClientFields(name="Анна"), RULES)
    with pytest.raises(Conflict):
        async with db.write() as session:
            await clients.edit(session, SYSTEM, anna, 1, ClientFields(name="Анна"), RULES)


async def test_edit_with_numbers_replaces_them(db: Database) -> None:
    anna = await client(db, "Анна", ANNA, "+79160000002")
    wanted = (NumberField("89160000002", "дом"), NumberField("+79160000003"))
    async with db.write() as session:
        fields = ClientFields(name="Анна", numbers=wanted)
        await clients.edit(session, SYSTEM, anna, 1, fields, RULES)
    async with db.read() as session:
        kept = await clients.get(session, SYSTEM, anna)
    assert [(n.e164, n.raw, n.label) for n in kept.numbers] == [
        ("+79160000002", "89160000002", "дом"),
        ("+79160000003", "+79160000003", ""),
    ]


async def test_number_is_attached_once_and_detached(db: Database) -> None:
    anna = await client(db, "Анна", ANNA)
    async with db.write() as session:
        number = NumberField("8 916 000-00-02")
        added = await client_numbers.attach(session, SYSTEM, anna, number, RULES)
    with pytest.raises(Conflict):
        async with db.write() as session:
            await client_numbers.attach(session, SYSTEM, anna, NumberField(ANNA), RULES)
    async with db.write() as session:
        await client_numbers.detach(session, SYSTEM, anna, added.id)
    async with db.write() as session:
        with pytest.raises(NotFound):
            await client_numbers.detach(session, SYSTEM, anna, added.id)
        assert [n.e164 for n in (await clients.load(session, anna)).numbers] == [ANNA]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("елкина", ["Анна Ёлкина"]),
        ("ЁЛКИНА анна", ["Анна Ёлкина"]),
        ("рома", ["ООО Ромашка"]),
        ("100%", ["Завод 100%"]),
        ("_", []),
        ("916 000", ["Анна Ёлкина"]),
        ("8916000", ["Анна Ёлкина"]),
        ("+7 (916) 000-00-01", ["Анна Ёлкина"]),
        ("0077", ["ООО Ромашка"]),
        ("нет такого", []),
        ("", []),
    ],
)
async def test_search_finds_by_words_and_parts_of_numbers(
    db: Database, search: str, names: list[str]
) -> None:
    await client(db, "ООО Ромашка", "84950000077", kind="organisation")
    await client(db, "Анна Ёлкина", ANNA)
    await client(db, "Завод 100%", kind="organisation")
    assert await found_names(db, search) == names


async def test_pages_together_show_everybody_once(db: Database) -> None:
    for number in range(7):
        await client(db, "Иван" if number < 5 else "Яна", f"+7916000010{number}")
    seen: list[int] = []
    after = None
    async with db.read() as session:
        for _ in range(5):
            page = await clients.page(session, SYSTEM, after=after, limit=3)
            seen += [one.id for one in page.clients]
            after = page.next_after
            if after is None:
                break
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    ("raw", "exact", "names"),
    [
        (ANNA, True, ["Анна"]),
        ("89160000001", True, ["Анна"]),
        ("+1 916 000 0009", False, []),
        ("9160000009", False, ["Far"]),
        ("212345", False, ["Сосед"]),
        ("+74950000077", True, ["Борис", "Вера"]),
        ("+74950000001", False, []),
        ("", False, []),
        ("101", False, []),
    ],
)
async def test_number_finds_its_clients(
    db: Database, raw: str, exact: bool, names: list[str]
) -> None:
    await client(db, "Анна", ANNA)
    await client(db, "Far", "+44 916 000 0009")
    await client(db, "Сосед", "21-23-45")
    await client(db, "Борис", "+74950000077")
    await client(db, "Вера", "84950000077")
    async with db.read() as session:
        found = await number_lookup.find(session, raw, RULES)
    assert [one.name for one in found.clients] == names
    assert found.exact is exact
    assert (found.one is not None) == (len(names) == 1)


async def test_changes_are_audited_and_announced(db: Database) -> None:
    operator = await person(db, "anna")
    anna = await client(db, "Анна", ANNA, actor=operator)
    async with db.write() as session:
        await clients.edit(session, operator, anna, 1, ClientFields(name="Аня"), RULES)
    async with db.read() as session:
        rows = await audit.entries(session, SYSTEM, limit=2)
        topics = (await session.scalars(select(FeedEvent.topic))).all()
    assert [(r.action, r.login, r.subject_id) for r in rows] == [
        ("client.edit", "anna", str(anna)),
        ("client.create", "anna", str(anna)),
    ]
    assert topics.count("client") == 2
