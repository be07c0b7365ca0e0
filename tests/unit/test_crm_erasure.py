"""Deleted words are in no row and in no file; what holds a call is asked first; everything is logged."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.call_samples import Sample, add_heard_call
from support.people import person
from support.remains import files_of, holding, rows_holding
from support.spread_words import spread

from calls import search
from calls.db import Database
from calls.search import index_utterances
from calls.tables import Call, Job, Recording, Transcript, Utterance
from crm import audit, erasure, legal_holds
from crm.access import Actor
from crm.erasure import Order
from crm.errors import Conflict, Forbidden, Held, Invalid
from crm.tables import (
    AuditEntry,
    Dispute,
    Erasure,
    LegalHold,
    Notification,
    Promise,
    ProofPack,
    SharedClip,
    Task,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WORD = "ксилобратина"
WHOLE = Order(what="call", reason="client asked")


@pytest.fixture
async def boss(db: Database) -> Actor:
    return await person(db, "root", "administrator")


@pytest.fixture
async def heard(db: Database, tmp_path: Path) -> Sample:
    return await add_heard_call(db, tmp_path / "data", NOW)


async def say(db: Database, sample: Sample, word: str) -> None:
    """Let the client have said a word, and let it be heard, searched and quoted everywhere."""
    async with db.write() as session:
        turn = await session.get_one(Utterance, sample.utterances[1])
        turn.text = f"привезите {word} завтра"
        turn.words = [
            {"word": one, "start_s": 4.0, "end_s": 5.0, "conf": 1.0} for one in turn.text.split()
        ]
        await index_utterances(session, [turn])
        await audit.record(session, None, "search", words={"query": word})
        session.add(
            Notification(
                user_id=(await session.scalars(select(func.min(AuditEntry.user_id)))).first() or 1,
                at=NOW,
                kind="promise",
                subject_kind="call",
                subject_id=sample.call,
                detail={"said": word},
            )
        )
        payload = {"transcript_id": turn.transcript_id}
        session.add(
            Job(kind="understand", key=str(turn.transcript_id), payload=payload, run_at=NOW, created_at=NOW,
                state="failed", error=f"cannot understand {word}")
        )  # fmt: skip


async def everywhere(db: Database, sample: Sample) -> set[str]:
    await say(db, sample, WORD)
    async with db.read() as session:
        transcript = await session.scalar(
            select(Transcript.id).where(Transcript.call_id == sample.call)
        )
    assert transcript is not None
    roots = {"calls": sample.call, "recordings": sample.recording, "transcripts": transcript,
             "utterances": sample.utterances[1]}  # fmt: skip
    async with db.write() as session:
        return await spread(session, roots, WORD)


async def erased(db: Database, actor: Actor, call_id: int, order: Order = WHOLE) -> Erasure:
    async with db.write() as session:
        return (await erasure.erase_calls(session, actor, [call_id], order))[0]


async def cleaned(db: Database, data_dir: Path) -> None:
    await erasure.finish(db, data_dir)
    assert await erasure.clean_up(db, now=True)


@pytest.mark.parametrize("what", ["words", "call"])
async def test_no_row_and_no_file_holds_a_deleted_word(
    db: Database,
    tmp_path: Path,
    boss: Actor,
    heard: Sample,
    what: str,
    request: pytest.FixtureRequest,
) -> None:
    tables = await everywhere(db, heard)
    assert {"promises", "dispute_evidence", "utterance_corrections", "tasks", "comments"} <= tables
    assert await rows_holding(db, [WORD]) != []
    await erased(db, boss, heard.call, Order(what=what, reason="the client asked for it"))
    await cleaned(db, tmp_path / "data")
    assert await rows_holding(db, [WORD]) == []
    assert await holding(db, [*files_of(db, request), tmp_path / "data"], [WORD]) == []
    async with db.read() as session:
        assert await search.search(session, WORD) == []
        assert (await audit.verify(session)).ok


async def test_files_of_a_deleted_call_are_gone(
    db: Database, tmp_path: Path, boss: Actor, heard: Sample
) -> None:
    data_dir = tmp_path / "data"
    pack = data_dir / "proof" / "1.zip"
    pack.parent.mkdir()
    pack.write_bytes(b"sound and words")
    async with db.write() as session:
        session.add(
            ProofPack(subject_kind="call", subject_id=heard.call, call_ids=[heard.call], asked_at=NOW,
                      state="ready", path="proof/1.zip", sha256="ab" * 32)
        )  # fmt: skip
        sound = (await session.get_one(Recording, heard.recording)).sha256
    assert [one for one in data_dir.rglob("*") if one.is_file()] != []
    row = await erased(db, boss, heard.call)
    assert set(row.detail["files"]) == {sound, "ab" * 32}
    await cleaned(db, data_dir)
    assert [one for one in data_dir.rglob("*") if one.is_file()] == []
    async with db.read() as session:
        assert await session.get(Call, heard.call) is None
        kept = await session.get_one(Erasure, row.id)
        assert (kept.files, kept.cleaned_at is not None) == ([], True)
        assert (await session.scalars(select(ProofPack.state))).all() == ["dropped"]
        entry = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "call.erase"))
        ).one()
    assert entry.detail["files"] == row.detail["files"]
    assert (entry.subject_id, entry.login) == (str(heard.call), "root")


async def test_a_crash_before_the_files_are_gone_loses_none_of_them(
    db: Database, tmp_path: Path, boss: Actor, heard: Sample
) -> None:
    await erased(db, boss, heard.call)
    assert await erasure.finish(db, tmp_path / "data") == 1
    assert await erasure.finish(db, tmp_path / "data") == 0


async def test_sound_alone_can_be_deleted(
    db: Database, tmp_path: Path, boss: Actor, heard: Sample
) -> None:
    async with db.write() as session:
        session.add(
            SharedClip(token_hash="t", recording_id=heard.recording, from_s=0, to_s=1, expires_at=NOW,
                       created_at=NOW)
        )  # fmt: skip
    await erased(db, boss, heard.call, Order(what="audio", reason="old"))
    await cleaned(db, tmp_path / "data")
    async with db.read() as session:
        recording = await session.get_one(Recording, heard.recording)
        assert (recording.state, recording.path, recording.files) == ("erased", "", [])
        assert await session.scalar(select(func.count()).select_from(SharedClip)) == 0
        assert len(await search.search(session, "скидку")) == 2
    assert not any(one.is_file() for one in (tmp_path / "data").rglob("*"))


async def test_search_of_a_word_that_others_say_is_kept(
    db: Database, tmp_path: Path, boss: Actor, heard: Sample
) -> None:
    other = await add_heard_call(
        db, tmp_path / "data", NOW, linkedid="1790000000.9", number="+79160000009"
    )
    await say(db, heard, WORD)
    await say(db, other, WORD)
    await erased(db, boss, heard.call)
    async with db.read() as session:
        assert len(await search.search(session, WORD)) == 1
        ids = (
            await session.scalars(select(AuditEntry.id).where(AuditEntry.action == "search"))
        ).all()
        assert len(await audit.words_of(session, ids)) == 2
    await erased(db, boss, other.call)
    async with db.read() as session:
        assert await audit.words_of(session, ids) == {}


async def test_held_call_is_not_deleted(db: Database, boss: Actor, heard: Sample) -> None:
    async with db.write() as session:
        hold = await legal_holds.place(session, boss, "call", heard.call, "a court asked for it")
    with pytest.raises(Held) as refused:
        await erased(db, boss, heard.call)
    assert (refused.value.why, refused.value.reason) == ("hold", "a court asked for it")
    async with db.write() as session:
        await legal_holds.lift(session, boss, hold.id)
    await erased(db, boss, heard.call)


async def test_a_hold_on_the_client_holds_the_calls_until_it_is_over(
    db: Database, boss: Actor, heard: Sample
) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    async with db.write() as session:
        hold = await legal_holds.place(session, boss, "client", heard.client, "in court", later)
        with pytest.raises(Held):
            await legal_holds.require_client_free(session, heard.client)
    with pytest.raises(Held):
        await erased(db, boss, heard.call)
    async with db.write() as session:
        (await session.get_one(LegalHold, hold.id)).until_at = NOW
    await erased(db, boss, heard.call)


@pytest.mark.parametrize("kind", ["dispute", "promise", "task"])
async def test_what_somebody_works_with_holds_the_call(
    db: Database, boss: Actor, heard: Sample, kind: str
) -> None:
    async with db.write() as session:
        if kind == "dispute":
            session.add(
                Dispute(client_id=heard.client, claim="so", claimed_on=NOW.date(), opened_at=NOW)
            )
        elif kind == "promise":
            session.add(
                Promise(call_id=heard.call, quote="q", what="w", marked_at=NOW, state="open")
            )
        else:
            session.add(Task(kind="todo", call_id=heard.call, opened_at=NOW, title="t"))
    with pytest.raises(Held) as refused:
        await erased(db, boss, heard.call)
    assert refused.value.why == kind
    async with db.read() as session:
        assert await session.get(Call, heard.call) is not None
        redactable = await legal_holds.on_calls(session, [heard.call], to_delete=False)
    assert bool(redactable) == (kind == "dispute")


async def test_only_administrators_delete_and_never_without_a_reason(
    db: Database, boss: Actor, heard: Sample
) -> None:
    supervisor = await person(db, "vera", "supervisor")
    with pytest.raises(Forbidden):
        await erased(db, supervisor, heard.call)
    with pytest.raises(Invalid):
        await erased(db, boss, heard.call, Order(what="call"))
    with pytest.raises(Invalid):
        await erased(db, boss, heard.call, Order(what="everything", reason="so"))


async def test_a_call_that_goes_on_is_not_deleted(db: Database, boss: Actor, heard: Sample) -> None:
    async with db.write() as session:
        (await session.get_one(Call, heard.call)).ended = False
    with pytest.raises(Conflict):
        await erased(db, boss, heard.call)


async def test_cleaning_at_night_waits_an_hour_for_the_next(
    db: Database, tmp_path: Path, boss: Actor, heard: Sample
) -> None:
    now = datetime.now(UTC)
    assert not await erasure.was_cleaned_since(db, now)
    await erased(db, boss, heard.call)
    await cleaned(db, tmp_path / "data")
    assert await erasure.was_cleaned_since(db, now)
    assert not await erasure.was_cleaned_since(db, datetime.now(UTC) + timedelta(hours=1))


async def add_part(db: Database, whole: int, linkedid: str, at: datetime = NOW) -> int:
    """The row of a call that turned out to be a part of another."""
    part = Call(
        pbx="main", linkedid=linkedid, linkedids=[linkedid], direction="in", called="100",
        caller="+79160000077", remote_number="+79160000077", started_at=at, ended=True,
        merged_into_id=whole,
    )  # fmt: skip
    async with db.write() as session:
        session.add(part)
    return part.id


async def test_parts_that_a_call_absorbed_go_with_it(
    db: Database, boss: Actor, heard: Sample
) -> None:
    part = await add_part(db, heard.call, "1790000000.7")
    await add_part(db, part, "1790000000.9")
    await erased(db, boss, heard.call)
    async with db.read() as session:
        assert (await session.scalars(select(Call.id))).all() == []


async def test_what_holds_a_part_holds_the_whole(db: Database, boss: Actor, heard: Sample) -> None:
    part = await add_part(db, heard.call, "1790000000.7")
    async with db.write() as session:
        session.add(LegalHold(subject_kind="call", subject_id=part, reason="court", at=NOW))
    with pytest.raises(Held) as refused:
        await erased(db, boss, heard.call)
    assert refused.value.why == "hold"
