"""The doctor's words about the signing key and about recordings that changed."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calls.db import Database
from calls.proof.keys import KeyStore
from calls.tables import Recording, RecordingFixity
from crm import proof_keys
from web.doctor.finding import State
from web.doctor.proof import proof


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    (tmp_path / "slovo.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'slovo.db'}"


def begin(url: str, data_dir: Path, changed: bool = False) -> None:
    """The first start; and a recording that changed, if one is wanted."""

    async def run() -> None:
        db = Database(url)
        await proof_keys.begin(db, data_dir)
        if changed:
            now = datetime.now(UTC)
            async with db.write() as session:
                session.add(Recording(source_key="a", created_at=now))
                await session.flush()
                session.add(RecordingFixity(recording_id=1, checked_at=now, state="changed"))
        await db.dispose()

    asyncio.run(run())


def test_key_that_was_never_made_is_no_fault_and_is_not_made(url: str, tmp_path: Path) -> None:
    assert [one.state for one in proof(url, tmp_path)] == [State.OK]
    assert not (tmp_path / "keys").exists()


def test_key_in_its_place_is_fine(url: str, tmp_path: Path) -> None:
    begin(url, tmp_path)
    (found,) = proof(url, tmp_path)
    assert found.state is State.OK
    assert KeyStore(tmp_path).load().id in found.what


def test_lost_key_fails_with_the_way_to_mend_it(url: str, tmp_path: Path) -> None:
    begin(url, tmp_path)
    KeyStore(tmp_path).private_path.unlink()
    (found,) = proof(url, tmp_path)
    assert (found.state, "--rotate" in found.mend) == (State.FAIL, True)


def test_foreign_key_fails(url: str, tmp_path: Path) -> None:
    begin(url, tmp_path)
    KeyStore(tmp_path).rotate()
    (found,) = proof(url, tmp_path)
    assert (found.state, "not the key" in found.what) == (State.FAIL, True)


def test_changed_recordings_are_warned_of(url: str, tmp_path: Path) -> None:
    begin(url, tmp_path, changed=True)
    assert [one.state for one in proof(url, tmp_path)] == [State.OK, State.WARN]
