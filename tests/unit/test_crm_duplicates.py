"""Cards that may be one client are proposed with reasons, and not again once somebody said that they are two."""

import pytest
from sqlalchemy import select, update
from support.clients import RULES, client
from support.people import person

from calls.db import Database
from crm import clients, duplicate_search, duplicates
from crm.access import SYSTEM
from crm.client_merge import merge
from crm.clients import ClientFields, EmailField
from crm.errors import Forbidden, NotFound
from crm.merge_preview import preview
from crm.tables import Client, DuplicatePair

PHONE, OFFICE = "+79160000001", "+74950000077"


async def proposed(db: Database) -> list[tuple[int, int, tuple[str, ...]]]:
    async with db.read() as session:
        page = await duplicates.page(session, SYSTEM)
    return [(pair.first.id, pair.second.id, pair.reasons) for pair in page.pairs]


async def test_search_finds_by_number_address_inn_and_name(db: Database) -> None:
    anna, anya = await client(db, "Анна Петрова", PHONE), await client(db, "", "8 916 000 00 01")
    sasha, alexander = await client(db, "Саша Белов"), await client(db, "Белов Александр")
    typo, right = await client(db, "Сидорова Светана"), await client(db, "Светлана Сидорова")
    async with db.write() as session:
        mails = [
            (await clients.create(session, SYSTEM, fields, RULES)).id
            for fields in (
                ClientFields(name="Вера", emails=(EmailField("Vera@firm.example"),)),
                ClientFields(name="В. Котова", emails=(EmailField("vera@firm.example"),)),
            )
        ]
        firms = [
            (await clients.create(session, SYSTEM, ClientFields(kind="organisation", name=name, inn=inn), RULES)).id
            for name, inn in (("ООО «Клён»", "7707083893"), ("Общество Клен-Сервис", "7707083893"))
        ]  # fmt: skip
    found = await duplicate_search.refresh(db)
    assert (found.clients, found.pairs) == (10, 5)
    assert set(await proposed(db)) == {
        (anna, anya, ("phone",)),
        (sasha, alexander, ("same_name",)),
        (typo, right, ("like_name",)),
        (*mails, ("email",)),
        (*firms, ("inn",)),
    }
    async with db.read() as session:
        assert await duplicates.count(session, SYSTEM) == 5
        panel = await duplicates.of_client(session, SYSTEM, anya)
        assert [(pair.second.id, pair.reasons) for pair in panel] == [(anna, ("phone",))]
        last = await duplicate_search.last_search(session)
    assert last is not None
    assert last.clients == 10


async def test_pair_that_is_two_clients_is_never_proposed_again(db: Database) -> None:
    one, other = await client(db, "Анна", PHONE), await client(db, "Борис", PHONE)
    await duplicate_search.refresh(db)
    assert len(await proposed(db)) == 1
    async with db.write() as session:
        await duplicates.say_not_same(session, SYSTEM, other, one)
    assert await proposed(db) == []
    await duplicate_search.refresh(db)
    async with db.read() as session:
        assert await duplicates.of_client(session, SYSTEM, one) == []
        assert (await session.scalars(select(DuplicatePair))).all() == []
    async with db.write() as session:
        await duplicates.ask_again(session, SYSTEM, one, other)
    async with db.read() as session:
        assert len(await duplicates.of_client(session, SYSTEM, one)) == 1


async def test_number_of_a_switchboard_proposes_nobody(db: Database) -> None:
    for number in range(14):
        await client(db, f"Сотрудник Номер{number}", OFFICE)
    await duplicate_search.refresh(db)
    assert all("phone" not in reasons for _, _, reasons in await proposed(db))


async def test_pages_of_pairs_follow_each_other(db: Database) -> None:
    for number in range(1, 6):
        for _ in range(2):
            await client(db, "Анна Петрова" if number % 2 else "", f"+7916000000{number}")
    await duplicate_search.refresh(db)
    seen: list[tuple[int, int]] = []
    after = None
    async with db.read() as session:
        while True:
            page = await duplicates.page(session, SYSTEM, after=after, limit=2)
            seen += [(pair.first.id, pair.second.id) for pair in page.pairs]
            after = page.next_after
            if after is None:
                break
        total = await duplicates.count(session, SYSTEM)
    assert len(seen) == len(set(seen)) == total


async def test_only_cards_that_the_person_sees_are_proposed(db: Database) -> None:
    one, _ = await client(db, "Анна", PHONE), await client(db, "Аня", PHONE)
    await duplicate_search.refresh(db)
    async with db.write() as session:
        await session.execute(
            update(Client).where(Client.id == one).values(deleted_at=Client.created_at)
        )
    assert await proposed(db) == []
    operator = await person(db, "olga")
    async with db.read() as session:
        with pytest.raises(NotFound):
            await duplicates.of_client(session, SYSTEM, one)
        with pytest.raises(Forbidden):
            await duplicates.page(session, operator)


async def test_preview_shows_what_differs_and_what_moves_and_merges_are_listed(
    db: Database,
) -> None:
    kept, gone = await client(db, "Анна Петрова", PHONE), await client(db, "Аня", PHONE, OFFICE)
    async with db.write() as session:
        await session.execute(update(Client).where(Client.id == gone).values(address="Тверь"))
    async with db.read() as session:
        shown = await preview(session, SYSTEM, kept, gone)
    assert [(one.name, one.kept, one.gone) for one in shown.fields] == [
        ("name", "Анна Петрова", "Аня")
    ]
    assert [(one.name, one.gone) for one in shown.filled] == [("address", "Тверь")]
    assert shown.moving["client_numbers.client_id"] == 2
    async with db.write() as session:
        done = await merge(session, SYSTEM, kept, gone)
    async with db.read() as session:
        assert [one.id for one in await duplicates.merges(session, SYSTEM)] == [done.id]
