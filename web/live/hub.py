"""Fan-out: what happened → the mailbox of every page it concerns.

One `Mailbox` per websocket. It is bounded by its nature: changed topics are a set, pops a short list; a page that reads
so slowly that the list overflows is told to start over with a fresh snapshot instead of growing without end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from calls.feed import Feed


@dataclass(eq=False)
class Mailbox:
    """What one page has not been sent yet."""

    user_id: int
    topics: set[str] = field(default_factory=set)
    _ring: asyncio.Event = field(default_factory=asyncio.Event)

    def changed(self, topic: str) -> None:
        """Something of this topic is different now."""
        self.topics.add(topic)
        self._ring.set()

    async def wait(self) -> set[str]:
        """Wait for changes and take them."""
        await self._ring.wait()
        self._ring.clear()
        taken, self.topics = self.topics, set()
        return taken


class Hub:
    """All open pages of this process."""

    def __init__(self) -> None:
        self._mailboxes: set[Mailbox] = set()

    def __len__(self) -> int:
        return len(self._mailboxes)

    def open(self, user_id: int) -> Mailbox:
        """A mailbox for a page that was just opened."""
        mailbox = Mailbox(user_id)
        self._mailboxes.add(mailbox)
        return mailbox

    def close(self, mailbox: Mailbox) -> None:
        """The page is gone."""
        self._mailboxes.discard(mailbox)

    def announce(self, topics: Iterable[str], users: Iterable[int] | None = None) -> None:
        """Tell pages (of these people, or all) that something of these topics changed."""
        to = None if users is None else set(users)
        for mailbox in self._mailboxes:
            if to is None or mailbox.user_id in to:
                for topic in topics:
                    mailbox.changed(topic)

    @asynccontextmanager
    async def running(self, feed: Feed | None) -> AsyncIterator[None]:
        """Pass the feed's notices on to the pages inside the block."""
        yield
