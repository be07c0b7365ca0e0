"""What many pages show alike: made once for all that ask, not too often, and with rests in between.

In: a key, how fresh it has to be, and how it is made. Out: the newest that is fresh enough. One is made at a time, and
after each the database and the processor have a rest: a screen pop never waits behind fifty lists.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from time import monotonic

EVERY_S = 0.4
"""Least time between two makings of the same, unless a new page waits for it."""
REST = 1.5
"""How many times as long as the work took nothing else is made."""
LONGEST_REST_S = 0.1

Key = tuple[Hashable, ...]
Make = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class _Made:
    text: str
    began: int
    """The hub's tick at which the look into the database began."""
    at_s: float


class Shared:
    """The newest rendering of each key."""

    def __init__(self, tick: Callable[[], int]) -> None:
        self._tick = tick
        self._made: dict[Key, _Made] = {}
        self._making: dict[Key, asyncio.Task[_Made]] = {}
        self._turn = asyncio.Lock()
        self._rests_until = 0.0

    async def get(self, key: Key, since: int, make: Make, *, hurry: bool = False) -> str:
        """What `make` gave when it began at this tick or later; made by the first who asks.

        Args:
            key: What it is and for whom.
            since: The hub's tick of the newest change that it must show.
            make: Makes it.
            hurry: A new page waits: do not keep to `EVERY_S`.

        Raises:
            Exception: whatever `make` raises, to everybody who waits for it.
        """
        while True:
            made = self._made.get(key)
            if made is None or made.began < since:
                made = await self._next(key, make, hurry)
            if made.began >= since:
                return made.text

    def forget(self, audience: Hashable) -> None:
        """Drop what was made for these people."""
        self._made = {key: made for key, made in self._made.items() if audience not in key}

    async def close(self) -> None:
        """Give up what is being made."""
        making = list(self._making.values())
        for task in making:
            task.cancel()
        if making:
            await asyncio.wait(making)

    async def _next(self, key: Key, make: Make, hurry: bool) -> _Made:
        task = self._making.get(key)
        if task is None:
            # A task of its own: the page that asked first may go away while others wait.
            task = asyncio.create_task(self._make(key, make, hurry), name="live-shared")
            self._making[key] = task
            task.add_done_callback(lambda done: self._done(key, done))
        await asyncio.wait({task})
        return task.result()

    def _done(self, key: Key, task: asyncio.Task[_Made]) -> None:
        self._making.pop(key, None)
        if not task.cancelled():
            task.exception()  # somebody looked, even if every page that waited is gone

    async def _make(self, key: Key, make: Make, hurry: bool) -> _Made:
        known = self._made.get(key)
        if known is not None and not hurry:
            await asyncio.sleep(known.at_s + EVERY_S - monotonic())
        async with self._turn:
            await asyncio.sleep(self._rests_until - monotonic())
            began, at_s = self._tick(), monotonic()
            try:
                self._made[key] = made = _Made(await make(), began, at_s)
                return made
            finally:
                took_s = monotonic() - at_s
                self._rests_until = monotonic() + min(REST * took_s, LONGEST_REST_S)
