"""Work to do later: rows with leases, on both databases.

In: `enqueue` in the transaction that makes the work necessary. Out: `claim` gives a job to one worker for the time of a
lease; a worker that dies loses the lease and another one gets the job. (`kind`, `key`) exists once, so enqueuing twice is
one job. Every change by a worker is tied to its own attempt: who lost the lease changes nothing any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Update, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.tables import Job

ERROR_CHARACTERS = 4000
"""Longer errors are cut: a job's row is read by people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """One attempt at one job, held by one worker until its lease ends."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    attempts: int
    """1 at the first try."""
    worker_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is still to do, for pages and the doctor."""

    counts: Mapping[tuple[str, str], int]
    """Number of jobs by (kind, state)."""
    oldest_waiting_at: datetime | None
    blocked_reasons: tuple[str, ...]

    def count(self, state: str, kind: str | None = None) -> int:
        """How many jobs are in this state, of one kind or of all."""
        return sum(n for (k, s), n in self.counts.items() if s == state and kind in (None, k))


def _now() -> datetime:
    return datetime.now(UTC)


async def enqueue(  # noqa: PLR0913  # two of them are rarely given
    session: AsyncSession,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    priority: int = 0,
    run_at: datetime | None = None,
) -> bool:
    """Add a job in the caller's transaction.

    Args:
        session: a write session.
        kind: which work, such as "transcribe".
        key: what to do it with; (kind, key) is done once.
        payload: what the worker needs, as JSON.
        priority: higher first.
        run_at: not before this time; None = now.

    Returns:
        False when the job is there already, in whatever state: nothing was changed then.
    """
    now = _now()
    postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql_insert if postgresql else sqlite_insert
    values = {
        "kind": kind,
        "key": key,
        "payload": dict(payload),
        "priority": priority,
        "run_at": run_at or now,
        "created_at": now,
        "state": "waiting",
        "attempts": 0,
        "leased_by": "",
        "error": "",
    }
    statement = insert(Job).values(values).on_conflict_do_nothing(index_elements=["kind", "key"])
    return await session.scalar(statement.returning(Job.id)) is not None


async def again(
    session: AsyncSession,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    *,
    run_at: datetime | None = None,
) -> bool:
    """Have a job done once more, or for the first time: as `enqueue`, also for one that was done or given up.

    Returns:
        False when it waits or runs already: a waiting one is done at `run_at` if that is earlier.
    """
    if await enqueue(session, kind, key, payload, run_at=run_at):
        return True
    now = _now()
    this = update(Job).where(Job.kind == kind, Job.key == key)
    sooner = this.where(Job.state == "waiting", Job.run_at > (run_at or now))
    await session.execute(sooner.values(run_at=run_at or now))
    values = {
        "state": "waiting",
        "payload": dict(payload),
        "attempts": 0,
        "run_at": run_at or now,
        "error": "",
        "finished_at": None,
    }
    return await _changed(session, this.where(Job.state.in_(("done", "failed"))).values(values))


async def claim(
    db: Database,
    kinds: Collection[str],
    worker_id: str,
    lease_s: float,
    *,
    now: datetime | None = None,
) -> ClaimedJob | None:
    """Take the most urgent job that nobody holds, or None.

    A job whose lease ran out counts as free: its worker died or hangs.

    Args:
        db: the database.
        kinds: which kinds this worker can do.
        worker_id: who takes it; unique among all workers that run.
        lease_s: seconds until others may take it; `renew` it before.
        now: the time, for tests.
    """
    now = now or _now()
    free = or_(
        and_(Job.state == "waiting", Job.run_at <= now),
        and_(Job.state == "running", Job.lease_until < now),
    )
    query = (
        select(Job)
        .where(Job.kind.in_(kinds), free)
        .order_by(Job.priority.desc(), Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    async with db.write() as session:
        row = await session.scalar(query)
        if row is None:
            return None
        row.state = "running"
        row.attempts += 1
        row.leased_by = worker_id
        row.lease_until = now + timedelta(seconds=lease_s)
        row.progress = None
        return ClaimedJob(
            id=row.id,
            kind=row.kind,
            key=row.key,
            payload=row.payload,
            attempts=row.attempts,
            worker_id=worker_id,
        )


def _mine(job: ClaimedJob) -> Update:
    """An update that changes the row only while it is this worker's attempt."""
    return update(Job).where(
        Job.id == job.id,
        Job.state == "running",
        Job.leased_by == job.worker_id,
        Job.attempts == job.attempts,
    )


async def _changed(session: AsyncSession, statement: Any) -> bool:
    result = await session.execute(statement)
    return isinstance(result, CursorResult) and result.rowcount > 0


async def renew(
    db: Database, job: ClaimedJob, lease_s: float, *, progress: float | None = None
) -> bool:
    """Hold the job for `lease_s` seconds from now. False: the lease is lost, stop working on it.

    Args:
        db: the database.
        job: what `claim` gave.
        lease_s: seconds.
        progress: 0 to 1, None = unknown.
    """
    values = {"lease_until": _now() + timedelta(seconds=lease_s), "progress": progress}
    async with db.write() as session:
        return await _changed(session, _mine(job).values(values))


async def complete(session: AsyncSession, job: ClaimedJob) -> bool:
    """Mark the job done, in the transaction that stores its result.

    Returns:
        False when the lease is lost: roll the transaction back, another worker's result counts.
    """
    values = {
        "state": "done",
        "finished_at": _now(),
        "lease_until": None,
        "error": "",
        "progress": 1.0,
    }
    return await _changed(session, _mine(job).values(values))


async def fail(db: Database, job: ClaimedJob, error: str, retry_in_s: float | None) -> bool:
    """Note that the attempt failed.

    Args:
        db: the database.
        job: what `claim` gave.
        error: what went wrong, for people.
        retry_in_s: seconds until the next attempt; None gives up.

    Returns:
        False when the lease is lost; nothing was changed then.
    """
    now = _now()
    values: dict[str, Any] = {
        "error": error[:ERROR_CHARACTERS],
        "lease_until": None,
        "leased_by": "",
    }
    if retry_in_s is None:
        values |= {"state": "failed", "finished_at": now}
    else:
        values |= {"state": "waiting", "run_at": now + timedelta(seconds=retry_in_s)}
    async with db.write() as session:
        return await _changed(session, _mine(job).values(values))


async def postpone(db: Database, job: ClaimedJob, run_at: datetime) -> bool:
    """Put the job back until a time, for it is not its hour; the attempt does not count.

    Returns:
        False when the lease is lost; nothing was changed then.
    """
    values = {
        "state": "waiting",
        "run_at": run_at,
        "lease_until": None,
        "leased_by": "",
        "attempts": job.attempts - 1,
    }
    async with db.write() as session:
        return await _changed(session, _mine(job).values(values))


async def hurry(session: AsyncSession, kind: str, keys: Collection[str], priority: int) -> int:
    """Let waiting jobs be done before those of a lower priority, at once; returns how many were behind that."""
    waiting = update(Job).where(
        Job.kind == kind, Job.key.in_(keys), Job.state == "waiting", Job.priority < priority
    )
    result = await session.execute(waiting.values(priority=priority, run_at=_now()))
    return result.rowcount if isinstance(result, CursorResult) else 0


async def block(db: Database, job: ClaimedJob, reason: str) -> bool:
    """Put the job aside until a person did something; the attempt does not count.

    Args:
        db: the database.
        job: what `claim` gave.
        reason: what is to be done, for people.

    Returns:
        False when the lease is lost; nothing was changed then.
    """
    values = {
        "state": "blocked",
        "error": reason[:ERROR_CHARACTERS],
        "lease_until": None,
        "leased_by": "",
        "attempts": job.attempts - 1,
    }
    async with db.write() as session:
        return await _changed(session, _mine(job).values(values))


async def unblock(db: Database, kind: str) -> int:
    """Let all blocked jobs of this kind be tried again; returns how many there were."""
    return await _put_back(db, Job.kind == kind, "blocked")


async def retry(db: Database, job_id: int) -> bool:
    """Let a job that was given up be tried again from its first attempt. False: it is in another state."""
    return await _put_back(db, Job.id == job_id, "failed", attempts=0, finished_at=None) == 1


async def _put_back(db: Database, which: Any, state: str, **more: Any) -> int:
    statement = update(Job).where(which, Job.state == state)
    async with db.write() as session:
        result = await session.execute(
            statement.values(state="waiting", run_at=_now(), error="", **more)
        )
        return result.rowcount if isinstance(result, CursorResult) else 0


async def requeue_expired(db: Database, *, now: datetime | None = None) -> int:
    """Show jobs of dead workers as waiting again. `claim` takes them anyway; this is for the pages."""
    statement = (
        update(Job)
        .where(Job.state == "running", Job.lease_until < (now or _now()))
        .values(state="waiting", leased_by="", lease_until=None, progress=None)
    )
    async with db.write() as session:
        result = await session.execute(statement)
        return result.rowcount if isinstance(result, CursorResult) else 0


async def backlog(db: Database) -> Backlog:
    """Count what is to do, runs, is blocked and was given up."""
    async with db.read() as session:
        rows = await session.execute(
            select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)
        )
        counts = Counter({(kind, state): n for kind, state, n in rows})
        oldest = await session.scalar(
            select(func.min(Job.created_at)).where(Job.state == "waiting")
        )
        reasons = await session.scalars(
            select(Job.error).where(Job.state == "blocked").distinct().order_by(Job.error)
        )
        return Backlog(counts=counts, oldest_waiting_at=oldest, blocked_reasons=tuple(reasons))
