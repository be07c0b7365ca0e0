"""Marks at times of a recording: who makes, edits and deletes them, who is told, and that the audit log holds no words."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from support.call_samples import DURATION_S, Sample, add_heard_call
from support.people import person

from calls.db import Database
from calls.tables import Call, Recording
from crm import history, recording_marks
from crm.access import Actor
from crm.errors import Forbidden, Invalid, NotFound
from crm.history import Kind, Wanted
from crm.recording_marks import Draft
from crm.tables import AuditEntry, MarkMention, Notification, RecordingMark

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def add(db: Database, actor: Actor, sample: Sample, draft: Draft) -> int:
    async with db.write() as session:
        recording = await session.get_one(Recording, sample.recording)
        call = await session.get_one(Call, sample.call)
        return (await recording_marks.add(session, actor, recording, call, draft)).id


async def edit(db: Database, actor: Actor, sample: Sample, mark_id: int, draft: Draft) -> None:
    async with db.write() as session:
        mark = await recording_marks.get(session, mark_id)
        call = await session.get_one(Call, sample.call)
        await recording_marks.edit(session, actor, mark, call, draft)


async def test_marks_are_listed_in_the_order_of_the_sound_with_their_authors(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    anna = await person(db, "anna", extensions=("101",))
    await add(db, anna, sample, Draft(from_s=9, to_s=99, kind="bad", text="too loud"))
    await add(db, anna, sample, Draft(from_s=2, to_s=1))
    async with db.read() as session:
        found = await recording_marks.of(session, sample.recording)
        logged = (await session.scalars(select(AuditEntry))).all()
    assert [(one.mark.from_s, one.mark.to_s, one.mark.kind) for one in found] == [
        (2, None, "note"),
        (9, DURATION_S, "bad"),
    ]
    assert {one.author for one in found} == {"Anna"}
    own = [entry for entry in logged if entry.action.startswith("mark.")]
    assert [entry.action for entry in own] == ["mark.add", "mark.add"]
    assert "too loud" not in str([entry.detail for entry in own])


async def test_mentioned_colleague_who_hears_the_call_is_told_once(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    anna = await person(db, "anna", extensions=("101",))
    sergey = await person(db, "sergey", "supervisor")
    mark = await add(db, anna, sample, Draft(from_s=1, text="@sergey listen"))
    await edit(db, anna, sample, mark, Draft(from_s=1, kind="question", text="@sergey right?"))
    async with db.read() as session:
        told = (await session.scalars(select(Notification))).all()
        (shown,) = await recording_marks.of(session, sample.recording)
    assert [(one.user_id, one.kind, one.subject_kind, one.subject_id) for one in told] == [
        (sergey.user_id, "mention", "call", sample.call)
    ]
    assert shown.mentioned == {"sergey": "Sergey"}
    assert (shown.mark.kind, shown.mark.text) == ("question", "@sergey right?")
    assert shown.mark.edited_at is not None


async def test_who_may_not_hear_the_call_is_neither_mentioned_nor_offered(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    anna = await person(db, "anna", extensions=("101",))
    await person(db, "boris", extensions=("102",))
    await person(db, "bruno", "supervisor")
    with pytest.raises(Invalid, match="Boris may not hear this call"):
        await add(db, anna, sample, Draft(from_s=1, text="@boris listen"))
    async with db.read() as session:
        call = await session.get_one(Call, sample.call)
        offered = await recording_marks.colleagues(session, anna, call, "b")
        assert (await session.scalars(select(RecordingMark))).all() == []
    assert [one.login for one in offered] == ["bruno"]


async def test_only_its_author_edits_and_deletes_a_mark(db: Database, tmp_path: Path) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    anna = await person(db, "anna", extensions=("101",))
    root = await person(db, "root", "administrator")
    mark_id = await add(db, anna, sample, Draft(from_s=1, text="@root see"))
    with pytest.raises(Forbidden):
        await edit(db, root, sample, mark_id, Draft(from_s=1, text="mine"))
    for actor, refused in ((root, True), (anna, False)):
        async with db.write() as session:
            mark = await recording_marks.get(session, mark_id)
            call = await session.get_one(Call, sample.call)
            if refused:
                with pytest.raises(Forbidden):
                    await recording_marks.delete(session, actor, mark, call)
            else:
                await recording_marks.delete(session, actor, mark, call)
    async with db.read() as session:
        assert (await session.scalars(select(MarkMention))).all() == []
        with pytest.raises(NotFound):
            await recording_marks.get(session, mark_id)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(from_s=-1), "from_s"),
        (Draft(from_s=DURATION_S + 1), "from_s"),
        (Draft(from_s=1, kind="red"), "kind"),
        (Draft(from_s=1, text="x" * 4001), "text"),
    ],
)
async def test_impossible_mark_is_refused(
    db: Database, tmp_path: Path, draft: Draft, field: str
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    anna = await person(db, "anna", extensions=("101",))
    with pytest.raises(Invalid) as refused:
        await add(db, anna, sample, draft)
    assert refused.value.field == field


async def test_words_at_a_mark_stand_in_the_client_s_history_for_whoever_may_hear(
    db: Database, tmp_path: Path
) -> None:
    sample = await add_heard_call(db, tmp_path, AT)
    anna = await person(db, "anna", extensions=("101",))
    boris = await person(db, "boris", extensions=("102",))
    await add(db, anna, sample, Draft(from_s=1))
    said = await add(db, anna, sample, Draft(from_s=9, text="here he agrees"))
    for actor, seen in ((anna, [said]), (boris, [])):
        async with db.read() as session:
            page = await history.page(session, actor, sample.client, Wanted(kinds={Kind.COMMENT}))
        assert [(e.what, e.row.id) for e in page.entries] == [("mark", one) for one in seen]
