"""The bin: what is put away is gone from sight, and comes back with everything."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from support.clients import RULES, client
from support.people import person

from calls.db import Database
from crm import bin as the_bin
from crm import changes, client_visibility, number_lookup, role_scopes
from crm.access import SYSTEM, Action, Actor, Role, Scope
from crm.bin_kinds import Kind
from crm.errors import Forbidden, NotFound
from crm.tables import AuditEntry, Change, Client, Comment, StoredFile, Task, User
from web.services import utc_now

NUMBER = "+7 912 000-11-22"


async def put(db: Database, actor: Actor, kind: Kind, subject_id: int) -> None:
    async with db.write() as session:
        await the_bin.put(session, actor, kind, subject_id)


async def restore(db: Database, actor: Actor, kind: Kind, subject_id: int) -> None:
    async with db.write() as session:
        await the_bin.restore(session, actor, kind, subject_id)


async def shown(db: Database, actor: Actor, kind: Kind | None = None) -> list[tuple[str, str]]:
    async with db.read() as session:
        return [
            (one.kind.value, one.title) for one in await the_bin.page(session, actor, kind=kind)
        ]


async def owned(db: Database, name: str, actor: Actor, *numbers: str) -> int:
    client_id = await client(db, name, *numbers)
    async with db.write() as session:
        mine = update(Client).where(Client.id == client_id).values(responsible_id=actor.user_id)
        await session.execute(mine)
    return client_id


async def comment(db: Database, client_id: int, actor: Actor, text: str = "Said so") -> int:
    async with db.write() as session:
        row = Comment(client_id=client_id, user_id=actor.user_id, text=text, at=utc_now())
        session.add(row)
        await session.flush()
        return row.id


async def test_client_in_the_bin_is_listed_nowhere_and_comes_back_with_numbers(
    db: Database,
) -> None:
    sergey = await person(db, "sergey", "supervisor")
    one = await client(db, "Ivan Petrov", NUMBER)
    await put(db, sergey, Kind.CLIENT, one)
    async with db.read() as session:
        assert (await number_lookup.find(session, NUMBER, RULES)).clients == []
        seen = select(Client.id).where(client_visibility.seen_by(SYSTEM))
        assert await session.scalar(seen) is None
        offered = await the_bin.clients_with_number(session, sergey, NUMBER, RULES)
    assert [entry.title for entry in offered] == ["Ivan Petrov"]
    await restore(db, sergey, Kind.CLIENT, one)
    async with db.read() as session:
        found = await number_lookup.find(session, NUMBER, RULES)
        changed = (await session.scalars(select(Change).order_by(Change.id))).all()
        logged = (await session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))).all()
    assert found.one is not None
    assert [(row.field, row.old, row.new) for row in changed if row.field == "deleted"] == [
        ("deleted", "", "yes"),
        ("deleted", "yes", ""),
    ]
    assert list(logged)[-2:] == ["client.delete", "client.restore"]


async def test_delete_reaches_as_far_as_the_scope(db: Database) -> None:
    mila = await person(db, "mila", "manager")
    own = await owned(db, "Own", mila)
    other = await client(db, "Other")
    await put(db, mila, Kind.CLIENT, own)
    with pytest.raises(Forbidden):
        await put(db, mila, Kind.CLIENT, other)
    anna = await person(db, "anna")
    with pytest.raises(Forbidden):
        await put(db, anna, Kind.CLIENT, other)


async def test_hidden_client_looks_as_if_there_were_none(db: Database) -> None:
    hidden = await client(db, "Hidden")
    async with db.write() as session:
        everything = dict.fromkeys(Action, Scope.OWN)
        await role_scopes.save(session, SYSTEM, {Role.MANAGER: everything})
    mila = await person(db, "mila", "manager")
    with pytest.raises(NotFound):
        await put(db, mila, Kind.CLIENT, hidden)


async def test_author_restores_within_a_day_only_supervisors_later(db: Database) -> None:
    mila = await person(db, "mila", "manager")
    sergey = await person(db, "sergey", "supervisor")
    own = await owned(db, "Own", mila)
    await put(db, mila, Kind.CLIENT, own)
    await restore(db, mila, Kind.CLIENT, own)
    await put(db, mila, Kind.CLIENT, own)
    async with db.write() as session:
        long_ago = utc_now() - the_bin.OWN_FOR - timedelta(minutes=1)
        await session.execute(update(Client).values(deleted_at=long_ago))
    with pytest.raises(Forbidden):
        await restore(db, mila, Kind.CLIENT, own)
    await restore(db, sergey, Kind.CLIENT, own)


async def test_operator_puts_own_comment_away_and_nobody_elses(db: Database) -> None:
    anna, boris = await person(db, "anna"), await person(db, "boris")
    one = await client(db, "Ivan")
    mine, his = await comment(db, one, anna), await comment(db, one, boris)
    await put(db, anna, Kind.COMMENT, mine)
    with pytest.raises(Forbidden):
        await put(db, anna, Kind.COMMENT, his)
    assert await shown(db, anna) == [("comment", "Said so")]
    assert await shown(db, boris) == []
    await restore(db, anna, Kind.COMMENT, mine)
    assert await shown(db, anna) == []


async def test_page_has_all_kinds_newest_first_and_filters_by_kind(db: Database) -> None:
    sergey = await person(db, "sergey", "supervisor")
    one = await client(db, "Ivan")
    said = await comment(db, one, sergey)
    async with db.write() as session:
        file = StoredFile(client_id=one, name="bill.pdf", media_type="application/pdf", size_bytes=1,
                          sha256="0" * 64, user_id=sergey.user_id, at=utc_now())  # fmt: skip
        task = Task(kind="todo", title="Call", client_id=one, opened_at=utc_now())
        session.add_all([file, task])
        await session.flush()
        ids = file.id, task.id
    await put(db, sergey, Kind.COMMENT, said)
    await put(db, sergey, Kind.FILE, ids[0])
    await put(db, sergey, Kind.TASK, ids[1])
    await put(db, sergey, Kind.CLIENT, one)
    assert await shown(db, sergey) == [
        ("client", "Ivan"),
        ("task", "Call"),
        ("file", "bill.pdf"),
        ("comment", "Said so"),
    ]
    assert await shown(db, sergey, Kind.FILE) == [("file", "bill.pdf")]


async def test_callback_is_closed_and_never_put_away(db: Database) -> None:
    async with db.write() as session:
        task = Task(kind="callback", subject_key="number:+79120001122", opened_at=utc_now())
        session.add(task)
        await session.flush()
        task_id = task.id
    with pytest.raises(NotFound):
        await put(db, SYSTEM, Kind.TASK, task_id)


async def test_who_put_it_away_is_named_though_locked_out(db: Database) -> None:
    mila = await person(db, "mila", "manager")
    own = await owned(db, "Own", mila)
    await put(db, mila, Kind.CLIENT, own)
    async with db.write() as session:
        await session.execute(update(User).values(active=False))
    async with db.read() as session:
        (entry,) = await the_bin.page(session, SYSTEM)
    assert (entry.deleted_by, entry.may_restore) == ("Mila", True)
    assert changes.text_of(entry.client_id) == ""
