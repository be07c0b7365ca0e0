"""Fan-out: what happened → every page that it concerns.

Pages are told *that* something changed, never what: each page's own session (`web.live.session`) renders the parts that
show it. A `Mailbox` is therefore bounded by its nature (a set of topics), however slowly its page reads: a slow page
skips states, it never falls behind. The cards of ringing calls are kept here, in memory, and need no database.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection, Hashable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog

from calls.feed import LAGGED
from web.live.pops import PopBoard, key_of, pop_of

if TYPE_CHECKING:
    from calls.feed import Feed
    from crm.screen_pop import PopShown, PopWithdrawn
    from web.live.cards import Card

log = structlog.get_logger(__name__)

POP_SHOWN = "pop.shown"
POP_WITHDRAWN = "pop.withdrawn"
"""Passing notices by which a listener's process tells all web processes of a pop: `shown_notice`, `withdrawn_notice`."""
ALL_TOPICS = frozenset(
    {"pop", "link", "call", "task", "client", "note", "promise", "job", "user", "alarm"}
)
MEMORY_TOPICS = frozenset({"pop", "link"})
"""What is rendered from memory and sent at once; everything else asks the database."""


class Mailbox:
    """What one page has not been shown yet: two sets of topics, each with its bell."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.at_once = _Bell()
        self.stored = _Bell()

    def changed(self, topics: Iterable[str]) -> None:
        """Something of these topics is different now."""
        asked = set(topics)
        self.at_once.ring(asked & MEMORY_TOPICS)
        self.stored.ring(asked)


class _Bell:
    """A set of topics that somebody waits for."""

    def __init__(self) -> None:
        self._topics: set[str] = set()
        self._rung = asyncio.Event()

    def ring(self, topics: Collection[str]) -> None:
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


class Hub:
    """All open pages of this process, and the cards that lie on them."""

    def __init__(self) -> None:
        self._mailboxes: set[Mailbox] = set()
        self.pops = PopBoard()
        self.cards: dict[tuple[int, str], Card] = {}
        """The stored half of each card, by person and card; shared by the person's pages, dropped with the card."""
        self.revisions: Counter[str] = Counter()
        """How often each topic changed: pages that show the same may share one rendering of it."""
        self.rendered: dict[tuple[Hashable, ...], tuple[int, str]] = {}
        """Shared regions: for whom → (revision, HTML)."""
        self.turn = asyncio.Semaphore(2)
        """Few pages at a time ask the database, so that a pop never waits behind fifty others."""

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

    def announce(self, topics: Iterable[str], users: Collection[int] | None = None) -> None:
        """Tell the pages (of these people, or all) that something of these topics changed."""
        asked = frozenset(topics)
        self.revisions.update(asked)
        for mailbox in self._mailboxes:
            if users is None or mailbox.user_id in users:
                mailbox.changed(asked)

    def show_pop(self, pop: PopShown, operators: Collection[int]) -> None:
        """A phone of these people really rings: lay the card on their pages."""
        self._pops_changed(self.pops.shown(pop_of(shown_notice(pop, operators)), operators))

    def withdraw_pop(self, pop: PopWithdrawn, operators: Collection[int] = ()) -> None:
        """That phone rings no more: answered here, or the card says what became of the call."""
        self._pops_changed(self.pops.withdrawn(**withdrawn_notice(pop, operators)))

    def close_pop(self, user_id: int, key: str) -> bool:
        """The person puts a card away, on all of their pages."""
        closed = self.pops.close(user_id, key)
        if closed:
            self._pops_changed({user_id})
        return closed

    def _pops_changed(self, users: set[int]) -> None:
        if users:
            kept = {(user_id, pop.key) for user_id in users for pop in self.pops.of(user_id)}
            for place in [p for p in self.cards if p[0] in users and p not in kept]:
                del self.cards[place]
            self.announce(("pop",), users)

    @asynccontextmanager
    async def running(self, feed: Feed | None) -> AsyncIterator[None]:
        """Pass the feed's notices on to the pages inside the block."""
        if feed is None:
            yield
            return
        pump = asyncio.create_task(self._pump(feed), name="live-feed")
        try:
            yield
        finally:
            pump.cancel()
            await asyncio.wait({pump})

    async def _pump(self, feed: Feed) -> None:
        with feed.subscribe() as items:
            async for item in items:
                if item.topic == LAGGED:
                    self.announce(ALL_TOPICS)
                elif item.topic == POP_SHOWN:
                    self._pops_changed(self.pops.shown(pop_of(item.payload), item.payload["users"]))
                elif item.topic == POP_WITHDRAWN:
                    self._pops_changed(self.pops.withdrawn(**item.payload))
                else:
                    self.announce((item.topic,))


def shown_notice(pop: PopShown, operators: Iterable[int]) -> dict[str, Any]:
    """What `Feed.send_now(POP_SHOWN, …)` carries to the web processes."""
    at = pop.at.isoformat() if pop.at else None
    return {
        "pbx": pop.pbx,
        "call": pop.call,
        "number": pop.remote.label,
        "name": pop.remote.name,
        "internal": pop.remote.is_ours,
        "direction": str(pop.direction),
        "called": pop.called.label,
        "queue": pop.queue,
        "extension": pop.extension,
        "at": at,
        "users": list(operators),
    }


def withdrawn_notice(pop: PopWithdrawn, operators: Iterable[int]) -> dict[str, Any]:
    """What `Feed.send_now(POP_WITHDRAWN, …)` carries to the web processes."""
    return {
        "key": key_of(pop.pbx, pop.call),
        "extension": pop.extension,
        "why": str(pop.why),
        "answered_by": pop.answered_by.label if pop.answered_by else "",
        "users": list(operators),
    }
