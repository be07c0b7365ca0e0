"""What the open pages of one person share: the stored halves of the cards, and which of them must be read anew.

In: changes, with the tick of each. Out: `due()`, for `web.live.card_keeper`, and ringing mailboxes. No database here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from web.live.mailbox import Mailbox
from web.live.pops import Pop, PopState

if TYPE_CHECKING:
    from crm.access import Actor
    from web.live.card_stack import CardHtml
    from web.live.cards import Card

CARD_TOPICS = frozenset({"call", "task", "client", "promise", "note", "user"})
"""Changes that may show on a card."""
ONE_LINE_TOPICS = frozenset({"client", "user"})
"""Changes that may show on the card of a withdrawn call: it says who it was and who answered."""
LATER_S = 0.05
"""What is not a ringing phone waits so long for company: most of it travels with the next ringing card."""


def rights_of(actor: Actor) -> tuple[object, ...]:
    """What decides which clients and calls the person sees."""
    return actor.role, actor.departments, dict(actor.scopes)


class Desk:
    """One person's open pages and cards."""

    def __init__(self, actor: Actor, pops: list[Pop]) -> None:
        self.actor = actor
        self.pops = pops
        self.pages: set[Mailbox] = set()
        self.cards: dict[str, Card] = {}
        """The stored half of each card, by `Pop.key`; dropped with the card."""
        self.version = 0
        """Grows with everything that the cards show."""
        self.stacks: dict[tuple[str, frozenset[str]], tuple[int, date, tuple[CardHtml, ...]]] = {}
        self.rendered: dict[tuple[str, str, bool], tuple[object, CardHtml]] = {}
        """Kept by `web.live.card_stack`."""
        self.bell = asyncio.Event()
        """Rings when `due()` may have changed."""
        self.keeper: asyncio.Task[None] | None = None
        self._stale: dict[str, int] = {}
        """Key → tick of the newest change that the card's stored half may not show."""
        self._later: asyncio.TimerHandle | None = None

    @property
    def user_id(self) -> int:
        """Whose desk it is."""
        return self.actor.user_id

    @property
    def audience(self) -> tuple[str, int]:
        """For whom things are rendered that are shown to this person only."""
        return "person", self.user_id

    def belongs_to(self, actor: Actor) -> None:
        """The person as last read from the database: with the role, phones and rights of now."""
        known, self.actor = self.actor, actor
        if (known.role, known.extensions) != (actor.role, actor.extensions):
            self.rendered.clear()
            self.version += 1
        if rights_of(known) != rights_of(actor):
            # What was read with the old rights may show too much.
            self.cards.clear()
            self.version += 1
            self._show_later()
            self.bell.set()

    def pops_changed(self, pops: list[Pop]) -> None:
        """Cards were laid, changed or put away: a phone that begins to ring is told at once, all else in a moment."""
        rang = {pop.key for pop in self.pops if pop.state is PopState.RINGING}
        self.pops = pops
        keys = {pop.key for pop in pops}
        for kept in (self.cards, self._stale):
            for key in kept.keys() - keys:
                del kept[key]
        for place in [place for place in self.rendered if place[0] not in keys]:
            del self.rendered[place]
        self.version += 1
        if any(pop.state is PopState.RINGING and pop.key not in rang for pop in pops):
            self._show()
        else:
            self._show_later()
        if keys - self.cards.keys():
            self.bell.set()

    def changed(self, topics: frozenset[str], tick: int, row_id: int | None) -> None:
        """Something of these topics changed; `row_id` says which row, if it is known."""
        for mailbox in self.pages:
            mailbox.changed(topics)
        if not topics & CARD_TOPICS:
            return
        for pop in self.pops:
            if topics & ONE_LINE_TOPICS or (
                pop.state is not PopState.WITHDRAWN and self._may_show(pop, topics, row_id)
            ):
                self._stale[pop.key] = tick
                self.bell.set()

    def _may_show(self, pop: Pop, topics: frozenset[str], row_id: int | None) -> bool:
        """Whether the card may show the change: a note belongs to one call, anything else may concern the client."""
        card = self.cards.get(pop.key)
        if topics == {"note"} and card is not None and card.call_id and row_id:
            return card.call_id == row_id
        return True

    def all_stale(self, tick: int) -> None:
        """Everything must be read again: a page was opened, which must not show an old note."""
        self._stale.update(dict.fromkeys((pop.key for pop in self.pops), tick))
        self.bell.set()

    def due(self, *, new_only: bool) -> list[Pop]:
        """The cards whose stored half must be read: new ones, and those that may have changed."""
        found = []
        for pop in self.pops:
            card = self.cards.get(pop.key)
            if card is None or (not new_only and card.began < self._stale.get(pop.key, 0)):
                found.append(pop)
        return found

    def loaded(self, cards: Mapping[str, Card]) -> None:
        """Stored halves were read."""
        still = {pop.key for pop in self.pops}
        self.cards.update({key: card for key, card in cards.items() if key in still})
        self.version += 1
        self._show_later()

    def _show_later(self) -> None:
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(LATER_S, self._show)

    def _show(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        for mailbox in self.pages:
            mailbox.at_once.ring(("pop",))
