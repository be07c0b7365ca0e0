"""Snoozed tasks: out of sight until their time, or until that client makes contact."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from support.clients import client
from support.people import person
from support.tasks import call_comes, in_minutes, make, task_of, told
from support.told_calls import Told

from calls.db import Database
from crm import snooze, task_queries
from crm.access import SYSTEM, Actor
from crm.errors import Invalid
from crm.tables import Task
from crm.task_queries import TaskFilter, Which
from pbx.events import Direction

NUMBER = "+79161234567"
FIRM = "+74951112233"


async def seen(db: Database, actor: Actor, which: Which = Which.OPEN) -> list[int]:
    async with db.read() as session:
        page = await task_queries.find(session, actor, TaskFilter(which=which))
        return [view.task.id for view in page.tasks]


async def snoozed(db: Database, actor: Actor, task_id: int) -> None:
    async with db.write() as session:
        await snooze.snooze(session, actor, task_id, in_minutes(24 * 60))


async def test_snoozed_task_vanishes_and_comes_back_by_itself(db: Database) -> None:
    anna = await person(db, "anna")
    task_id = await make(db, anna)
    await snoozed(db, anna, task_id)
    assert (await seen(db, anna), await seen(db, anna, Which.SNOOZED)) == ([], [task_id])
    async with db.write() as session:
        await session.execute(update(Task).values(snoozed_until=in_minutes(-1)))
    assert await seen(db, anna) == [task_id]
    now = datetime.now(UTC)
    async with db.write() as session:
        assert await snooze.is_any_over(session, now)
        assert await snooze.bring_back(session, now) == [task_id]
        assert await snooze.bring_back(session, now) == []
    assert await told(db, anna) == ["snooze_over"]


@pytest.mark.parametrize("answered", [True, False])
async def test_call_of_the_client_wakes_the_task_and_says_why(db: Database, answered: bool) -> None:
    anna = await person(db, "anna")
    client_id = await client(db, "Ирина", NUMBER)
    task_id = await make(db, anna, client_id=client_id)
    await snoozed(db, anna, task_id)
    talks = ((5, 60, "101"),) if answered else ()
    await call_comes(db, Told(number=NUMBER, at=in_minutes(1), talks=talks, lasted_s=60))
    task = await task_of(db, task_id)
    assert task.snoozed_until is None
    assert task.woken_call_id is not None
    assert task_id in await seen(db, anna)
    assert await told(db, anna) == ["task_woken"]


async def test_call_of_a_contact_person_wakes_the_task_of_the_firm(db: Database) -> None:
    anna = await person(db, "anna")
    firm = await client(db, "ООО Ромашка", FIRM, kind="organisation")
    await client(db, "Ирина", NUMBER, organisation_id=firm)
    task_id = await make(db, anna, client_id=firm)
    await snoozed(db, anna, task_id)
    await call_comes(db, Told(number=NUMBER, at=in_minutes(1)))
    assert (await task_of(db, task_id)).snoozed_until is None


async def test_what_is_no_contact_of_the_client_wakes_nothing(db: Database) -> None:
    anna = await person(db, "anna")
    client_id = await client(db, "Ирина", NUMBER)
    await client(db, "Пётр", FIRM)
    task_id = await make(db, anna, client_id=client_id)
    await snoozed(db, anna, task_id)
    ours = Told(number=NUMBER, at=in_minutes(1), direction=Direction.OUT, talks=((3, 60, "101"),))
    begun_before = Told(number=NUMBER, at=in_minutes(-5), talks=((5, 600, "101"),), lasted_s=600)
    for call in (ours, begun_before, Told(number=FIRM, at=in_minutes(2))):
        await call_comes(db, call)
    assert (await task_of(db, task_id)).snoozed_until is not None
    assert await told(db, anna) == []


async def test_vain_call_of_a_stranger_wakes_his_call_back(db: Database) -> None:
    anna = await person(db, "anna")
    await call_comes(db, Told(number=NUMBER, at=in_minutes(-60)))
    (task_id,) = await seen(db, anna)
    await snoozed(db, anna, task_id)
    assert await seen(db, anna) == []
    await call_comes(db, Told(number=NUMBER, at=in_minutes(1)))
    assert await seen(db, anna) == [task_id]
    assert (await task_of(db, task_id)).missed_calls == 2


async def test_inquiry_of_the_client_wakes_the_task(db: Database) -> None:
    anna = await person(db, "anna")
    client_id = await client(db, "Ирина", NUMBER)
    task_id = await make(db, anna, client_id=client_id)
    await snoozed(db, anna, task_id)
    async with db.write() as session:
        assert await snooze.on_inquiry(session, client_id) == [task_id]
    assert await told(db, anna) == ["task_woken"]


async def test_time_that_is_over_is_refused_and_a_task_is_brought_back_by_hand(
    db: Database,
) -> None:
    task_id = await make(db, SYSTEM)
    for until in (in_minutes(-1), datetime.now(UTC) + timedelta(days=4000)):
        async with db.write() as session:
            with pytest.raises(Invalid):
                await snooze.snooze(session, SYSTEM, task_id, until)
    await snoozed(db, SYSTEM, task_id)
    async with db.write() as session:
        await snooze.unsnooze(session, SYSTEM, task_id)
    assert (await task_of(db, task_id)).snoozed_until is None
