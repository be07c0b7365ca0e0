"""How the cost of one event and the memory behave as calls pile up, and after a day of them.

In: the recorded traces whose calls all end, their calls given fresh ids each time they are used. Out: plain numbers.
`under_load`: so many calls are in the middle of their talk while a stream of other calls comes and goes.
`a_day`: calls come and go one after the other; whatever the tracker and the fold still hold is counted, whoever holds it.
"""

from __future__ import annotations

import gc
import random
import re
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from support.traces import Scenario, scenarios

from calls.live_calls import LiveCalls
from pbx.events import CallEnded, CallEvent, PbxName
from pbx.protocol import SlovoProtocol
from pbx.tracker import CallTracker

UUID = re.compile(rb"[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-)")
CHANNEL_ID = re.compile(rb"(?<=: )1795\d{6}(?=\.\d+\r)")
BOOTED = re.compile(rb"Event: FullyBooted\r\n(?:[^\r]+\r\n)*\r\n")
"""Of another time in each trace: taken for a restart, it would end the calls of the others."""
LONG_CALL = "in-direct-answered"
WARM_CALLS = 8_000
"""Until then memories of what is over, which are bounded, still fill."""
GROWTH = 1.05
"""So much more may be held after a day; the records that are remembered are not all of one size."""
FLAT = 1.5
"""So much more may one event cost with the most calls than with the fewest; caches of the processor take their part."""


class Follower:
    """What follows calls in the product, from bytes to records, without the database."""

    def __init__(self) -> None:
        self.tracker = CallTracker(PbxName("bench"))
        self.live = LiveCalls()
        self.ended = 0
        self._at = datetime(2026, 1, 1, tzinfo=UTC)
        self._protocol = SlovoProtocol(self._take, lambda why: None)

    def feed(self, data: bytes) -> None:
        self._protocol.data_received(data)

    def _take(self, headers: Mapping[str, Any]) -> None:
        self._at += timedelta(milliseconds=5)
        for event in self.tracker.feed(headers, self._at):
            if isinstance(event, CallEvent):
                self.live.fold(event)
                self.ended += isinstance(event, CallEnded)


class Supply:
    """Recorded calls with ids of their own, as often as wanted."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._turn = 0
        self._parts = [data for s in scenarios() if (data := _whole(s)) is not None]
        long_call = next(data for s in scenarios() if s.name == LONG_CALL and (data := _whole(s)))
        middle = long_call.rindex(b"Event: BridgeEnter")
        middle = long_call.index(b"\r\n\r\n", middle) + 4
        self._halves = (long_call[:middle], long_call[middle:])

    def next(self) -> bytes:
        """Some recorded scenario from its begin to its end."""
        self._turn += 1
        return _fresh(self._chance.choice(self._parts), self._turn)

    def in_progress(self) -> tuple[bytes, bytes]:
        """A call up to the middle of its talk, and the rest of it."""
        self._turn += 1
        return _fresh(self._halves[0], self._turn), _fresh(self._halves[1], self._turn)


def under_load(together: int, events: int, seed: int) -> dict[str, Any]:
    """Follow a stream of so many events while so many calls are in progress."""
    supply, follower = Supply(seed), Follower()
    endings, bytes_per_call = _begin_calls(supply, follower, together)
    stream = []
    while events > 0:
        stream.append(supply.next())
        events -= stream[-1].count(b"Event: ")
    counted = follower.tracker.counters.messages
    gc.collect()
    began = time.process_time()
    for data in stream:
        follower.feed(data)
    took_s = time.process_time() - began
    seen = follower.tracker.counters.messages - counted
    calls = len(follower.tracker.live)
    for end in endings:
        follower.feed(end)
    return {
        "together": calls,
        "events": seen,
        "us_per_event": round(took_s / seen * 1e6, 1),
        "events_per_s": round(seen / took_s),
        "kb_per_call": round(bytes_per_call / 1024, 1),
        "left_calls": len(follower.tracker.live) + len(follower.live.all()),
    }


def _begin_calls(supply: Supply, follower: Follower, together: int) -> tuple[list[bytes], float]:
    """Bring so many calls to the middle of their talk; return how each ends, and the memory that each takes."""
    pairs = [supply.in_progress() for _ in range(together)]
    tracemalloc.start()
    for begin, _ in pairs:
        follower.feed(begin)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return [end for _, end in pairs], taken / together


def a_day(calls: int, seed: int) -> dict[str, Any]:
    """Follow so many calls, after some that fill what is bounded; compare what is held before and after them."""
    supply, follower = Supply(seed), Follower()
    marks: list[tuple[int, float]] = []
    for goal in (WARM_CALLS, WARM_CALLS + calls):
        while follower.ended < goal:
            follower.feed(supply.next())
        gc.collect()
        marks.append((held(follower), round(_rss() / 2**20, 1)))
    (warm, warm_mb), (last, last_mb) = marks
    board = follower.tracker.board
    return {
        "calls": follower.ended - WARM_CALLS,
        "left_calls": len(follower.tracker.live) + len(follower.live.all()),
        "left_channels": len(board.channels),
        "left_bridges": len(board.bridges),
        "held_warm": warm,
        "held_after_all": last,
        "rss_mb_warm": warm_mb,
        "rss_mb_after_all": last_mb,
    }


def held(root: object) -> int:
    """How many items all containers hold that can be reached from an object, through objects of ours."""
    seen: set[int] = set()
    waiting, count = [root], 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, str | bytes | int | float | type | Enum | datetime):
            continue
        seen.add(id(one))
        inside = list(_inside(one))
        count += len(inside)
        waiting += inside
    return count


def _inside(one: object) -> Iterator[object]:
    if isinstance(one, Mapping):
        yield from one.keys()
        yield from one.values()
    elif isinstance(one, list | tuple | set | frozenset):
        yield from one
    elif type(one).__module__.partition(".")[0] in ("pbx", "calls", __name__):
        yield from getattr(one, "__dict__", {}).values()
        for kind in type(one).__mro__:
            for name in getattr(kind, "__slots__", ()):
                if hasattr(one, name):
                    yield getattr(one, name)


def _whole(scenario: Scenario) -> bytes | None:
    """The bytes of a scenario after the greeting, if it is one connection in which all calls end."""
    if len(scenario.files) > 1 or scenario.name.startswith(("reconnect", "resync")):
        return None
    data = BOOTED.sub(b"", scenario.files[0].read_bytes().partition(b"\r\n")[2])
    follower = Follower()
    follower.feed(data)
    return None if follower.tracker.live or not follower.ended else data


def _fresh(data: bytes, turn: int) -> bytes:
    """Ids of channels begin with the time of day, those of bridges with eight digits: give each turn its own."""
    data = CHANNEL_ID.sub(b"%d" % (2_000_000_000 + turn), data)
    return UUID.sub(
        lambda found: b"%08x" % (int(found[0], 16) ^ (turn * 2654435761 & 0xFFFFFFFF)), data
    )


def _rss() -> int:
    """Memory of this process, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
