"""The look for files without a call, and the list of recordings that should be there, on both databases."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.call_samples import answered_call

from calls.db import Database
from calls.errors import CallNotFound, RecordingSourceFailed
from calls.recordings import check as checking
from calls.recordings import source as source_module
from calls.recordings.attach import attach
from calls.recordings.check import Memory, check
from calls.recordings.http import HttpSource
from calls.recordings.missing import missing
from calls.recordings.source import Directory
from calls.tables import Call, Job, Recording, RecordingFile

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
AT = NOW - timedelta(hours=2)
ID = f"{AT.timestamp():.0f}.7"
NUMBER = "79161234567"


def leave(spool: Path, name: str, at: datetime = AT + timedelta(seconds=24)) -> Path:
    path = spool / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"RIFF" * 100)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


async def add_call(
    db: Database, linkedid: str = ID, at: datetime = AT, *, named: str = "", state: str = "missing",
    ended: bool = True, pbx: str = "main",
) -> int:  # fmt: skip
    async with db.write() as session:
        call = answered_call(linkedid, at, "101", NUMBER)
        call.pbx, call.ended = pbx, ended
        if not ended:
            call.ended_at = None
        session.add(call)
        await session.flush()
        if named:
            session.add(
                Recording(
                    call_id=call.id, source_key=named, source={"mixed": named}, state=state,
                    error="not found", started_at=at, created_at=at,
                )
            )  # fmt: skip
        return call.id


async def files(db: Database) -> dict[str, tuple[str, int | None, str]]:
    async with db.read() as session:
        rows = await session.scalars(select(RecordingFile))
        return {row.path: (row.state, row.call_id, row.how) for row in rows}


async def jobs_of(db: Database) -> int:
    async with db.read() as session:
        return len((await session.scalars(select(Job).where(Job.state == "waiting"))).all())


async def look(db: Database, spool: Path, memory: Memory | None = None, now: datetime = NOW):  # type: ignore[no-untyped-def]
    return await check(db, "main", Directory(spool), memory, now)


async def test_files_are_kept_loose_or_early(db: Database, tmp_path: Path) -> None:
    call = await add_call(db, named=f"/var/spool/asterisk/monitor/2026/in-{ID}.wav", state="ready")
    leave(tmp_path, f"2026/in-{ID}.wav")
    leave(tmp_path, f"2026/in-{ID}-rx.wav")
    leave(tmp_path, f"second-{ID}.wav")
    leave(tmp_path, f"{NUMBER}-office.wav")
    leave(tmp_path, "strange.wav")
    leave(tmp_path, "old.wav", AT - timedelta(days=9))
    found = await look(db, tmp_path)
    assert (found.files, found.writing, found.unsorted, found.error) == (6, 0, 0, "")
    assert await files(db) == {
        f"2026/in-{ID}.wav": ("kept", None, ""),
        f"2026/in-{ID}-rx.wav": ("kept", None, ""),
        f"second-{ID}.wav": ("loose", call, "id"),
        f"{NUMBER}-office.wav": ("loose", call, "number"),
        "strange.wav": ("loose", None, ""),
        "old.wav": ("early", None, ""),
    }


async def test_call_without_a_recording_gets_the_files_that_bear_its_id(
    db: Database, tmp_path: Path
) -> None:
    call = await add_call(db)
    for side in ("", "-rx", "-tx"):
        leave(tmp_path, f"{ID}{side}.wav")
    await look(db, tmp_path)
    await look(db, tmp_path)
    async with db.read() as session:
        (recording,) = await session.scalars(select(Recording))
        assert (recording.call_id, recording.source_key) == (call, f"{ID}.wav")
        assert recording.source["receive"] == f"{ID}-rx.wav"
    assert {state for state, _, _ in (await files(db)).values()} == {"kept"}
    assert await jobs_of(db) == 1


@pytest.mark.parametrize(("source", "taken"), [("cdr", True), ("live", False)])
async def test_file_of_its_number_and_time_is_taken_for_a_call_that_only_the_record_told_of(
    db: Database, tmp_path: Path, source: str, taken: bool
) -> None:
    call_id = await add_call(db)
    async with db.write() as session:
        (await session.get_one(Call, call_id)).source = source
    leave(tmp_path, f"{NUMBER}-office.wav")
    await look(db, tmp_path)
    found = ("kept", None, "") if taken else ("loose", call_id, "number")
    assert await files(db) == {f"{NUMBER}-office.wav": found}
    async with db.read() as session:
        assert (await session.scalar(select(Recording.call_id)) == call_id) is taken


async def test_missing_recording_is_collected_when_its_file_has_come(
    db: Database, tmp_path: Path
) -> None:
    await add_call(db, named=f"{ID}.wav")
    await look(db, tmp_path)
    assert await jobs_of(db) == 0
    leave(tmp_path, f"{ID}.wav")
    await look(db, tmp_path)
    assert await jobs_of(db) == 1


async def test_files_that_may_still_be_written_are_left_alone(db: Database, tmp_path: Path) -> None:
    await add_call(db)
    await add_call(db, "2.2", AT + timedelta(minutes=1), ended=False)
    leave(tmp_path, "before.wav", AT + timedelta(seconds=30))
    leave(tmp_path, "since.wav", AT + timedelta(seconds=90))
    leave(tmp_path, "now.wav", NOW - timedelta(seconds=5))
    found = await look(db, tmp_path)
    assert found.writing == 2
    assert set(await files(db)) == {"before.wav"}
    async with db.write() as session:
        for call in await session.scalars(select(Call)):
            call.ended = True
    await look(db, tmp_path, now=NOW + timedelta(minutes=5))
    assert set(await files(db)) == {"before.wav", "since.wav", "now.wav"}


async def test_second_look_asks_nothing_about_known_files(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_call(db)
    for n in range(30):
        leave(tmp_path, f"day/{n}.wav")
    memory = Memory()
    await look(db, tmp_path, memory)
    leave(tmp_path, "day/new.wav")
    asked: list[str] = []
    seen = source_module._seen
    monkeypatch.setattr(source_module, "_seen", lambda path, entry: asked.append(path) or seen(path, entry))  # fmt: skip
    await look(db, tmp_path, memory)
    assert asked == ["day/new.wav"]
    await look(db, tmp_path)  # after a restart of ours
    assert asked == ["day/new.wav"]


async def test_large_directory_is_sorted_in_bounded_pieces(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "BATCH", 3)
    monkeypatch.setattr(checking, "MOST_BATCHES", 2)
    await add_call(db)
    for n in range(8):
        leave(tmp_path, f"{n}.wav")
    memory = Memory()
    assert (await look(db, tmp_path, memory)).unsorted == 2
    assert (await look(db, tmp_path, memory)).unsorted == 0
    assert len(await files(db)) == 8


async def test_removed_file_is_listed_no_more_and_what_was_put_aside_stays_so(
    db: Database, tmp_path: Path
) -> None:
    await add_call(db)
    leave(tmp_path, "aside.wav")
    gone = leave(tmp_path, "gone.wav")
    await look(db, tmp_path)
    async with db.write() as session:
        for row in await session.scalars(select(RecordingFile)):
            row.state = "aside" if row.path == "aside.wav" else row.state
    gone.unlink()
    await look(db, tmp_path)
    assert await files(db) == {"aside.wav": ("aside", None, "")}


async def test_other_pbxs_calls_are_no_guess(db: Database, tmp_path: Path) -> None:
    await add_call(db)
    await add_call(db, "3.3", AT, pbx="north")
    leave(tmp_path, f"{ID}.wav")
    await check(db, "north", Directory(tmp_path), None, NOW)
    assert await files(db) == {f"{ID}.wav": ("loose", None, "")}


async def test_directory_that_is_away_is_noted_and_nothing_forgotten(
    db: Database, tmp_path: Path
) -> None:
    await add_call(db)
    leave(tmp_path, "strange.wav")
    await look(db, tmp_path)
    found = await look(db, tmp_path / "none")
    assert "No such file" in found.error
    assert found.mend
    assert set(await files(db)) == {"strange.wav"}


async def test_missing_recordings_of_a_web_server_are_asked_for_again_now_and_then(
    db: Database,
) -> None:
    await add_call(db, named=f"{ID}.wav")
    async with db.write() as session:
        for row in await session.scalars(select(Recording)):
            row.looked_at = AT
    source = HttpSource(url="http://pbx.example/rec")
    await check(db, "main", source, None, NOW)
    assert await jobs_of(db) == 1
    with pytest.raises(RecordingSourceFailed):
        await source.look(())


async def test_attached_file_takes_its_sides_along(db: Database, tmp_path: Path) -> None:
    call = await add_call(db, named="other.wav", state="ready")
    foreign = await add_call(db, "3.3", AT, pbx="north")
    for side in ("", "-rx", "-tx"):
        leave(tmp_path, f"strange{side}.wav")
    leave(tmp_path, "stranger.wav")
    await look(db, tmp_path)
    async with db.write() as session:
        row = await session.scalar(select(RecordingFile).where(RecordingFile.path == "strange.wav"))
        assert row is not None
        with pytest.raises(CallNotFound):
            await attach(session, row, foreign)
        recording = await attach(session, row, call)
        assert recording.source["transmit"] == "strange-tx.wav"
    assert {path for path, (state, _, _) in (await files(db)).items() if state == "loose"} == {"stranger.wav"}  # fmt: skip
    assert await jobs_of(db) == 1


async def test_named_and_not_found_and_never_named_are_missing(db: Database) -> None:
    for n in range(6):
        at = AT - timedelta(days=2, minutes=n)
        await add_call(db, f"{n}.1", at, named=f"{n}.wav", state="ready")
    lost = await add_call(db, "8.1", AT, named="8.wav")
    broken = await add_call(db, "9.1", AT + timedelta(minutes=1), named="9.wav", state="failed")
    never = await add_call(db, "10.1", AT + timedelta(minutes=2))
    async with db.write() as session:  # another queue: nobody records there
        other = answered_call("11.1", AT, "101", NUMBER)
        other.queue = "office"
        session.add(other)
    async with db.read() as session:
        found = await missing(session, AT - timedelta(hours=1), 50)
    assert [(one.call.id, one.why) for one in found] == [
        (never, "never"), (broken, "failed"), (lost, "missing"),
    ]  # fmt: skip


async def test_line_of_which_only_some_calls_are_recorded_misses_none(db: Database) -> None:
    for n in range(12):
        named = f"{n}.wav" if n % 2 else ""
        await add_call(db, f"{n}.1", AT - timedelta(minutes=n), named=named, state="ready")
    async with db.read() as session:
        assert await missing(session, AT - timedelta(hours=1), 50) == []
