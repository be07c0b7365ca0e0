"""Personal data, days to remember and consents."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from support.clients import RULES, client
from support.people import person

from calls.db import Database
from crm import audit, clients, consents, personal, personal_dates
from crm.access import SYSTEM
from crm.clients import ClientFields
from crm.consents import ConsentField
from crm.errors import Forbidden, Invalid, NotFound
from crm.personal_data import PersonalData
from crm.personal_dates import DayField
from crm.tables import Change, Client

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BORN = date(1990, 5, 17)


async def test_operator_sees_birth_and_sex_but_neither_address_nor_passport(db: Database) -> None:
    operator, manager = await person(db, "anna"), await person(db, "mila", "manager")
    data = PersonalData(BORN, "female", "Речная, 5", "0000 123456")
    async with db.write() as session:
        fields = ClientFields(name="Ольга", personal=data)
        olga = (await clients.create(session, manager, fields, RULES)).id
    async with db.read() as session:
        assert await personal.get(session, manager, olga) == data
        assert await personal.get(session, operator, olga) == PersonalData(BORN, "female")
    async with db.write() as session:
        seen = PersonalData(BORN, "")
        await clients.edit(
            session, operator, olga, 1, ClientFields(name="Ольга", personal=seen), RULES
        )
    async with db.read() as session:
        assert (await personal.get(session, manager, olga)).passport == "0000 123456"
    guarded = ClientFields(name="Ольга", personal=PersonalData(passport="1"))
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await clients.edit(session, operator, olga, 2, guarded, RULES)


async def test_change_history_says_that_a_passport_changed_but_not_its_number(db: Database) -> None:
    olga = await client(db, "Ольга")
    for version, number in ((1, "0000 123456"), (2, "0000 654321")):
        async with db.write() as session:
            fields = ClientFields(name="Ольга", personal=PersonalData(passport=number))
            await clients.edit(session, SYSTEM, olga, version, fields, RULES)
    async with db.read() as session:
        rows = (await session.scalars(select(Change).where(Change.field == "passport"))).all()
    assert len(rows) == 2
    assert not any("123456" in row.old + row.new for row in rows)


async def test_reading_is_audited_once_in_ten_minutes(db: Database) -> None:
    manager = await person(db, "mila", "manager")
    olga = await client(db, "Ольга")
    now = datetime.now(UTC)
    async with db.write() as session:
        await personal.note_reading(session, manager, olga, now)
        await personal.note_reading(session, manager, olga, now + timedelta(minutes=9))
        await personal.note_reading(session, manager, olga, now + timedelta(minutes=11))
        rows = await audit.entries(session, SYSTEM)
    assert [row.action for row in rows].count("personal.read") == 2


async def test_birthday_follows_the_date_of_birth(db: Database) -> None:
    olga = await client(db, "Ольга")
    for version, born in ((1, BORN), (2, date(1991, 6, 1)), (3, None)):
        async with db.write() as session:
            fields = ClientFields(name="Ольга", personal=PersonalData(born))
            await clients.edit(session, SYSTEM, olga, version, fields, RULES)
            days = await personal_dates.of_client(session, olga)
        expected = [(born.day, born.month, born.year)] if born else []
        assert [(one.day, one.month, one.year) for one in days] == expected


@pytest.mark.parametrize(
    "data", [PersonalData(sex="x"), PersonalData(date(1700, 1, 1)), PersonalData(date(2999, 1, 1))]
)
async def test_impossible_personal_data_are_refused(db: Database, data: PersonalData) -> None:
    with pytest.raises(Invalid):
        async with db.write() as session:
            await clients.create(session, SYSTEM, ClientFields(name="x", personal=data), RULES)


async def test_days_are_added_in_the_order_of_the_year_and_removed(db: Database) -> None:
    olga, other = await client(db, "Ольга"), await client(db, "Пётр")
    async with db.write() as session:
        late = DayField(name="свадьба", day=29, month=2)
        first = await personal_dates.add(session, SYSTEM, olga, late)
        early = DayField(name="день рождения сына", day=5, month=1, year=2015, remind_days=3)
        await personal_dates.add(session, SYSTEM, olga, early)
        names = [one.name for one in await personal_dates.of_client(session, olga)]
        assert names == ["день рождения сына", "свадьба"]
        with pytest.raises(NotFound):
            await personal_dates.remove(session, SYSTEM, other, first.id)
        await personal_dates.remove(session, SYSTEM, olga, first.id)
        assert len(await personal_dates.of_client(session, olga)) == 1
        for bad in (
            DayField(name="x", day=31, month=4),
            DayField(name=" ", day=1, month=1),
            DayField(name="x", day=29, month=2, year=2015),
            DayField(name="x", day=1, month=1, remind_days=400),
        ):
            with pytest.raises(Invalid):
                await personal_dates.add(session, SYSTEM, olga, bad)


async def test_newest_consent_counts_and_all_are_kept(db: Database) -> None:
    olga = await client(db, "Ольга")

    async def said(kind: str, given: bool, at: datetime) -> None:
        async with db.write() as session:
            field = ConsentField(kind=kind, given=given, given_at=at, source="звонок")
            await consents.note(session, SYSTEM, olga, field, NOW)

    await said("mailing", True, NOW - timedelta(days=2))
    await said("mailing", False, NOW - timedelta(days=1))
    await said("mailing", True, NOW - timedelta(days=9))
    await said("recording", True, NOW)
    async with db.read() as session:
        card = await session.get(Client, olga)
        assert card is not None
        assert (card.mailing_consent, card.recording_consent, card.version) == (False, True, 1)
        kinds = [(one.kind, one.given) for one in await consents.of_client(session, olga)]
        rows = (await session.scalars(select(Change).order_by(Change.id))).all()
    assert kinds == [("recording", True), ("mailing", False), ("mailing", True), ("mailing", True)]
    assert [(row.field, row.old, row.new) for row in rows] == [
        ("mailing_consent", "", "yes"),
        ("mailing_consent", "yes", "no"),
        ("recording_consent", "", "yes"),
    ]
    for bad in (
        ConsentField(kind="x", given=True, given_at=NOW, source="звонок"),
        ConsentField(kind="mailing", given=True, given_at=NOW, source=" "),
        ConsentField(kind="mailing", given=True, given_at=NOW + timedelta(days=1), source="звонок"),
    ):
        with pytest.raises(Invalid):
            async with db.write() as session:
                await consents.note(session, SYSTEM, olga, bad, NOW)
