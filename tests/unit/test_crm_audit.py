"""The audit log: whole when nobody touched it, broken where somebody did."""

import asyncio

import pytest
from sqlalchemy import delete, insert, select, update

from calls.db import Database
from crm import audit
from crm.access import SYSTEM, Actor, Role
from crm.errors import Forbidden
from crm.tables import AuditEntry, AuditWords

ANNA = Actor(user_id=7, login="anna", name="Anna", role=Role.OPERATOR, address="192.0.2.7")


async def write(db: Database, count: int) -> None:
    for number in range(count):
        async with db.write() as session:
            await audit.record(
                session, ANNA, "recording.play", "recording", number, {"at_s": 1.5, "имя": "ё"}
            )


async def verified(db: Database) -> audit.Verification:
    async with db.read() as session:
        return await audit.verify(session)


async def test_untouched_chain_is_whole(db: Database) -> None:
    await write(db, 5)
    found = await verified(db)
    assert found.ok
    assert found.entries == 5
    assert found.head != audit.GENESIS


async def test_empty_chain_is_whole(db: Database) -> None:
    assert await verified(db) == audit.Verification(0, audit.GENESIS)


@pytest.mark.parametrize(
    "change",
    [
        {"login": "boris"},
        {"user_id": 8},
        {"action": "recording.export"},
        {"subject_id": "99"},
        {"detail": {"at_s": 1.6, "имя": "ё"}},
        {"address": "192.0.2.8"},
        {"hash": "f" * 64},
    ],
)
async def test_changed_row_is_found(db: Database, change: dict[str, object]) -> None:
    await write(db, 4)
    async with db.write() as session:
        await session.execute(update(AuditEntry).where(AuditEntry.id == 2).values(**change))
    found = await verified(db)
    assert not found.ok
    assert found.broken_id == 2


async def test_removed_row_is_found_at_the_next_one(db: Database) -> None:
    await write(db, 4)
    async with db.write() as session:
        await session.execute(delete(AuditEntry).where(AuditEntry.id == 2))
    found = await verified(db)
    assert found.broken_id == 3


async def test_row_put_in_is_found(db: Database) -> None:
    await write(db, 2)
    async with db.write() as session:
        row = {
            "at": (await session.get_one(AuditEntry, 1)).at,
            "login": "eve",
            "action": "login",
            "previous_hash": "0" * 64,
            "hash": "e" * 64,
            "detail": {},
        }
        await session.execute(insert(AuditEntry).values(**row))
    assert (await verified(db)).broken_id == 3


async def test_rows_cut_off_are_found_by_a_head_that_was_noted(db: Database) -> None:
    await write(db, 5)
    head = (await verified(db)).head
    async with db.write() as session:
        await session.execute(delete(AuditEntry).where(AuditEntry.id > 3))
    assert (await verified(db)).ok, "a shorter chain is whole by itself"
    async with db.read() as session:
        found = await audit.verify(session, [head])
    assert (found.ok, found.broken_id, found.absent) == (False, None, (head,))


async def test_older_head_is_still_in_the_log(db: Database) -> None:
    await write(db, 2)
    head = (await verified(db)).head
    await write(db, 3)
    async with db.read() as session:
        assert (await audit.verify(session, [head, audit.GENESIS])).ok


async def test_chain_made_anew_is_found_by_a_head_that_was_noted(db: Database) -> None:
    await write(db, 3)
    head = (await verified(db)).head
    async with db.write() as session:
        rows = (await session.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()
        rows[0].login, previous = "eve", audit.GENESIS
        for row in rows:
            row.previous_hash = previous
            previous = row.hash = audit.hash_of(row)
    assert (await verified(db)).ok
    async with db.read() as session:
        assert (await audit.verify(session, [head])).absent == (head,)


async def test_rows_written_at_once_make_one_chain(db: Database) -> None:
    async def one(number: int) -> None:
        async with db.write() as session:
            await audit.record(session, ANNA, "search", detail={"number": number})

    async with asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(one(number))
    found = await verified(db)
    assert found.ok
    assert found.entries == 12


async def test_rolled_back_deed_leaves_no_row(db: Database) -> None:
    async with db.write() as session:
        await audit.record(session, ANNA, "client.edit", "client", 1)
        await session.rollback()
    assert (await verified(db)).entries == 0


async def test_operator_may_not_read_the_log(db: Database) -> None:
    await write(db, 3)
    async with db.read() as session:
        with pytest.raises(Forbidden):
            await audit.entries(session, ANNA)
        newest = await audit.entries(session, SYSTEM, limit=2)
        older = await audit.entries(session, SYSTEM, before_id=newest[-1].id)
    assert [row.subject_id for row in newest] == ["2", "1"]
    assert [row.subject_id for row in older] == ["0"]
    assert newest[0].address == "192.0.2.7"


async def test_words_beside_the_log_can_be_forgotten_and_the_chain_stays_whole(
    db: Database,
) -> None:
    await write(db, 2)
    async with db.write() as session:
        entry = await audit.record(session, ANNA, "search", words={"query": "тишина"})
        kept = await audit.words_of(session, [entry.id])
        assert "тишина" not in str(entry.detail)
    assert kept == {entry.id: {"query": "тишина"}}
    assert (await verified(db)).ok
    async with db.write() as session:
        await audit.forget_words(session, [entry.id])
    async with db.read() as session:
        assert await audit.words_of(session, [entry.id]) == {}
    assert (await verified(db)).entries == 3


async def test_changed_words_beside_the_log_are_found(db: Database) -> None:
    async with db.write() as session:
        entry = await audit.record(session, ANNA, "search", words={"query": "тишина"})
        await session.execute(update(AuditWords).values(words={"query": "шум"}))
    found = await verified(db)
    assert (found.broken_id, found.why) == (entry.id, "the words beside it were changed")
