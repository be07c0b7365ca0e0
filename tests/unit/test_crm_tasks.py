"""Tasks: who sees which, who takes them first, how they end."""

import pytest
from support.people import person
from support.told_calls import Teller, Told, after

from calls.db import Database
from crm import agents, tasks
from crm.access import SYSTEM, Actor
from crm.errors import Conflict, Forbidden, Invalid, NotFound


@pytest.fixture
def teller(db: Database) -> Teller:
    return Teller(db)


async def numbers_seen(db: Database, actor: Actor) -> list[str]:
    async with db.read() as session:
        page = await tasks.page(session, actor)
        return [view.task.number for view in page.tasks]


async def missed(teller: Teller, number: str, *, minute: float = 0, queue: str = "") -> int:
    notices = await teller.tell(
        Told(number=number, at=after(minute), queue=queue, rang=((0, 20, "900"), (0, 20, "901")))
    )
    return int(notices[0].payload["id"])


async def test_everybody_sees_what_he_answers_for_and_nothing_else(
    db: Database, teller: Teller
) -> None:
    anna = await person(db, "anna", queues=("sales",))
    boris = await person(db, "boris", queues=("service",))
    manager = await person(db, "vera", "manager")
    await missed(teller, "+79160000001", queue="sales")
    await missed(teller, "+79160000002", minute=1, queue="service")
    await missed(teller, "+79160000003", minute=2)
    await missed(teller, "+79160000004", minute=3, queue="nobodys")
    assert await numbers_seen(db, anna) == ["+79160000001", "+79160000003", "+79160000004"]
    assert await numbers_seen(db, boris) == ["+79160000002", "+79160000003", "+79160000004"]
    assert len(await numbers_seen(db, manager)) == 4


async def test_first_to_take_a_task_has_it_and_the_second_is_told(
    db: Database, teller: Teller
) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    task = await missed(teller, "+79160000001")
    async with db.write() as session:
        await tasks.take(session, anna, task)
    assert await numbers_seen(db, boris) == []
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await tasks.take(session, boris, task)
        with pytest.raises(Conflict):
            await tasks.take(session, SYSTEM, task)
        await tasks.release(session, anna, task)
    assert await numbers_seen(db, boris) == ["+79160000001"]


async def test_task_closed_by_hand_says_who_and_can_be_opened_again(
    db: Database, teller: Teller
) -> None:
    anna = await person(db, "anna")
    task = await missed(teller, "+79160000001")
    async with db.write() as session:
        await tasks.close(session, anna, task, " написала на почту ")
    async with db.read() as session:
        view = await tasks.get(session, anna, task)
    assert (view.task.state, view.task.result, view.closed_by) == (
        "done", "написала на почту", "Anna",
    )  # fmt: skip
    assert view.minutes_to_contact is None
    async with db.write() as session:
        with pytest.raises(Conflict):
            await tasks.close(session, anna, task)
        await tasks.reopen(session, anna, task)
    assert await numbers_seen(db, anna) == ["+79160000001"]


async def test_task_is_not_opened_again_beside_a_newer_one(db: Database, teller: Teller) -> None:
    old = await missed(teller, "+79160000001")
    async with db.write() as session:
        await tasks.close(session, SYSTEM, old)
    await missed(teller, "+79160000001", minute=5)
    async with db.write() as session:
        with pytest.raises(Conflict):
            await tasks.reopen(session, SYSTEM, old)


async def test_talk_tells_minutes_to_contact(db: Database, teller: Teller) -> None:
    task = await missed(teller, "+79160000001")
    await teller.tell(
        Told(number="+79160000001", at=after(12), talks=((20, 80, "101"),), lasted_s=80)
    )
    async with db.read() as session:
        view = await tasks.get(session, SYSTEM, task)
        linkedid = await tasks.closing_call(session, view.task)
    assert view.minutes_to_contact == 12.0
    assert view.closed_by == "101"
    assert linkedid is not None


async def test_tasks_of_a_locked_person_are_everybodys_again(db: Database, teller: Teller) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    task = await missed(teller, "+79160000001")
    async with db.write() as session:
        await tasks.take(session, anna, task)
        await agents.set_active(session, SYSTEM, anna.user_id, False)
    assert await numbers_seen(db, boris) == ["+79160000001"]


async def test_own_todo_is_seen_by_its_author_only(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    async with db.write() as session:
        await tasks.add(session, anna, "Отправить договор", due_at=after(60))
        with pytest.raises(Invalid):
            await tasks.add(session, anna, "  ")
        with pytest.raises(NotFound):
            await tasks.add(session, anna, "x", client_id=4711)
    assert await numbers_seen(db, anna) == [""]
    assert await numbers_seen(db, boris) == []


async def test_pages_of_open_and_closed_tasks_show_each_once(db: Database, teller: Teller) -> None:
    made = [await missed(teller, f"+7916000000{n}", minute=n % 2) for n in range(5)]
    for state in ("open", "done"):
        seen: list[int] = []
        before = None
        async with db.read() as session:
            for _ in range(4):
                page = await tasks.page(session, SYSTEM, state=state, before=before, limit=2)
                seen += [view.task.id for view in page.tasks]
                before = page.next_before
                if before is None:
                    break
        assert sorted(seen) == made
        async with db.write() as session:
            if state == "open":
                for task in made:
                    await tasks.close(session, SYSTEM, task)
