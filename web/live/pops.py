"""Which cards lie on whose page. Pure.

In: pops shown and withdrawn, per phone (`crm.screen_pop`). Out: cards per person. State is kept per call *and person*: two
phones of one operator give one card, which goes only when none of them rings any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2s
from typing import Any

MAX_CARDS = 8
"""Cards kept per person; the oldest that are over go first."""


class PopState(StrEnum):
    """What became of a card."""

    RINGING = "ringing"
    ANSWERED = "answered"
    """This person talks; the card stays until it is closed, for notes."""
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pop:
    """One card of one person."""

    pbx: str
    call: str
    number: str
    name: str = ""
    """As the PBX sent it; the client's own name comes from the number index."""
    internal: bool = False
    """Whether a colleague is at the other end."""
    direction: str = "in"
    called: str = ""
    """The number or extension that was dialled."""
    queue: str = ""
    shown_at: datetime | None = None
    ringing: frozenset[str] = frozenset()
    state: PopState = PopState.RINGING
    why: str = ""
    """Why it was withdrawn: answered_elsewhere, gave_up, timeout, declined."""
    answered_by: str = ""

    @property
    def key(self) -> str:
        """Stable in the page: one card per call."""
        return key_of(self.pbx, self.call)


def key_of(pbx: str, call: str) -> str:
    """The key of the card of one call."""
    return blake2s(f"{pbx}/{call}".encode(), digest_size=6).hexdigest()


def pop_of(notice: Mapping[str, Any]) -> Pop:
    """The card that a notice of a ringing phone describes (`web.live.hub.shown_notice`)."""
    at = notice["at"]
    return Pop(
        pbx=notice["pbx"],
        call=notice["call"],
        number=notice["number"],
        name=notice["name"],
        internal=notice["internal"],
        direction=notice["direction"],
        called=notice["called"],
        queue=notice["queue"],
        shown_at=datetime.fromisoformat(at) if at else None,
        ringing=frozenset({notice["extension"]}),
    )


class PopBoard:
    """All cards of all people of this process."""

    def __init__(self) -> None:
        self._cards: dict[int, dict[str, Pop]] = {}

    def of(self, user_id: int) -> list[Pop]:
        """The person's cards: what rings first, then the talk, then what is over; newest first in each."""
        order = {PopState.RINGING: 0, PopState.ANSWERED: 1, PopState.WITHDRAWN: 2}
        cards = list(self._cards.get(user_id, {}).values())
        return sorted(reversed(cards), key=lambda pop: order[pop.state])

    def shown(self, pop: Pop, users: Iterable[int]) -> set[int]:
        """A phone of these people rings. Returns whose page changes."""
        changed = set()
        for user_id in users:
            cards = self._cards.setdefault(user_id, {})
            known = cards.get(pop.key)
            if known is None or known.state is PopState.WITHDRAWN:
                cards.pop(pop.key, None)
                cards[pop.key] = pop
            elif known.state is PopState.RINGING:
                # A second phone of the same person, or better knowledge of who calls.
                ringing = known.ringing | pop.ringing
                cards[pop.key] = replace(pop, ringing=ringing, shown_at=known.shown_at)
            else:
                continue  # they talk already: a second phone adds nothing
            changed.add(user_id)
            self._make_room(cards)
        return changed

    def withdrawn(
        self, key: str, extension: str, why: str, answered_by: str = "", users: Collection[int] = ()
    ) -> set[int]:
        """A phone stopped ringing. Returns whose page changes.

        Args:
            key: The card's, `Pop.key`.
            extension: The phone.
            why: answered_here, answered_elsewhere, gave_up, timeout or declined.
            answered_by: Who took the call instead, if known.
            users: Whose phone it is now; everybody with this card if empty.
        """
        changed = set()
        for user_id, cards in self._cards.items():
            known = cards.get(key)
            if known is None:
                continue
            is_theirs = not users or user_id in users
            if not is_theirs and extension not in known.ringing:
                continue
            # A colleague sat down at the phone while it rang: what he answers was not answered here.
            lost = why == "answered_here" and not is_theirs
            after = _stopped(known, extension, "answered_elsewhere" if lost else why, answered_by)
            if after != known:
                cards[key] = after
                changed.add(user_id)
        return changed

    def close(self, user_id: int, key: str) -> bool:
        """The person puts the card away. Returns whether it was there."""
        return self._cards.get(user_id, {}).pop(key, None) is not None

    def _make_room(self, cards: dict[str, Pop]) -> None:
        over = [key for key, pop in cards.items() if pop.state is not PopState.RINGING]
        for key in (over + list(cards))[: max(0, len(cards) - MAX_CARDS)]:
            cards.pop(key, None)


def _stopped(pop: Pop, extension: str, why: str, answered_by: str) -> Pop:
    if extension not in pop.ringing and why != "answered_here":
        return pop
    left = pop.ringing - {extension}
    if why == "answered_here":
        return replace(
            pop, ringing=frozenset(), state=PopState.ANSWERED, why="", answered_by=extension
        )
    if pop.state is PopState.ANSWERED:
        return replace(pop, ringing=left)
    if left:
        return replace(pop, ringing=left)
    return replace(pop, ringing=left, state=PopState.WITHDRAWN, why=why, answered_by=answered_by)
