"""Readings beyond the first: by rule in the night, by order at once, and never current by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from support import fake_engine
from support.call_samples import add_heard_call
from support.fake_engine import FakeEngine

from calls import jobs
from calls.db import Database
from calls.recordings.task import TRANSCRIBE
from calls.tables import Job, Recording, Transcript, Utterance
from calls.transcripts import second_pass
from calls.transcripts.models import ModelStore
from calls.transcripts.reading import Reader
from calls.transcripts.rules import SpeechRules
from calls.worker import Worker, WorkerSettings

DAY = datetime(2090, 11, 20, 9, 0, tzinfo=UTC)
NIGHT = datetime(2090, 11, 20, 21, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 20, tzinfo=UTC)
"""A time that has come, by the clock of the database of jobs, which is the real one."""
SMALL, BIG, ENGLISH = (
    "vosk-model-small-ru-0.22",
    "vosk-model-ru-0.42",
    "vosk-model-small-en-us-0.15",
)


@pytest.fixture(autouse=True)
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.transcripts.models.PACKAGES", {})


def add_models(data_dir: Path, *names: str) -> None:
    for name in names:
        for file in ("am/final.mdl", "conf/model.conf"):
            path = data_dir / "models" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()


class Rig:
    """A worker with a clock of its own, over one recording that nobody has read."""

    def __init__(self, db: Database, data_dir: Path, rules: SpeechRules) -> None:
        self.db, self.now = db, DAY
        self.loaded: list[str] = []

        async def load(_session: AsyncSession) -> SpeechRules:
            return rules

        def engine(path: Path) -> FakeEngine:
            self.loaded.append(path.name)
            return FakeEngine(path)

        reader = Reader(
            db=db, models=ModelStore(data_dir / "models"), data_dir=data_dir,
            make_engine=engine, rules=load, clock=lambda: self.now,
        )  # fmt: skip
        self.worker = Worker(db=db, settings=WorkerSettings(data_dir=data_dir), reader=reader)
        self.recording = 0

    async def begin(self, data_dir: Path) -> None:
        sample = await add_heard_call(self.db, data_dir, DAY)
        self.recording = sample.recording
        async with self.db.write() as session:
            for one in await session.scalars(select(Transcript)):
                await session.delete(one)
            key = str(self.recording)
            await jobs.enqueue(session, TRANSCRIBE, key, {"recording_id": self.recording})

    async def readings(self) -> Sequence[tuple[str, bool]]:
        async with self.db.read() as session:
            found = await session.scalars(select(Transcript).order_by(Transcript.id))
            return [(one.model, one.current) for one in found]

    async def job(self, key: str) -> Job:
        async with self.db.read() as session:
            return (await session.scalars(select(Job).where(Job.key == key))).one()


async def rig_of(
    db: Database, tmp_path: Path, rules: SpeechRules | None = None, *models: str
) -> Rig:
    add_models(tmp_path, *(models or (SMALL, BIG)))
    rig = Rig(db, tmp_path, rules or SpeechRules())
    await rig.begin(tmp_path)
    return rig


async def test_night_pass_is_stored_beside_and_is_not_current(db: Database, tmp_path: Path) -> None:
    rules = SpeechRules(lang="ru", second_model=SMALL, second_when="all")
    rig = await rig_of(db, tmp_path, rules)  # the big one is the best of the language
    await rig.worker.run_until_idle()
    assert await rig.readings() == [(BIG, True)]
    waiting = await rig.job(second_pass.key_of(rig.recording, SMALL))
    assert (waiting.state, waiting.priority) == ("waiting", second_pass.PRIORITY)
    assert waiting.run_at == datetime(2090, 11, 20, 20, 0, tzinfo=UTC)
    async with db.write() as session:  # its time has come, but the clock says that it is day
        await session.execute(update(Job).where(Job.id == waiting.id).values(run_at=DUE))
    await rig.worker.step(TRANSCRIBE, rig.worker.reader.read)
    put_back = await rig.job(waiting.key)
    assert (put_back.state, put_back.attempts, put_back.run_at.hour) == ("waiting", 0, 20)
    rig.now = NIGHT
    async with db.write() as session:
        await session.execute(update(Job).where(Job.id == waiting.id).values(run_at=DUE))
    await rig.worker.run_until_idle()
    assert await rig.readings() == [(BIG, True), (SMALL, False)]


async def test_ordered_reading_keeps_who_ordered_it(db: Database, tmp_path: Path) -> None:
    rig = await rig_of(db, tmp_path)
    await rig.worker.run_until_idle()
    async with db.write() as session:
        assert await second_pass.order(session, rig.recording, SMALL, by_id=7)
        assert not await second_pass.order(session, rig.recording, SMALL, by_id=7)
    await rig.worker.run_until_idle()
    async with db.read() as session:
        made = (await session.scalars(select(Transcript).where(Transcript.model == SMALL))).one()
    assert (made.ordered_by_id, made.lang_how, made.current) == (7, "ordered", False)
    assert made.took_s is not None


async def test_corrections_survive_a_second_reading_by_the_same_model(
    db: Database, tmp_path: Path
) -> None:
    rig = await rig_of(db, tmp_path)
    await rig.worker.run_until_idle()
    async with db.write() as session:
        await session.execute(update(Utterance).values(version=1, corrected="исправлено"))
        await jobs.again(session, TRANSCRIBE, str(rig.recording), {"recording_id": rig.recording})
    await rig.worker.run_until_idle()
    async with db.read() as session:
        assert set((await session.scalars(select(Utterance.corrected))).all()) == {"исправлено"}


async def test_model_that_is_not_installed_blocks_until_it_is(db: Database, tmp_path: Path) -> None:
    rig = await rig_of(db, tmp_path)
    await rig.worker.run_until_idle()
    async with db.write() as session:
        await second_pass.order(session, rig.recording, "vosk-model-xx", by_id=7)
    await rig.worker.run_until_idle()
    blocked = await rig.job(second_pass.key_of(rig.recording, "vosk-model-xx"))
    assert blocked.state == "blocked"
    assert "vosk-model-xx" in blocked.error


async def test_language_is_found_by_trying(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_engine, "SURE", {BIG: 0.5, ENGLISH: 0.8})
    rules = SpeechRules(lang="ru", queues={"main/sales": "auto"})
    rig = await rig_of(db, tmp_path, rules, SMALL, BIG, ENGLISH)
    await rig.worker.run_until_idle()
    async with db.read() as session:
        (made,) = (await session.scalars(select(Transcript))).all()
    assert (made.model, made.lang, made.lang_how) == (ENGLISH, "en", "detected")
    tried: list[dict[str, Any]] = made.lang_trial
    assert {one["model"]: one["conf"] for one in tried} == {BIG: 0.5, ENGLISH: 0.8}
    assert all(one["words"] == 7 for one in tried)


async def test_models_of_one_language_are_not_tried(db: Database, tmp_path: Path) -> None:
    rig = await rig_of(db, tmp_path, SpeechRules(lang="auto"))
    await rig.worker.run_until_idle()
    async with db.read() as session:
        made = (await session.scalars(select(Transcript))).one()
        assert (made.lang_how, made.lang_trial, made.lang) == ("only", [], "ru")
        recording = await session.get_one(Recording, rig.recording)
        assert recording.lang == ""
    assert rig.loaded == [BIG]


async def test_words_heard_before_their_sound_was_silenced_are_not_stored(
    db: Database, tmp_path: Path
) -> None:
    rig = await rig_of(db, tmp_path)
    waits = iter((False, True))  # somebody hides a piece while the engine listens

    async def unsettled(_session: AsyncSession, _recording_id: int) -> bool:
        return next(waits, False)

    rig.worker.reader.unsettled = unsettled
    await rig.worker.step(TRANSCRIBE, rig.worker.reader.read)
    assert await rig.readings() == []
    job = await rig.job(str(rig.recording))
    assert (job.state, job.attempts) == ("waiting", 0)
    async with db.write() as session:
        await session.execute(update(Job).where(Job.id == job.id).values(run_at=DUE))
    await rig.worker.run_until_idle()
    assert await rig.readings() == [(BIG, True)]


async def test_words_of_a_file_that_was_replaced_meanwhile_are_not_stored(
    db: Database, tmp_path: Path
) -> None:
    rig = await rig_of(db, tmp_path)

    async def replaced(_session: AsyncSession) -> SpeechRules:
        async with db.write() as other:  # the recording was looked up already
            await other.execute(update(Recording).values(sha256="f" * 64))
        return SpeechRules()

    rig.worker.reader.rules = replaced
    await rig.worker.step(TRANSCRIBE, rig.worker.reader.read)
    assert await rig.readings() == []
    assert (await rig.job(str(rig.recording))).state == "waiting"
