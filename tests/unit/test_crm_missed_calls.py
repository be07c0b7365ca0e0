"""Call-backs: one per client, counted once, closed by a real talk and by nothing else."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from support.people import person
from support.told_calls import Teller, Told, after, record_of

from calls.db import Database
from calls.tables import Call
from crm import call_links, client_numbers, clients
from crm.access import SYSTEM
from crm.client_numbers import NumberField
from crm.clients import ClientFields
from crm.tables import Task, TaskCall
from pbx.events import Direction

ANNA = "+79160000001"
ANNA_OFFICE = "+74950000077"
OUT = Direction.OUT


@pytest.fixture
def teller(db: Database) -> Teller:
    return Teller(db)


async def tasks(db: Database) -> list[Task]:
    async with db.read() as session:
        return list((await session.scalars(select(Task).order_by(Task.id))).all())


async def the_task(db: Database) -> Task:
    found = await tasks(db)
    assert len(found) == 1
    return found[0]


async def client(teller: Teller, name: str, *numbers: str) -> int:
    fields = ClientFields(name=name, numbers=tuple(NumberField(number) for number in numbers))
    async with teller.db.write() as session:
        return (await clients.create(session, SYSTEM, fields, teller.rules)).id


def talk(
    at_min: float, seconds: float = 60, *, direction: Direction = OUT, number: str = ANNA
) -> Told:
    return Told(
        number=number,
        at=after(at_min),
        direction=direction,
        talks=((10, 10 + seconds, "102"),),
        lasted_s=10 + seconds,
    )


async def test_unreached_stranger_becomes_one_open_task(teller: Teller, db: Database) -> None:
    notices = await teller.tell(Told(number=ANNA, queue="sales", lasted_s=35))
    task = await the_task(db)
    assert (task.kind, task.state, task.number, task.e164) == ("callback", "open", ANNA, ANNA)
    assert (task.queue, task.waited_s, task.missed_calls, task.tries) == ("sales", 35.0, 1, 0)
    assert task.opened_at == task.due_at == after(35 / 60)
    assert [(n.topic, n.payload["id"]) for n in notices] == [("task", task.id)]


async def test_many_vain_calls_of_one_client_from_two_numbers_are_one_task(
    teller: Teller, db: Database
) -> None:
    anna = await client(teller, "Анна", ANNA, ANNA_OFFICE)
    await teller.tell(Told(number=ANNA, lasted_s=10))
    await teller.tell(Told(number="8 (495) 000-00-77", at=after(5), lasted_s=25, queue="sales"))
    task = await the_task(db)
    assert (task.client_id, task.missed_calls, task.waited_s) == (anna, 2, 25.0)
    assert task.queue == "sales"
    assert task.opened_at == after(10 / 60)


async def test_the_same_call_told_twice_is_counted_once(teller: Teller, db: Database) -> None:
    record = record_of(Told(number=ANNA))
    await teller.tell_record(record)
    assert await teller.tell_record(record) == ()
    assert (await the_task(db)).missed_calls == 1


@pytest.mark.parametrize(
    "told",
    [
        Told(number="", hidden=True),
        Told(number=ANNA, consultation=True),
        Told(number="102", direction=Direction.INTERNAL),
        Told(number="+74950000001"),
        Told(number=ANNA, talks=((5, 15, "101"),)),
        Told(number=ANNA, direction=OUT),
    ],
    ids=["hidden", "consultation", "internal", "own-number", "answered", "outgoing"],
)
async def test_such_a_call_opens_no_task(teller: Teller, db: Database, told: Told) -> None:
    await teller.tell(told)
    assert await tasks(db) == []


@pytest.mark.parametrize("direction", [Direction.IN, OUT])
async def test_talk_in_either_direction_closes_with_who_and_when(
    teller: Teller, db: Database, direction: Direction
) -> None:
    boris = await person(db, "boris", extensions=("102",))
    await teller.tell(Told(number=ANNA, lasted_s=0))
    await teller.tell(talk(30, direction=direction))
    task = await the_task(db)
    assert (task.state, task.closed_by_id, task.closed_party) == ("done", boris.user_id, "102")
    assert task.closed_at == after(30 + 10 / 60)
    assert task.closed_call_id is not None


async def test_talk_on_another_number_of_the_client_closes(teller: Teller, db: Database) -> None:
    await client(teller, "Анна", ANNA, ANNA_OFFICE)
    await teller.tell(Told(number=ANNA))
    await teller.tell(talk(10, number=ANNA_OFFICE))
    assert (await the_task(db)).state == "done"


@pytest.mark.parametrize(("seconds", "state"), [(4.9, "open"), (5.0, "done")])
async def test_only_a_talk_of_contact_min_s_closes(
    teller: Teller, db: Database, seconds: float, state: str
) -> None:
    await teller.tell(Told(number=ANNA))
    await teller.tell(talk(10, seconds))
    assert (await the_task(db)).state == state


async def test_talk_before_and_after_a_transfer_counts_together(
    teller: Teller, db: Database
) -> None:
    await teller.tell(Told(number=ANNA))
    transferred = talk(10)
    await teller.tell(replace(transferred, talks=((10, 13, "101"), (15, 18, "102"))))
    task = await the_task(db)
    assert (task.state, task.closed_party) == ("done", "101")


async def test_vain_call_of_ours_is_a_try_and_leaves_the_task_open(
    teller: Teller, db: Database
) -> None:
    await teller.tell(Told(number=ANNA))
    await teller.tell(Told(number="89160000001", at=after(5), direction=OUT))
    await teller.tell(Told(number=ANNA, at=after(9), direction=OUT))
    task = await the_task(db)
    assert (task.state, task.tries, task.missed_calls) == ("open", 2, 1)


async def test_click_to_call_that_never_reached_the_client_is_no_try(
    teller: Teller, db: Database
) -> None:
    await teller.tell(Told(number=ANNA))
    await teller.tell(Told(number=ANNA, at=after(5), direction=OUT, click_to_call=True, lasted_s=0))
    assert (await the_task(db)).tries == 0


async def test_talk_that_ended_before_the_vain_call_does_not_close(
    teller: Teller, db: Database
) -> None:
    await teller.tell(Told(number=ANNA, at=after(30)))
    await teller.tell(talk(10))
    await teller.tell(Told(number=ANNA, at=after(5), direction=OUT))
    task = await the_task(db)
    assert (task.state, task.tries) == ("open", 0)


async def test_vain_call_told_after_the_talk_that_followed_it_is_closed_at_once(
    teller: Teller, db: Database
) -> None:
    await teller.tell(talk(30))
    await teller.tell(Told(number=ANNA, at=after(10), lasted_s=0))
    task = await the_task(db)
    assert (task.state, task.closed_party) == ("done", "102")
    assert task.closed_at == after(30 + 10 / 60)


async def test_talk_going_on_while_the_client_calls_in_vain_closes_at_its_end(
    teller: Teller, db: Database
) -> None:
    # The client's second line rings out at minute 5, while somebody talks to him from minute 0 to minute 10.
    await teller.tell(Told(number=ANNA, at=after(5), lasted_s=0))
    await teller.tell(talk(0, 600))
    task = await the_task(db)
    assert (task.state, task.closed_at) == ("done", after(5))


async def test_next_vain_call_after_a_talk_opens_a_new_task(teller: Teller, db: Database) -> None:
    await teller.tell(Told(number=ANNA))
    await teller.tell(talk(10))
    await teller.tell(Told(number=ANNA, at=after(60)))
    assert [task.state for task in await tasks(db)] == ["done", "open"]


async def test_task_of_a_stranger_becomes_the_new_clients(teller: Teller, db: Database) -> None:
    await teller.tell(Told(number="8 916 000-00-01"))
    anna = await client(teller, "Анна", ANNA)
    task = await the_task(db)
    assert (task.client_id, task.subject_key) == (anna, f"client:{anna}")
    await teller.tell(Told(number=ANNA, at=after(5)))
    assert (await the_task(db)).missed_calls == 2


async def test_two_tasks_become_one_when_the_number_gets_a_client(
    teller: Teller, db: Database
) -> None:
    anna = await client(teller, "Анна", ANNA)
    await teller.tell(Told(number=ANNA_OFFICE, at=after(0), lasted_s=0))
    await teller.tell(Told(number=ANNA, at=after(5)))
    async with db.write() as session:
        number = NumberField(ANNA_OFFICE)
        await client_numbers.attach(session, SYSTEM, anna, number, teller.rules)
    gone, kept = await tasks(db)
    assert (gone.state, kept.state) == ("cancelled", "open")
    assert (kept.missed_calls, kept.opened_at) == (2, after(0))
    async with db.read() as session:
        counted = (await session.scalars(select(TaskCall.task_id))).all()
    assert set(counted) == {kept.id}


async def test_shared_number_is_nobodys_until_a_person_says_whose(
    teller: Teller, db: Database
) -> None:
    await client(teller, "Анна", ANNA_OFFICE)
    boris = await client(teller, "Борис", ANNA_OFFICE)
    await teller.tell(Told(number=ANNA_OFFICE))
    task = await the_task(db)
    assert task.client_id is None
    async with db.write() as session:
        call = (await session.scalars(select(Call))).one()
        await call_links.link(session, SYSTEM, call.id, boris)
    assert (await the_task(db)).client_id == boris


async def test_direct_call_is_its_operators_task_and_a_groups_everybodys(
    teller: Teller, db: Database
) -> None:
    anna = await person(db, "anna", extensions=("101",))
    boris = await person(db, "boris", extensions=("102",))
    for login in ("vera", "gleb"):
        await person(db, login, extensions=("103",))
    rungs = {
        "+79160000011": ((0, 20, "101"),),
        "+79160000012": ((0, 20, "101"), (0, 20, "102")),
        "+79160000013": ((0, 10, "101"), (10, 20, "102")),
        "+79160000014": ((0, 20, "103"),),
    }
    # After the phone was shared: its calls of before are of whoever had it first.
    now = datetime.now(UTC)
    for number, rang in rungs.items():
        await teller.tell(Told(number=number, rang=rang, at=now))
    await teller.tell(Told(number="+79160000015", queue="sales", at=now))
    assignees = {task.number: task.assignee_id for task in await tasks(db)}
    assert list(assignees.values()) == [anna.user_id, None, boris.user_id, None, None]


async def test_talk_with_one_owner_of_a_shared_number_does_not_settle_its_call(
    teller: Teller, db: Database
) -> None:
    await client(teller, "Анна", ANNA, ANNA_OFFICE)
    await client(teller, "Борис", ANNA_OFFICE)
    await teller.tell(Told(number=ANNA_OFFICE))
    await teller.tell(talk(5, number=ANNA))
    assert (await the_task(db)).state == "open"
    await teller.tell(talk(10, number=ANNA_OFFICE))
    assert (await the_task(db)).state == "done"


async def test_vain_calls_ending_at_the_same_moment_make_one_task(
    teller: Teller, db: Database
) -> None:
    await client(teller, "Анна", ANNA, ANNA_OFFICE)
    told = [Told(number=number, queue="sales") for number in (ANNA, ANNA_OFFICE) * 4]
    async with asyncio.TaskGroup() as group:
        for one in told:
            group.create_task(teller.tell(one))
    task = await the_task(db)
    assert (task.state, task.missed_calls) == ("open", 8)
