"""What is done with a transcript once its words are stored: steps that other modules bring, in one job.

In: the job "understand" with `{"transcript_id": …}`, written in the transaction of the transcript itself (and again when
its words change). Out: what the steps store. The steps and their order stand in `web/bootstrap.py`; each must leave the
same rows when it is done twice. All of them share the transaction that marks the job done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import feed, jobs
from calls.db import Database, exclusive
from calls.feed import Notice
from calls.jobs import ClaimedJob
from calls.tables import Job, Transcript

UNDERSTAND = "understand"
"""Kind of the job."""
BEHIND = "+"
"""What a job's key ends with that waits for one of the same transcript."""

Step = Callable[[AsyncSession, Transcript], Awaitable[None]]
"""One thing done with a stored transcript, in the given write session."""


async def ask(session: AsyncSession, transcript_id: int) -> None:
    """Have a transcript understood, or understood anew, once the caller's transaction is committed.

    A job that is running may have read the words of before: a second one is put behind it.
    """
    key = str(transcript_id)
    while await _is_taken(session, key):
        key += BEHIND
    await jobs.again(session, UNDERSTAND, key, {"transcript_id": transcript_id})


async def _is_taken(session: AsyncSession, key: str) -> bool:
    """Whether a worker may be reading the words of before.

    A job that waits is held until the caller's transaction ends: no worker takes it before the new words are there. One
    that somebody else holds at this moment may be in the hands of a worker.
    """
    this = select(Job.state).where(Job.kind == UNDERSTAND, Job.key == key)
    if await session.scalar(this) is None:
        return False
    held = await session.scalar(this.with_for_update(skip_locked=True))
    return held is None or held == "running"


@dataclass(frozen=True, slots=True)
class Understanding:
    """Does the jobs of this kind."""

    db: Database
    steps: Sequence[Step]

    async def understand(self, job: ClaimedJob) -> bool:
        """Do all steps in order; False when the lease was lost: nothing was stored then.

        A transcript that is gone, or no longer the current one of its call, needs nothing.
        """
        async with self.db.write() as session:
            if not await jobs.complete(session, job):
                return False
            transcript_id = int(job.payload["transcript_id"])
            # Another worker may hold the job behind this one, or another recording of the same call.
            call = select(Transcript.call_id).where(Transcript.id == transcript_id)
            await exclusive(session, f"understand {await session.scalar(call)}")
            transcript = await session.get(Transcript, transcript_id)
            if transcript is None or not transcript.current:
                return True
            for step in self.steps:
                await step(session, transcript)
            feed.store(session, [Notice("call", {"call_id": transcript.call_id})])
        return True
