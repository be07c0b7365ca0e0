"""Which lines of the record are one call. Pure.

In: rows. Out: `CallRows`, one per call. Lines belong together by linkedid where it is written, else by the channels they
share: a Local channel ties what its two halves dialled, a dialled leg ties what it did later.

A call has a root: the channel that came to the switch by itself and was dialled by nobody. Two roots in one bundle are a
call and a consultation, which the phone made on a second line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from calls.cdr.row import CdrRow, birth_of
from pbx.numbers import is_technical

SAME_CHANNEL = timedelta(seconds=90)
"""Channel names begin anew when Asterisk restarts: a longer pause between two lines means another channel."""
OUT_OF_ORDER = 8
"""Threads that make channels at once may swap time and counter; a restart sets the counter back by more."""
JOINERS = frozenset({"Pickup", "PickupChan", "ParkedCall", "AppDial", "AppQueue"})
"""Applications of a channel that came to another call, or was dialled for it."""
ORIGINATED = frozenset({"Dial", "Queue"})
"""What the first half of a Local channel runs when AMI originated it."""


@dataclass(frozen=True, slots=True)
class CallRows:
    """The lines of one call."""

    root: str
    """Name of the channel that began it."""
    own: tuple[CdrRow, ...]
    """Lines of the root, in order of time."""
    others: tuple[CdrRow, ...] = ()
    """The other lines of the bundle."""
    joined: bool = False
    """Another call of the same bundle, with its own root, is the main one: this may be a consultation."""

    @property
    def rows(self) -> tuple[CdrRow, ...]:
        """All lines."""
        return self.own + self.others

    @property
    def ids(self) -> frozenset[str]:
        """Uniqueids and linkedids that the lines name."""
        return frozenset(i for row in self.rows for i in (row.uniqueid, row.linkedid) if i)

    @property
    def uniqueid(self) -> str:
        """Of the root; "" where the back end leaves it out."""
        return next((row.uniqueid for row in self.own if row.uniqueid), "")

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return min(row.start for row in self.own)

    @property
    def ended_at(self) -> datetime:
        """When its last line ended."""
        return max(row.end for row in self.own)


def plain(channel: str) -> str:
    """Return a channel's name without what masquerading adds."""
    return channel.removesuffix("<ZOMBIE>")


def channel_key(channel: str) -> str:
    """Return what both halves of a Local channel share; other channels as they are."""
    name = plain(channel)
    return name[:-2] if name.endswith((";1", ";2")) else name


@dataclass(slots=True)
class _Bundles:
    """Rows tied together, as a forest of sets."""

    above: dict[int, int] = field(default_factory=dict)
    seen: dict[tuple[str, str], tuple[int, datetime]] = field(default_factory=dict)

    def top(self, place: int) -> int:
        while self.above.setdefault(place, place) != place:
            self.above[place] = self.above[self.above[place]]
            place = self.above[place]
        return place

    def tie(self, place: int, key: tuple[str, str], row: CdrRow) -> None:
        known = self.seen.get(key)
        lasts = key[0] == "id" or known is None or row.start - known[1] <= SAME_CHANNEL
        if known is not None and lasts:
            self.above[self.top(place)] = self.top(known[0])
            self.seen[key] = (place, max(known[1], row.end))
        else:
            self.seen[key] = (place, row.end)


def bundles(rows: Iterable[CdrRow]) -> list[list[CdrRow]]:
    """Return rows that are tied together, each bundle in order of time."""
    ordered = sorted(rows, key=lambda row: (row.start, row.end))
    boots = _boots(ordered)
    forest = _Bundles()
    for place, row in enumerate(ordered):
        forest.top(place)
        for channel in (row.channel, row.dst_channel):
            if channel:
                life = boots.get(row.uniqueid, 0)
                forest.tie(place, (f"channel of {life}", channel_key(channel)), row)
        for name in (row.uniqueid, row.linkedid):
            if name:
                forest.tie(place, ("id", name), row)
    found: dict[int, list[CdrRow]] = {}
    for place, row in enumerate(ordered):
        found.setdefault(forest.top(place), []).append(row)
    return list(found.values())


def _boots(rows: Iterable[CdrRow]) -> dict[str, int]:
    """Return by uniqueid in which life of Asterisk a channel was: with a restart the names begin anew, and the counter."""
    births = {birth: row.uniqueid for row in rows if (birth := birth_of(row.uniqueid)) is not None}
    found: dict[str, int] = {}
    life, highest, counters = 0, 0, set[int]()
    for birth in sorted(births):
        _, counter = birth
        if counter in counters or counter < highest - OUT_OF_ORDER:
            life, highest, counters = life + 1, 0, set()
        highest = max(highest, counter)
        counters.add(counter)
        found[births[birth]] = life
    return found


def group(rows: Iterable[CdrRow]) -> list[CallRows]:
    """Return the calls of these rows, in the order of their ends: as they would have been told live."""
    calls = [call for bundle in bundles(rows) for call in _calls_of(bundle)]
    return sorted(calls, key=lambda call: (call.ended_at, call.started_at))


def _calls_of(bundle: list[CdrRow]) -> list[CallRows]:
    roots = _roots(bundle)
    if len(roots) > 1:
        reaching = [root for root in roots if any(r.channel == root and _led_on(r) for r in bundle)]
        roots = reaching or roots[:1]
    calls = []
    for root in roots:
        own = tuple(row for row in bundle if row.channel == root)
        others = tuple(row for row in bundle if row.channel != root and row.channel not in roots)
        calls.append(CallRows(root, own, others, joined=len(roots) > 1))
    return calls


def _led_on(row: CdrRow) -> bool:
    """Whether this line is of a call of its own, and not of somebody who only joined another."""
    return bool(row.dst_channel) or row.app not in JOINERS


def _came_before(row: CdrRow, dialled: dict[str, datetime]) -> bool:
    """Whether this channel was there before any other reached it."""
    reached = dialled.get(plain(row.channel))
    return reached is None or row.start < reached


def _roots(bundle: list[CdrRow]) -> list[str]:
    dialled: dict[str, datetime] = {}
    for row in bundle:  # in order of time
        if row.dst_channel:
            dialled.setdefault(plain(row.dst_channel), row.start)
    names = list(dict.fromkeys(row.channel for row in bundle))
    people = [name for name in names if not is_technical(name)]
    free = [
        name
        for name in people
        if any(
            r.channel == name and r.app not in JOINERS and _came_before(r, dialled) for r in bundle
        )
    ]
    if free:
        return free
    # Nobody came by himself. Either the switch called (Originate of a Local channel), or the lines of the one who did are
    # not written yet: they come when he hangs up, while those of a Local channel may have ended long before.
    began = {
        row.channel
        for row in bundle
        if is_technical(row.channel) and row.channel.endswith(";1") and row.app in ORIGINATED
    }
    return sorted(began)[:1]
