"""The worker on both databases: from a named recording to words that search finds, whatever dies on the way."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from support.call_samples import answered_call, write_sound
from support.fake_engine import EndlessEngine, FakeEngine
from support.remote_recordings import Faults, web_server

from calls import jobs, record_json
from calls.db import Database
from calls.log import COLLECT
from calls.recordings.check import CHECK
from calls.recordings.http import HttpSource
from calls.recordings.source import Directory
from calls.recordings.task import TRANSCRIBE
from calls.tables import (
    Call,
    FeedEvent,
    Job,
    PeakCache,
    Recording,
    RecordingFile,
    Transcript,
    Utterance,
)
from calls.transcripts.models import ModelStore
from calls.transcripts.reading import Reader
from calls.worker import Worker, WorkerSettings

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.transcripts.models.PACKAGES", {})


def add_model(data_dir: Path, name: str = "vosk-model-small-ru-0.22") -> Path:
    """Something that looks like an installed model."""
    folder = data_dir / "models" / name
    for file in ("am/final.mdl", "conf/model.conf"):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


def leave_recording(spool: Path, name: str = "c.wav") -> None:
    write_sound(spool / name, 4.0)
    os.utime(spool / name, (1, 1))


async def add_call(db: Database, *, ended: bool = True, source: str = "c.wav", n: int = 1) -> int:
    """A call with a named recording and its job; returns the recording's id."""
    async with db.write() as session:
        call = answered_call(f"179531572{n}.0", AT, "101", "+79031234567")
        call.ended = ended
        session.add(call)
        await session.flush()
        row = Recording(
            call_id=call.id, source_key=source, source={"mixed": source, "client_side": "receive"},
            state="expected", started_at=AT, created_at=AT,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        await jobs.enqueue(session, COLLECT, str(row.id), {"recording_id": row.id})
        return row.id


def worker_of(
    db: Database,
    tmp_path: Path,
    make_engine: Callable[[Path], Any] = FakeEngine,
    lease_s: float = 60.0,
) -> Worker:
    data_dir = tmp_path / "data"
    reader = Reader(
        db=db, models=ModelStore(data_dir / "models"), data_dir=data_dir, lang="ru",
        lease_s=lease_s, make_engine=make_engine,
    )  # fmt: skip
    settings = WorkerSettings(
        data_dir=data_dir, sources={"main": Directory(tmp_path / "spool")}, poll_s=0.02, lease_s=lease_s,
        models_poll_s=0.05,
    )  # fmt: skip
    return Worker(db=db, settings=settings, reader=reader)


async def job_of(db: Database, kind: str) -> Job:
    async with db.read() as session:
        return (await session.scalars(select(Job).where(Job.kind == kind))).one()


async def count(db: Database, table: type) -> int:
    async with db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def until(check: Callable[[], Any]) -> None:
    """Wait for something to become true; the test's own time-out ends it."""
    while not await check():  # the database has no event to wait for
        await asyncio.sleep(0.02)


@asynccontextmanager
async def running(worker: Worker) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def test_recording_becomes_words_of_persons(db: Database, tmp_path: Path) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    recording_id = await add_call(db)
    await worker_of(db, tmp_path).run_until_idle()
    async with db.read() as session:
        recording = await session.get_one(Recording, recording_id)
        transcript = (await session.scalars(select(Transcript))).one()
        turns = (await session.scalars(select(Utterance).order_by(Utterance.turn))).all()
        assert (recording.state, recording.sides, recording.duration_s) == ("ready", "two", 4.0)
        assert await session.get(PeakCache, recording_id) is not None
        assert (transcript.origin, transcript.lang, transcript.current) == ("engine", "ru", True)
        assert [(t.side, t.speaker, t.text) for t in turns] == [
            ("client", "+79031234567", "здравствуйте когда привезут заказ"),
            ("operator", "101", "завтра до обеда"),
        ]
        assert "заказ" in turns[0].lemmas
        assert turns[0].words[0] == {
            "word": "здравствуйте",
            "start_s": 0.0,
            "end_s": 0.4,
            "conf": 0.9,
        }
        topics = (await session.scalars(select(FeedEvent.topic))).all()
        assert topics.count("call") >= 2


async def test_recording_of_a_running_call_waits(db: Database, tmp_path: Path) -> None:
    leave_recording(tmp_path / "spool")
    await add_call(db, ended=False)
    await worker_of(db, tmp_path).run_until_idle()
    assert (await job_of(db, COLLECT)).state == "waiting"
    async with db.read() as session:
        assert (await session.scalars(select(Recording.state))).one() == "expected"


async def test_missing_file_is_looked_for_again_and_then_told(db: Database, tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    await add_call(db)
    worker = worker_of(db, tmp_path)
    tries = 0
    while (await job_of(db, COLLECT)).state == "waiting":
        tries += 1
        async with db.write() as session:
            await session.execute(update(Job).values(run_at=AT))
        await worker.run_until_idle()
    async with db.read() as session:
        recording = (await session.scalars(select(Recording))).one()
        assert recording.state == "missing"
        assert "c.wav" in recording.error
    assert tries == 5
    assert await count(db, Job) == 1


async def test_without_a_model_the_recording_waits_and_says_what_to_do(
    db: Database, tmp_path: Path
) -> None:
    leave_recording(tmp_path / "spool")
    await add_call(db)
    await worker_of(db, tmp_path).run_until_idle()
    job = await job_of(db, TRANSCRIBE)
    assert job.state == "blocked"
    assert "slovo models install" in job.error


async def test_installed_model_lets_waiting_recordings_go_on(db: Database, tmp_path: Path) -> None:
    leave_recording(tmp_path / "spool")
    await add_call(db)
    async with running(worker_of(db, tmp_path)):

        async def state_is(wanted: str) -> bool:
            async with db.read() as session:
                found = await session.scalar(select(Job.state).where(Job.kind == TRANSCRIBE))
            return bool(found == wanted)

        await until(lambda: state_is("blocked"))
        add_model(tmp_path / "data")
        await until(lambda: state_is("done"))
    assert await count(db, Transcript) == 1


async def test_engine_that_dies_once_costs_one_attempt(db: Database, tmp_path: Path) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    await add_call(db)
    worker = worker_of(db, tmp_path, lambda path: FakeEngine(path, failures=1))
    await worker.run_until_idle()
    job = await job_of(db, TRANSCRIBE)
    assert (job.state, job.attempts) == ("waiting", 1)
    assert "speech engine died" in job.error
    async with db.write() as session:
        await session.execute(update(Job).values(run_at=AT))
    await worker.run_until_idle()
    assert (await job_of(db, TRANSCRIBE)).state == "done"


async def test_engine_that_always_dies_is_given_up_and_the_next_job_is_done(
    db: Database, tmp_path: Path
) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool", "a.wav")
    leave_recording(tmp_path / "spool", "b.wav")
    await add_call(db, source="a.wav", n=1)
    await add_call(db, source="b.wav", n=2)
    worker = worker_of(db, tmp_path, lambda path: FakeEngine(path, failures=3))
    for _ in range(3):
        async with db.write() as session:
            await session.execute(update(Job).where(Job.state == "waiting").values(run_at=AT))
        await worker.run_until_idle()
    async with db.read() as session:
        states = (await session.scalars(select(Job.state).where(Job.kind == TRANSCRIBE))).all()
        errors = (await session.scalars(select(Job.error).where(Job.state == "failed"))).all()
    assert sorted(states) == ["done", "failed"]
    assert "speech engine died" in errors[0]


async def test_reading_again_with_the_same_model_replaces_the_words(
    db: Database, tmp_path: Path
) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    await add_call(db)
    worker = worker_of(db, tmp_path)
    await worker.run_until_idle()
    async with db.write() as session:
        await session.execute(update(Job).where(Job.kind == TRANSCRIBE).values(state="waiting"))
    await worker.run_until_idle()
    assert (await count(db, Transcript), await count(db, Utterance)) == (1, 2)


async def test_prepared_sample_gives_way_to_the_engine(db: Database, tmp_path: Path) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    await add_call(db)
    async with db.write() as session:
        call = (await session.scalars(select(Call))).one()
        session.add(Transcript(call_id=call.id, origin="sample", model="sample", created_at=AT))
    await worker_of(db, tmp_path).run_until_idle()
    async with db.read() as session:
        rows = await session.execute(select(Transcript.origin, Transcript.current))
        assert {origin: current for origin, current in rows} == {"sample": False, "engine": True}


async def test_unreadable_kept_file_is_given_up_at_once(db: Database, tmp_path: Path) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    recording_id = await add_call(db)
    worker = worker_of(db, tmp_path)
    await worker.step(COLLECT, worker._collect)
    async with db.read() as session:
        path = (await session.get_one(Recording, recording_id)).path
    (tmp_path / "data" / path).write_text("gone, only words are left here")
    await worker.run_until_idle()
    job = await job_of(db, TRANSCRIBE)
    assert (job.state, job.attempts) == ("failed", 1)
    assert "text, not sound" in job.error


async def test_lost_lease_stops_the_engine_and_stores_nothing(db: Database, tmp_path: Path) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    await add_call(db)
    engines: list[EndlessEngine] = []

    def make(path: Path) -> EndlessEngine:
        engines.append(EndlessEngine(path))
        return engines[-1]

    worker = worker_of(db, tmp_path, make, lease_s=0.3)
    await worker.step(COLLECT, worker._collect)
    step = asyncio.create_task(worker.step(TRANSCRIBE, worker.reader.read))
    await until(lambda: asyncio.to_thread(lambda: bool(engines) and engines[0].begun.is_set()))
    async with db.write() as session:
        await session.execute(update(Job).where(Job.kind == TRANSCRIBE).values(leased_by="other"))
    assert await step
    assert engines[0].closed
    assert await count(db, Transcript) == 0


async def test_progress_is_seen_while_the_engine_works(db: Database, tmp_path: Path) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    await add_call(db)
    async with running(worker_of(db, tmp_path, EndlessEngine, lease_s=0.15)):

        async def renewed() -> bool:
            async with db.read() as session:
                return (
                    await session.scalar(select(Job.progress).where(Job.kind == TRANSCRIBE)) == 0.0
                )

        await until(renewed)
        assert (await job_of(db, TRANSCRIBE)).state == "running"


async def test_more_urgent_recording_is_read_first(db: Database, tmp_path: Path) -> None:
    add_model(tmp_path / "data")
    for n in (1, 2):
        leave_recording(tmp_path / "spool", f"{n}.wav")
        await add_call(db, source=f"{n}.wav", n=n)
    engines: list[FakeEngine] = []

    def make(path: Path) -> FakeEngine:
        engines.append(FakeEngine(path))
        return engines[-1]

    worker = worker_of(db, tmp_path, make)
    while await worker.step(COLLECT, worker._collect):
        pass
    async with db.write() as session:
        await session.execute(
            update(Job).where(Job.kind == TRANSCRIBE, Job.key == "2").values(priority=5)
        )
    await worker.run_until_idle()
    first = engines[0].heard[0][0].path
    async with db.read() as session:
        wanted = (await session.get_one(Recording, 2)).path
    assert str(first).endswith(wanted)


async def test_worker_killed_in_the_middle_loses_nothing(
    db: Database, database_url: str, tmp_path: Path
) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    await add_call(db)
    command = [sys.executable, "-m", "support.worker_process", database_url,
               str(tmp_path / "data"), str(tmp_path / "spool"), "2"]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
    process = await asyncio.create_subprocess_exec(*command, env=environment)

    async def reading() -> bool:
        assert process.returncode is None
        async with db.read() as session:
            return (
                await session.scalar(select(Job.state).where(Job.kind == TRANSCRIBE)) == "running"
            )

    await until(reading)
    process.send_signal(signal.SIGKILL)
    await process.wait()
    worker = worker_of(db, tmp_path)

    async def done() -> bool:
        await worker.run_until_idle()
        return (await job_of(db, TRANSCRIBE)).state == "done"

    await until(done)
    job = await job_of(db, TRANSCRIBE)
    assert job.attempts == 2
    assert await count(db, Transcript) == 1


async def test_worker_looks_for_files_without_a_call_again_and_again(
    db: Database, tmp_path: Path
) -> None:
    add_model(tmp_path / "data")
    await add_call(db)
    leave_recording(tmp_path / "spool")
    leave_recording(tmp_path / "spool", "strange.wav")
    worker = worker_of(db, tmp_path)

    async def sorted_out() -> set[tuple[str, str]]:
        async with db.read() as session:
            rows = await session.scalars(select(RecordingFile))
            return {(row.path, row.state) for row in rows}

    async def next_look() -> bool:
        async with db.read() as session:
            job = await session.scalar(select(Job).where(Job.kind == CHECK, Job.key == "main"))
            return job is not None and job.state == "waiting" and job.run_at > datetime.now(UTC)

    wanted = {("c.wav", "kept"), ("strange.wav", "early")}
    async with running(worker):
        await until(lambda: _is(sorted_out, wanted))
        await until(next_look)


async def _is(read: Callable[[], Any], wanted: Any) -> bool:
    return bool(await read() == wanted)


async def test_recordings_of_another_machine_are_fetched_kept_and_read(
    db: Database, tmp_path: Path
) -> None:
    add_model(tmp_path / "data")
    leave_recording(tmp_path / "spool")
    recording_id = await add_call(db)
    worker = worker_of(db, tmp_path)
    with web_server(tmp_path / "spool", Faults()) as port:
        source = HttpSource(url=f"http://127.0.0.1:{port}/rec/")
        worker.settings = replace(worker.settings, sources={"main": source})
        await worker.run_until_idle()
    async with db.read() as session:
        recording = await session.get_one(Recording, recording_id)
        assert (recording.state, recording.sides) == ("ready", "two")
        assert recording.files[0]["source"] == f"{source.label}/c.wav"
        assert recording.looked_at is not None
    assert await count(db, Transcript) == 1
    assert not list((tmp_path / "data" / "fetched").iterdir())


async def test_recording_waits_while_its_machine_is_away(db: Database, tmp_path: Path) -> None:
    recording_id = await add_call(db)
    worker = worker_of(db, tmp_path)
    with web_server(tmp_path / "spool", Faults()) as port:
        pass
    source = HttpSource(url=f"http://127.0.0.1:{port}/rec/")
    worker.settings = replace(worker.settings, sources={"main": source})
    await worker.run_until_idle()
    job = await job_of(db, COLLECT)
    assert job.state == "waiting"
    assert job.run_at > datetime.now(UTC)
    async with db.read() as session:
        assert (await session.get_one(Recording, recording_id)).state == "expected"


async def test_missing_file_of_a_call_that_nobody_talked_on_is_no_loss(
    db: Database, tmp_path: Path
) -> None:
    recording_id = await add_call(db, source="none.wav")
    async with db.write() as session:
        call = (await session.scalars(select(Call))).one()
        record = record_json.load(call.detail)
        call.detail = record_json.dump(replace(record, talks=()))
        await session.execute(update(Job).values(attempts=9))
    await worker_of(db, tmp_path).run_until_idle()
    async with db.read() as session:
        assert (await session.get_one(Recording, recording_id)).state == "empty"
