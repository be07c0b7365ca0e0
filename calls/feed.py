"""The feed: who looks at a page learns at once what changed.

In: `FeedEvent` rows, written in the transaction of the change they tell of, and passing notices that are never stored
(`send_now`: screen pops). Out: `FeedItem`s to every subscriber, stored ones only after their commit. The doorbell only
says that there is more; the rows are read by `id > last_seen`, so nothing is lost by somebody who was away.

A subscriber that does not keep up gets one item with topic `LAGGED` instead of what it missed: take a fresh snapshot.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, cast

import structlog
from sqlalchemy import Table, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.errors import DatabaseUnavailable
from calls.tables import FeedEvent

log = structlog.get_logger(__name__)

LAGGED = "feed.lagged"
QUEUE_ITEMS = 1000
"""How many unread items a subscriber may have before it is told to take a snapshot."""
BATCH_ROWS = 500
GAP_PATIENCE_S = 30.0
"""PostgreSQL gives ids before the commit, so a smaller id may appear later; after this time it never will."""
QUIET_POLL_S = 5.0
"""The doorbell should ring for every row; this looks whether it did."""
RETRY_S = 1.0
COALESCE_S = 0.02
"""One look fetches the notices of all transactions of this time; those of pops do not pass here."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something changed: topic "call", "task", "client", "note", "promise", "job", "link", "state", "user", "alarm"."""

    topic: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A notice on its way to a page. `id` is its row's, None for a passing one."""

    id: int | None
    topic: str
    payload: Mapping[str, Any]


def store(session: AsyncSession, notices: Sequence[Notice]) -> None:
    """Write notices in the caller's transaction: they are delivered when it is committed."""
    session.add_all([FeedEvent(**row) for row in _rows_of(notices)])


async def store_now(session: AsyncSession, notices: Sequence[Notice]) -> None:
    """Do the same as `store` without objects of the session: quicker, for the stream of call events."""
    if notices:
        await session.execute(insert(cast(Table, FeedEvent.__table__)), _rows_of(notices))


def _rows_of(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    return [
        {"topic": notice.topic, "payload": dict(notice.payload), "created_at": now}
        for notice in notices
    ]


class Subscription:
    """One reader's queue. Iterate over it; leave it with the `with` block that opened it."""

    def __init__(self) -> None:
        self._items: asyncio.Queue[FeedItem] = asyncio.Queue(QUEUE_ITEMS)

    def put(self, item: FeedItem) -> None:
        """Give it an item; when it is full, everything unread becomes one LAGGED item."""
        if self._items.full():
            while not self._items.empty():
                self._items.get_nowait()
            item = FeedItem(None, LAGGED, {})
        self._items.put_nowait(item)

    async def get(self) -> FeedItem:
        """Wait for the next item."""
        return await self._items.get()

    def __aiter__(self) -> AsyncIterator[FeedItem]:
        return self

    async def __anext__(self) -> FeedItem:
        return await self._items.get()


Receiver = Callable[[FeedItem], None]
"""Called with each item the moment it is delivered."""


class Feed(Protocol):
    """What both kinds of feed offer. `run` must be running for anything to arrive."""

    async def run(self) -> None:
        """Deliver until cancelled; survives a database that is away."""

    async def ready(self) -> None:
        """Wait until everything that is written from now on will be delivered."""

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Open a subscription: `with feed.subscribe() as items: async for item in items: …`."""

    def receive(self, receiver: Receiver) -> AbstractContextManager[None]:
        """Have a function called with each item, for the time of a `with` block.

        It is called in the middle of `send_now`, so that a screen pop waits for nothing; it must neither wait nor raise.
        """

    def ring(self) -> None:
        """Say that there are new rows. Committed writes of this process ring by themselves."""

    def send_now(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Send a passing notice at once, without any row. Never waits and never raises for a reader."""


class Subscribers:
    """The readers in this process."""

    def __init__(self) -> None:
        self._open: set[Subscription] = set()
        self._receivers: list[Receiver] = []

    @contextmanager
    def subscribe(self) -> Iterator[Subscription]:
        """Open a subscription for the time of the block."""
        subscription = Subscription()
        self._open.add(subscription)
        try:
            yield subscription
        finally:
            self._open.discard(subscription)

    @contextmanager
    def receive(self, receiver: Receiver) -> Iterator[None]:
        """Call this function with each item for the time of the block."""
        self._receivers.append(receiver)
        try:
            yield
        finally:
            self._receivers.remove(receiver)

    def deliver(self, items: Sequence[FeedItem]) -> None:
        """Call the receivers, and put items into every reader's queue."""
        for receiver in tuple(self._receivers):
            for item in items:
                try:
                    receiver(item)
                except Exception:
                    # A receiver's fault must reach neither the other readers nor whoever sends.
                    log.exception("notice_not_received", topic=item.topic)
        for subscription in tuple(self._open):
            for item in items:
                subscription.put(item)


class Cursor:
    """Where a reader of the table stands, with the ids that were skipped and may still appear."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.last: int | None = None
        self._gaps: dict[int, float] = {}

    async def start(self) -> None:
        """Stand behind the newest row; what is older is history."""
        async with self.db.read() as session:
            self.last = await session.scalar(select(func.max(FeedEvent.id))) or 0

    async def fetch(self) -> list[FeedItem]:
        """Read what was committed since the last call, in the order of ids."""
        now = time.monotonic()
        self._gaps = {i: until for i, until in self._gaps.items() if until > now}
        items: list[FeedItem] = []
        async with self.db.read() as session:
            while rows := await self._rows(session):
                items += [FeedItem(row.id, row.topic, row.payload) for row in rows]
                self._advance([row.id for row in rows], now)
                if len(rows) < BATCH_ROWS:
                    break
        return items

    async def _rows(self, session: AsyncSession) -> Sequence[FeedEvent]:
        new = FeedEvent.id > (self.last or 0)
        wanted = or_(new, FeedEvent.id.in_(self._gaps)) if self._gaps else new
        query = select(FeedEvent).where(wanted).order_by(FeedEvent.id).limit(BATCH_ROWS)
        return (await session.scalars(query)).all()

    def _advance(self, ids: Sequence[int], now: float) -> None:
        for row_id in ids:
            self._gaps.pop(row_id, None)
        newest = max(ids)
        before = self.last or 0
        if newest > before:
            missing = set(range(before + 1, newest)) - set(ids)
            # A hole wider than a batch is a jump of the sequence, not so many open transactions.
            if len(missing) <= BATCH_ROWS:
                self._gaps |= dict.fromkeys(missing, now + GAP_PATIENCE_S)
            self.last = newest


class LocalFeed:
    """The feed of an installation that is one process: an asyncio event is the doorbell."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._subscribers = Subscribers()
        self._cursor = Cursor(db)
        self._bell = asyncio.Event()
        self._ready = asyncio.Event()
        db.after_write.append(self.ring)

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Open a subscription for the time of a `with` block."""
        return self._subscribers.subscribe()

    def receive(self, receiver: Receiver) -> AbstractContextManager[None]:
        """Have a function called with each item, for the time of a `with` block."""
        return self._subscribers.receive(receiver)

    def ring(self) -> None:
        """Say that there are new rows."""
        self._bell.set()

    def send_now(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Send a passing notice at once."""
        self._subscribers.deliver([FeedItem(None, topic, payload)])

    async def ready(self) -> None:
        """Wait until `run` delivers."""
        await self._ready.wait()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            try:
                if self._cursor.last is None:
                    await self._cursor.start()
                    self._ready.set()
                self._subscribers.deliver(await self._cursor.fetch())
                await wait_for_bell(self._bell)
                await asyncio.sleep(COALESCE_S)
            except DatabaseUnavailable as error:
                log.warning("feed_without_database", why=str(error))
                await asyncio.sleep(RETRY_S)


async def wait_for_bell(bell: asyncio.Event) -> None:
    """Wait for the doorbell, but not for ever.

    Not with `asyncio.wait_for`: that of Python 3.11 swallows a cancellation that comes in the same moment as the bell, and
    whoever stops the feed would wait for its end for ever.
    """
    try:
        async with asyncio.timeout(QUIET_POLL_S):
            await bell.wait()
    except TimeoutError:
        return
    bell.clear()


def feed_for(db: Database) -> Feed:
    """Return the kind of feed that fits the database: PostgreSQL's reaches other processes, too."""
    if db.dialect == "postgresql":
        from calls.feed_postgres import PostgresFeed

        return PostgresFeed(db)
    return LocalFeed(db)


async def prune(db: Database, older_than_s: float) -> int:
    """Delete notices older than this many seconds; returns how many.

    The newest row always stays: SQLite would give its id again, and readers who stand there would miss it.
    """
    before = datetime.now(UTC) - timedelta(seconds=older_than_s)
    newest = select(func.max(FeedEvent.id)).scalar_subquery()
    old = delete(FeedEvent).where(FeedEvent.created_at < before, FeedEvent.id < newest)
    async with db.write() as session:
        deleted = await session.scalars(old.returning(FeedEvent.id))
        return len(deleted.all())
