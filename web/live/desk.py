"""What the open pages of one person share: the stored halves of the cards, and which of them must be read anew.

In: changes, with the tick of each. Out: `due()`, for `web.live.card_keeper`, and ringing mailboxes. No database here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from web.live.mailbox import Mailbox
from web.live.pops import Pop, PopState

if TYPE_CHECKING:
    from crm.access import Actor
    from web.live.card_stack import CardHtml
    from web.live.cards import Card

RARE_TOPICS = frozenset({"client", "promise", "user"})
"""Somebody just did something that cards show: read again at once."""
CALL_TOPICS = frozenset({"call", "note"})
"""Notices of one call: its own card is read again at once."""
BUSY_TOPICS = frozenset({"call", "task"})
"""Changes all day long: other cards are read again when there is time."""


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
        self._soon: dict[str, int] = {}
        self._some_time: dict[str, int] = {}

    @property
    def user_id(self) -> int:
        """Whose desk it is."""
        return self.actor.user_id

    @property
    def audience(self) -> tuple[str, int]:
        """For whom things are rendered that are shown to this person only."""
        return "person", self.user_id

    def belongs_to(self, actor: Actor) -> None:
        """The person as last read from the database: with the role and phones of now."""
        known, self.actor = self.actor, actor
        if (known.role, known.extensions) != (actor.role, actor.extensions):
            self.rendered.clear()
            self.version += 1

    def pops_changed(self, pops: list[Pop]) -> None:
        """Cards were laid, changed or put away: the pages are told at once."""
        self.pops = pops
        keys = {pop.key for pop in pops}
        for kept in (self.cards, self._soon, self._some_time):
            for key in kept.keys() - keys:
                del kept[key]
        for place in [place for place in self.rendered if place[0] not in keys]:
            del self.rendered[place]
        self._show()
        if keys - self.cards.keys():
            self.bell.set()

    def changed(self, topics: frozenset[str], tick: int, row_id: int | None) -> None:
        """Something of these topics changed; `row_id` says which row, if it is known."""
        for mailbox in self.pages:
            mailbox.changed(topics)
        for pop in self.pops:
            card = self.cards.get(pop.key)
            if topics & RARE_TOPICS or (topics & CALL_TOPICS and _is_of(card, row_id)):
                self._soon[pop.key] = tick
                self.bell.set()
            elif topics & BUSY_TOPICS and pop.state is not PopState.WITHDRAWN:
                self._some_time[pop.key] = tick
                self.bell.set()

    def all_stale(self, tick: int) -> None:
        """Everything must be read again: a page was opened, which must not show an old note."""
        self._soon.update(dict.fromkeys((pop.key for pop in self.pops), tick))
        self.bell.set()

    def due(self, *, has_time: bool) -> list[Pop]:
        """The cards whose stored half must be read now; with `has_time` also those that can wait."""
        found = []
        for pop in self.pops:
            card = self.cards.get(pop.key)
            since = self._soon.get(pop.key, 0)
            if has_time:
                since = max(since, self._some_time.get(pop.key, 0))
            if card is None or card.began < since:
                found.append(pop)
        return found

    def loaded(self, cards: Mapping[str, Card]) -> None:
        """Stored halves were read."""
        still = {pop.key for pop in self.pops}
        self.cards.update({key: card for key, card in cards.items() if key in still})
        self._show()

    def _show(self) -> None:
        self.version += 1
        self._tell(("pop",))

    def _tell(self, topics: Iterable[str]) -> None:
        for mailbox in self.pages:
            mailbox.changed(frozenset(topics))


def _is_of(card: Card | None, call_id: int | None) -> bool:
    """Whether the card is about this call, as far as is known."""
    return card is None or card.call_id is None or call_id is None or card.call_id == call_id
