"""Tasks made, edited, moved, put into the bin; who sees them, and who is told."""

import pytest
from sqlalchemy import select
from support.clients import client
from support.people import person
from support.tasks import in_minutes, make, task_of, told

from calls.db import Database
from crm import agents, checklists, reminders, task_changes, task_queries, tasks
from crm.access import SYSTEM, Action, Actor, Scope
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.tables import Change, Task
from crm.task_queries import TaskFilter, Which, Whose
from crm.task_rules import ReminderField, TaskFields


async def titles(db: Database, actor: Actor, **only: object) -> list[str]:
    async with db.read() as session:
        page = await task_queries.find(session, actor, TaskFilter(**only))  # type: ignore[arg-type]
        return [view.task.title for view in page.tasks]


async def test_task_is_seen_by_who_has_it_and_who_made_it_and_told_to_the_former(
    db: Database,
) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    vera, nina = await person(db, "vera"), await person(db, "nina")
    people = (boris.user_id, vera.user_id)
    task_id = await make(db, anna, "Отчёт", assignees=people, due_at=in_minutes(60))
    assert await titles(db, boris) == await titles(db, vera) == ["Отчёт"]
    assert await titles(db, anna) == [] == await titles(db, nina, whose=Whose.ALL)
    assert await titles(db, anna, whose=Whose.GIVEN) == ["Отчёт"]
    assert (await told(db, boris), await told(db, vera), await told(db, anna)) == (
        ["task"], ["task"], [],
    )  # fmt: skip
    async with db.read() as session:
        view = await tasks.get(session, vera, task_id)
        assert (view.assignee, view.others) == ("Boris", ("Vera",))
        with pytest.raises(Forbidden):
            await tasks.get(session, nina, task_id)


async def test_task_closed_by_one_is_closed_for_all_and_its_author_is_told(db: Database) -> None:
    anna, boris, vera = [await person(db, name) for name in ("anna", "boris", "vera")]
    task_id = await make(db, anna, assignees=(boris.user_id, vera.user_id))
    async with db.write() as session:
        await tasks.close(session, vera, task_id, "сделано")
    assert await titles(db, boris) == []
    assert await told(db, anna) == ["task_closed"]
    assert (await told(db, boris))[-1] == "task_closed"


async def test_edit_writes_the_history_and_a_second_editor_is_told(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    task_id = await make(db, anna, "Счёт", due_at=in_minutes(60))
    fields = TaskFields(
        title="Счёт и акт", assignees=(boris.user_id,), due_at=in_minutes(90), priority="high"
    )
    async with db.write() as session:
        await task_changes.edit(session, anna, task_id, 1, fields)
    async with db.read() as session:
        query = select(Change).where(Change.subject_kind == "task", Change.subject_id == task_id)
        found = {row.field: (row.old, row.new) for row in (await session.scalars(query)).all()}
        (row,) = await reminders.of_task(session, task_id)
    assert found["title"] == ("Счёт", "Счёт и акт")
    assert found["assignees"] == ("Anna", "Boris")
    assert {"priority", "due_at"} <= found.keys()
    assert (row.user_id, row.at) == (boris.user_id, fields.due_at)
    async with db.write() as session:
        with pytest.raises(Conflict):
            await task_changes.edit(session, anna, task_id, 1, fields)


async def test_moved_task_takes_its_reminders_along(db: Database) -> None:
    anna = await person(db, "anna")
    times = (ReminderField(0), ReminderField(30))
    task_id = await make(db, anna, due_at=in_minutes(60), reminders=times)
    later = in_minutes(600)
    async with db.write() as session:
        await task_changes.move(session, anna, task_id, later)
    async with db.read() as session:
        at = [row.at for row in await reminders.of_task(session, task_id)]
    assert [(later - one).total_seconds() for one in at] == [1800, 0]


async def test_name_of_a_client_out_of_sight_does_not_stand_beside_his_task(db: Database) -> None:
    client_id = await client(db, "Тайный Клиент")
    narrow = await person(db, "anna")
    blind = Actor(
        user_id=narrow.user_id, login="anna", name="Anna", role=narrow.role,
        scopes={Action.SEE: Scope.OWN},
    )  # fmt: skip
    task_id = await make(db, SYSTEM, client_id=client_id, assignees=(narrow.user_id,))
    async with db.read() as session:
        assert (await tasks.get(session, narrow, task_id)).client_name == "Тайный Клиент"
        hidden = await tasks.get(session, blind, task_id)
    assert (hidden.client_id, hidden.client_name) == (None, "")
    assert await titles(db, blind, search="Тайный") == []
    with pytest.raises(NotFound):
        await make(db, blind, client_id=client_id)


async def test_task_for_nobody_of_ours_is_refused(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    with pytest.raises(NotFound):
        await make(db, anna, assignees=(4711,))
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, boris.user_id, False)
    with pytest.raises(Invalid):
        await make(db, anna, assignees=(boris.user_id,))
    with pytest.raises(NotFound):
        await make(db, anna, deal_id=4711)


async def test_bin_takes_a_task_from_its_author_and_gives_it_back(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    task_id = await make(db, anna, "x", assignees=(boris.user_id,))
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await task_changes.put_away(session, boris, task_id)
        await task_changes.put_away(session, anna, task_id)
    assert await titles(db, boris, whose=Whose.ALL) == []
    async with db.write() as session:
        with pytest.raises(NotFound):
            await tasks.get(session, anna, task_id)
        await task_changes.restore(session, anna, task_id)
    assert await titles(db, boris) == ["x"]


async def test_list_is_filtered_searched_and_paged_in_the_order_of_time(db: Database) -> None:
    anna = await person(db, "anna")
    for minutes, title in ((60, "Вечер"), (-60, "Утро"), (None, "Когда-нибудь"), (30, "ДЕНЬ")):
        due = None if minutes is None else in_minutes(minutes)
        await make(db, anna, title, due_at=due, priority="high" if title == "Вечер" else "normal")
    assert await titles(db, anna) == ["Утро", "ДЕНЬ", "Вечер", "Когда-нибудь"]
    assert await titles(db, anna, urgent_first=True) == ["Вечер", "Утро", "ДЕНЬ", "Когда-нибудь"]
    assert await titles(db, anna, which=Which.OVERDUE) == ["Утро"]
    assert await titles(db, anna, due_from=in_minutes(0), due_until=in_minutes(45)) == ["ДЕНЬ"]
    assert await titles(db, anna, search="день") == ["ДЕНЬ"]
    assert await titles(db, anna, search="100%_") == []
    seen, before = [], None
    async with db.read() as session:
        for _ in range(5):
            only = TaskFilter(urgent_first=True)
            page = await task_queries.find(session, anna, only, before=before, limit=1)
            seen += [view.task.title for view in page.tasks]
            before = page.next_before
            if before is None:
                break
    assert seen == ["Вечер", "Утро", "ДЕНЬ", "Когда-нибудь"]


async def test_steps_are_added_ticked_and_counted(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    task_id = await make(db, anna, steps=("один", "два"))
    async with db.write() as session:
        item = await checklists.add(session, anna, task_id, " три ")
        await checklists.tick(session, anna, task_id, item.id, done=True)
        with pytest.raises(Invalid):
            await checklists.add(session, anna, task_id, " ")
        with pytest.raises(Forbidden):
            await checklists.tick(session, boris, task_id, item.id, done=False)
    async with db.read() as session:
        items = await checklists.of_task(session, task_id)
        (progress,) = (await checklists.progress(session, [task_id])).values()
    assert [(one.text, one.done) for one in items] == [
        ("один", False), ("два", False), ("три", True),
    ]  # fmt: skip
    assert (progress.done, progress.all) == (1, 3)
    async with db.write() as session:
        await checklists.remove(session, anna, task_id, items[0].id)
        with pytest.raises(NotFound):
            await checklists.remove(session, anna, task_id, items[0].id)


async def test_call_back_is_not_edited_as_a_task(db: Database) -> None:
    anna = await person(db, "anna", "supervisor")
    async with db.write() as session:
        session.add(Task(kind="callback", subject_key="number:+7", opened_at=in_minutes(-5)))
    async with db.write() as session:
        with pytest.raises(Invalid):
            await task_changes.edit(session, anna, 1, 1, TaskFields(title="x"))
        with pytest.raises(Invalid):
            await task_changes.move(session, anna, 1, in_minutes(5))
    assert (await task_of(db, 1)).title == ""
