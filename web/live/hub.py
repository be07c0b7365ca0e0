"""Fan-out: what happened → every page that it concerns.

Pages are told *that* something changed, never what: each page's own session (`web.live.session`) shows the parts that
concern it. A `Mailbox` is therefore bounded by its nature (a set of topics), however slowly its page reads: a slow page
skips states, it never falls behind. The cards of ringing calls are kept here, in memory, and need no database.

Time is counted in ticks, one per change or opened page: what was read from the database beginning at a tick shows every
change before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from calls.feed import LAGGED
from crm.access import Permission
from web.live.desk import Desk
from web.live.mailbox import Mailbox
from web.live.pops import PopBoard, key_of, pop_of
from web.live.presence import PRESENCE, Place, PresenceBoard
from web.live.shared import Shared

if TYPE_CHECKING:
    from calls.feed import Feed, FeedItem
    from crm.access import Actor
    from crm.screen_pop import PopShown, PopWithdrawn

POP_SHOWN = "pop.shown"
POP_WITHDRAWN = "pop.withdrawn"
"""Passing notices by which a listener's process tells all web processes of a pop: `shown_notice`, `withdrawn_notice`."""
STATE, OWN_STATE = "state", "own-state"
"""A person's state may be another: of the first everybody hears who sees all people's, of the second the person."""
NOTIFICATION = "notification"
"""A person has news; its notice carries the person's id, and nobody else's pages hear of it."""
ALL_TOPICS = frozenset(
    {
        "pop",
        "link",
        "call",
        "task",
        "client",
        "deal",
        "inquiry",
        "note",
        "mark",
        "promise",
        "dispute",
        "comment",
        "file",
        "job",
        "user",
        "alarm",
        NOTIFICATION,
        STATE,
        OWN_STATE,
    }
)


class Hub:
    """All open pages of this process, and the cards that lie on them."""

    def __init__(self) -> None:
        self.pops = PopBoard()
        self.desks: dict[int, Desk] = {}
        """What the pages of one person share, by person; only of people with open pages."""
        self.tick = 0
        self.changed_at: dict[str, int] = {}
        """The tick at which each topic changed last."""
        self.shared = Shared(lambda: self.tick)
        self.presence = PresenceBoard(self._presence_changed)
        """Who has which client's card open."""
        self.turn = asyncio.Semaphore(2)
        """So many people's cards are read from the database at the same time."""

    def __len__(self) -> int:
        return sum(len(desk.pages) for desk in self.desks.values())

    def open(self, actor: Actor) -> Mailbox:
        """A mailbox for a page that was just opened."""
        self.tick += 1
        desk = self.desks.get(actor.user_id)
        if desk is None:
            desk = self.desks[actor.user_id] = Desk(actor, self.pops.of(actor.user_id))
        desk.belongs_to(actor)
        # The new page must not show what was read before it was opened.
        desk.all_stale(self.tick)
        mailbox = Mailbox(desk, self.tick)
        desk.pages.add(mailbox)
        return mailbox

    def close(self, mailbox: Mailbox) -> None:
        """The page is gone."""
        desk = mailbox.desk
        desk.pages.discard(mailbox)
        self.presence.leave(id(mailbox))
        if not desk.pages and self.desks.pop(desk.user_id, None) is not None:
            self.shared.forget(desk.audience)

    def put(self, mailbox: Mailbox, place: Place | None) -> None:
        """The page shows this client's card, or none that the person may see."""
        mailbox.place = place
        if place is None:
            self.presence.leave(id(mailbox))
        else:
            self.presence.enter(id(mailbox), mailbox.desk.actor, place)

    def _presence_changed(self, client_ids: set[int]) -> None:
        for desk in self.desks.values():
            for mailbox in desk.pages:
                if mailbox.place is not None and mailbox.place.client_id in client_ids:
                    mailbox.at_once.ring((PRESENCE,))

    def announce(
        self, topics: Iterable[str], users: Collection[int] | None = None, row_id: int | None = None
    ) -> None:
        """Tell the pages (of these people, or all) that something of these topics changed.

        Args:
            topics: Of `ALL_TOPICS`.
            users: Whose pages; everybody's if None.
            row_id: Which row, if it is one and known.
        """
        asked = frozenset(topics)
        self.tick += 1
        self.changed_at.update(dict.fromkeys(asked, self.tick))
        for desk in self._desks_of(users):
            desk.changed(asked, self.tick, row_id)

    def states_changed(self, users: Collection[int]) -> None:
        """The states of these people may be others: tell them, and whoever has everybody in sight."""
        self.announce((OWN_STATE,), users)
        watching = [
            desk.user_id for desk in self.desks.values() if desk.actor.may(Permission.LIVE_SEE_ALL)
        ]
        self.announce((STATE,), watching)

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
        self.tick += 1
        for desk in self._desks_of(users):
            desk.pops_changed(self.pops.of(desk.user_id))

    def _desks_of(self, users: Collection[int] | None) -> list[Desk]:
        if users is None:
            return list(self.desks.values())
        return [self.desks[user_id] for user_id in users if user_id in self.desks]

    @asynccontextmanager
    async def running(self, feed: Feed | None) -> AsyncIterator[None]:
        """Pass the feed's notices on to the pages inside the block."""
        try:
            if feed is None:
                yield
            else:
                self.presence.send = partial(feed.send_now, PRESENCE)
                beating = asyncio.create_task(self.presence.run(), name="live-presence")
                try:
                    with feed.receive(self._receive):
                        yield
                finally:
                    beating.cancel()
        finally:
            await self.shared.close()

    def _receive(self, item: FeedItem) -> None:
        if item.topic == LAGGED:
            self.announce(ALL_TOPICS)
        elif item.topic == POP_SHOWN:
            self._pops_changed(self.pops.shown(pop_of(item.payload), item.payload["users"]))
        elif item.topic == POP_WITHDRAWN:
            self._pops_changed(self.pops.withdrawn(**item.payload))
        elif item.topic == PRESENCE:
            self.presence.receive(item.payload)
        elif item.topic == STATE:
            self.states_changed(item.payload["users"])
        elif item.topic == NOTIFICATION:
            self.announce((NOTIFICATION,), {_row_id(item.payload) or 0})
        else:
            self.announce((item.topic,), row_id=_row_id(item.payload))


def _row_id(payload: Mapping[str, Any]) -> int | None:
    row_id = payload.get("id")
    return row_id if isinstance(row_id, int) else None


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
