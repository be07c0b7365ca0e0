"""Comments: who writes, edits and reads them, and who is told of a mention."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from support.clients import client
from support.history import deal
from support.people import person

from calls.db import Database
from crm import comments
from crm.access import Action, Actor, Permission, Role, Scope
from crm.comments import mentioned_in
from crm.errors import Forbidden, Invalid, NotFound
from crm.role_scopes import of_role
from crm.subjects import Subject, SubjectKind
from crm.tables import Change, Client, Comment, Inquiry, Mention, Notification, RoleScope, Task


def of_client(client_id: int) -> Subject:
    return Subject(SubjectKind.CLIENT, client_id)


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@anna look", ["anna"]),
        ("(@anna, @Boris.K. @anna)", ["anna", "boris.k"]),
        ("mail anna@firm.example, see https://x.example/@anna", []),
        ("@", []),
        ("@anna@firm.example", ["anna@firm.example"]),
    ],
)
def test_mention_is_a_login_and_no_address(text: str, logins: list[str]) -> None:
    assert mentioned_in(text) == logins


async def test_mentioned_colleague_is_told_once(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    anna, boris = await person(db, "anna"), await person(db, "boris")
    async with db.write() as session:
        text = "@boris @boris @anna @nobody look"
        comment = await comments.write(session, anna, of_client(whose), text)
    async with db.write() as session:
        await comments.edit(session, anna, comment.id, "@boris look again")
    async with db.read() as session:
        told = (await session.scalars(select(Notification))).all()
        named = (await session.scalars(select(Mention.user_id))).all()
    assert [(n.user_id, n.kind, n.subject_kind, n.subject_id) for n in told] == [
        (boris.user_id, "mention", "client", whose)
    ]
    assert told[0].detail["by"] == anna.name
    assert told[0].detail["client"] == "Ирина Соколова"
    assert sorted(named) == sorted([anna.user_id, boris.user_id])


async def test_who_may_not_see_the_client_cannot_be_mentioned(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna", "manager")
    await person(db, "boris")
    async with db.write() as session:
        session.add(RoleScope(role="operator", action="see", scope="own"))
    async with db.read() as session:
        assert await of_role(session, Role.OPERATOR) == {Action.SEE: Scope.OWN}
        assert await comments.colleagues(session, anna, of_client(whose), "bor") == []
    with pytest.raises(Invalid, match="Boris may not see this"):
        async with db.write() as session:
            await comments.write(session, anna, of_client(whose), "@boris look")
    async with db.read() as session:
        assert (await session.scalars(select(Comment))).all() == []


async def test_colleague_is_found_by_the_beginning_of_login_or_name(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna")
    await person(db, "boris")
    async with db.read() as session:
        for typed, found in (("BO", ["boris"]), ("", ["boris"]), ("an", []), ("oris", [])):
            picked = await comments.colleagues(session, anna, of_client(whose), typed)
            assert [one.login for one in picked] == found


async def test_own_comment_is_edited_and_deleted_with_its_words_in_the_changes(
    db: Database,
) -> None:
    whose = await client(db, "Ирина Соколова")
    anna, boris = await person(db, "anna"), await person(db, "boris")
    async with db.write() as session:
        comment = await comments.write(session, anna, of_client(whose), "  first\r\n")
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await comments.edit(session, boris, comment.id, "mine")
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await comments.delete(session, boris, comment.id)
    async with db.write() as session:
        edited = await comments.edit(session, anna, comment.id, "second")
        assert edited.edited_at is not None
    async with db.write() as session:
        await comments.delete(session, anna, comment.id)
    async with db.read() as session:
        changed = (await session.scalars(select(Change).order_by(Change.id))).all()
        assert await comments.of(session, anna, of_client(whose)) == []
        with pytest.raises(NotFound):
            await comments.get(session, anna, comment.id)
    texts = [(c.field, c.old, c.new, c.client_id) for c in changed if c.field == "comment"]
    assert texts == [("comment", "first", "second", whose), ("comment", "second", "", whose)]


@pytest.mark.parametrize("text", ["", "  \n", "x" * 20_001])
async def test_empty_or_endless_text_is_refused(db: Database, text: str) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna")
    with pytest.raises(Invalid):
        async with db.write() as session:
            await comments.write(session, anna, of_client(whose), text)


async def test_every_subject_has_its_comments_and_its_door(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    anna, boris = await person(db, "anna"), await person(db, "boris")
    now = datetime.now(UTC)
    async with db.write() as session:
        sold = await deal(session, whose)
        task = Task(
            kind="todo", title="x", client_id=whose, opened_at=now, assignee_id=boris.user_id
        )
        inquiry = Inquiry(client_id=whose, opened_at=now, last_contact_at=now)
        session.add_all([task, inquiry])
        await session.flush()
        subjects = [
            of_client(whose),
            Subject(SubjectKind.DEAL, sold.id),
            Subject(SubjectKind.TASK, task.id),
            Subject(SubjectKind.INQUIRY, inquiry.id),
        ]
        for subject in subjects:
            await comments.write(session, anna, subject, subject.kind.value)
    blind = Actor(
        user_id=anna.user_id, login="anna", name="Anna", role=Role.OPERATOR,
        scopes={Action.SEE: Scope.NONE},
    )  # fmt: skip
    async with db.read() as session:
        for subject in subjects:
            said = await comments.of(session, anna, subject)
            assert [(one.comment.text, one.author) for one in said] == [(subject.kind, anna.name)]
            with pytest.raises(NotFound):
                await comments.of(session, blind, subject)
            with pytest.raises(NotFound):
                await comments.get(session, blind, said[0].comment.id)


async def test_client_in_the_bin_takes_no_comment(db: Database) -> None:
    whose = await client(db, "Ирина Соколова")
    anna = await person(db, "anna")
    async with db.write() as session:
        card = await session.get(Client, whose)
        assert card is not None
        card.deleted_at = datetime.now(UTC)
    with pytest.raises(NotFound):
        async with db.write() as session:
            await comments.write(session, anna, of_client(whose), "x")
    silent = Actor(
        user_id=anna.user_id, login="a", name="A", role=Role.OPERATOR,
        allowed=frozenset({Permission.CLIENTS_SEE}),
    )  # fmt: skip
    with pytest.raises(Forbidden):
        async with db.write() as session:
            await comments.write(session, silent, of_client(whose), "x")
