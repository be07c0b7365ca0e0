"""Whether kept recordings are still what they were when they were found: their files against the noted SHA-256.

In: rows of `recordings` and the data directory. Out: a row of `recording_fixity` for each that was looked at, and what is
not as it was. A few at a time, those first that were not looked at for longest, so that a large archive comes round.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database, upsert
from calls.recordings.storage import sha256_of
from calls.tables import Recording, RecordingFixity

GOOD, CHANGED, GONE = "good", "changed", "gone"
_READ_BYTES = 256 * 2**20
"""A round ends once so many bytes were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was found of one recording. `before`: what the look before found, "" if there was none."""

    recording_id: int
    call_id: int | None
    state: str
    files: tuple[dict[str, Any], ...] = ()
    before: str = ""

    @property
    def is_news(self) -> bool:
        """Whether it is not as it was, and nobody has been told."""
        return self.state != GOOD and self.state != self.before


@dataclass(frozen=True, slots=True)
class Round:
    """What a round of looks found. `bytes_read`: of all files."""

    looked: tuple[Looked, ...]
    bytes_read: int

    @property
    def wrong(self) -> tuple[Looked, ...]:
        """Those that are not as they were."""
        return tuple(one for one in self.looked if one.state != GOOD)


async def look(
    db: Database,
    data_dir: Path,
    now: datetime,
    *,
    older_than: datetime | None = None,
    read_bytes: int = _READ_BYTES,
) -> Round:
    """Look at some recordings.

    Args:
        db: the database.
        data_dir: where the files are.
        now: the time of the look.
        older_than: leave out what was looked at since then; None: look at all that come first.
        read_bytes: end after so many.
    """
    looked: list[Looked] = []
    read = 0
    async with db.read() as session:
        rows = await _due(session, older_than)
    for recording, before in rows:
        state, files, size = await asyncio.to_thread(compare, recording, data_dir)
        looked.append(
            Looked(
                recording_id=recording.id, call_id=recording.call_id, state=state, files=files,
                before=before,
            )
        )  # fmt: skip
        read += size
        if read >= read_bytes:
            break
    if looked:
        async with db.write() as session:
            looked = await _note(session, looked, now)
    return Round(tuple(looked), read)


def compare(recording: Recording, data_dir: Path) -> tuple[str, tuple[dict[str, Any], ...], int]:
    """Compare the files of one recording; returns the state, the files that differ, and how many bytes were read."""
    wrong: list[dict[str, Any]] = []
    read = 0
    playable = {"role": "playable", "path": recording.path, "sha256": recording.sha256}
    for file in [playable, *recording.files]:
        path, noted = data_dir / str(file["path"]), str(file.get("sha256", ""))
        try:
            found = sha256_of(path)
            read += path.stat().st_size
        except OSError:
            found = ""
        if found != noted and (noted or not found):
            wrong.append(
                {"role": file["role"], "path": file["path"], "sha256": noted, "found": found}
            )
    state = GOOD if not wrong else GONE if any(not one["found"] for one in wrong) else CHANGED
    return state, tuple(wrong), read


async def _due(
    session: AsyncSession, older_than: datetime | None
) -> Sequence[tuple[Recording, str]]:
    query = (
        select(Recording, RecordingFixity.state)
        .outerjoin(RecordingFixity, RecordingFixity.recording_id == Recording.id)
        .where(Recording.state == "ready")
        .order_by(RecordingFixity.checked_at.asc().nulls_first(), Recording.id)
        .limit(200)
    )
    if older_than is not None:
        fresh = RecordingFixity.checked_at >= older_than
        query = query.where(RecordingFixity.checked_at.is_(None) | ~fresh)
    return [(recording, state or "") for recording, state in await session.execute(query)]


async def _note(session: AsyncSession, looked: Sequence[Looked], now: datetime) -> list[Looked]:
    """Note the looks; what was deleted or replaced meanwhile was rightly not as it was, and is left out."""
    ids = [one.recording_id for one in looked]
    rows = await session.scalars(select(Recording).where(Recording.id.in_(ids)))
    noted = {row.id: _hashes(row) for row in rows if row.state == "ready"}
    kept = [one for one in looked if one.recording_id in noted and _still_wrong(one, noted)]
    if kept:
        values = [
            {"recording_id": one.recording_id, "checked_at": now, "state": one.state,
             "files": list(one.files)}
            for one in kept
        ]  # fmt: skip
        await upsert(session, RecordingFixity, values, ["recording_id"], replace=True)
    return kept


def _hashes(recording: Recording) -> set[str]:
    return {recording.sha256, *(str(one.get("sha256", "")) for one in recording.files)}


def _still_wrong(one: Looked, noted: dict[int, set[str]]) -> bool:
    return all(file["sha256"] in noted[one.recording_id] for file in one.files)
