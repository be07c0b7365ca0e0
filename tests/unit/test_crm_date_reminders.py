"""Birthdays and other days: told to who answers for the client, once a year."""

import asyncio
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from support.clients import client
from support.people import person
from support.tasks import told

from calls.db import Database
from crm import company_settings, date_reminders
from crm.access import SYSTEM
from crm.date_reminders import DateRules, in_year
from crm.tables import Client, Notification, PersonalDate, Task

MOSCOW = ZoneInfo("Europe/Moscow")


def noon(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=MOSCOW).astimezone(UTC)


async def remind(db: Database, day: str) -> int:
    async with db.write() as session:
        return len(await date_reminders.remind(session, noon(day), MOSCOW))


async def add(
    db: Database, client_id: int, day: date, lead: int = 0, name: str = "birthday"
) -> None:
    async with db.write() as session:
        session.add(
            PersonalDate(
                client_id=client_id, name=name, day=day.day, month=day.month, remind_days=lead
            )
        )


async def owned(db: Database, name: str, user_id: int | None) -> int:
    client_id = await client(db, name)
    async with db.write() as session:
        await session.execute(
            update(Client).where(Client.id == client_id).values(responsible_id=user_id)
        )
    return client_id


async def test_birthday_is_told_some_days_before_once_a_year(db: Database) -> None:
    anna = await person(db, "anna")
    await add(db, await owned(db, "Ирина", anna.user_id), date(2000, 1, 2), lead=5)
    days = ("2026-12-27", "2026-12-28", "2026-12-29", "2027-01-02", "2027-01-05", "2027-12-29")
    assert [await remind(db, day) for day in days] == [0, 1, 0, 0, 0, 1]
    assert await told(db, anna) == ["birthday", "birthday"]
    async with db.read() as session:
        news = (await session.scalars(select(Notification))).first()
    assert news is not None
    assert (news.detail["name"], news.detail["on"]) == ("Ирина", "2027-01-02")


async def test_leap_day_is_the_28th_in_common_years(db: Database) -> None:
    anna = await person(db, "anna")
    await add(db, await owned(db, "Ирина", anna.user_id), date(2000, 2, 29), name="свадьба")
    days = ("2027-02-27", "2027-02-28", "2027-03-01", "2028-02-28", "2028-02-29")
    assert [await remind(db, day) for day in days] == [0, 1, 0, 0, 1]
    assert await told(db, anna) == ["date", "date"]
    assert (in_year(2, 29, 2027), in_year(2, 29, 2028)) == (date(2027, 2, 28), date(2028, 2, 29))


async def test_day_that_was_slept_through_is_told_late_but_not_for_ever(db: Database) -> None:
    anna = await person(db, "anna")
    client_id = await owned(db, "Ирина", anna.user_id)
    await add(db, client_id, date(2000, 5, 5))
    await add(db, client_id, date(2000, 5, 1))
    assert await remind(db, "2027-05-07") == 1


async def test_two_processes_tell_a_day_once(db: Database, database_url: str) -> None:
    anna = await person(db, "anna")
    await add(db, await owned(db, "Ирина", anna.user_id), date(2000, 5, 5))
    other = Database(database_url)
    try:
        counts = await asyncio.gather(*(remind(one, "2027-05-05") for one in (db, other)))
    finally:
        await other.dispose()
    assert sum(counts) == 1
    assert await told(db, anna) == ["birthday"]


async def test_days_of_clients_of_nobody_are_told_to_supervisors_in_one(db: Database) -> None:
    anna, sergey = await person(db, "anna"), await person(db, "sergey", "supervisor")
    for number in range(7):
        await add(db, await owned(db, f"Клиент {number}", None), date(2000, 5, 5))
    assert await remind(db, "2027-05-05") == 7
    assert (await told(db, anna), await told(db, sergey)) == ([], ["dates_unowned"])


async def test_rules_set_the_hour_and_a_task(db: Database) -> None:
    anna = await person(db, "anna")
    client_id = await owned(db, "Ирина", anna.user_id)
    await add(db, client_id, date(2000, 5, 5))
    async with db.write() as session:
        known = DateRules(hour=13, make_task=True)
        await company_settings.save(session, SYSTEM, date_reminders.SETTING, known)
    assert await remind(db, "2027-05-05") == 0
    async with db.write() as session:
        await company_settings.save(
            session, SYSTEM, date_reminders.SETTING, DateRules(hour=11, make_task=True)
        )
    assert await remind(db, "2027-05-05") == 1
    async with db.read() as session:
        (task,) = (await session.scalars(select(Task))).all()
        on_day = await date_reminders.on_day(session, anna, date(2027, 5, 5), 10)
    assert (task.assignee_id, task.client_id, "Ирина" in task.title) == (
        anna.user_id, client_id, True,
    )  # fmt: skip
    assert [one.client.id for one in on_day] == [client_id]
