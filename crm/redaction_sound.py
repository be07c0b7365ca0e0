"""The job "silence_recording": pieces of a recording become silent in all its files, and the old files are gone.

In: a claimed job with `{"recording_id": …}` and the redactions of that recording that wait. Out: new files with hashes of
their own, a new outline, both hashes in each redaction and in the audit log, all in the transaction that marks the job
done; then the old files are removed. A kill in between leaves the old files in a row of `erasures`, which `erasure.finish`
works off; new files of an attempt that was not committed are removed by the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import feed, jobs
from calls.db import Database
from calls.errors import RecordingUnreadable
from calls.feed import Notice
from calls.jobs import ClaimedJob
from calls.personal_data.silence import Span, hide
from calls.personal_data.ways import TONE
from calls.recordings.peaks import Peaks, peaks_of
from calls.recordings.storage import Kept
from calls.tables import PeakCache, Recording, RecordingFixity
from crm import erasure
from crm.access import SYSTEM
from crm.erasure import Gone, Order
from crm.tables import Redaction


@dataclass(slots=True)
class _Plan:
    """What to write: the recording's files as they are, and what to hide in them."""

    recording_id: int
    path: str
    files: list[Mapping[str, Any]]
    silent: list[Span] = field(default_factory=list)
    loud: list[Span] = field(default_factory=list)
    redactions: list[int] = field(default_factory=list)
    by_person: bool = False


@dataclass(slots=True)
class Silencer:
    """Does the jobs of this kind."""

    db: Database
    data_dir: Path

    async def silence(self, job: ClaimedJob) -> bool:
        """Do the job; False when the lease was lost: nothing was stored then.

        Raises:
            RecordingUnreadable: a kept file is not there or no sound.
            StorageFull: no room.
        """
        plan = await self._plan(int(job.payload["recording_id"]))
        written = {}
        peaks = None
        if plan is not None:
            written = await asyncio.to_thread(_write, self.data_dir, plan)
            peaks = await asyncio.to_thread(peaks_of, written[plan.path].path)
        async with self.db.write() as session:
            if not await jobs.complete(session, job):
                return False
            if plan is not None and peaks is not None:
                await _store(session, self.data_dir, plan, written, peaks)
                later = [one for one in await _waiting(session, plan.recording_id)
                         if one.id not in plan.redactions]  # fmt: skip
                if later:
                    await jobs.again(session, job.kind, job.key, job.payload)
        await erasure.finish(self.db, self.data_dir)
        if plan is not None and plan.by_person:  # what rules hide is cleaned at night
            await erasure.clean_up(self.db)
        return True

    async def _plan(self, recording_id: int) -> _Plan | None:
        async with self.db.read() as session:
            recording = await session.get(Recording, recording_id)
            if recording is None or recording.state != "ready":
                return None
            plan = _Plan(recording_id, recording.path, list(recording.files))
            for one in await _waiting(session, recording_id):
                spans = plan.loud if one.how == TONE else plan.silent
                spans.append(Span(one.from_s, one.to_s))
                plan.redactions.append(one.id)
                plan.by_person = plan.by_person or one.found_by == "person"
        return plan if plan.redactions else None


async def _waiting(session: AsyncSession, recording_id: int) -> Sequence[Redaction]:
    query = select(Redaction).where(
        Redaction.recording_id == recording_id, Redaction.done_at.is_(None)
    )
    return (await session.scalars(query.order_by(Redaction.id))).all()


def _write(data_dir: Path, plan: _Plan) -> dict[str, Kept]:
    """New files for each old one, by the old path."""
    names = {plan.path, *(str(one["path"]) for one in plan.files)}
    written = {}
    for name in sorted(names):
        source = data_dir / name
        if not source.is_file():
            raise RecordingUnreadable(str(source), "no such file")
        target = data_dir / _new_name(name, max(plan.redactions))
        kept = hide(source, target, plan.silent)
        if plan.loud:
            kept = hide(target, target, plan.loud, TONE)
        written[name] = kept
    return written


def _new_name(name: str, number: int) -> str:
    """A name of its own for each version: what a browser or a proxy kept of the old one is never taken for it."""
    path = PurePosixPath(name)
    stem = path.stem.split("-redacted-", 1)[0]
    return str(path.with_name(f"{stem}-redacted-{number}.wav"))


async def _store(
    session: AsyncSession, data_dir: Path, plan: _Plan, written: Mapping[str, Kept], peaks: Peaks
) -> None:
    recording = await session.get(Recording, plan.recording_id)
    if recording is None:
        return
    gone = Gone(files=erasure.files_of(recording))
    old = recording.sha256
    new = written[plan.path]
    recording.files = [_renewed(data_dir, one, written[str(one["path"])]) for one in plan.files]
    recording.path = new.path.relative_to(data_dir).as_posix()
    recording.sha256, recording.size_bytes = new.sha256, new.size_bytes
    await session.merge(
        PeakCache(
            recording_id=recording.id,
            step_ms=peaks.step_ms,
            channels=peaks.channels,
            peaks=peaks.data,
        )
    )
    for row in await session.scalars(select(Redaction).where(Redaction.id.in_(plan.redactions))):
        row.old_sha256, row.new_sha256, row.done_at = old, new.sha256, datetime.now(UTC)
    fixity = await session.get(RecordingFixity, recording.id)
    if fixity is not None:
        await session.delete(fixity)
    gone.count({"recordings": 1, "recording_peaks": 1})
    gone.said = {
        "recording": recording.id,
        "redactions": plan.redactions,
        "old_sha256": old,
        "new_sha256": new.sha256,
        "kept": [one["sha256"] for one in recording.files],
    }
    call_id = recording.call_id or 0
    await erasure.log(session, SYSTEM, "call", call_id, Order(what=erasure.REDACTION), gone)
    feed.store(session, [Notice("call", {"call_id": call_id})])


def _renewed(data_dir: Path, file: Mapping[str, Any], kept: Kept) -> dict[str, Any]:
    path = kept.path.relative_to(data_dir).as_posix()
    return {**file, "path": path, "sha256": kept.sha256, "bytes": kept.size_bytes}
