"""From call events to rows: one ordered queue, one consumer, one transaction per event.

In: `put(event)` from the listener, in the order of the wire. Out: at once and without any row, `on_event_at_once` (screen
pops); then, in one transaction per event, the call log, every handler's rows and the notices of both; the notices reach
the pages after the commit.

Nothing is lost: with the database away or locked the event is tried again, with growing pauses, before any later one. A
handler that fails three times on an event is left out for that event, loudly. When more than `COALESCE_AT` events wait,
those that only refine a call that has a later event waiting are passed over: records are whole, so the later event writes
all of it. Begin, end and merge of calls and all news of connections are always handled. Pops go out in any case.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from calls import link_windows
from calls import log as call_log
from calls.db import Database
from calls.errors import DatabaseUnavailable
from calls.feed import Feed, Notice, store_now
from calls.live_calls import Key, LiveCalls
from calls.model import CallRecord
from pbx.events import (
    CallEnded,
    CallEvent,
    CallsMerged,
    CallStarted,
    CdrReported,
    EndedBy,
    EndedHow,
    LinkEvent,
    LinkLost,
    LinkRestored,
    PbxEvent,
)

log = structlog.get_logger(__name__)

Handler = Callable[
    [AsyncSession, PbxEvent, CallRecord | None, int | None], Awaitable[Sequence[Notice]]
]
"""Writes rows for an event in its transaction, given the call's record after it and its row's id; returns notices."""
AtOnce = Callable[[PbxEvent, CallRecord | None], object]
"""Called for every event before anything is stored; must not wait. True = a pop was shown (its time is kept)."""

HANDLER_TRIES = 3
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 5.0
ALARM_AT = 1_000
"""So many waiting events are a reason to tell people."""
COALESCE_AT = 10_000
ALWAYS = (CallStarted, CallEnded, CallsMerged, LinkLost, LinkRestored)
"""Events that are never passed over."""


@dataclass(slots=True)
class _Waiting:
    """An event with the record as it was after it."""

    event: PbxEvent
    record: CallRecord | None
    key: Key | None
    pop_ms: float | None = None


class _HandlerFailed(Exception):
    def __init__(self, index: int) -> None:
        self.index = index


class Dispatcher:
    """The one consumer of one process's call events. `load` before the first event, `run` for ever."""

    def __init__(
        self,
        db: Database,
        handlers: Sequence[Handler] = (),
        feed: Feed | None = None,
        on_event_at_once: AtOnce | None = None,
        *,
        region: str = "RU",
    ) -> None:
        self.db = db
        self.handlers = tuple(handlers)
        self.feed = feed
        self.region = region
        self.failed_handlers = 0
        """How many (event, handler) pairs were given up."""
        self.passed_over = 0
        """How many refining events were not handled by themselves."""
        self._at_once = on_event_at_once
        self._live = LiveCalls()
        self._known: dict[Key, call_log.Known] = {}
        """What the rows of calls in progress hold."""
        self._waiting: deque[_Waiting] = deque()
        self._waiting_of: Counter[Key] = Counter()
        self._bell = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._alarmed = False

    @property
    def live(self) -> Sequence[CallRecord]:
        """The calls in progress, as known in memory."""
        return self._live.all()

    @property
    def backlog(self) -> int:
        """How many events wait to be stored."""
        return len(self._waiting)

    async def load(self, pbx: str) -> None:
        """Take up the calls of a PBX that were in progress when the last process ended. Call it before its first event.

        Raises:
            DatabaseUnavailable: the database is away.
        """
        async with self.db.read() as session:
            self._live.load(await call_log.unfinished(session, pbx))

    def put(self, event: PbxEvent) -> None:
        """Take an event: pop at once, the rows later. Never waits for anything."""
        arrived = time.perf_counter()
        if isinstance(event, CdrReported):
            self._show(event, None)  # for `calls.reconcile`; it changes no row by itself
            return
        record = self._live.fold(event) if isinstance(event, CallEvent) else None
        key = (event.pbx, event.call) if isinstance(event, CallEvent) else None
        waiting = _Waiting(event, record, key)
        if self._show(event, record):
            waiting.pop_ms = (time.perf_counter() - arrived) * 1000
        self._waiting.append(waiting)
        if key is not None:
            self._waiting_of[key] += 1
        self._idle.clear()
        self._bell.set()
        self._watch_length()
        if isinstance(event, LinkRestored) and event.resynced:
            # The listener tells what a resync found in the same breath, so afterwards the silent calls are known.
            asyncio.get_running_loop().call_soon(self._end_unconfirmed, event.pbx, event.at)

    def _show(self, event: PbxEvent, record: CallRecord | None) -> bool:
        if self._at_once is None:
            return False
        try:
            return self._at_once(event, record) is True
        except Exception:
            # A failed pop must stop neither the rows of this call nor the pops of others.
            log.exception("pop_failed", event_type=type(event).__name__)
            return False

    def _watch_length(self) -> None:
        if len(self._waiting) < ALARM_AT or self._alarmed:
            return
        self._alarmed = True
        log.error("events_wait_for_database", waiting=len(self._waiting))
        if self.feed is not None:
            self.feed.send_now("alarm", {"kind": "events_wait", "waiting": len(self._waiting)})

    def _end_unconfirmed(self, pbx: str, at: datetime | None) -> None:
        """End calls of before the restart that Asterisk no longer has: their end was not seen."""
        for call in self._live.unconfirmed(pbx):
            self.put(
                CallEnded(
                    pbx=call.pbx,
                    call=call.linkedid,
                    at=at,
                    ended_by=EndedBy.UNKNOWN,
                    seen=False,
                    how=EndedHow.GAP,
                )
            )

    async def run(self) -> None:
        """Store events until cancelled. An event is taken off the queue only after its commit."""
        while True:
            while self._waiting:
                head = self._waiting[0]
                if not self._may_pass_over(head):
                    await self._store_surely(head)
                self._waiting.popleft()
                self._forget(head)
            self._alarmed = False
            self._idle.set()
            self._bell.clear()
            await self._bell.wait()

    async def drain(self) -> None:
        """Wait until everything that was put is stored."""
        await self._idle.wait()

    def _forget(self, done: _Waiting) -> None:
        if done.key is not None:
            self._waiting_of[done.key] -= 1
            if not self._waiting_of[done.key]:
                del self._waiting_of[done.key]

    def _may_pass_over(self, waiting: _Waiting) -> bool:
        if len(self._waiting) < COALESCE_AT or isinstance(waiting.event, ALWAYS):
            return False
        passed = waiting.key is None or self._waiting_of[waiting.key] > 1
        self.passed_over += passed
        return passed

    async def _store_surely(self, waiting: _Waiting) -> None:
        """Store one event, however long the database is away."""
        failures: Counter[int] = Counter()
        pause_s = FIRST_PAUSE_S
        while True:
            left_out = {index for index, times in failures.items() if times >= HANDLER_TRIES}
            try:
                await self._store(waiting, left_out)
                return
            except DatabaseUnavailable as error:
                log.warning("event_not_stored_yet", why=str(error), waiting=len(self._waiting))
            except _HandlerFailed as failed:
                failures[failed.index] += 1
                log.warning("handler_failed", handler=self._name(failed.index), exc_info=True)
                if failures[failed.index] == HANDLER_TRIES:
                    self.failed_handlers += 1
            except Exception:
                # The log itself failed: a fault of ours. The call's next event writes the whole record again.
                failures[-1] += 1
                log.exception("call_not_stored", event_type=type(waiting.event).__name__)
                if failures[-1] == HANDLER_TRIES:
                    self._alarm("call_not_stored", waiting)
                    return
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _store(self, waiting: _Waiting, left_out: set[int]) -> None:
        known = self._known.pop(waiting.key, None) if waiting.key else None
        async with self.db.write() as session:
            written, notices = await self._log(session, waiting, known)
            row_id = written.call_id if written else None
            for index, handler in enumerate(self.handlers):
                if index in left_out:
                    payload = {"kind": "handler_failed", "handler": self._name(index), "id": row_id}
                    notices.append(Notice("alarm", payload))
                    continue
                try:
                    notices += await handler(session, waiting.event, waiting.record, row_id)
                    if session.new or session.dirty or session.deleted:
                        await session.flush()
                except DatabaseUnavailable:
                    raise
                except Exception as error:
                    # Whatever a handler does, the call itself must get into the log: see HANDLER_TRIES.
                    if self.db.is_away(error):
                        raise
                    raise _HandlerFailed(index) from error
            await store_now(session, notices)
        if written and waiting.key and waiting.record and not waiting.record.ended:
            # Only after the commit: what a failed transaction wrote is not there.
            self._known[waiting.key] = written.known

    async def _log(
        self, session: AsyncSession, waiting: _Waiting, known: call_log.Known | None
    ) -> tuple[call_log.Written | None, list[Notice]]:
        event, record = waiting.event, waiting.record
        if record is not None:
            written = await call_log.write(
                session, record, known=known, region=self.region, pop_ms=waiting.pop_ms
            )
            ids = (written.call_id, *written.absorbed_ids)
            return written, [Notice("call", {"id": row_id}) for row_id in ids]
        if isinstance(event, LinkEvent):
            await link_windows.write(session, event)
            if isinstance(event, LinkLost | LinkRestored):
                connected = isinstance(event, LinkRestored)
                return None, [Notice("link", {"id": event.pbx, "connected": connected})]
        return None, []

    def _alarm(self, kind: str, waiting: _Waiting) -> None:
        if self.feed is not None:
            call: Any = waiting.key[1] if waiting.key else None
            self.feed.send_now("alarm", {"kind": kind, "call": call})

    def _name(self, index: int) -> str:
        handler = self.handlers[index]
        return getattr(handler, "__qualname__", type(handler).__qualname__)
