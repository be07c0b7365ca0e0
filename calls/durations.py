"""How long a caller waited, talked and was on hold. Pure.

In: a folded `CallRecord`. Out: seconds, None where a time is not known.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from calls.record import CallRecord, Ring, Talk
from pbx.events import EndedBy

LONGEST_CALL = timedelta(hours=12)
"""Calls of a time are looked for by their indexed beginning, which lies no further back."""


def waited_s(
    record: CallRecord, talks: tuple[Talk, ...], *, given_up: bool = False
) -> float | None:
    """Return the time from the start to the first talk or, without one, until there was nothing to wait for.

    That is when he himself gave up, or was put to voicemail, or when the last phone stopped ringing and the last queue
    let him go: what he hears afterwards ("all our operators are busy") is no waiting.
    """
    if talks:
        return span_s(record.started_at, talks[0].started_at)
    if record.voicemail_at is not None:
        return span_s(record.started_at, record.voicemail_at)
    stops = [ring.stopped_at for ring in record.rings if ring.stopped_at is not None]
    if record.queue_left_at is not None:
        stops.append(record.queue_left_at)
    let_down = stops and not given_up and record.end_seen
    return span_s(record.started_at, max(stops) if let_down else record.ended_at)


def talked_s(record: CallRecord, talks: tuple[Talk, ...]) -> float | None:
    """Sum the talks. One whose end was not seen has no known length."""
    known = talks if record.end_seen else [t for t in talks if t.ended_at != record.ended_at]
    if talks and not known:
        return None
    return sum_s((talk.started_at, talk.ended_at) for talk in known)


def held_s(record: CallRecord) -> float | None:
    """Sum the holds."""
    return sum_s((hold.started_at, hold.ended_at) for hold in record.holds)


def rung_s(rings: Iterable[Ring]) -> float:
    """Return how long the longest of these rings lasted; 0 where no time is known."""
    spans = (span_s(ring.rang_at or ring.offered_at, ring.stopped_at) for ring in rings)
    return max((span for span in spans if span is not None), default=0.0)


def caller_left(record: CallRecord) -> bool:
    """Whether the caller hung up, and not the switch or the other side."""
    return record.ended_by is EndedBy.CALLER


def sum_s(spans: Iterable[tuple[datetime | None, datetime | None]]) -> float | None:
    """Sum spans of time; None if one is not known."""
    total = 0.0
    for start, end in spans:
        span = span_s(start, end)
        if span is None:
            return None
        total += span
    return round(total, 3)


def span_s(start: datetime | None, end: datetime | None) -> float | None:
    """Return the time between two moments, None if one is not known."""
    return None if start is None or end is None else round((end - start).total_seconds(), 3)


def whole(span: float | None) -> str:
    """Return seconds as sentences show them."""
    return "?" if span is None else f"{span:.0f}"
