"""Kept recordings that changed or are gone are found, told once, and never those that were rightly replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from support.proof_case import Seeded, seed_case
from support.web import add_people

from calls.db import Database
from calls.recordings import fixity
from calls.tables import Recording, RecordingFixity
from crm import recording_fixity
from crm.tables import AuditEntry, Notification

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
async def seeded(db: Database, tmp_path: Path) -> Seeded:
    return await seed_case(db, tmp_path)


async def look(db: Database, folder: Path, at: datetime = NOW) -> fixity.Round:
    return await fixity.look(db, folder, at, older_than=at - timedelta(days=7))


async def test_untouched_recordings_are_good_and_rest_for_a_week(
    db: Database, tmp_path: Path, seeded: Seeded
) -> None:
    first = await look(db, tmp_path)
    assert [one.state for one in first.looked] == ["good"]
    assert first.bytes_read > seeded.sound.stat().st_size
    assert (await look(db, tmp_path, NOW + timedelta(days=6))).looked == ()
    assert len((await look(db, tmp_path, NOW + timedelta(days=8))).looked) == 1


@pytest.mark.parametrize(("change", "state"), [("altered", "changed"), ("removed", "gone")])
async def test_changed_file_is_found_and_administrators_are_told_once(
    db: Database, tmp_path: Path, seeded: Seeded, change: str, state: str
) -> None:
    people = await add_people(db)
    original = next(seeded.sound.parent.glob("*-client-*"))
    if change == "removed":
        original.unlink()
    else:
        original.write_bytes(original.read_bytes()[:-1] + b"!")
    for at in (NOW, NOW + timedelta(days=8)):
        found = await look(db, tmp_path, at)
        assert [one.state for one in found.wrong] == [state]
        assert [file["role"] for file in found.wrong[0].files] == ["client"]
        async with db.write() as session:
            await recording_fixity.report(session, found.looked)
    async with db.read() as session:
        told = (await session.scalars(select(Notification))).all()
        logged = await session.scalars(
            select(AuditEntry.subject_id).where(AuditEntry.action == "recording.altered")
        )
        row = await session.get_one(RecordingFixity, seeded.recording)
    assert [(one.user_id, one.kind) for one in told] == [(people["root"], "recordings_changed")]
    assert list(logged) == [str(seeded.recording)]
    assert (row.state, row.files[0]["role"]) == (state, "client")


async def test_file_that_was_replaced_while_it_was_read_is_no_alarm(
    db: Database, tmp_path: Path, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redaction writes new files and a new row between the reading and the noting."""
    true_sha = fixity.sha256_of

    def slow(path: Path) -> str:
        return "0" * 64 if path == seeded.sound else true_sha(path)

    monkeypatch.setattr(fixity, "sha256_of", slow)
    rows = fixity._note

    async def note(session, looked, now):  # type: ignore[no-untyped-def]
        await session.execute(update(Recording).values(sha256="f" * 64))
        return await rows(session, looked, now)

    monkeypatch.setattr(fixity, "_note", note)
    assert (await look(db, tmp_path)).wrong == ()


async def test_round_ends_after_so_many_bytes(db: Database, tmp_path: Path, seeded: Seeded) -> None:
    async with db.write() as session:
        old = await session.get_one(Recording, seeded.recording)
        session.add(
            Recording(call_id=old.call_id, source_key="second", state="ready", path=old.path,
                      sha256=old.sha256, files=[], created_at=NOW)
        )  # fmt: skip
    first = await fixity.look(db, tmp_path, NOW, read_bytes=1)
    second = await fixity.look(db, tmp_path, NOW, read_bytes=1)
    assert {one.recording_id for one in (*first.looked, *second.looked)} == {
        seeded.recording, seeded.recording + 1,
    }  # fmt: skip
