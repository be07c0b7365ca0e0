"""How much is still to be read, how quickly that goes, and when it will be done.

In: jobs, recordings and the last readings. Out: `Backlog`, in hours of sound and multiples of real time. The speed is that
of the last readings by the clock on the wall; workers that run side by side share the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.recordings.task import TRANSCRIBE
from calls.tables import Call, Job, Recording, Transcript

LAST_READINGS = 30
"""So many tell the speed."""
FIRST_KEYS = Job.key.not_like("%:%")
"""First readings; those of a second pass name their model in the key."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Recordings and their length in seconds."""

    recordings: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Running:
    """A recording that is read now; `progress` from 0 to 1, None = unknown."""

    call_id: int
    seconds: float
    progress: float | None
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is to do.

    `first`: recordings that nobody has read. `second`: ordered and nightly second passes. `speed`: seconds of sound per
    second of one worker; None where nothing was read yet.
    """

    first: Amount
    second: Amount
    blocked: Amount
    failed: Amount
    blocked_why: Sequence[str]
    running: Sequence[Running]
    speed: float | None
    done_at: datetime | None
    """When the first readings will be done; None where nothing waits, or the speed is not known."""


async def backlog(session: AsyncSession, now: datetime) -> Backlog:
    """Count what waits.

    Args:
        session: a read session.
        now: the time.
    """
    first = await _amount(session, and_(Job.state == "waiting", FIRST_KEYS))
    second = await _amount(session, and_(Job.state == "waiting", ~FIRST_KEYS))
    running = await _running(session)
    speed = await _speed(session)
    left_s = first.seconds + sum(one.seconds * (1 - (one.progress or 0.0)) for one in running)
    done_at = None
    if speed and left_s:
        done_at = now + timedelta(seconds=left_s / (speed * max(1, len(running))))
    why = select(Job.error).where(Job.kind == TRANSCRIBE, Job.state == "blocked").distinct()
    return Backlog(
        first=first,
        second=second,
        blocked=await _amount(session, Job.state == "blocked"),
        failed=await _amount(session, Job.state == "failed"),
        blocked_why=(await session.scalars(why.limit(5))).all(),
        running=running,
        speed=speed,
        done_at=done_at,
    )


_OF_JOB = Recording.id == Job.payload["recording_id"].as_integer()


async def _amount(session: AsyncSession, which: ColumnElement[bool]) -> Amount:
    query = (
        select(func.count(), func.coalesce(func.sum(Recording.duration_s), 0.0))
        .select_from(Job)
        .join(Recording, _OF_JOB)
        .where(Job.kind == TRANSCRIBE, which)
    )
    count, seconds = (await session.execute(query)).one()
    return Amount(count, float(seconds or 0.0))


async def _running(session: AsyncSession) -> Sequence[Running]:
    rows = await session.execute(
        select(Job, Recording)
        .join(Recording, _OF_JOB)
        .join(Call, Call.id == Recording.call_id)
        .where(Job.kind == TRANSCRIBE, Job.state == "running")
        .order_by(Job.id)
    )
    return [
        Running(
            recording.call_id or 0,
            recording.duration_s or 0.0,
            job.progress,
            str(job.payload.get("model") or ""),
        )
        for job, recording in rows
    ]


async def _speed(session: AsyncSession) -> float | None:
    rows = await session.execute(
        select(Transcript.duration_s, Transcript.took_s)
        .where(Transcript.took_s > 0, Transcript.duration_s > 0)
        .order_by(Transcript.id.desc())
        .limit(LAST_READINGS)
    )
    read = rows.all()
    took_s = sum(took or 0.0 for _sound, took in read)
    return sum(sound or 0.0 for sound, _took in read) / took_s if took_s else None
