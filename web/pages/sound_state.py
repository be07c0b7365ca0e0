"""What became of a call's recordings and of their reading: which state the page tells.

In: recordings, jobs and transcripts of one call. Out: `Sound` (may be played, or why not) and `Reading` (why there is no
transcript yet). Job kinds and keys are those of `calls.worker`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Job, Recording, Transcript

TRANSCRIBE = "transcribe"
_WORST_FIRST = ("failed", "missing", "expected", "erased", "empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Why a call has no words (yet).

    `state`: "none" (no recording), "forbidden", "collecting", "queued" (`ahead` jobs are before it), "running"
    (`progress` from 0 to 1, if known), "no_model", "failed" (`error` says why), "silent" (read, no words).
    """

    state: str
    ahead: int = 0
    progress: float | None = None
    error: str = ""


NOT_RECORDED = Reading(state="none")


def sound_state(recordings: Sequence[Recording]) -> tuple[str, str]:
    """("ready" | "expected" | "empty" | "missing" | "failed" | "", error) of a call with several recordings."""
    if any(recording.state == "ready" for recording in recordings):
        return "ready", ""
    for state in _WORST_FIRST:
        for recording in recordings:
            if recording.state == state:
                return state, recording.error
    return "", ""


async def reading_of(
    session: AsyncSession, recordings: Sequence[Recording], transcripts: Sequence[Transcript]
) -> Reading:
    """The state of the reading of a call that shows no words."""
    state, _error = sound_state(recordings)
    if state == "expected":
        return Reading(state="collecting")
    ready = [recording for recording in recordings if recording.state == "ready"]
    if not ready:
        return NOT_RECORDED
    job = await _job_of(session, ready)
    if job is None or job.state == "done":
        return Reading(state="silent" if transcripts else "queued")
    if job.state == "waiting":
        return Reading(state="queued", ahead=await _ahead_of(session, job))
    if job.state == "running":
        return Reading(state="running", progress=job.progress)
    if job.state == "blocked":
        return Reading(state="no_model", error=job.error)
    return Reading(state="failed", error=job.error)


async def _job_of(session: AsyncSession, recordings: Sequence[Recording]) -> Job | None:
    keys = [str(recording.id) for recording in recordings]  # as `calls.recordings.task` makes them
    jobs = await session.scalars(
        select(Job).where(Job.kind == TRANSCRIBE, Job.key.in_(keys)).order_by(Job.id.desc())
    )
    return jobs.first()


async def _ahead_of(session: AsyncSession, job: Job) -> int:
    before = or_(
        Job.priority > job.priority,
        and_(Job.priority == job.priority, Job.run_at < job.run_at),
        and_(Job.priority == job.priority, Job.run_at == job.run_at, Job.id < job.id),
    )
    count = select(func.count()).where(Job.kind == TRANSCRIBE, Job.state == "waiting", before)
    return await session.scalar(count) or 0
