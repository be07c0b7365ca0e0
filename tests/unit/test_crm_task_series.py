"""Tasks that come again: each time of a series has one task, whoever makes it and however often."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support.people import person
from support.tasks import in_minutes, make, task_of

from calls.db import Database
from crm import checklists, reminders, task_changes, task_series, tasks
from crm.access import SYSTEM, Actor
from crm.errors import Conflict, Invalid
from crm.recurrence import Every, Recurrence
from crm.series import Series
from crm.tables import Task
from crm.task_rules import ReminderField, TaskFields

MOSCOW = ZoneInfo("Europe/Moscow")


def daily(first: datetime, **more: object) -> str:
    return Series.begin(Recurrence(every=Every.DAY, **more), first, MOSCOW).text  # type: ignore[arg-type]


async def open_tasks(db: Database) -> list[Task]:
    query = select(Task).where(Task.state == "open", Task.deleted_at.is_(None)).order_by(Task.id)
    async with db.read() as session:
        return list((await session.scalars(query)).all())


async def close(db: Database, actor: Actor, task_id: int) -> None:
    async with db.write() as session:
        await tasks.close(session, actor, task_id)


async def due(db: Database, now: datetime) -> int:
    async with db.write() as session:
        return len(await task_series.make_due(session, now))


async def test_closed_task_of_a_series_is_followed_by_the_next_with_all_it_had(
    db: Database,
) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    first = in_minutes(60)
    task_id = await make(
        db, anna, "Отчёт", due_at=first, rrule=daily(first), priority="high",
        assignees=(anna.user_id, boris.user_id), steps=("выгрузить",),
        reminders=(ReminderField(15, by_email=True),),
    )  # fmt: skip
    await close(db, boris, task_id)
    (made,) = await open_tasks(db)
    assert made.due_at is not None
    assert (made.title, made.priority, made.series_id) == ("Отчёт", "high", task_id)
    assert made.due_at - first.replace(second=0) == timedelta(days=1)
    async with db.read() as session:
        view = await tasks.get(session, boris, made.id)
        (step,) = await checklists.of_task(session, made.id)
        rows = await reminders.of_task(session, made.id)
    assert (view.assignee, view.others, step.done) == ("Anna", ("Boris",), False)
    assert {(row.user_id, row.at, row.by_email) for row in rows} == {
        (user.user_id, made.due_at - timedelta(minutes=15), True) for user in (anna, boris)
    }


async def test_time_that_comes_while_the_last_is_open_has_a_task_of_its_own_once(
    db: Database,
) -> None:
    first = in_minutes(-60)
    task_id = await make(db, SYSTEM, due_at=first, rrule=daily(first))
    now = datetime.now(UTC)
    assert await due(db, now) == 0
    assert await due(db, now + timedelta(days=5)) == 1
    assert await due(db, now + timedelta(days=5)) == 0
    old, new = await open_tasks(db)
    assert new.due_at == first.replace(second=0) + timedelta(days=5)
    await close(db, SYSTEM, task_id)
    assert [one.id for one in await open_tasks(db)] == [new.id]
    await close(db, SYSTEM, new.id)
    (last,) = await open_tasks(db)
    assert last.due_at == first.replace(second=0) + timedelta(days=6)
    assert old.id == task_id


async def test_two_processes_make_the_next_task_once(db: Database, database_url: str) -> None:
    first = in_minutes(-60)
    for number in range(3):
        await make(db, SYSTEM, str(number), due_at=first, rrule=daily(first))
    other = Database(database_url)
    try:
        now = datetime.now(UTC) + timedelta(days=1)
        made = await asyncio.gather(*(due(one, now) for one in (db, other, db, other)))
    finally:
        await other.dispose()
    assert sum(made) == 3
    assert len(await open_tasks(db)) == 6


async def test_series_ends_after_its_last_time(db: Database) -> None:
    first = in_minutes(60)
    task_id = await make(db, SYSTEM, due_at=first, rrule=daily(first, count=2))
    await close(db, SYSTEM, task_id)
    (second,) = await open_tasks(db)
    await close(db, SYSTEM, second.id)
    assert await open_tasks(db) == []


async def test_one_is_skipped_and_the_series_ended(db: Database) -> None:
    first = in_minutes(60)
    task_id = await make(db, SYSTEM, due_at=first, rrule=daily(first))
    async with db.write() as session:
        await tasks.skip(session, SYSTEM, task_id)
    skipped = await task_of(db, task_id)
    assert (skipped.state, skipped.result) == ("cancelled", tasks.SKIPPED)
    (second,) = await open_tasks(db)
    async with db.write() as session:
        await task_changes.end_series(session, SYSTEM, second.id)
    await close(db, SYSTEM, second.id)
    assert await open_tasks(db) == []
    alone = await make(db, SYSTEM)
    async with db.write() as session:
        with pytest.raises(Invalid):
            await tasks.skip(session, SYSTEM, alone)
        with pytest.raises(Conflict):
            await tasks.skip(session, SYSTEM, task_id)


async def test_other_rule_begins_a_new_series_and_none_ends_it(db: Database) -> None:
    anna = await person(db, "anna")
    first = in_minutes(60)
    task_id = await make(db, anna, due_at=first, rrule=daily(first))
    weekly = Series.begin(Recurrence(every=Every.WEEK), in_minutes(120), MOSCOW)
    for rrule, at in ((weekly.text, weekly.first_at), ("", first)):
        version = (await task_of(db, task_id)).version
        fields = TaskFields(title="x", due_at=first, rrule=rrule)
        async with db.write() as session:
            await task_changes.edit(session, anna, task_id, version, fields)
        task = await task_of(db, task_id)
        assert (task.rrule, task.due_at) == (rrule, at)
    await close(db, anna, task_id)
    assert await open_tasks(db) == []


async def test_series_in_the_bin_rests(db: Database) -> None:
    first = in_minutes(-60)
    task_id = await make(db, SYSTEM, due_at=first, rrule=daily(first))
    async with db.write() as session:
        await task_changes.put_away(session, SYSTEM, task_id)
    assert await due(db, datetime.now(UTC) + timedelta(days=3)) == 0


def test_series_of_the_year_one_is_refused_for_its_days_would_be_counted_for_seconds() -> None:
    long_ago = datetime(2, 1, 1, 9, tzinfo=UTC)
    with pytest.raises(Invalid):
        Series.begin(Recurrence(every=Every.DAY), long_ago, MOSCOW)
    begun = Series.begin(Recurrence(every=Every.DAY), long_ago.replace(year=2000), MOSCOW)
    assert begun.first.year == 2000
