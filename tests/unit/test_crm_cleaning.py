"""The cleaning list says what is the matter with each record, and nothing is the matter with good ones."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from support.clients import client
from support.people import person

from calls.db import Database
from crm import cleaning
from crm.access import SYSTEM
from crm.cleaning import CleaningRules, Fault
from crm.errors import Forbidden
from crm.tables import Client, ClientEmail

PHONE = "+79160000001"
RULES = CleaningRules()
GOOD = {"organisation": ("7707083893", "500100732259"), "person": ("500100732259",)}
BAD = {
    "organisation": ("7707083894", "77070838", "770708389x"),
    "person": ("7707083893", "500100732258"),
}


async def faults(db: Database, fault: Fault | None = None) -> dict[int, set[Fault]]:
    async with db.read() as session:
        page = await cleaning.page(session, SYSTEM, RULES, fault=fault)
    return {line.client.id: set(line.faults) for line in page.lines}


async def put(db: Database, client_id: int, **values: object) -> None:
    async with db.write() as session:
        await session.execute(update(Client).where(Client.id == client_id).values(**values))


async def test_good_records_are_not_listed(db: Database) -> None:
    firm = await client(db, "ООО Клён", PHONE, kind="organisation")
    await client(db, "Анна", PHONE, organisation_id=firm)
    await put(db, firm, inn=GOOD["organisation"][0])
    assert await faults(db) == {}


async def test_every_fault_is_named(db: Database) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    stale = await client(db, "Анна", PHONE)
    silent = await client(db, "Борис")
    firm = await client(db, "ООО Клён", "21-23-45", kind="organisation")
    wrong = await client(db, "Вера", PHONE)
    nameless = await client(db, "", PHONE)
    stranger = await client(db, "", PHONE)
    await put(db, stale, last_contact_at=long_ago)
    await put(db, nameless, created_at=long_ago, last_contact_at=datetime.now(UTC))
    await put(db, stranger, created_at=long_ago, confirmed=False, last_contact_at=datetime.now(UTC))
    async with db.write() as session:
        session.add(ClientEmail(client_id=wrong, address="вера", folded="вера"))
    expected = {
        stale: {Fault.STALE}, silent: {Fault.UNREACHABLE},
        firm: {Fault.BAD_NUMBER, Fault.NO_CONTACTS}, wrong: {Fault.BAD_EMAIL},
        nameless: {Fault.NAMELESS}, stranger: {Fault.UNCONFIRMED},
    }  # fmt: skip
    assert await faults(db) == expected
    assert list(await faults(db, Fault.BAD_NUMBER)) == [firm]
    async with db.read() as session:
        counted = await cleaning.counts(session, SYSTEM, RULES)
        first = await cleaning.page(session, SYSTEM, RULES, limit=2)
        rest = await cleaning.page(session, SYSTEM, RULES, limit=9, after=first.next_after)
    assert counted[Fault.BAD_INN] == 0
    assert sum(counted.values()) == 7
    assert [len(first.lines), len(rest.lines)] == [2, 4]


@pytest.mark.parametrize("kind", ["organisation", "person"])
async def test_inn_is_checked_by_its_digits(db: Database, kind: str) -> None:
    ids = {}
    for inn in GOOD[kind] + BAD[kind]:
        ids[inn] = await client(db, inn, PHONE, kind=kind)
        await put(db, ids[inn], inn=inn)
    found = await faults(db, Fault.BAD_INN)
    assert set(found) == {ids[inn] for inn in BAD[kind]}


async def test_put_aside_is_not_listed_until_its_time(db: Database) -> None:
    one = await client(db, "Борис")
    async with db.write() as session:
        await cleaning.put_aside(session, SYSTEM, "client", [one], 30)
        await cleaning.put_aside(session, SYSTEM, "client", [one], 60)
    assert await faults(db) == {}
    async with db.write() as session:
        await cleaning.put_aside(session, SYSTEM, "client", [one], -1)
    assert set(await faults(db)) == {one}


async def test_operators_do_not_clean(db: Database) -> None:
    operator = await person(db, "olga")
    async with db.read() as session:
        with pytest.raises(Forbidden):
            await cleaning.page(session, operator, RULES)
