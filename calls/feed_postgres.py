"""The feed between processes: PostgreSQL's LISTEN/NOTIFY through a psycopg connection of its own.

In: notices of any process on the same database. Out: the same items as `calls.feed.LocalFeed`. A NOTIFY is only a doorbell
(the table's trigger rings it) or carries a passing notice; what was missed while the connection was away is read from the
table after the reconnect. Passing notices of that time are lost, by design: a pop that is late is worse than none.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import structlog

from calls.db import Database
from calls.errors import DatabaseUnavailable
from calls.feed import (
    QUIET_POLL_S,
    RETRY_S,
    Cursor,
    FeedItem,
    Receiver,
    Subscribers,
    Subscription,
)

log = structlog.get_logger(__name__)

DOORBELL = "slovo_feed"
PASSING = "slovo_now"
PAYLOAD_BYTES = 7900
"""PostgreSQL refuses 8000 and more. Source: NOTIFY, PostgreSQL 15."""
OUTBOX_ITEMS = 1000


class PostgresFeed:
    """One connection that listens and sends; readers of this process hear their own passing notices without it."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self._subscribers = Subscribers()
        self._cursor = Cursor(db)
        self._ready = asyncio.Event()
        self._outbox: asyncio.Queue[str] = asyncio.Queue(OUTBOX_ITEMS)

    def subscribe(self) -> AbstractContextManager[Subscription]:
        """Open a subscription for the time of a `with` block."""
        return self._subscribers.subscribe()

    def receive(self, receiver: Receiver) -> AbstractContextManager[None]:
        """Have a function called with each item, for the time of a `with` block."""
        return self._subscribers.receive(receiver)

    def ring(self) -> None:
        """Do nothing: the table's trigger rings for every row."""

    def send_now(self, topic: str, payload: Mapping[str, Any]) -> None:
        """Send a passing notice at once: here directly, to other processes through PostgreSQL.

        Raises:
            ValueError: the payload is larger than a NOTIFY can carry.
        """
        text = json.dumps({"topic": topic, "payload": dict(payload)}, ensure_ascii=False)
        if len(text.encode()) > PAYLOAD_BYTES:
            raise ValueError(f"a passing notice may have {PAYLOAD_BYTES} bytes")
        self._subscribers.deliver([FeedItem(None, topic, payload)])
        if self._outbox.full():
            # Only while PostgreSQL is away: the oldest is worth least.
            log.warning("passing_notice_dropped", topic=topic)
            self._outbox.get_nowait()
        self._outbox.put_nowait(text)

    async def ready(self) -> None:
        """Wait until `run` delivers."""
        await self._ready.wait()

    async def run(self) -> None:
        """Deliver until cancelled; reconnects and catches up."""
        while True:
            try:
                async with await self._connect() as listener, await self._connect() as sender:
                    await self._serve(listener, sender)
            except* (psycopg.Error, DatabaseUnavailable) as group:
                log.warning("feed_without_database", why=str(group.exceptions[0]))
            await asyncio.sleep(RETRY_S)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        url = self.db.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return await psycopg.AsyncConnection.connect(
            url, autocommit=True, connect_timeout=5, application_name="slovo feed"
        )

    async def _serve(
        self, listener: psycopg.AsyncConnection[Any], sender: psycopg.AsyncConnection[Any]
    ) -> None:
        await listener.execute(f"LISTEN {DOORBELL}")
        await listener.execute(f"LISTEN {PASSING}")
        if self._cursor.last is None:
            await self._cursor.start()
        self._ready.set()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(listener, sender.info.backend_pid), name="feed listen")
            tasks.create_task(self._send(sender), name="feed send")

    async def _listen(self, connection: psycopg.AsyncConnection[Any], own_pid: int) -> None:
        self._subscribers.deliver(await self._cursor.fetch())
        while True:
            rung, quiet = False, True
            async for notify in connection.notifies(timeout=QUIET_POLL_S, stop_after=1):
                quiet = False
                if notify.channel == DOORBELL:
                    rung = True
                elif notify.pid != own_pid:
                    self._pass_on(notify.payload)
            if rung or quiet:
                self._subscribers.deliver(await self._cursor.fetch())

    def _pass_on(self, text: str) -> None:
        message = json.loads(text)
        self._subscribers.deliver([FeedItem(None, message["topic"], message["payload"])])

    async def _send(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            text = await self._outbox.get()
            await connection.execute("SELECT pg_notify(%s, %s)", (PASSING, text))
