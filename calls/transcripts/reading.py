"""The job "transcribe": a kept recording is heard by the engine, one at a time.

In: a claimed job with `{"recording_id": …}`. Out: a stored transcript. The lease is renewed while the engine works; when
it is lost all the same, the engine is stopped, for another worker has the job.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from calls import feed, jobs
from calls.db import Database
from calls.errors import RecordingNotFound, RecordingUnreadable
from calls.feed import Notice
from calls.jobs import ClaimedJob
from calls.tables import Recording
from calls.transcripts.engine import Engine, SideSource
from calls.transcripts.models import InstalledModel, ModelStore
from calls.transcripts.segments import TranscriptResult
from calls.transcripts.task import Order, sources_of, store
from calls.transcripts.vosk_engine import VoskEngine


@dataclass(kw_only=True)
class Reader:
    """Reads recordings with the best installed model of their language; holds one engine at a time.

    `lang`: of recordings whose row names none; "" = the installation's preferred one. `lease_s`: renewed three times in
    this time.
    """

    db: Database
    models: ModelStore
    data_dir: Path
    lang: str = ""
    lease_s: float = 60.0
    make_engine: Callable[[Path], Engine] = VoskEngine
    _engine: Engine | None = field(default=None, init=False)
    _loaded: Path | None = field(default=None, init=False)

    async def read(self, job: ClaimedJob) -> bool:
        """Do the job.

        Returns:
            False when the lease was lost; nothing was stored then.

        Raises:
            RecordingNotFound: the row is gone.
            RecordingUnreadable: the kept file is gone or damaged.
            ModelMissing: no model of this language is installed.
            ModelBroken: the model does not load.
            EngineCrashed: the engine died over it.
        """
        recording = await self._recording(int(job.payload["recording_id"]))
        model = await asyncio.to_thread(self.models.default_for, recording.lang or self.lang)
        sources = await asyncio.to_thread(sources_of, recording, self.data_dir)
        result = await self._hear(job, model, sources)
        if result is None:
            return False
        async with self.db.write() as session:
            if not await jobs.complete(session, job):
                return False
            current = await session.get(Recording, recording.id)
            if current is not None and current.call_id is not None:
                await store(session, current, result, Order(lang=model.lang))
                feed.store(session, [Notice("call", {"call_id": current.call_id})])
        return True

    async def _recording(self, recording_id: int) -> Recording:
        async with self.db.read() as session:
            recording = await session.get(Recording, recording_id)
        if recording is None:
            raise RecordingNotFound(recording_id)
        if recording.state != "ready":
            raise RecordingUnreadable(recording.path, f"the recording is {recording.state}")
        return recording

    async def _hear(
        self, job: ClaimedJob, model: InstalledModel, sources: Sequence[SideSource]
    ) -> TranscriptResult | None:
        engine = self._engine_for(model.path)
        done = [0.0]

        def progress(part: float) -> None:
            done[0] = part

        hearing = asyncio.create_task(
            asyncio.to_thread(engine.transcribe, sources, progress), name=f"hear {job.key}"
        )
        try:
            while not hearing.done():
                await asyncio.wait({hearing}, timeout=self.lease_s / 3)
                if not hearing.done() and not await self._still_mine(job, done[0]):
                    return None
            return hearing.result()
        finally:
            if (
                not hearing.done()
            ):  # lease lost, or we are to stop: the thread ends when its engine does
                self.close()
                await asyncio.wait({hearing})
                hearing.exception()

    async def _still_mine(self, job: ClaimedJob, done: float) -> bool:
        return await jobs.renew(self.db, job, self.lease_s, progress=done)

    def _engine_for(self, path: Path) -> Engine:
        if self._engine is None or self._loaded != path:
            self.close()
            self._engine, self._loaded = self.make_engine(path), path
        return self._engine

    def close(self) -> None:
        """End the engine's process."""
        if self._engine is not None:
            self._engine.close()
        self._engine = None
