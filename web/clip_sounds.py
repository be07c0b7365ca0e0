"""What stands before and behind pieces of recordings that are shared by link: how often one may ask, and the cut sound.

In: an address that asks; a recording's file and a piece of it. Out: whether it may ask on; the piece as bytes. Both are
kept in memory of this process only and bounded: forgetting costs a new cut, never a wrong answer.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from datetime import datetime, timedelta

MOST_ASKED = 60
"""Requests of one address within `PERIOD`: a listener needs a few, a guesser would need more than there are."""
PERIOD = timedelta(minutes=1)
MOST_ADDRESSES = 10_000
MOST_KEPT = 8
"""Cut pieces kept for the ranges that a browser asks for one after another."""

ClipKey = tuple[int, str]
"""Id of the link and SHA-256 of the recording it is cut from: a changed recording gives a new piece."""


class AskLimit:
    """How often each address has asked lately. Every question counts, answered or not: the answer tells nothing."""

    def __init__(self, most: int = MOST_ASKED) -> None:
        self._most = most
        self._asked: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait_s(self, address: str, now: datetime) -> int:
        """Count a question; 0 if it may be answered, else how many seconds to wait."""
        times = self._asked.setdefault(address, deque())
        self._asked.move_to_end(address)
        while len(self._asked) > MOST_ADDRESSES:
            self._asked.popitem(last=False)
        while times and now - times[0] >= PERIOD:
            times.popleft()
        if len(times) >= self._most:
            return max(1, int((PERIOD - (now - times[0])).total_seconds()))
        times.append(now)
        return 0


class ClipSounds:
    """Pieces that were cut lately. Several listeners of one piece wait for one cut."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[ClipKey, bytes] = OrderedDict()
        self._cutting = asyncio.Lock()

    async def of(self, key: ClipKey, cut: Callable[[], bytes]) -> bytes:
        """The piece of this key; `cut` makes it, in a thread, one at a time so that listeners cannot fill the machine."""
        if key not in self._kept:
            async with self._cutting:
                if key not in self._kept:
                    self._kept[key] = await asyncio.to_thread(cut)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[key]

    def forget(self, clip_id: int) -> None:
        """Drop what was cut for a link."""
        for key in [key for key in self._kept if key[0] == clip_id]:
            del self._kept[key]
