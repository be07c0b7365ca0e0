"""Notes are kept as typed."""

import asyncio

import pytest
from sqlalchemy import select
from support.people import person
from support.told_calls import Teller, Told

from calls.db import Database
from calls.errors import CallNotFound
from calls.tables import Call
from crm import call_notes
from crm.access import Actor
from crm.errors import Forbidden, Invalid

TYPED = "  Просил скидку\n\n— «10 %»\t<b>срочно</b> 😀 "


@pytest.fixture
async def operator(db: Database) -> Actor:
    return await person(db, "anna", extensions=("101",))


@pytest.fixture
async def call(db: Database, operator: Actor) -> int:
    await Teller(db).tell(Told(number="+79160000001"))
    async with db.read() as session:
        return (await session.scalars(select(Call.id))).one()


async def texts(db: Database, call: int) -> list[tuple[str, str]]:
    async with db.read() as session:
        return [(note.author, note.text) for note in await call_notes.of_call(session, call)]


async def test_note_is_kept_as_typed_and_the_last_text_wins(
    db: Database, operator: Actor, call: int
) -> None:
    for text in ("П", "Про", TYPED):
        async with db.write() as session:
            await call_notes.save(session, operator, call, text)
    assert await texts(db, call) == [("Anna", TYPED)]


async def test_each_person_has_a_note_of_his_own(db: Database, operator: Actor, call: int) -> None:
    boris = await person(db, "boris", "manager")
    for actor in (operator, boris):
        async with db.write() as session:
            await call_notes.save(session, actor, call, actor.login)
    assert await texts(db, call) == [("Anna", "anna"), ("Boris", "boris")]


async def test_two_tabs_at_once_make_one_note(db: Database, operator: Actor, call: int) -> None:
    async def save(text: str) -> None:
        async with db.write() as session:
            await call_notes.save(session, operator, call, text)

    await asyncio.gather(*(save(f"text {n}") for n in range(6)))
    kept = await texts(db, call)
    assert len(kept) == 1
    assert kept[0][1].startswith("text ")


async def test_zero_character_does_not_lose_the_note(
    db: Database, operator: Actor, call: int
) -> None:
    async with db.write() as session:
        await call_notes.save(session, operator, call, "a\x00b")
    assert await texts(db, call) == [("Anna", "ab")]


async def test_note_that_cannot_be_kept_is_refused_and_the_former_stays(
    db: Database, operator: Actor, call: int
) -> None:
    async with db.write() as session:
        await call_notes.save(session, operator, call, "before")
    stranger = await person(db, "boris", extensions=("102",))
    async with db.write() as session:
        with pytest.raises(Invalid):
            await call_notes.save(session, operator, call, "x" * 20_001)
        with pytest.raises(Forbidden):
            await call_notes.save(session, stranger, call, "x")
        with pytest.raises(CallNotFound):
            await call_notes.save(session, operator, 4711, "x")
    assert await texts(db, call) == [("Anna", "before")]
