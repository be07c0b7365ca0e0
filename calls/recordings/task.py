"""The job "collect_recording": files that the PBX left become a row that can be played, and the job to read it.

In: a claimed job with `{"recording_id": …}`. Out: the `recordings` row, its peaks and a "transcribe" job, all in the
transaction that marks this job done. What must be fetched from another machine is fetched first; the lease is renewed
meanwhile, and when it is lost all the same, the work is stopped, for another worker has the job.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from calls import feed, jobs, record_json
from calls.db import Database
from calls.errors import (
    RecordingIncomplete,
    RecordingNotFound,
    RecordingSourceFailed,
    RecordUnreadable,
)
from calls.feed import Notice
from calls.jobs import ClaimedJob
from calls.model import CallRecord
from calls.recordings import audio_time, names, seen
from calls.recordings.collect import Collected, Request, collect
from calls.recordings.paths import FETCHED
from calls.recordings.source import Source
from calls.tables import Call, PeakCache, Recording

TRANSCRIBE = "transcribe"
"""Kind of the job that reads a recording; its key is the recording's id."""
LOOKS = 5
"""How often a file that is not there is looked for: a network share shows it late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where recordings come from, by the PBX's name, and where they are kept. `lease_s`: of the jobs."""

    sources: Mapping[str, Source]
    data_dir: Path
    lease_s: float = 60.0


@dataclass(frozen=True, slots=True)
class _Order:
    """What to collect, and the source of its PBX; None where none is set."""

    request: Request
    source: Source | None
    pbx: str = ""
    record: CallRecord | None = None


async def collect_recording(db: Database, job: ClaimedJob, places: Places) -> bool:
    """Do the job.

    Returns:
        False when the lease was lost; nothing was stored then.

    Raises:
        RecordingNotFound: the row is gone.
        RecordingIncomplete: the call goes on, the PBX still writes, or the file is not there yet.
        RecordingSourceFailed: the place of the PBX's recordings cannot be reached.
        StorageFull: no room.
    """
    order = await _order(db, int(job.payload["recording_id"]), places)
    working = asyncio.create_task(_collect(order, places), name=f"collect {job.key}")
    try:
        while not working.done():
            await asyncio.wait({working}, timeout=places.lease_s / 3)
            if not working.done() and not await jobs.renew(db, job, places.lease_s):
                return False
        collected = working.result()
    finally:
        working.cancel()
        await asyncio.wait({working})
    if collected.state == "missing" and job.attempts < LOOKS:
        raise RecordingIncomplete(collected.error)
    async with db.write() as session:
        if not await jobs.complete(session, job):
            return False
        await _store(session, order, collected)
    await asyncio.to_thread(shutil.rmtree, _spool(order, places), ignore_errors=True)
    return True


async def _collect(order: _Order, places: Places) -> Collected:
    if order.source is None:
        return Collected(
            state="missing", error=f"no place of recordings is set for PBX {order.pbx}"
        )
    source = order.request.source
    try:
        folder = await order.source.bring(names.named_in(source), _spool(order, places))
    except RecordingSourceFailed as error:
        if error.kind != "too_large":
            raise
        return Collected(state="failed", error=str(error))
    return await asyncio.to_thread(collect, order.request, folder, order.source.label)


def _spool(order: _Order, places: Places) -> Path:
    return places.data_dir / FETCHED / str(order.request.recording_id)


async def _order(db: Database, recording_id: int, places: Places) -> _Order:
    async with db.read() as session:
        recording = await session.get(Recording, recording_id)
        if recording is None:
            raise RecordingNotFound(recording_id)
        call = await session.get(Call, recording.call_id) if recording.call_id else None
        if call is not None and not call.ended:
            raise RecordingIncomplete(recording.source_key)
        request = Request(
            recording_id=recording_id,
            source=recording.source or {"mixed": recording.source_key},
            at=(call.started_at if call else None) or recording.started_at or datetime.now(UTC),
            data_dir=places.data_dir,
        )
    if call is None:
        return _Order(request, None)
    return _Order(request, places.sources.get(call.pbx), call.pbx, _record_of(call))


def _record_of(call: Call) -> CallRecord | None:
    try:
        return record_json.load(call.detail) if call.detail else None
    except RecordUnreadable:
        return None  # an older version's row: only the times of the audio cannot be told then


async def _store(session: AsyncSession, order: _Order, collected: Collected) -> None:
    recording_id = order.request.recording_id
    recording = await session.get(Recording, recording_id)
    if recording is None:
        return  # deleted meanwhile: there is nothing to say about it
    await keep(session, recording, collected)
    if collected.state == "missing" and not _was_talk(order, recording):
        recording.state, recording.error = "empty", ""  # Asterisk makes no file where nothing came
    recording.started_at = audio_time.began(
        recording.source, order.record, recording.started_at, collected.duration_s
    )
    await seen.belongs(session, order.pbx, recording_id, collected.taken)
    if collected.state == "ready" and recording.call_id is not None:
        await jobs.enqueue(session, TRANSCRIBE, str(recording_id), {"recording_id": recording_id})
    if recording.call_id is not None:
        feed.store(session, [Notice("call", {"call_id": recording.call_id})])


async def keep(session: AsyncSession, recording: Recording, collected: Collected) -> None:
    """Write what was collected to its row, with its outline."""
    for name in ("state", "error", "sides", "path", "files", "sha256", "size_bytes",
                 "duration_s", "rate_hz"):  # fmt: skip
        setattr(recording, name, getattr(collected, name))
    recording.looked_at = datetime.now(UTC)
    if collected.peaks is not None:
        peaks = collected.peaks
        await session.merge(
            PeakCache(
                recording_id=recording.id,
                step_ms=peaks.step_ms,
                channels=peaks.channels,
                peaks=peaks.data,
            )
        )


def _was_talk(order: _Order, recording: Recording) -> bool:
    """Whether there was anything to record. A call of which no record is kept is supposed to have been a talk."""
    if order.record is None:
        return True
    return audio_time.talked_after(order.record, recording.started_at)
