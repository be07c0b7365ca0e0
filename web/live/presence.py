"""Who has the card of a client open, and who is editing it: told at once to the others who have it open.

In: pages that open and close, here and in other web processes. Out: for each card the people on it. Nothing is stored: a
process tells all others of its pages by passing notices (`Feed.send_now`) and repeats them every `BEAT_S`, so that people
of a process that died are gone after `GONE_AFTER_S`. Who may not see a client never comes here: `web.live.session` opens a
place only for those who may.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from crm.access import Actor

PRESENCE = "presence"
"""Topic of the passing notices, and of what a page shows from memory."""
BEAT_S = 5.0
GONE_AFTER_S = 16.0
_VIEW = re.compile(r"client_([0-9]{1,18})(_edit)?")

Send = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page is."""

    client_id: int
    editing: bool = False


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else on the same card."""

    user_id: int
    name: str
    editing: bool


@dataclass(frozen=True, slots=True)
class _Page:
    place: Place
    user_id: int
    name: str
    heard_at: float


def place_of(view: str) -> Place | None:
    """The place that a page names in the address of its websocket: "client_12", "client_12_edit"."""
    found = _VIEW.fullmatch(view)
    return Place(int(found[1]), found[2] is not None) if found else None


class PresenceBoard:
    """The people on the cards, in all processes, as this process knows it."""

    def __init__(
        self, on_change: Callable[[set[int]], None], clock: Callable[[], float] = monotonic
    ) -> None:
        self._on_change = on_change
        self._clock = clock
        self._process = uuid4().hex[:12]
        self._pages: dict[str, _Page] = {}
        self._own: dict[str, Mapping[str, Any]] = {}
        self.send: Send = self.receive
        """How other processes (and this one) hear of it; without a feed only this one does."""

    def enter(self, page: int, actor: Actor, place: Place) -> None:
        """A page of this process shows a card."""
        notice = {
            "page": f"{self._process}-{page}",
            "client": place.client_id,
            "editing": place.editing,
            "user": actor.user_id,
            "name": actor.name,
        }
        self._own[str(notice["page"])] = notice
        self.send(notice)

    def leave(self, page: int) -> None:
        """The page is gone."""
        key = f"{self._process}-{page}"
        if self._own.pop(key, None) is not None:
            self.send({"page": key, "client": None})

    def receive(self, notice: Mapping[str, Any]) -> None:
        """A page of some process shows a card, or is gone."""
        key = str(notice["page"])
        before = self._pages.pop(key, None)
        changed = {before.place.client_id} if before else set()
        if notice["client"] is not None:
            place = Place(int(notice["client"]), bool(notice["editing"]))
            self._pages[key] = _Page(place, int(notice["user"]), str(notice["name"]), self._clock())
            if before is not None and before.place == place:
                return
            changed.add(place.client_id)
        if changed:
            self._on_change(changed)

    def others(self, client_id: int, user_id: int) -> tuple[Other, ...]:
        """Who else is on this card: who edits it first."""
        found: dict[int, Other] = {}
        for page in self._pages.values():
            if page.place.client_id != client_id or page.user_id == user_id:
                continue
            known = found.get(page.user_id)
            editing = page.place.editing or (known is not None and known.editing)
            found[page.user_id] = Other(page.user_id, page.name, editing)
        return tuple(sorted(found.values(), key=lambda one: (not one.editing, one.name)))

    def beat(self) -> None:
        """Tell the others again that our pages are still there; forget pages that nobody tells of any more."""
        for notice in list(self._own.values()):
            self.send(notice)
        old = self._clock() - GONE_AFTER_S
        gone = [
            key for key, page in self._pages.items() if page.heard_at < old and key not in self._own
        ]
        changed = {self._pages.pop(key).place.client_id for key in gone}
        if changed:
            self._on_change(changed)

    async def run(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(BEAT_S)
            self.beat()
