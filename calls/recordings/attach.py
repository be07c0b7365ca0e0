"""Giving a call a recording that nobody named: its row, and the job to collect it.

In: a call and a source, as `calls.recordings.on_disk` finds it, or a loose file that a person chose. Out: a row of
`recordings`, in the caller's transaction. Doing it twice gives one row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs
from calls.errors import CallNotFound
from calls.log import COLLECT
from calls.recordings import names
from calls.recordings.names import SeenFile
from calls.recordings.on_disk import sources_of
from calls.tables import Call, CallLeg, Recording, RecordingFile


async def add_recording(
    session: AsyncSession, call_id: int, source: Mapping[str, Any]
) -> Recording:
    """Add a recording to a call, and have it collected; returns the row that is there already if it is."""
    key = names.key_of_source(source)
    found = await session.scalar(
        select(Recording).where(Recording.call_id == call_id, Recording.source_key == key)
    )
    if found is None:
        found = Recording(
            call_id=call_id,
            source_key=key,
            source=dict(source),
            state="expected",
            created_at=datetime.now(UTC),
        )
        session.add(found)
        await session.flush()
    await jobs.again(session, COLLECT, str(found.id), {"recording_id": found.id})
    return found


async def attach(session: AsyncSession, file: RecordingFile, call_id: int) -> Recording:
    """Attach a loose file, with the other sides of the same recording, to a call.

    Raises:
        CallNotFound: there is no such call of this PBX.
    """
    call = await session.get(Call, call_id)
    if call is None or call.pbx != file.pbx or call.merged_into_id is not None:
        raise CallNotFound(call_id)
    legs = await session.scalars(select(CallLeg).where(CallLeg.call_id == call_id))
    together = await siblings(session, file)
    files = [
        SeenFile(path=one.path, size_bytes=one.size_bytes, changed_at=one.changed_at)
        for one in together
    ]
    (source,) = sources_of(files, call, legs)
    recording = await add_recording(session, call_id, source)
    kept = update(RecordingFile).where(RecordingFile.id.in_([one.id for one in together]))
    await session.execute(
        kept.values(state="kept", recording_id=recording.id, call_id=None, how="")
    )
    return recording


async def siblings(session: AsyncSession, file: RecordingFile) -> list[RecordingFile]:
    """A file and the other sides of the same recording that belong to nothing, either."""
    stem = names.stem_of(file.path)
    found = await session.scalars(
        select(RecordingFile).where(
            RecordingFile.pbx == file.pbx,
            RecordingFile.path.startswith(stem, autoescape=True),
            RecordingFile.state == file.state,
        )
    )
    return [one for one in found if names.stem_of(one.path) == stem]
