"""Departments as a tree, and what a person's department reaches."""

import pytest
from support.people import person

from calls.db import Database
from crm import agents, departments
from crm.access import SYSTEM
from crm.errors import Conflict, Forbidden, Invalid
from crm.person_fields import Person


async def added(db: Database, name: str, parent_id: int | None = None) -> int:
    async with db.write() as session:
        return (await departments.add(session, SYSTEM, name, parent_id)).id


async def test_person_of_a_department_reaches_all_below_and_none_beside(db: Database) -> None:
    sales = await added(db, "Sales")
    north = await added(db, "North", sales)
    city = await added(db, "City", north)
    await added(db, "Service")
    anna = await person(db, "anna", department_id=north)
    assert anna.departments == {north, city}
    assert (await person(db, "boris")).departments == frozenset()


async def test_department_of_a_part_of_itself_is_refused(db: Database) -> None:
    sales = await added(db, "Sales")
    north = await added(db, "North", sales)
    with pytest.raises(Invalid):
        async with db.write() as session:
            await departments.edit(session, SYSTEM, sales, "Sales", north)


async def test_removed_department_leaves_its_parts_to_its_parent(db: Database) -> None:
    sales = await added(db, "Sales")
    north = await added(db, "North", sales)
    city = await added(db, "City", north)
    async with db.write() as session:
        await departments.remove(session, SYSTEM, north)
    async with db.read() as session:
        branches = await departments.tree(session)
    assert [(one.id, one.parent_id, one.depth) for one in branches] == [
        (sales, None, 0),
        (city, sales, 1),
    ]


async def test_department_with_people_stays(db: Database) -> None:
    sales = await added(db, "Sales")
    await person(db, "anna", department_id=sales)
    with pytest.raises(Conflict):
        async with db.write() as session:
            await departments.remove(session, SYSTEM, sales)


async def test_taken_name_is_a_conflict_and_only_administrators_may_add(db: Database) -> None:
    await added(db, "Sales")
    with pytest.raises(Conflict):
        await added(db, "Sales")
    mila = await person(db, "mila", "manager")
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await departments.add(session, mila, "Service")


async def test_unknown_department_of_a_person_is_named(db: Database) -> None:
    someone = Person(login="anna", role="operator", department_id=77)
    with pytest.raises(Invalid) as caught:
        async with db.write() as session:
            await agents.add(session, SYSTEM, someone, "!")
    assert caught.value.field == "department_id"
