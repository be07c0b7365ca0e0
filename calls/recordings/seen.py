"""Which files of the recording directories are known: their rows.

In: files that a look showed, or that a recording took. Out: rows of `calls.tables.RecordingFile`, one for each name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import upsert
from calls.recordings.names import SeenFile
from calls.tables import RecordingFile

SOME = 2_000
"""Names that are read at once: there may be very many, and others wait for their turn."""


async def belongs(
    session: AsyncSession, pbx: str, recording_id: int, files: Iterable[SeenFile]
) -> None:
    """Note that these files are a recording's, whatever they were before."""
    kept = {"state": "kept", "recording_id": recording_id, "call_id": None, "how": ""}
    await note(session, pbx, {file: kept for file in files}, replace=True)


async def note(
    session: AsyncSession,
    pbx: str,
    files: Mapping[SeenFile, Mapping[str, Any]],
    *,
    replace: bool = False,
) -> None:
    """Write rows for files, each with its `state` and what belongs to it.

    Args:
        session: a write session.
        pbx: where they are.
        files: file → columns.
        replace: whether rows that are there already are changed; else they stay.
    """
    rows = [
        {
            "pbx": pbx,
            "path": file.path,
            "size_bytes": file.size_bytes,
            "changed_at": file.changed_at,
            "recording_id": None,
            "call_id": None,
            "how": "",
            "seen_at": datetime.now(UTC),
            **columns,
        }
        for file, columns in files.items()
    ]
    if rows:
        await upsert(session, RecordingFile, rows, ("pbx", "path"), replace=replace)


async def known_paths(session: AsyncSession, pbx: str) -> set[str]:
    """Every name of a PBX that has a row."""
    query = select(RecordingFile.path).where(RecordingFile.pbx == pbx)
    paths: set[str] = set()
    async for some in (await session.stream_scalars(query)).partitions(SOME):
        paths.update(some)
    return paths
