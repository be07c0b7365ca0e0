"""Handing over: everything open changes hands in one act, nothing is orphaned, and it can be undone."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from support.clients import client
from support.people import person

from calls.columns import Base
from calls.db import Database
from crm import agents, duties, handover, role_scopes
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.tables import (
    AuditEntry,
    Change,
    Client,
    Deal,
    Funnel,
    Inquiry,
    Notification,
    Reminder,
    Segment,
    Stage,
    Task,
    TaskAssignee,
)
from web.services import utc_now


@dataclass
class Estate:
    """What Gleb leaves: two clients, each with an open deal and an open task, and much that is over."""

    gleb: Actor
    mila: Actor
    sergey: Actor
    clients: list[int]


@pytest.fixture
async def estate(db: Database) -> Estate:
    gleb = await person(db, "gleb", "manager")
    mila = await person(db, "mila", "manager")
    sergey = await person(db, "sergey", "supervisor")
    clients = [await client(db, "First"), await client(db, "Second")]
    now, mine = utc_now(), gleb.user_id
    async with db.write() as session:
        await session.execute(update(Client).values(responsible_id=mine))
        stage = Stage(name="New", kind="open")
        funnel = Funnel(name="Sales", stages=[stage])
        session.add(funnel)
        await session.flush()
        for client_id in clients:
            for state in ("open", "won"):
                session.add(Deal(name=f"{state} {client_id}", client_id=client_id, state=state,
                                 funnel_id=funnel.id, stage_id=stage.id, responsible_id=mine,
                                 opened_at=now, stage_at=now, updated_at=now))  # fmt: skip
            for state in ("open", "done"):
                task = Task(kind="todo", title=state, state=state, client_id=client_id,
                            assignee_id=mine, opened_at=now)  # fmt: skip
                session.add(task)
                await session.flush()
                session.add(Reminder(task_id=task.id, user_id=mine, at=now + timedelta(days=1),
                                     sent_at=now if state == "done" else None))  # fmt: skip
            session.add(Inquiry(client_id=client_id, state="new", responsible_id=mine,
                                opened_at=now, last_contact_at=now))  # fmt: skip
        shared = Task(kind="todo", title="shared", client_id=clients[0], opened_at=now)
        session.add(shared)
        await session.flush()
        session.add_all(
            TaskAssignee(task_id=shared.id, user_id=one.user_id) for one in (gleb, mila)
        )
        session.add(Segment(name="Mine", owner_id=mine, shared="all", created_at=now))
    return Estate(gleb, mila, sergey, clients)


async def given(db: Database, estate: Estate, client_ids: list[int] | None = None) -> int:
    async with db.write() as session:
        gleb, mila = estate.gleb.user_id, estate.mila.user_id
        made = await handover.give(session, estate.sergey, gleb, mila, client_ids, "Good luck")
        return made.id


async def held(db: Database, actor: Actor) -> dict[str, int]:
    async with db.read() as session:
        counted = await duties.counts(session, actor.user_id)
        return {kind: count for kind, count in counted.items() if count}


ALL = {"client": 2, "deal": 2, "task": 2, "assignee": 1, "reminder": 2, "inquiry": 2, "segment": 1}


def test_every_column_with_a_person_is_a_duty_or_history() -> None:
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "users"
    }
    handed_over = {duty.column for duty in duties.DUTIES}
    assert not handed_over & duties.HISTORY_ONLY
    missing = pointing - handed_over - duties.HISTORY_ONLY
    assert not missing, (
        f"{missing}: say in crm/duties.py whether these are duties, which a hand-over must move, or history only"
    )
    assert handed_over | duties.HISTORY_ONLY == pointing


async def test_whole_hand_over_leaves_nothing_with_the_leaver(db: Database, estate: Estate) -> None:
    assert await held(db, estate.gleb) == ALL
    await given(db, estate)
    assert await held(db, estate.gleb) == {}
    assert await held(db, estate.mila) == ALL
    async with db.read() as session:
        won = select(Deal.responsible_id).where(Deal.state == "won").distinct()
        assert (await session.scalars(won)).all() == [estate.gleb.user_id]
        news = select(Notification.user_id, Notification.subject_kind)
        told = await session.execute(news.order_by(Notification.user_id))
        # Only the receiver may read the dossier, so only his news leads there.
        assert [tuple(row) for row in told] == [
            (estate.gleb.user_id, ""),
            (estate.mila.user_id, "handover"),
        ]
        fields = await session.execute(
            select(Change.subject_kind, Change.field, Change.old, Change.new).distinct()
        )
        assert ("client", "responsible", "Gleb", "Mila") in {tuple(row) for row in fields}
        logged = select(AuditEntry).where(AuditEntry.action == "clients.hand_over")
        assert await session.scalar(logged) is not None


async def test_chosen_client_takes_along_only_what_is_its_own(db: Database, estate: Estate) -> None:
    await given(db, estate, estate.clients[:1])
    assert await held(db, estate.gleb) == {
        "client": 1, "deal": 1, "task": 1, "reminder": 1, "inquiry": 1, "segment": 1,
    }  # fmt: skip


async def test_undo_gives_everything_back(db: Database, estate: Estate) -> None:
    made = await given(db, estate)
    async with db.write() as session:
        undone = await handover.undo(session, estate.sergey, made)
    assert (undone.back, undone.stayed) == (sum(ALL.values()), 0)
    assert await held(db, estate.gleb) == ALL
    assert await held(db, estate.mila) == {"assignee": 1}
    with pytest.raises(Conflict):
        async with db.write() as session:
            await handover.undo(session, estate.sergey, made)


async def test_undo_leaves_what_was_finished_or_passed_on(db: Database, estate: Estate) -> None:
    made = await given(db, estate)
    third = await person(db, "third", "manager")
    async with db.write() as session:
        await session.execute(
            update(Client)
            .where(Client.id == estate.clients[0])
            .values(responsible_id=third.user_id)
        )
        await session.execute(update(Deal).values(state="won"))
    async with db.write() as session:
        undone = await handover.undo(session, estate.sergey, made)
    assert undone.stayed == 3
    assert (await held(db, third))["client"] == 1
    assert (await held(db, estate.gleb))["client"] == 1


async def test_undo_to_a_locked_colleague_is_refused(db: Database, estate: Estate) -> None:
    made = await given(db, estate)
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, estate.gleb.user_id, False)
    with pytest.raises(Conflict):
        async with db.write() as session:
            await handover.undo(session, estate.sergey, made)


async def test_locking_out_who_has_clients_must_be_said_knowingly(
    db: Database, estate: Estate
) -> None:
    gleb = estate.gleb.user_id
    with pytest.raises(Conflict) as caught:
        async with db.write() as session:
            await agents.set_active(session, SYSTEM, gleb, False)
    assert "client: 2" in caught.value.why
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, gleb, False, knowingly=True)
    await given(db, estate)
    assert await held(db, estate.gleb) == {}


async def test_wrong_receivers_and_empty_hands_are_refused(db: Database, estate: Estate) -> None:
    gleb, mila = estate.gleb.user_id, estate.mila.user_id
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, mila, False)
    for to_id, error in ((gleb, Invalid), (mila, Invalid), (4711, NotFound)):
        with pytest.raises(error):
            async with db.write() as session:
                await handover.give(session, estate.sergey, gleb, to_id)
    with pytest.raises(Invalid):
        async with db.write() as session:
            await handover.give(session, SYSTEM, estate.sergey.user_id, gleb)
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await handover.give(session, estate.gleb, gleb, estate.sergey.user_id)


async def test_clients_out_of_reach_cannot_be_handed_over(db: Database, estate: Estate) -> None:
    narrow = dict.fromkeys(Action, Scope.OWN)
    async with db.write() as session:
        await role_scopes.save(session, SYSTEM, {Role.SUPERVISOR: narrow})
        estate.sergey = await agents.actor_for(session, await agents.by_login(session, "sergey"))
    with pytest.raises(Forbidden):
        await given(db, estate)
    assert await held(db, estate.gleb) == ALL


async def test_supervisor_of_narrow_rights_neither_gives_deals_out_of_reach_nor_takes_them_back(
    db: Database, estate: Estate
) -> None:
    made = await given(db, estate)
    held_by_mila = await held(db, estate.mila)
    narrow = dict.fromkeys(Action, Scope.OWN)
    async with db.write() as session:
        await role_scopes.save(session, SYSTEM, {Role.SUPERVISOR: narrow})
        estate.sergey = await agents.actor_for(session, await agents.by_login(session, "sergey"))
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await handover.undo(session, estate.sergey, made)
    async with db.write() as session:
        # The cards are everybody's now; the deals are still hers.
        await session.execute(update(Client).values(responsible_id=estate.sergey.user_id))
    gleb, mila = estate.gleb.user_id, estate.mila.user_id
    for deed in (
        lambda session: handover.give(session, estate.sergey, mila, gleb),
        lambda session: handover.undo(session, estate.sergey, made),
    ):
        with pytest.raises(Forbidden):
            async with db.write() as session:
                await deed(session)
    assert (await held(db, estate.mila))["deal"] == held_by_mila["deal"]
