"""What one page has not been shown yet: a bell for what is in memory, one for what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from web.live.presence import PRESENCE, Place

if TYPE_CHECKING:
    from web.live.desk import Desk

MEMORY_TOPICS = frozenset({"pop", "link", PRESENCE})
"""What is rendered from memory and sent at once; everything else asks the database."""


class Bell:
    """A set of topics that somebody waits for."""

    def __init__(self) -> None:
        self._topics: set[str] = set()
        self._rung = asyncio.Event()

    def ring(self, topics: Collection[str]) -> None:
        """Say that something of these topics is different now."""
        if topics:
            self._topics.update(topics)
            self._rung.set()

    async def wait(self) -> frozenset[str]:
        """Wait until there is something, and take it."""
        await self._rung.wait()
        return self.take()

    def take(self) -> frozenset[str]:
        """Take what there is, without waiting."""
        self._rung.clear()
        taken = frozenset(self._topics)
        self._topics.clear()
        return taken


class Mailbox:
    """The two bells of one page."""

    def __init__(self, desk: Desk, opened: int) -> None:
        self.desk = desk
        self.opened = opened
        """The hub's tick: nothing that was read before it may be shown on this page."""
        self.place: Place | None = None
        """The client's card that the page shows, if it is one."""
        self.at_once = Bell()
        self.stored = Bell()

    def changed(self, topics: frozenset[str]) -> None:
        """Something of these topics is different now."""
        self.at_once.ring(topics & MEMORY_TOPICS)
        self.stored.ring(topics - MEMORY_TOPICS)
