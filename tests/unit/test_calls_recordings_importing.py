"""Old recordings become calls with sound: once, however often they are imported, and linked to their clients."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import soundfile
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from support.call_samples import add_client, answered_call
from support.cli import Run
from support.fake_engine import FakeEngine

from calls.db import Database
from calls.recordings.import_names import NamePattern
from calls.recordings.import_plan import plan_of
from calls.recordings.importing import Import, Imported, run
from calls.recordings.task import TRANSCRIBE
from calls.tables import Call, Job, PeakCache, Recording, Utterance
from calls.transcripts.task import Order, sources_of, store
from crm.call_links import link_by_number
from crm.number_rules import NumberRules
from crm.tables import CallLink
from pbx.numbers import Endpoints

PATTERN = "{date}-{time}-{caller}-{called}-{side}"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def sound(path: Path, seconds: float = 1.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * 8000)) / 8000)
    soundfile.write(path, tone, 8000, subtype="PCM_16")
    os.utime(path, (1, 1))


def leave(folder: Path) -> None:
    for side in ("in", "out"):
        sound(folder / f"20240305-090708-79161234567-101-{side}.wav", 1.5)
        sound(folder / "old" / f"20240306-100000-101-79169999999-{side}.wav")
    sound(folder / "birthday.wav")


def files_in(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


async def imported(db: Database, folder: Path, data_dir: Path, pattern: str = PATTERN) -> Imported:
    plan = plan_of(
        files_in(folder), NamePattern.of(pattern, ZoneInfo("Europe/Moscow")), Endpoints()
    )

    async def link(session: AsyncSession, call: Call) -> bool:
        return await link_by_number(session, call, NumberRules())

    return await run(db, plan, Import(folder=folder, data_dir=data_dir, link=link))


async def test_two_sides_become_one_call_of_a_client(db: Database, tmp_path: Path) -> None:
    leave(tmp_path / "old")
    async with db.write() as session:
        client_id = await add_client(session, NOW, "Anna", "+79161234567")
    done = await imported(db, tmp_path / "old", tmp_path / "data")
    assert (done.calls, done.already, done.linked) == (2, 0, 1)
    assert [(one.file, one.why[:21]) for one in done.refused] == [
        ("birthday.wav", "the name does not fit")
    ]
    async with db.read() as session:
        call = (await session.scalars(select(Call).where(Call.direction == "in"))).one()
        assert call.started_at == datetime(2024, 3, 5, 6, 7, 8, tzinfo=UTC)
        assert (call.caller, call.called, call.remote_e164) == (
            "79161234567", "101", "+79161234567",
        )  # fmt: skip
        assert (call.ended, call.outcome, call.talk_s) == (True, "answered", 1.5)
        link = (await session.scalars(select(CallLink).where(CallLink.call_id == call.id))).one()
        assert link.client_id == client_id
        recording = (
            await session.scalars(select(Recording).where(Recording.call_id == call.id))
        ).one()
        assert (recording.state, recording.sides, len(recording.sha256)) == ("ready", "two", 64)
        assert (tmp_path / "data" / recording.path).is_file()
        assert await session.get(PeakCache, recording.id) is not None
        jobs = (await session.scalars(select(Job).where(Job.kind == TRANSCRIBE))).all()
        assert [job.priority for job in jobs] == [-5, -5]  # behind new calls
        went_out = (await session.scalars(select(Call).where(Call.direction == "out"))).one()
        assert went_out.remote_number == "79169999999"


async def test_words_of_old_calls_belong_to_whom_the_name_tells(
    db: Database, tmp_path: Path
) -> None:
    """Who called is known; who of the company picked up is not, and is not guessed."""
    leave(tmp_path / "old")
    await imported(db, tmp_path / "old", tmp_path / "data")
    async with db.write() as session:
        for recording in (await session.scalars(select(Recording))).all():
            sources = sources_of(recording, tmp_path / "data")
            heard = FakeEngine(tmp_path / "model").transcribe(sources)
            await store(session, recording, heard, Order(lang="ru"))
    async with db.read() as session:
        said = await session.execute(
            select(Call.direction, Utterance.side, Utterance.speaker).join(
                Call, Call.id == Utterance.call_id
            )
        )
        assert {tuple(row) for row in said} == {
            ("in", "client", "79161234567"), ("in", "operator", ""),
            ("out", "client", "79169999999"), ("out", "operator", "101"),
        }  # fmt: skip


async def test_importing_again_changes_nothing(db: Database, tmp_path: Path) -> None:
    leave(tmp_path / "old")
    await imported(db, tmp_path / "old", tmp_path / "data")
    again = await imported(db, tmp_path / "old", tmp_path / "data")
    assert (again.calls, again.already) == (0, 2)
    async with db.read() as session:
        assert await session.scalar(select(func.count(Call.id))) == 2
        assert await session.scalar(select(func.count(Recording.id))) == 2


async def test_file_without_sound_leaves_no_call(db: Database, tmp_path: Path) -> None:
    bad = tmp_path / "old" / "20240305-090708-79161234567-101.wav"
    bad.parent.mkdir()
    bad.write_bytes(b"this is not a sound file, whatever its name says" * 4)
    os.utime(bad, (1, 1))
    done = await imported(
        db, tmp_path / "old", tmp_path / "data", "{date}-{time}-{caller}-{called}"
    )
    assert (done.calls, len(done.refused)) == (0, 1)
    async with db.read() as session:
        assert await session.scalar(select(func.count(Call.id))) == 0
        assert await session.scalar(select(func.count(Recording.id))) == 0


async def test_file_of_a_logged_call_becomes_its_recording(db: Database, tmp_path: Path) -> None:
    sound(tmp_path / "old" / "1709618828.17.wav")
    async with db.write() as session:
        call = answered_call("1709618828.17", NOW, "101", "+79161234567")
        session.add(call)
        await session.flush()
        call_id = call.id
    first = await imported(db, tmp_path / "old", tmp_path / "data", "{uniqueid}")
    again = await imported(db, tmp_path / "old", tmp_path / "data", "{uniqueid}")
    assert (first.calls, first.known, again.already) == (1, 1, 1)
    async with db.read() as session:
        recording = (await session.scalars(select(Recording))).one()
        assert (recording.call_id, recording.sides) == (call_id, "mono")
        assert await session.scalar(select(func.count(Call.id))) == 1


def test_command_says_what_it_does_and_what_it_would_do(slovo: Run, tmp_path: Path) -> None:
    leave(tmp_path / "old")
    told = slovo(
        "import", "recordings", str(tmp_path / "old"), "--names", PATTERN, "--dry-run", "--json"
    )
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert (found["files"], found["calls"], found["imported"], found["dry_run"]) == (5, 2, 0, True)
    done = slovo("import", "recordings", str(tmp_path / "old"), "--names", PATTERN, "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["imported"], [one["file"] for one in found["errors"]]) == (2, ["birthday.wav"])
    calls = [json.loads(line) for line in slovo("calls", "--json").out.splitlines()]
    assert sorted(call["caller"] for call in calls) == ["101", "79161234567"]
    assert all(len(call["recordings"]) == 1 for call in calls)


def test_command_refuses_a_pattern_that_cannot_be_and_a_folder_without_calls(
    slovo: Run, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    wrong = slovo("import", "recordings", str(tmp_path / "old"), "--names", "{date}-{who}")
    assert wrong.code == 2
    assert "{who}" in wrong.err
    nothing = slovo("import", "recordings", str(tmp_path / "old"), "--names", PATTERN)
    assert nothing.code == 1
    missing = slovo("import", "recordings", str(tmp_path / "none"), "--names", PATTERN)
    assert missing.code == 2
