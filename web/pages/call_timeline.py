"""The legs of one call as bars on one time axis: rang, talked, was on hold. Pure.

In: a `CallRecord` and the time now (for calls that go on). Out: `Timeline`, rows of bars in thousandths of the call's
length, ready to be drawn; the order is that of the legs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from calls.model import CallRecord, Ring
from pbx.events import Party

AXIS = 1000.0
"""Length of the axis: bars are given in parts of it."""
NARROWEST = 4.0
"""A bar is drawn at least this wide, so that half a second of talk in an hour can still be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One stretch of time. `kind`: "rang", "talked" or "held"; `x` and `width` in parts of `AXIS`."""

    kind: str
    x: float
    width: float
    starts_s: float
    lasts_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One party. `result` is the value of `RingResult` of its last offer, "" while open or for the caller."""

    party: Party
    is_caller: bool
    queue: str
    result: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The whole picture. `length_s` is what the axis stands for."""

    length_s: float
    rows: tuple[Row, ...]


def timeline_of(record: CallRecord, now: datetime) -> Timeline | None:
    """Draw a call; None when its beginning is not known."""
    if record.started_at is None:
        return None
    end = record.ended_at or max([now, *_known_ends(record)])
    axis = _Axis(record.started_at, max((end - record.started_at).total_seconds(), 1.0))
    rows = tuple(_row(record, party, axis) for party in _parties(record))
    return Timeline(length_s=axis.length_s, rows=rows)


@dataclass(frozen=True, slots=True)
class _Axis:
    start: datetime
    length_s: float

    def bar(self, kind: str, since: datetime | None, until: datetime | None) -> Iterator[Bar]:
        """The bar from `since` to `until` (None: to the end), cut to the axis; none for an unknown beginning."""
        if since is None:
            return
        first = self._cut((since - self.start).total_seconds())
        last = self.length_s if until is None else self._cut((until - self.start).total_seconds())
        if last < first:
            return
        width = max((last - first) / self.length_s * AXIS, NARROWEST)
        x = min(first / self.length_s * AXIS, AXIS - width)
        yield Bar(
            kind=kind, x=round(x, 1), width=round(width, 1), starts_s=first, lasts_s=last - first
        )

    def _cut(self, seconds: float) -> float:
        return min(max(seconds, 0.0), self.length_s)


def _known_ends(record: CallRecord) -> Iterator[datetime]:
    ends = [talk.ended_at for talk in record.talks] + [hold.ended_at for hold in record.holds]
    yield from (end for end in ends if end is not None)


def _parties(record: CallRecord) -> list[Party]:
    """Each party once, in the order of appearance: caller, those it was offered to, others who talked."""
    seen: dict[str, Party] = {}
    for party in _appearances(record):
        seen.setdefault(_key(party), party)
    return list(seen.values())


def _appearances(record: CallRecord) -> Iterator[Party]:
    yield record.caller
    yield from (ring.party for ring in record.rings)
    for talk in record.talks:
        yield from talk.parties


def _key(party: Party) -> str:
    return party.label or "hidden"


def _row(record: CallRecord, party: Party, axis: _Axis) -> Row:
    key = _key(party)
    rings = [ring for ring in record.rings if _key(ring.party) == key]
    bars = [
        *_rang(rings, axis),
        *(
            bar
            for talk in record.talks
            if any(_key(other) == key for other in talk.parties)
            for bar in axis.bar("talked", talk.started_at, talk.ended_at)
        ),
        *(
            bar
            for hold in record.holds
            if _key(hold.party) == key
            for bar in axis.bar("held", hold.started_at, hold.ended_at)
        ),
    ]
    result = rings[-1].result if rings else None
    return Row(
        party=party,
        is_caller=key == _key(record.caller),
        queue=next((ring.queue for ring in rings if ring.queue), ""),
        result=result.value if result else "",
        bars=tuple(bars),
    )


def _rang(rings: Iterable[Ring], axis: _Axis) -> Iterator[Bar]:
    for ring in rings:
        if ring.rang:
            yield from axis.bar("rang", ring.rang_at or ring.offered_at, ring.stopped_at)
