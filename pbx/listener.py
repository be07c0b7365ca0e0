"""Keeps one Asterisk connected and turns its stream into call events, strictly in order.

In: settings, a tracker, `emit`. Out: every `PbxEvent`, in the order of the wire, through `emit`; actions through `send`.

    run(): connect -> log in -> [ events | snapshot | watchdog | looks ] -> lost -> back-off -> connect ...

Order. panoramisk's callbacks are not used. The protocol's sink only puts headers into `pbx.stream`; one consumer feeds
the tracker.

Snapshot. After each login Asterisk is asked what is going on. The first answer leaves a mark in the queue: events before
it are older than the snapshot and are fed before it, later ones after it.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import structlog

from pbx import vigil
from pbx.errors import LoginRefused, NotConnected, PbxError
from pbx.events import LinkHeard, LinkLost, LinkRestored, PbxEvent, PbxName
from pbx.link import AmiLink, Fields
from pbx.listener_parts import LinkState, Recorder, Tracker
from pbx.pbx_clock import PbxClock
from pbx.protocol import Headers, WireCounters
from pbx.resync import Snapshot
from pbx.settings import PbxSettings
from pbx.snapshot import take_snapshot
from pbx.stream import Arrived, EventStream, Listing, Mark

log = structlog.get_logger(__name__)

BOOTING_S = 3.0
"""FullyBooted comes with the login, or when Asterisk is up; an account without the right `system` never hears it."""


class Listener:
    """The one connection to a PBX. Exactly one process may run it (see design: one listener per PBX)."""

    def __init__(
        self,
        settings: PbxSettings,
        tracker: Tracker,
        emit: Callable[[PbxEvent], None],
        *,
        recorder: Recorder | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.settings = settings
        self.pbx = PbxName(settings.name)
        self.failed_events = 0
        """Events that the tracker or `emit` could not take; each is logged."""
        self._tracker = tracker
        self._emit = emit
        self._recorder = recorder
        self._jitter = jitter
        self._clock = PbxClock()
        self._state = LinkState.CONNECTING
        self._link: AmiLink | None = None
        self._stream = EventStream(settings.max_queued_events)
        self._stopped = asyncio.Event()
        self._booted = asyncio.Event()
        """Asterisk is up: it lets us in before, knows half of its commands and none of its calls."""
        self._blind_since: datetime | None = None
        self._loss_told = False
        self._never_up = True
        self._in_step = False
        """Nothing was missed since the last resync."""
        self._refusals = 0

    @property
    def link_state(self) -> LinkState:
        """Where the connection stands now."""
        return self._state

    @property
    def wire(self) -> WireCounters:
        """What the present connection brought so far."""
        return self._link.counters if self._link else WireCounters()

    async def run(self) -> None:
        """Stay connected until `close()`, or until the login was refused `login_attempts` times in a row.

        Raises:
            SettingMissing: the secret is not set.
        """
        self.settings.secret()
        attempt = 0
        while not self._stopped.is_set():
            self._state = LinkState.CONNECTING
            why, was_up = await self._session()
            if self._refusals >= self.settings.login_attempts:
                self._state = LinkState.REFUSED
                log.error("ami_login_refused", user=self.settings.ami_user, why=why)
                self._publish(self._link_lost(why, refused=True))
                return
            attempt = 1 if was_up else attempt + 1
            if not self._stopped.is_set():
                self._state = LinkState.DOWN
                await self._wait(self._back_off_s(attempt))
        self._state = LinkState.CLOSED

    async def close(self) -> None:
        """Log off and stop; `run()` returns soon after."""
        self._stopped.set()
        self._tell_heard()
        if self._link is not None:
            await self._link.close()

    async def send(
        self, fields: Fields, *, timeout_s: float | None = None, single: bool = False
    ) -> list[Headers]:
        """Send an action; see `AmiLink.send`. `pbx.actions` has a typed function for each.

        Raises:
            NotConnected, ActionFailed, ActionTimedOut, UnsafeValue: as there.
        """
        if self._link is None or not self._link.ready:
            raise NotConnected(f"the connection to {self.pbx} is {self._state.value}")
        return await self._link.send(fields, timeout_s=timeout_s, single=single)

    async def _session(self) -> tuple[str, bool]:
        """Live through one connection. Returns why it ended and whether it was ever logged in."""
        tap = self._recorder.connection() if self._recorder else None
        stream = self._stream = EventStream(self.settings.max_queued_events)
        self._booted.clear()
        link = self._link = AmiLink(self.settings, stream.put, tap)
        stream.source = link
        try:
            await link.connect()
        except LoginRefused as error:
            self._refusals += 1
            return self._failed(error), False
        except NotConnected as error:
            return self._failed(error), False
        self._refusals = 0
        self._state = LinkState.UP
        log.info("ami_connected", pbx=self.pbx, version=link.version)
        async with asyncio.TaskGroup() as tasks:
            snapshot = tasks.create_task(self._ask_snapshot(link), name="ami-snapshot")
            beside = [
                tasks.create_task(vigil.watch(link, stream, self.settings), name="ami-watchdog"),
                tasks.create_task(
                    vigil.look_around(link, stream, self.settings, self._jitter), name="ami-looks"
                ),
                tasks.create_task(self._mark_end(link), name="ami-end"),
            ]
            await self._pump(snapshot, link.version)
            for task in (snapshot, *beside):
                task.cancel()
        self._lose(link)
        return link.why_lost, True

    def _failed(self, error: PbxError) -> str:
        log.warning("ami_connect_failed", pbx=self.pbx, why=str(error))
        if not self._loss_told:
            self._publish(self._link_lost(str(error)))
        return str(error)

    def _lose(self, link: AmiLink) -> None:
        """Note the moment since which we are blind, once per loss: a dead line is noticed only at the next ping."""
        if not self._stopped.is_set():
            log.warning("ami_lost", pbx=self.pbx, why=link.why_lost)
        self._in_step = False
        lost = self._link_lost(link.why_lost, link.heard_at)
        self._blind_since = self._blind_since or lost.at
        if not self._stopped.is_set():
            self._publish(lost)
        for event in self._tracker.link_lost(self._clock.at(lost.at or datetime.now(UTC))):
            self._publish(event)

    def _link_lost(
        self, why: str, at: datetime | None = None, *, refused: bool = False
    ) -> LinkLost:
        self._loss_told = True
        return LinkLost(
            pbx=self.pbx,
            at=at or datetime.now(UTC),
            why=why,
            login_refused=refused,
            never_up=self._never_up,
        )

    def _tell_heard(self) -> None:
        """Note that nothing was missed up to now; not before what the last gap hid was asked for."""
        if self._in_step and self._link is not None and self._link.ready:
            self._publish(LinkHeard(pbx=self.pbx, at=datetime.now(UTC)))

    async def _wait(self, delay_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._stopped.wait()

    def _back_off_s(self, attempt: int) -> float:
        """Seconds before the attempt: doubling, half of it by chance so that many listeners do not come at once."""
        longest = self.settings.reconnect_min_s * 2.0 ** min(attempt - 1, 16)
        return min(longest, self.settings.reconnect_max_s) * (0.5 + self._jitter() / 2)

    # The stream

    async def _mark_end(self, link: AmiLink) -> None:
        await link.lost.wait()
        self._stream.mark(Mark.END)

    async def _pump(self, snapshot: asyncio.Task[Snapshot | None], version: str) -> None:
        """Feed the tracker in the order of the wire until the connection is lost and all was read."""
        async for item in self._stream:
            if isinstance(item, Arrived):
                self._feed(item.headers, item.at)
            elif isinstance(item, Listing):
                self._catch_up(partial(self._tracker.look, item.channels))
            elif item is Mark.HEARD:
                self._tell_heard()
            else:
                await self._resync(snapshot, version)

    def _feed(self, headers: Headers, arrived_at: datetime) -> None:
        if headers.get("Event") == "FullyBooted":
            self._booted.set()
        try:
            events = self._tracker.feed(headers, self._clock.time_of(headers, arrived_at))
        except Exception:
            # The tracker promises not to raise on wire data; if it does, one event is lost and not the stream.
            self.failed_events += 1
            log.exception("tracker_failed", event_name=headers.get("Event"))
            return
        for event in events:
            self._publish(event)

    def _publish(self, event: PbxEvent) -> None:
        try:
            self._emit(event)
        except Exception:
            # One reader's fault must not stop the calls that follow.
            self.failed_events += 1
            log.exception("emit_failed", event_type=type(event).__name__)

    # What Asterisk holds now

    async def _ask_snapshot(self, link: AmiLink) -> Snapshot | None:
        """Ask everything that a resync needs; None if the connection broke or Asterisk did not answer."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BOOTING_S):
                await self._booted.wait()
        marked = False

        def mark() -> None:
            nonlocal marked
            marked = True
            self._stream.mark(Mark.SNAPSHOT)

        try:
            return await take_snapshot(link.send, mark)
        except PbxError as error:
            link.abort(f"no snapshot: {error}")
        finally:
            if not marked:
                mark()
        return None

    async def _resync(self, snapshot: asyncio.Task[Snapshot | None], version: str) -> None:
        with self._stream.unbounded():
            taken = await snapshot
        if taken is None:
            return
        blind_since, self._blind_since = self._blind_since, None
        self._loss_told, self._never_up, self._in_step = False, False, True
        self._publish(
            LinkRestored(
                pbx=self.pbx,
                at=datetime.now(UTC),
                blind_since=blind_since,
                version=version,
                resynced=taken.channels is not None,
            )
        )
        self._catch_up(partial(self._tracker.resync, taken))

    def _catch_up(self, compare: Callable[[datetime], list[PbxEvent]]) -> None:
        """Let the tracker compare what it knows with what Asterisk holds, and tell what it finds."""
        try:
            events = compare(self._clock.at(datetime.now(UTC)))
        except Exception:
            # As in _feed: what follows must still be heard.
            self.failed_events += 1
            log.exception("resync_failed", pbx=self.pbx)
            return
        for event in events:
            self._publish(event)
