"""The job "transcribe": a kept recording is heard by the engine, one at a time.

In: a claimed job with `{"recording_id": …}`, and `model` where one was ordered (`calls.transcripts.second_pass`). Out: a
stored transcript. The lease is renewed while the engine works; when it is lost all the same, the engine is stopped, for
another worker has the job.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from calls import feed, jobs
from calls.db import Database
from calls.errors import RecordingNotFound, RecordingUnreadable
from calls.feed import Notice
from calls.jobs import ClaimedJob
from calls.tables import Call, Recording
from calls.transcripts import second_pass
from calls.transcripts.engine import Engine, SideSource
from calls.transcripts.languages import Choice, choose
from calls.transcripts.models import InstalledModel, ModelStore
from calls.transcripts.rules import SpeechRules
from calls.transcripts.segments import TranscriptResult
from calls.transcripts.task import Order, sources_of, store
from calls.transcripts.vosk_engine import VoskEngine

UTC_ZONE = ZoneInfo("UTC")
SOUND_AWAITED = timedelta(seconds=15)
"""When to look again after a recording whose sound is being changed."""
T = TypeVar("T")


async def no_rules(_session: AsyncSession) -> SpeechRules:
    """The rules of a company that set none."""
    return SpeechRules()


async def nothing_waits(_session: AsyncSession, _recording_id: int) -> bool:
    """Whether a recording's sound will be changed, where nobody changes any."""
    return False


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(kw_only=True)
class Reader:
    """Reads recordings with the best installed model of their language; holds one engine at a time.

    `lang`: where neither the recording nor the rules name one; "" = the installation's preferred one. `lease_s`: renewed
    three times in this time. `rules`: reads the company's; `zone`: of their hours. `unsettled`: whether pieces of a
    recording are still to be silenced.
    """

    db: Database
    models: ModelStore
    data_dir: Path
    lang: str = ""
    lease_s: float = 60.0
    make_engine: Callable[[Path], Engine] = VoskEngine
    rules: Callable[[AsyncSession], Awaitable[SpeechRules]] = no_rules
    zone: ZoneInfo = UTC_ZONE
    unsettled: Callable[[AsyncSession, int], Awaitable[bool]] = nothing_waits
    clock: Callable[[], datetime] = utc_now
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
            ModelUnknown: the ordered model is not installed.
            ModelBroken: the model does not load.
            EngineCrashed: the engine died over it.
        """
        recording, wanted, rules = await self._wanted(int(job.payload["recording_id"]))
        if job.payload.get("night") and not rules.is_night(self.clock(), self.zone):
            night = rules.next_night(self.clock(), self.zone)
            return await jobs.postpone(self.db, job, night)
        async with self.db.read() as session:
            unsettled = await self.unsettled(session, recording.id)
        if unsettled:
            return await jobs.postpone(self.db, job, self.clock() + SOUND_AWAITED)
        sources = await asyncio.to_thread(sources_of, recording, self.data_dir)
        named = str(job.payload.get("model") or "")
        choice = await self._choose(job, named, wanted, sources)
        began = time.monotonic()
        result = await self._hear(job, choice.model, sources) if choice else None
        if choice is None or result is None:
            return False
        order = Order(
            model=choice.model.name,
            lang=choice.model.lang,
            lang_how=choice.how,
            lang_trial=choice.trial,
            by_id=job.payload.get("by"),
            took_s=round(time.monotonic() - began, 3),
        )
        async with self.db.write() as session:
            changed = await self._was_changed(session, recording)
            if not changed and not await jobs.complete(session, job):
                return False
            if not changed:
                await self._store(session, recording.id, result, order, None if named else rules)
        if changed:
            return await jobs.postpone(self.db, job, self.clock() + SOUND_AWAITED)
        return True

    async def _was_changed(self, session: AsyncSession, heard: Recording) -> bool:
        """Whether the sound is no longer what was heard, or will not be: words that were silenced must not come back."""
        # The row is held so that nothing of it is hidden between this look and the end of the transaction.
        row = await session.get(Recording, heard.id, with_for_update={"key_share": True})
        if row is None:
            return False
        return row.sha256 != heard.sha256 or await self.unsettled(session, row.id)

    async def _store(
        self,
        session: AsyncSession,
        recording_id: int,
        result: TranscriptResult,
        order: Order,
        rules: SpeechRules | None,
    ) -> None:
        """Keep a reading; with `rules` it is a first one, which a second may follow."""
        recording = await session.get(Recording, recording_id)
        if recording is None or recording.call_id is None:
            return  # deleted meanwhile: there is nothing to say about it
        reading = await store(session, recording, result, order)
        if rules is not None:
            await second_pass.by_rule(session, reading, rules, self.clock(), self.zone)
        feed.store(session, [Notice("call", {"id": recording.call_id})])

    async def _wanted(self, recording_id: int) -> tuple[Recording, tuple[str, str], SpeechRules]:
        """The recording, the language to read it in with how it was found, and the company's rules."""
        async with self.db.read() as session:
            recording = await session.get(Recording, recording_id)
            if recording is None:
                raise RecordingNotFound(recording_id)
            rules = await self.rules(session)
            call = await session.get(Call, recording.call_id) if recording.call_id else None
        if recording.state != "ready":
            raise RecordingUnreadable(recording.path, f"the recording is {recording.state}")
        pbx, queue = (call.pbx, call.queue) if call else ("", "")
        lang, how = rules.lang_of(pbx, queue, recording.lang)
        return recording, (lang or self.lang, how), rules

    async def _choose(
        self, job: ClaimedJob, named: str, wanted: tuple[str, str], sources: Sequence[SideSource]
    ) -> Choice | None:
        """The model: the ordered one, or that of the language. Trying languages takes time; None: the lease was lost."""
        if named:
            model = await asyncio.to_thread(self.models.get, named)
            return Choice(model=model, how="ordered")
        return await self._while_held(
            job, lambda: choose(self.models, wanted, sources, self._engine_for), lambda: None
        )

    async def _hear(
        self, job: ClaimedJob, model: InstalledModel, sources: Sequence[SideSource]
    ) -> TranscriptResult | None:
        engine = self._engine_for(model.path)
        done = [0.0]

        def progress(part: float) -> None:
            done[0] = part

        return await self._while_held(
            job, lambda: engine.transcribe(sources, progress), lambda: done[0]
        )

    async def _while_held(
        self, job: ClaimedJob, work: Callable[[], T], progress: Callable[[], float | None]
    ) -> T | None:
        """Do blocking work in a thread, renewing the lease; None when the lease is lost."""
        hearing = asyncio.create_task(asyncio.to_thread(work), name=f"hear {job.key}")
        try:
            while not hearing.done():
                await asyncio.wait({hearing}, timeout=self.lease_s / 3)
                if not hearing.done() and not await self._still_mine(job, progress()):
                    return None
            return hearing.result()
        finally:
            if (
                not hearing.done()
            ):  # lease lost, or we are to stop: the thread ends when its engine does
                self.close()
                await asyncio.wait({hearing})
                hearing.exception()

    async def _still_mine(self, job: ClaimedJob, done: float | None) -> bool:
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
