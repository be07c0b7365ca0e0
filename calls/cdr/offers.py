"""What became of each offer of a call, and of its waiting in a queue. Pure.

In: the lines of one call and whom they reached. Out: rings with their results. A line says ANSWERED, BUSY, FAILED or NO
ANSWER; why nobody answered is found by its length, by the limit that the dialplan set, and by whether the caller went on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from calls.cdr.destinations import Reached
from calls.cdr.grouping import CallRows
from calls.cdr.queue_entry import LEFT_UNANSWERED, QueueEntry
from calls.cdr.row import CdrRow
from calls.record import Ring
from pbx.events import RingResult, Uniqueid

MOMENT = timedelta(seconds=1)
"""The record's grain."""


def waiting_of(
    call: CallRows, reached: Sequence[Reached], queue_log: Sequence[QueueEntry]
) -> tuple[str, str]:
    """Return the first queue, and how the last waiting ended in the words of `pbx.events.QueueLeft`."""
    waited = [row for row in call.own if row.app == "Queue"]
    entered = [entry for entry in queue_log if entry.event == "ENTERQUEUE"]
    if not waited and not entered:
        return "", ""
    queue = entered[0].queue if entered else waited[0].data.split(",")[0]
    exits = [e for e in queue_log if e.event in LEFT_UNANSWERED or e.event == "CONNECT"]
    if exits:
        return queue, LEFT_UNANSWERED.get(exits[-1].event, "answered")
    if any(one.answered and one.outer.app == "Queue" for one in reached):
        return queue, "answered"
    if not waited:
        return queue, ""
    last = max(waited, key=lambda row: row.end)
    if _went_on(call, last):
        return queue, "timeout"
    limit_s = _number(last.data.split(",")[4:5])
    waited_s = (last.end - min(row.start for row in waited)).total_seconds()
    return queue, "timeout" if limit_s and waited_s >= limit_s - 1 else "abandoned"


def _number(parts: Sequence[str]) -> float:
    return float(parts[0]) if parts and parts[0].isdigit() else 0.0


def _went_on(call: CallRows, row: CdrRow) -> bool:
    """Whether the caller was still there after this line: another one of his begins when it ended."""
    return any(
        later is not row and later.start >= row.end and later.end > row.start and later.dst != "h"
        for later in call.own
        if later.start > row.start or not later.dst_channel
    )


def rings_of(call: CallRows, reached: Sequence[Reached], queue_result: str) -> tuple[Ring, ...]:
    """Return the offers of this call with their results, in order of time."""
    rings = []
    for place, one in enumerate(reached):
        result = _result(call, one, reached, queue_result)
        rang_s = one.rang_s
        rang = one.on_channel and (result is RingResult.ANSWERED or rang_s >= 1)
        rings.append(
            Ring(
                leg=Uniqueid(f"{call.uniqueid or call.root}-cdr-{place}"),
                party=one.party,
                queue=one.outer.data.split(",")[0] if one.outer.app == "Queue" else "",
                offered_at=one.rows[-1].start,
                rang=rang,
                rang_at=one.rows[-1].start if rang else None,
                stopped_at=one.talk_from if result is RingResult.ANSWERED else one.end,
                result=result,
            )
        )
    return tuple(rings)


def _result(
    call: CallRows, one: Reached, reached: Sequence[Reached], queue_result: str
) -> RingResult:
    if one.answered and one.outer.app == "FollowMe" and one.end - one.talk_from < MOMENT:
        return RingResult.TIMEOUT  # he was asked whether he takes the call, and did not
    if one.answered:
        return RingResult.ANSWERED_ELSEWHERE if _picked_up(one, reached) else RingResult.ANSWERED
    inner = one.rows[-1]
    if inner.disposition == "BUSY":
        return RingResult.DECLINED if one.rang_s >= 1 else RingResult.BUSY
    if inner.disposition in ("FAILED", "CONGESTION"):
        return RingResult.FAILED
    if not one.on_channel:
        return RingResult.UNAVAILABLE
    if any(_beat(other, one) for other in reached):
        return RingResult.ANSWERED_ELSEWHERE
    if one.rang_s < 1:
        return RingResult.UNAVAILABLE if one.party.is_ours else RingResult.FAILED
    if one.outer.app == "Queue":
        gave_up = queue_result == "abandoned" and not _went_on(call, one.outer)
        return RingResult.GAVE_UP if gave_up else RingResult.TIMEOUT
    limits_s = [_number(r.data.split(",")[1:2]) for r in one.rows if r.app == "Dial"]
    timed_out = any(limit_s and one.rang_s >= limit_s - 1 for limit_s in limits_s)
    went_on = timed_out or _went_on(call, one.outer)
    return RingResult.TIMEOUT if went_on else RingResult.GAVE_UP


def _beat(other: Reached, one: Reached) -> bool:
    """Whether another phone took the call that rang at this one, too."""
    began, ended = other.outer.start, other.talk_from
    return other.answered and began < one.end and abs(ended - one.end) <= 2 * MOMENT


def _picked_up(one: Reached, reached: Sequence[Reached]) -> bool:
    """Whether a colleague took it: this line was answered for no time, and the next of the same Dial goes to him."""
    return one.end - one.talk_from < MOMENT and any(
        other.answered
        and other.party != one.party
        and other.outer.data == one.outer.data
        and other.outer.start == one.outer.end
        for other in reached
    )
