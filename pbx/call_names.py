"""By which Linkedids calls are found, and which ids are over. Pure.

In: calls as they begin, get another Linkedid and end. Out: the call that a new channel belongs to. Several calls can share
a Linkedid: the one that had it first is found.
"""

from __future__ import annotations

from collections import OrderedDict

from pbx.call_state import LiveCall
from pbx.events import Linkedid

REMEMBERED = 20_000
"""Ids of channels and calls that are over: events about them may still come, and must not bring them back."""


class CallNames:
    """The Linkedids of the calls in progress. Nothing stays of a call that ended."""

    def __init__(self) -> None:
        self._calls: dict[Linkedid, list[LiveCall]] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def of(self, linkedid: Linkedid) -> LiveCall | None:
        """Return the call that new channels of this Linkedid belong to."""
        sharing = self._calls.get(linkedid)
        return sharing[0] if sharing else None

    def give(self, call: LiveCall, linkedid: Linkedid) -> None:
        """Let a call be found by a Linkedid, unless an older one has it."""
        sharing = self._calls.setdefault(linkedid, [])
        if call not in sharing:
            sharing.append(call)

    def forget(self, call: LiveCall, linkedid: Linkedid) -> None:
        """Let a call that is over no longer be found; the next that shares the Linkedid is."""
        sharing = self._calls.get(linkedid, [])
        if call in sharing:
            sharing.remove(call)
        if not sharing:
            self._calls.pop(linkedid, None)


class Gone:
    """The latest ids that are over."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, gone: str) -> bool:
        return gone in self._ids

    def add(self, gone: str) -> None:
        """Remember an id, and forget the oldest."""
        self._ids[gone] = None
        if len(self._ids) > REMEMBERED:
            self._ids.popitem(last=False)


class Holding:
    """How many calls each of our extensions has on hold."""

    def __init__(self) -> None:
        self._calls: dict[str, int] = {}

    def __contains__(self, extension: str) -> bool:
        return extension in self._calls

    def __len__(self) -> int:
        return len(self._calls)

    def count(self, extension: str, change: int) -> None:
        """Count a hold that began (+1) or ended (-1)."""
        holding = self._calls.get(extension, 0) + change
        if holding > 0 and extension:
            self._calls[extension] = holding
        else:
            self._calls.pop(extension, None)
