"""How the record of a call is closed, whether its end was heard or only concluded. Pure.

In: a record and what told its end. Out: the record with nothing left open.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from calls.record import CallRecord, Hold, Ring, Talk
from pbx.events import CallEnded, CallResynced, CallStarted, EndedHow, EndExplained, RingResult

RESYNC = "resync"
"""`CallRecord.source` of a call whose events were missed for a while."""


def closed(talks: tuple[Talk, ...], at: datetime | None) -> tuple[Talk, ...]:
    """Return the talks with none left open."""
    return tuple(
        replace(talk, ended_at=at, is_open=False) if talk.is_open else talk for talk in talks
    )


def resumed(record: CallRecord, event: CallStarted) -> CallRecord:
    """Return a record that knows the call from before a gap better than the resync that found it again.

    What was going on is taken for over at this moment; what goes on is told next, and joined to it (`SAME_TALK`).
    """
    return replace(
        record,
        linkedids=tuple(dict.fromkeys((*record.linkedids, *event.linkedids))),
        talks=closed(record.talks, event.at),
        source=RESYNC,
    )


def resynced(record: CallRecord, event: CallResynced) -> CallRecord:
    """Note that events of this call were missed, and whether a talk may have been among them."""
    may = record.may_have_talked or event.may_have_talked
    return replace(record, source=RESYNC, may_have_talked=may)


def explained(record: CallRecord, event: EndExplained) -> CallRecord:
    """Take why the call ended, told a moment after its end."""
    return replace(record, end_how=event.how)


def ended(record: CallRecord, event: CallEnded) -> CallRecord:
    """Take the end, and close with it whatever ended unheard."""
    unseen = event.how if event.how is not EndedHow.SEEN else EndedHow.GAP
    talked = {(p.extension, p.number) for talk in record.talks for p in talk.parties}
    return replace(
        record,
        rings=tuple(_settled(ring, talked, event.at) for ring in record.rings),
        talks=closed(record.talks, event.at),
        holds=tuple(_let_go(hold, event.at) for hold in record.holds),
        ended=True,
        ended_at=event.at,
        end_seen=event.seen,
        end_how=event.how if event.seen else unseen,
        ended_by=event.ended_by,
        cause=event.cause,
        source=record.source if event.seen else RESYNC,
    )


def _settled(ring: Ring, talked: set[tuple[str, str]], at: datetime | None) -> Ring:
    if ring.result is not None:
        return ring
    missed = RingResult.ANSWERED_ELSEWHERE if talked else RingResult.UNKNOWN
    took = (ring.party.extension, ring.party.number) in talked
    return replace(ring, stopped_at=at, result=RingResult.ANSWERED if took else missed)


def _let_go(hold: Hold, at: datetime | None) -> Hold:
    return replace(hold, ended_at=at, is_open=False) if hold.is_open else hold
