"""`slovo recordings check`: both lists, as JSON and as text."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.call_samples import answered_call
from support.cli import Run

from calls.db import Database
from calls.tables import Recording


async def test_both_lists_are_printed(
    slovo: Run, db: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.now(UTC) - timedelta(hours=2)
    async with db.write() as session:
        call = answered_call("1795316748.7", at, "101", "+79160000001")
        session.add(call)
        await session.flush()
        lost = Recording(
            call_id=call.id, source_key="a.wav", source={"mixed": "a.wav"}, state="missing",
            error="not found", started_at=at, created_at=at,
        )  # fmt: skip
        session.add(lost)
        number = call.id
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "in-1795316748.7.wav").write_bytes(b"RIFF")
    os.utime(spool / "in-1795316748.7.wav", (at.timestamp() + 60, at.timestamp() + 60))
    monkeypatch.setenv("SLOVO_DATABASE_URL", database_url)
    monkeypatch.setenv("SLOVO_RECORDING_DIR", str(spool))
    ran = await asyncio.to_thread(slovo, "recordings", "check", "--json")
    told = json.loads(ran.out)
    assert ran.code == 1
    assert [(one["call"], one["why"], one["named"]) for one in told["missing"]] == [
        (number, "missing", "a.wav")
    ]
    (file,) = told["loose"]
    assert (file["path"], file["call"], file["how"]) == ("in-1795316748.7.wav", number, "id")
    assert told["looks"][0]["files"] == 1
    text = (await asyncio.to_thread(slovo, "recordings", "check")).out
    assert f"call {number} (by id)" in text


async def test_everything_in_its_place_is_success(
    slovo: Run, db: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLOVO_DATABASE_URL", database_url)
    assert (await asyncio.to_thread(slovo, "recordings", "check")).code == 1  # nowhere to look
    monkeypatch.setenv("SLOVO_RECORDING_DIR", str(tmp_path))
    assert (await asyncio.to_thread(slovo, "recordings", "check")).code == 0
