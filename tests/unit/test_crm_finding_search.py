import pytest
from support.finding import AT, card, keep, works_at
from support.people import person as add_person

from calls.db import Database
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.finding import search
from crm.finding.grams import Fit
from crm.tables import Client, ClientTag, Tag


@pytest.fixture
async def base(db: Database) -> Database:
    """A few clients that resemble each other."""
    firm = card(
        "ООО «Ромашка»",
        "8 (495) 123-45-67",
        kind="organisation",
        inn="7701234567",
        emails=["info@romashka.example"],
    )
    ivanov = card("Иванов Пётр", "+7 916 000-11-22", emails=["petr.ivanov@mail.example"])
    anna = card("Анна Сидорова", "8 903 765 43 21")
    rows = [
        firm, ivanov, anna, card("Иваненко Пётр"), card("Ковалёв Семён", "+7 926 555-11-22"), card("Shchukin Oleg"),
        card("Магазин 24"), card("Константинов"), card("В корзине Иванов", deleted_at=AT),
        card("John O'Neil", "+44 20 7946 0958"),
    ]  # fmt: skip
    tag = Tag(name="Новый клиент", folded="новый клиент", created_at=AT)
    async with db.write() as session:
        session.add(tag)
        await keep(session, *rows, works_at(anna, firm))
        session.add(ClientTag(client_id=anna.id, tag_id=tag.id))
    return db


async def found(db: Database, typed: str, actor: Actor = SYSTEM) -> list[tuple[str, Fit]]:
    async with db.read() as session:
        hits = await search.find(session, actor, typed)
        return [((await session.get_one(Client, hit.client_id)).name, hit.fit) for hit in hits]


CASES: list[tuple[str, list[tuple[str, Fit | None]]]] = [
    ("иванов", [("Иванов Пётр", Fit.EXACT), ("Иваненко Пётр", None)]),
    ("ПЁТР ива", [("Иваненко Пётр", Fit.PREFIX), ("Иванов Пётр", Fit.PREFIX)]),
    ("петр иванов", [("Иванов Пётр", Fit.EXACT)]),
    ("ненко", [("Иваненко Пётр", Fit.INSIDE)]),
    ("сидорава", [("Анна Сидорова", Fit.TOLERANT)]),
    ("ковалев", [("Ковалёв Семён", Fit.EXACT)]),
    ("констонтинав", [("Константинов", Fit.TOLERANT)]),
    ("bdfyjd", [("Иванов Пётр", Fit.TOLERANT)]),
    ("щукин", [("Shchukin Oleg", Fit.TOLERANT)]),
    ("sidorova", [("Анна Сидорова", Fit.TOLERANT)]),
    ("8 916…", [("Иванов Пётр", Fit.PREFIX)]),
    ("+7 (916)", [("Иванов Пётр", Fit.PREFIX)]),
    ("916-000", [("Иванов Пётр", Fit.PREFIX)]),
    ("8(916)0001122", [("Иванов Пётр", Fit.EXACT)]),
    ("1122", [("Иванов Пётр", Fit.PREFIX), ("Ковалёв Семён", Fit.PREFIX)]),
    ("555-11", [("Ковалёв Семён", Fit.INSIDE)]),
    ("ковалев 1122", [("Ковалёв Семён", Fit.PREFIX)]),
    ("+44 20", [("John O'Neil", Fit.PREFIX)]),
    ("petr.ivanov@mail", [("Иванов Пётр", Fit.EXACT)]),
    ("ivanov@", [("Иванов Пётр", Fit.EXACT)]),
    ("o'neil", [("John O'Neil", Fit.EXACT)]),
    ("ромашка", [("ООО «Ромашка»", Fit.EXACT), ("Анна Сидорова", Fit.EXACT)]),
    ("7701234567", [("ООО «Ромашка»", Fit.EXACT)]),
    ("77012", [("ООО «Ромашка»", Fit.PREFIX)]),
    ("магазин 24", [("Магазин 24", Fit.EXACT)]),
    ("#новый_клиент", [("Анна Сидорова", Fit.EXACT)]),
    ("#новый анна", [("Анна Сидорова", Fit.PREFIX)]),
    ("#старый", []),
    ("иванов ромашка", []),
    ("--", []),
    ("%", []),
    ("'; drop", []),
]  # fmt: skip
"""What is typed, and what is found, best first; None: it may be found as well, in no order."""


async def test_client_is_found_however_it_is_typed(base: Database) -> None:
    for typed, expected in CASES:
        hits = await found(base, typed)
        wanted = [(name, how) for name, how in expected if how is not None]
        assert hits[: len(wanted)] == wanted, typed
        assert {name for name, _ in hits} - {name for name, _ in expected} == set(), typed


async def test_hit_says_where_the_word_stands(base: Database) -> None:
    async with base.read() as session:
        hits = await search.find(session, SYSTEM, "ромашка")
    assert [hit.fields for hit in hits] == [(), ("company",)]


async def test_reader_finds_only_clients_of_the_own_scope(db: Database) -> None:
    anna = await add_person(db, "anna")
    async with db.write() as session:
        await keep(session, card("Общий Иван"), card("Мой Иван", responsible_id=anna.user_id))
    reader = Actor(
        user_id=anna.user_id,
        login="anna",
        name="",
        role=Role.OPERATOR,
        scopes={Action.SEE: Scope.OWN},
    )
    nobody = Actor(
        user_id=anna.user_id,
        login="anna",
        name="",
        role=Role.OPERATOR,
        scopes={Action.SEE: Scope.NONE},
    )
    assert [name for name, _ in await found(db, "иван", reader)] == ["Мой Иван"]
    assert await found(db, "иван", nobody) == []
    assert len(await found(db, "иван")) == 2


async def test_more_hits_than_wanted_are_cut_at_the_best(base: Database) -> None:
    async with base.read() as session:
        hits = await search.find(session, SYSTEM, "иванов", limit=1)
    assert [hit.fit for hit in hits] == [Fit.EXACT]
