"""The job "collect_recording": files that the PBX left become a row that can be played, and the job to read it.

In: a claimed job with `{"recording_id": …}`. Out: the `recordings` row, its peaks and a "transcribe" job, all in the
transaction that marks this job done.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from calls import feed, jobs
from calls.db import Database
from calls.errors import RecordingIncomplete, RecordingNotFound
from calls.feed import Notice
from calls.jobs import ClaimedJob
from calls.recordings.collect import Collected, Request, collect
from calls.tables import Call, PeakCache, Recording

TRANSCRIBE = "transcribe"
"""Kind of the job that reads a recording; its key is the recording's id."""
LOOKS = 5
"""How often a file that is not there is looked for: a network share shows it late."""


async def collect_recording(
    db: Database, job: ClaimedJob, recording_dir: Path, data_dir: Path
) -> bool:
    """Do the job.

    Returns:
        False when the lease was lost; nothing was stored then.

    Raises:
        RecordingNotFound: the row is gone.
        RecordingIncomplete: the call goes on, the PBX still writes, or the file is not there yet.
        StorageFull: no room.
    """
    request = await _request(db, int(job.payload["recording_id"]), recording_dir, data_dir)
    collected = await asyncio.to_thread(collect, request)
    if collected.state == "missing" and job.attempts < LOOKS:
        raise RecordingIncomplete(collected.error)
    async with db.write() as session:
        if not await jobs.complete(session, job):
            return False
        await _store(session, request.recording_id, collected)
    return True


async def _request(db: Database, recording_id: int, recording_dir: Path, data_dir: Path) -> Request:
    async with db.read() as session:
        recording = await session.get(Recording, recording_id)
        if recording is None:
            raise RecordingNotFound(recording_id)
        call = await session.get(Call, recording.call_id) if recording.call_id else None
        if call is not None and not call.ended:
            raise RecordingIncomplete(recording.source_key)
        return Request(
            recording_id=recording_id,
            source=recording.source or {"mixed": recording.source_key},
            at=(call.started_at if call else None) or recording.started_at or datetime.now(UTC),
            recording_dir=recording_dir,
            data_dir=data_dir,
        )


async def _store(session: AsyncSession, recording_id: int, collected: Collected) -> None:
    recording = await session.get(Recording, recording_id)
    if recording is None:
        return  # deleted meanwhile: there is nothing to say about it
    for name in ("state", "error", "sides", "path", "files", "sha256", "size_bytes",
                 "duration_s", "rate_hz"):  # fmt: skip
        setattr(recording, name, getattr(collected, name))
    if collected.peaks is not None:
        peaks = collected.peaks
        await session.merge(
            PeakCache(
                recording_id=recording_id,
                step_ms=peaks.step_ms,
                channels=peaks.channels,
                peaks=peaks.data,
            )
        )
    if collected.state == "ready" and recording.call_id is not None:
        await jobs.enqueue(session, TRANSCRIBE, str(recording_id), {"recording_id": recording_id})
    if recording.call_id is not None:
        feed.store(session, [Notice("call", {"call_id": recording.call_id})])
