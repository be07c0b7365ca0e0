"""Orders of people: another reading, which one counts, and what is read first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from support.call_samples import Sample, add_heard_call, words_of
from support.web import PEOPLE, add_people

from calls import jobs
from calls.db import Database
from calls.errors import RecordingNotFound
from calls.recordings.task import TRANSCRIBE
from calls.search import index_utterances, search
from calls.tables import Job, Recording, Transcript, Utterance
from calls.transcripts.backlog import backlog
from calls.understanding import UNDERSTAND
from crm import transcript_orders
from crm.access import Actor, Role
from crm.errors import Conflict, Forbidden, NotFound
from crm.tables import AuditEntry
from crm.transcript_orders import FIRST, OPENED

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class World:
    db: Database
    sample: Sample
    people: dict[str, Actor]
    second: int = 0


@pytest.fixture
async def world(db: Database, tmp_path: Path) -> World:
    ids = await add_people(db)
    sample = await add_heard_call(db, tmp_path, NOW)
    people = {
        one.login: Actor(
            user_id=ids[one.login], login=one.login, name=one.name, role=Role(one.role)
        )
        for one in PEOPLE
    }
    async with db.write() as session:
        second = Transcript(
            call_id=sample.call, recording_id=sample.recording, origin="engine", model="big-model",
            lang="ru", duration_s=20.0, took_s=5.0, current=False, created_at=NOW,
        )  # fmt: skip
        said = "Мы сделаем вам скидку двенадцать процентов"
        second.utterances = [
            Utterance(call_id=sample.call, turn=0, side="operator", speaker="101", start_s=8.0,
                      end_s=11.0, text=said, words=words_of(said, 8.0))
        ]  # fmt: skip
        session.add(second)
        await index_utterances(session, second.utterances)
        await session.execute(delete(Job))
        return World(db, sample, people, second.id)


async def found(world: World, word: str) -> int:
    async with world.db.read() as session:
        return len(await search(session, word))


async def test_chosen_reading_is_shown_searched_and_understood_and_the_other_stays(
    world: World,
) -> None:
    assert (await found(world, "десять"), await found(world, "двенадцать")) == (1, 0)
    async with world.db.write() as session:
        await transcript_orders.choose(session, world.people["mila"], world.second)
    assert (await found(world, "десять"), await found(world, "двенадцать")) == (0, 1)
    async with world.db.read() as session:
        both = await transcript_orders.readings(session, world.sample.recording)
        shown = [
            (one.transcript.model, one.transcript.current, one.turns, one.chosen_by) for one in both
        ]
        assert shown == [("test-model", False, 4, ""), ("big-model", True, 1, "Мила Котова")]
        asked = (await session.scalars(select(Job).where(Job.kind == UNDERSTAND))).one()
        assert asked.payload == {"transcript_id": world.second}
        entry = (
            await session.scalars(
                select(AuditEntry).where(AuditEntry.action == "transcript.choose")
            )
        ).one()
        assert entry.detail["model"] == "big-model"


async def test_order_makes_one_job_and_never_a_second_by_the_same_model(world: World) -> None:
    actor, recording = world.people["sergey"], world.sample.recording
    async with world.db.write() as session:
        assert await transcript_orders.order(session, actor, recording, "third")
        assert not await transcript_orders.order(session, actor, recording, "third")
        with pytest.raises(Conflict):
            await transcript_orders.order(session, actor, recording, "big-model")
        with pytest.raises(RecordingNotFound):
            await transcript_orders.order(session, actor, 9_999, "third")
    async with world.db.read() as session:
        (job,) = await transcript_orders.waiting(session, recording)
        assert job.payload == {"recording_id": recording, "model": "third", "by": actor.user_id}


async def test_operators_order_and_choose_nothing(world: World) -> None:
    anna = world.people["anna"]
    async with world.db.write() as session:
        for deed in (
            transcript_orders.order(session, anna, world.sample.recording, "third"),
            transcript_orders.choose(session, anna, world.second),
            transcript_orders.hurry(session, anna, world.sample.call),
        ):
            with pytest.raises(Forbidden):
                await deed
        with pytest.raises(Forbidden):  # a colleague's call
            await transcript_orders.opened(session, world.people["boris"], world.sample.call)
        with pytest.raises(NotFound):
            await transcript_orders.choose(session, world.people["mila"], 9_999)


async def test_awaited_call_comes_before_others_and_an_ordered_one_before_that(
    world: World,
) -> None:
    recording, call = world.sample.recording, world.sample.call
    async with world.db.write() as session:
        await jobs.enqueue(session, TRANSCRIBE, "900", {"recording_id": 900})
        await jobs.enqueue(session, TRANSCRIBE, str(recording), {"recording_id": recording})
        assert await transcript_orders.opened(session, world.people["anna"], call) == 1
    async with world.db.read() as session:
        job = (await session.scalars(select(Job).where(Job.key == str(recording)))).one()
        assert job.priority == OPENED
    async with world.db.write() as session:
        assert await transcript_orders.hurry(session, world.people["mila"], call) == 1
        assert await transcript_orders.hurry(session, world.people["mila"], call) == 0
        assert await transcript_orders.opened(session, world.people["anna"], call) == 0
    claimed = await jobs.claim(world.db, [TRANSCRIBE], "w", 60)
    assert claimed is not None
    assert claimed.key == str(recording)
    async with world.db.read() as session:
        job = (await session.scalars(select(Job).where(Job.key == str(recording)))).one()
        assert job.priority == FIRST


async def test_backlog_is_told_in_hours_of_sound_with_an_expected_end(world: World) -> None:
    recording = world.sample.recording
    async with world.db.write() as session:
        await session.execute(update(Recording).values(duration_s=1800.0))
        other = Recording(call_id=world.sample.call, source_key="b.wav", state="ready",
                          duration_s=3600.0, created_at=NOW)  # fmt: skip
        session.add(other)
        await session.flush()
        await jobs.enqueue(session, TRANSCRIBE, str(other.id), {"recording_id": other.id})
        await jobs.enqueue(
            session, TRANSCRIBE, f"{recording}:big", {"recording_id": recording, "model": "big"}
        )
        session.add(
            Job(kind=TRANSCRIBE, key=str(recording), payload={"recording_id": recording},
                state="running", progress=0.5, run_at=NOW, created_at=NOW)
        )  # fmt: skip
    async with world.db.read() as session:
        told = await backlog(session, NOW)
    assert (told.first.recordings, told.first.seconds) == (1, 3600.0)
    assert (told.second.recordings, told.second.seconds) == (1, 1800.0)
    assert [(one.seconds, one.progress) for one in told.running] == [(1800.0, 0.5)]
    assert told.speed == 4.0  # twenty seconds of sound in five
    assert told.done_at == NOW + timedelta(seconds=(3600 + 900) / 4)


async def test_nothing_to_do_has_no_end(db: Database) -> None:
    async with db.read() as session:
        told = await backlog(session, NOW)
    assert (told.first.recordings, told.speed, told.done_at) == (0, None, None)
