"""The worker: recordings come in, and are read. Any number of workers may run; a killed one loses nothing.

In: jobs that `calls.log` and this module's tasks write. Out: kept recordings, and words in rows and index.

    collect_recording  ->  copied in, hashed, sides joined, outlined  ->  transcribe  ->  transcript

The rows are the truth: work that is not marked done within its lease is done again by whoever comes. Results are written
in the transaction that marks the job done, and only while the lease is held, so nothing is stored twice.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog

from calls import jobs, retry
from calls.db import Database
from calls.errors import (
    DatabaseUnavailable,
    EngineCrashed,
    ModelBroken,
    ModelMissing,
    ModelUnknown,
    RecordingIncomplete,
    RecordingNotFound,
    RecordingSourceFailed,
    RecordingUnreadable,
    StorageFull,
)
from calls.jobs import ClaimedJob
from calls.log import COLLECT
from calls.recordings.check import CHECK, Memory, check
from calls.recordings.source import Source
from calls.recordings.task import TRANSCRIBE, Places, collect_recording
from calls.transcripts import vocabulary
from calls.transcripts.reading import Reader

log = structlog.get_logger(__name__)

Handler = Callable[[ClaimedJob], Awaitable[bool]]
"""Does one job, stores its result together with `jobs.complete`; False: the lease was lost."""

CHECK_ON_S = 2.0
"""Seconds until the next look where the one before left files over: others must get their turn."""

RULES: tuple[tuple[type[Exception], retry.RetryRule], ...] = (
    (RecordingIncomplete, retry.NOT_YET),
    (StorageFull, retry.FULL_DISK),
    (RecordingSourceFailed, retry.SOURCE_AWAY),
    (EngineCrashed, retry.CRASH),
    (RecordingNotFound, retry.HOPELESS),
    (RecordingUnreadable, retry.HOPELESS),
)
"""How failures are tried again; others by `retry.USUAL`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """Where files are, and how often to look; times in seconds.

    `sources`: PBX → where its recordings come from; empty = this process collects none. `check_every_s`: between two
    looks for files without a call.
    """

    data_dir: Path
    sources: Mapping[str, Source] = field(default_factory=dict)
    poll_s: float = 0.5
    lease_s: float = 60.0
    models_poll_s: float = 10.0
    check_every_s: float = 300.0


def new_worker_id() -> str:
    """A name that no other worker has: host, process, and something random."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}-{uuid4().hex[:8]}"


@dataclass(kw_only=True)
class Worker:
    """Runs jobs until cancelled: collecting and reading side by side, one of each at a time."""

    db: Database
    settings: WorkerSettings
    reader: Reader
    others: Mapping[str, Handler] = field(default_factory=dict)
    """Further kinds of jobs, and who does them."""
    worker_id: str = field(default_factory=new_worker_id)
    _memory: dict[str, Memory] = field(default_factory=dict, init=False)

    async def run(self) -> None:
        """Work until cancelled. The engine's process ends with it."""
        try:
            async with asyncio.TaskGroup() as group:
                if self.settings.sources:
                    group.create_task(self._forever(COLLECT, self._collect), name="collect")
                    group.create_task(self._check_forever(), name="check recordings")
                group.create_task(self._forever(TRANSCRIBE, self.reader.read), name="transcribe")
                for kind, handler in self.others.items():
                    group.create_task(self._forever(kind, handler), name=kind)
                group.create_task(self._watch_models(), name="watch models")
        finally:
            self.reader.close()

    async def run_until_idle(self) -> int:
        """Do all jobs that can be done now, and return how many were tried; for commands and tests."""
        tried = 0
        kinds: list[tuple[str, Handler]] = [(TRANSCRIBE, self.reader.read), *self.others.items()]
        if self.settings.sources:
            kinds[:0] = [(COLLECT, self._collect), (CHECK, self._check)]
        while any([await self.step(kind, handler) for kind, handler in kinds]):
            tried += 1
        return tried

    async def _forever(self, kind: str, handler: Handler) -> None:
        while True:
            try:
                worked = await self.step(kind, handler)
            except DatabaseUnavailable as error:
                log.warning("worker_without_database", why=str(error))
                worked = False
            if not worked:
                await asyncio.sleep(self.settings.poll_s)

    async def step(self, kind: str, handler: Handler) -> bool:
        """Take one job of a kind and do it; False if there is none.

        Raises:
            DatabaseUnavailable: no job could be taken, or its end not be noted: its lease will run out.
        """
        job = await jobs.claim(self.db, [kind], self.worker_id, self.settings.lease_s)
        if job is None:
            return False
        facts = {"kind": job.kind, "key": job.key, "attempt": job.attempts}
        if job.attempts > retry.MOST_CLAIMS and kind == TRANSCRIBE:
            # Every attempt before ended without a word, so whole workers died over it, not only engines.
            await jobs.fail(self.db, job, f"given up after {job.attempts - 1} lost attempts", None)
            return True
        try:
            done = await handler(job)
        except DatabaseUnavailable:
            raise
        except (ModelMissing, ModelBroken, ModelUnknown) as error:
            await jobs.block(self.db, job, str(error))
            log.warning("job_blocked", **facts, why=str(error))
        except Exception as error:  # one bad job must not stop the others
            await self._note_failure(job, error)
        else:
            log.info("job_done" if done else "job_lease_lost", **facts)
        return True

    async def _note_failure(self, job: ClaimedJob, error: Exception) -> None:
        rule = next((rule for kind, rule in RULES if isinstance(error, kind)), retry.USUAL)
        wait_s = rule.wait_s(job.attempts)
        text = str(error) or type(error).__name__
        await jobs.fail(self.db, job, text, wait_s)
        if isinstance(error, RecordingIncomplete):
            return  # nothing failed: the PBX still writes
        log.warning(
            "job_failed" if wait_s is None else "job_will_be_retried",
            kind=job.kind, key=job.key, attempt=job.attempts, why=text, wait_s=wait_s,
            exc_info=None if rule is not retry.USUAL else error,
        )  # fmt: skip

    async def _collect(self, job: ClaimedJob) -> bool:
        settings = self.settings
        places = Places(
            sources=settings.sources, data_dir=settings.data_dir, lease_s=settings.lease_s
        )
        return await collect_recording(self.db, job, places)

    async def _check_forever(self) -> None:
        """Look now and then for files without a call; whichever worker is free does it."""
        for pbx in self.settings.sources:
            with suppress(DatabaseUnavailable):  # a page's button asks for it as well
                async with self.db.write() as session:
                    await jobs.again(session, CHECK, pbx, {"pbx": pbx})
        await self._forever(CHECK, self._check)

    async def _check(self, job: ClaimedJob) -> bool:
        pbx = str(job.payload["pbx"])
        source = self.settings.sources.get(pbx)
        wait_s = self.settings.check_every_s
        if source is not None:
            found = await check(self.db, pbx, source, self._memory.setdefault(pbx, Memory()))
            wait_s = min(wait_s, CHECK_ON_S) if found.unsorted else wait_s
        async with self.db.write() as session:
            if not await jobs.complete(session, job):
                return False
            if source is not None:
                next_at = datetime.now(UTC) + timedelta(seconds=wait_s)
                await jobs.again(session, CHECK, pbx, job.payload, run_at=next_at)
        return True

    async def _watch_models(self) -> None:
        """Let recordings that wait for a model be tried again when the installed models change."""
        known: frozenset[tuple[str, float]] | None = None
        while True:
            present = await asyncio.to_thread(self._models)
            if present != known:
                with suppress(DatabaseUnavailable):  # the next look does it
                    await jobs.unblock(self.db, TRANSCRIBE)
                    await jobs.unblock(self.db, vocabulary.CHECK_WORDS)
                    async with self.db.write() as session:
                        await vocabulary.ask(session)
                    known = present
            await asyncio.sleep(self.settings.models_poll_s)

    def _models(self) -> frozenset[tuple[str, float]]:
        return frozenset((m.name, m.path.stat().st_mtime) for m in self.reader.models.installed())
