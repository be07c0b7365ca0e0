"""People, their phones and queues."""

import pytest
from support.people import NO_PASSWORD, person

from calls.db import Database
from crm import agents, audit
from crm.access import SYSTEM, Role
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.person_fields import Person, Phone, Queue
from crm.phone_owners import PhoneOwners


async def test_added_person_is_found_by_login_with_phones_and_queues(db: Database) -> None:
    await person(db, "Anna", extensions=("101", "102"), queues=("sales",))
    async with db.read() as session:
        user = await agents.by_login(session, "ANNA")
        actor = await agents.actor_for(session, user)
    assert actor.login == "anna"
    assert actor.role is Role.OPERATOR
    assert actor.extensions == {("main", "101"), ("main", "102")}
    assert actor.queues == {("main", "sales")}


async def test_taken_login_is_a_conflict_whatever_its_case(db: Database) -> None:
    await person(db, "anna")
    with pytest.raises(Conflict):
        await person(db, "ANNA")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (Person(login="", role="operator"), "login"),
        (Person(login="a b", role="operator"), "login"),
        (Person(login="anna", role="king"), "role"),
        (Person(login="anna", role="operator", locale="xx"), "locale"),
        (Person(login="anna", role="operator", phones=(Phone("10\r\n1", "main"),)), "extension"),
        (Person(login="anna", role="operator", phones=(Phone("101", "main", "x\r\ny"),)), "channel"),
        (Person(login="anna", role="operator", queues=(Queue("a\nb", "main"),)), "queue"),
    ],
)  # fmt: skip
async def test_wrong_value_is_named(db: Database, wrong: Person, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        async with db.write() as session:
            await agents.add(session, SYSTEM, wrong, NO_PASSWORD)
    assert caught.value.field == field


async def test_operator_may_not_add_people(db: Database) -> None:
    anna = await person(db, "anna")
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await agents.add(session, anna, Person(login="x", role="operator"), NO_PASSWORD)


async def test_edit_replaces_phones_and_keeps_channels_of_those_that_stay(db: Database) -> None:
    anna = await person(db, "anna", extensions=("101", "102"))
    changed = Person(
        login="anna",
        role="manager",
        phones=(Phone("102", "main", "PJSIP/102"), Phone("103", "main")),
        queues=(Queue("sales", "main"),),
    )
    async with db.write() as session:
        await agents.edit(session, SYSTEM, anna.user_id, changed)
    async with db.read() as session:
        user = await agents.by_login(session, "anna")
    assert agents.person_of(user) == changed


async def test_last_administrator_can_be_neither_locked_nor_demoted(db: Database) -> None:
    admin = await person(db, "admin", "administrator")
    with pytest.raises(Conflict):
        async with db.write() as session:
            await agents.set_active(session, admin, admin.user_id, False)
    demoted = Person(login="admin", role="operator")
    with pytest.raises(Conflict):
        async with db.write() as session:
            await agents.edit(session, admin, admin.user_id, demoted)
    await person(db, "second", "administrator")
    async with db.write() as session:
        await agents.set_active(session, admin, admin.user_id, False)
    async with db.read() as session:
        assert not (await agents.by_login(session, "admin")).active


async def test_unknown_person_is_not_found(db: Database) -> None:
    async with db.write() as session:
        with pytest.raises(NotFound):
            await agents.set_active(session, SYSTEM, 4711, False)


async def test_shared_phone_belongs_to_all_its_active_people(db: Database) -> None:
    anna = await person(db, "anna", extensions=("101", "102"))
    boris = await person(db, "boris", extensions=("101",))
    owners = PhoneOwners()
    async with db.read() as session:
        await owners.load(session)
    assert owners.operators_of("main", "101") == [anna.user_id, boris.user_id]
    assert owners.operators_of("main", "102") == [anna.user_id]
    assert owners.operators_of("other", "101") == []
    async with db.write() as session:
        await agents.set_active(session, SYSTEM, boris.user_id, False)
    async with db.read() as session:
        await owners.load(session)
    assert owners.operators_of("main", "101") == [anna.user_id]


async def test_every_change_of_people_is_in_the_audit_log(db: Database) -> None:
    anna = await person(db, "anna")
    async with db.write() as session:
        await agents.edit(session, SYSTEM, anna.user_id, Person(login="anna", role="manager"))
        await agents.set_password(session, anna, anna.user_id, NO_PASSWORD)
        await agents.set_active(session, SYSTEM, anna.user_id, False)
    async with db.read() as session:
        rows = await audit.entries(session, SYSTEM)
    actions = [row.action for row in rows]
    assert actions == ["user.deactivate", "user.password", "user.edit", "user.add"]
