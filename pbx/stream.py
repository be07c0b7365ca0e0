"""The one ordered queue between the wire and the tracker.

In: headers, put by the protocol's sink, which may neither wait nor raise. Out: the same, one by one, with the time of
arrival, and marks where they were set.

Policy of the bound: nothing is ever dropped. At `limit` waiting events reading the socket stops, at half of it it goes on.
If that takes too long, Asterisk drops us; that is seen, and the next snapshot repairs what was missed. While the consumer
itself waits for an answer from the wire (`unbounded`, as long as actions may take), reading does not stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Protocol

import structlog

from pbx.protocol import Headers

log = structlog.get_logger(__name__)

BREATH = 200
"""Events after which the consumer lets other tasks run."""


class Mark(Enum):
    """A place in the stream."""

    SNAPSHOT = "snapshot"
    """Here the answer to the snapshot's first question stood."""
    HEARD = "heard"
    """Here Asterisk still answered."""
    END = "end"
    """The last event of this connection stood before."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message and when it reached us."""

    headers: Headers
    at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """All channels that Asterisk had a moment ago, as CoreShowChannel items."""

    channels: list[Headers]


Item = Arrived | Listing | Mark


class Source(Protocol):
    """The socket, as far as it can be held back."""

    def pause_reading(self) -> None:
        """Read no more."""
        ...

    def resume_reading(self) -> None:
        """Read on."""
        ...


class EventStream:
    """The events of one connection."""

    def __init__(self, limit: int) -> None:
        self.source: Source | None = None
        """What is held back when too much waits."""
        self.paused = False
        self._limit = limit
        self._unbounded = False
        self._queue: asyncio.Queue[Item] = asyncio.Queue()

    def put(self, headers: Headers) -> None:
        """Take one message from the wire. Never raises, never waits."""
        self._queue.put_nowait(Arrived(headers, datetime.now(UTC)))
        if self.paused or self._unbounded or self.source is None:
            return
        if self._queue.qsize() >= self._limit:
            self.paused = True
            log.warning("ami_reading_paused", waiting=self._queue.qsize())
            self.source.pause_reading()

    @contextmanager
    def unbounded(self) -> Iterator[None]:
        """Read on whatever waits: behind it stands the answer that the consumer waits for."""
        self._unbounded = True
        self._read_on()
        try:
            yield
        finally:
            self._unbounded = False

    def _read_on(self) -> None:
        if self.paused and self.source is not None:
            self.paused = False
            self.source.resume_reading()

    def mark(self, mark: Mark) -> None:
        """Set a mark behind all that came so far."""
        self._queue.put_nowait(mark)

    def put_listing(self, listing: Listing) -> None:
        """Set a list of channels behind all that came so far."""
        self._queue.put_nowait(listing)

    async def __aiter__(self) -> AsyncIterator[Item]:
        """Give everything in order, up to and without `Mark.END`."""
        taken = 0
        while (item := await self._queue.get()) is not Mark.END:
            yield item
            taken += 1
            if taken % BREATH == 0:
                await asyncio.sleep(0)
            if self._queue.qsize() <= self._limit // 2:
                self._read_on()
