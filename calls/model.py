"""One call as we keep it: a record folded from call events. Pure.

In: `pbx.events.CallEvent`, one by one and in order. Out: a frozen `CallRecord`, whole after every event. The outcome is
not decided here but in `calls.outcome`, once, when the call has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from operator import itemgetter
from typing import Any

from calls import endings
from calls.record import (
    CallRecord,
    Hold,
    Outcome,
    RecordingName,
    Ring,
    Talk,
    Transfer,
    same_person,
)
from pbx.events import (
    AnnouncementPlayed,
    CallEnded,
    CallEvent,
    CallResynced,
    CallsMerged,
    CallStarted,
    CallUpdated,
    Direction,
    EndExplained,
    HoldEnded,
    HoldStarted,
    LegOffered,
    LegRinging,
    LegStopped,
    Party,
    PhoneUnreachable,
    QueueEntered,
    QueueLeft,
    QueueRefused,
    RecordingNamed,
    TalkEnded,
    TalkStarted,
    TransferKind,
    Transferred,
    Uniqueid,
    VoicemailEntered,
)

__all__ = [
    "CallRecord",
    "Hold",
    "Outcome",
    "RecordingName",
    "Ring",
    "Talk",
    "Transfer",
    "fold",
    "same_person",
    "with_recordings_of",
]

SAME_TALK = timedelta(seconds=0.5)
"""Asterisk moves legs between bridges in the middle of a talk (Local channels optimised away): a shorter break is none."""


def fold(record: CallRecord | None, event: CallEvent) -> CallRecord:
    """Return the record after one more event of its call.

    A record that does not exist yet begins with whatever event comes first: after a restart of ours, that may be any.
    Folding the same event twice in a row changes nothing.
    """
    if record is None:
        record = _begin(event)
    elif isinstance(event, CallStarted) and event.from_resync:
        return record  # found again after a restart of ours: what was stored knows more
    change = _FOLDS.get(type(event))
    return change(record, event) if change else record


def _begin(event: CallEvent) -> CallRecord:
    started = isinstance(event, CallStarted)
    return CallRecord(
        pbx=event.pbx,
        linkedid=event.call,
        linkedids=(event.call,),
        direction=Direction.INTERNAL,
        caller=Party(),
        called=Party(),
        started_at=event.at,
        from_resync=not started,
        source="live" if started else endings.RESYNC,
    )


def _started(record: CallRecord, event: CallStarted) -> CallRecord:
    return replace(
        _updated(record, event),
        trunk=event.trunk,
        click_to_call=event.click_to_call,
        from_resync=event.from_resync,
        source=endings.RESYNC if event.from_resync else record.source,
    )


def _updated(record: CallRecord, event: CallStarted | CallUpdated) -> CallRecord:
    return replace(
        record,
        direction=event.direction,
        caller=event.caller,
        called=event.called,
        linkedids=event.linkedids,
        consultation=event.consultation,
    )


def _offered(record: CallRecord, event: LegOffered) -> CallRecord:
    if any(ring.leg == event.leg for ring in record.rings):
        return record
    ring = Ring(leg=event.leg, party=event.party, queue=event.queue, offered_at=event.at)
    return replace(record, rings=(*record.rings, ring))


def _ringing(record: CallRecord, event: LegRinging) -> CallRecord:
    record = _with_ring(record, event)
    return _change_ring(
        record,
        event.leg,
        lambda ring: (
            ring if ring.rang_at else replace(ring, rang=not event.moved, rang_at=event.at)
        ),
    )


def _stopped(record: CallRecord, event: LegStopped) -> CallRecord:
    def stop(ring: Ring) -> Ring:
        if ring.result is not None:
            return ring
        return replace(ring, stopped_at=event.at, result=event.result, rang=ring.rang or event.rang)

    return _change_ring(_with_ring(record, event), event.leg, stop)


def _with_ring(record: CallRecord, event: LegRinging | LegStopped) -> CallRecord:
    """Add the ring that an event speaks of, where its offer was not seen."""
    if any(ring.leg == event.leg for ring in record.rings):
        return record
    return replace(record, rings=(*record.rings, Ring(leg=event.leg, party=event.party)))


def _change_ring(record: CallRecord, leg: Uniqueid, change: Callable[[Ring], Ring]) -> CallRecord:
    rings = tuple(change(ring) if ring.leg == leg else ring for ring in record.rings)
    return replace(record, rings=rings)


def _talk_started(record: CallRecord, event: TalkStarted) -> CallRecord:
    last = record.talks[-1] if record.talks else None
    if last is not None and _same_parties(last.parties, event.parties):
        if last.is_open:
            return record
        if (
            last.ended_at is not None
            and event.at is not None
            and event.at - last.ended_at <= SAME_TALK
        ):
            reopened = replace(last, ended_at=None, is_open=True)
            return replace(record, talks=(*record.talks[:-1], reopened))
    talk = Talk(parties=event.parties, started_at=event.at, conference=event.conference)
    before = endings.closed(record.talks, event.at)  # its end may have been missed
    return replace(
        record,
        talks=(*before, talk),
        answered_at=record.answered_at if record.talks else event.at,
    )


def _same_parties(one: tuple[Party, ...], other: tuple[Party, ...]) -> bool:
    return {(p.extension, p.number) for p in one} == {(p.extension, p.number) for p in other}


def _talk_ended(record: CallRecord, event: TalkEnded) -> CallRecord:
    return replace(record, talks=endings.closed(record.talks, event.at))


def _hold_started(record: CallRecord, event: HoldStarted) -> CallRecord:
    if any(hold.is_open and same_person(hold.party, event.party) for hold in record.holds):
        return record
    return replace(record, holds=(*record.holds, Hold(party=event.party, started_at=event.at)))


def _hold_ended(record: CallRecord, event: HoldEnded) -> CallRecord:
    if event.by_switch:
        kept = (h for h in record.holds if not (h.is_open and same_person(h.party, event.party)))
        return replace(record, holds=tuple(kept))
    holds = tuple(
        replace(hold, ended_at=event.at, is_open=False)
        if hold.is_open and same_person(hold.party, event.party)
        else hold
        for hold in record.holds
    )
    return replace(record, holds=holds)


def _transferred(record: CallRecord, event: Transferred) -> CallRecord:
    transfer = Transfer(kind=event.kind, source=event.source, target=event.target, at=event.at)
    last = record.transfers[-1] if record.transfers else None
    if _says_same(record, last, transfer):
        return replace(record, transfers=(*record.transfers[:-1], transfer))
    parked = last is not None and last.kind is TransferKind.PARK and not last.target.label
    if parked and event.kind is TransferKind.PARK:  # who took him is known now
        return replace(record, transfers=(*record.transfers[:-1], transfer))
    if last == transfer:
        return record
    return replace(record, transfers=(*record.transfers, transfer))


def _says_same(record: CallRecord, last: Transfer | None, parking: Transfer) -> bool:
    """Whether a blind transfer went to a parking lot: Asterisk tells both, and it was one act."""
    if last is None or last.kind is not TransferKind.BLIND or parking.kind is not TransferKind.PARK:
        return False
    rung_since = any(
        ring.offered_at is not None and last.at is not None and ring.offered_at >= last.at
        for ring in record.rings
    )
    return same_person(last.source, parking.source) and not rung_since


def _queued(record: CallRecord, event: QueueEntered) -> CallRecord:
    """Take the queue that he waits in; once somebody has talked, the queue that he came by stays."""
    queue = record.queue if record.queue and record.talks else event.queue
    queues = record.queues if event.queue in record.queues else (*record.queues, event.queue)
    return replace(record, queue=queue, queues=queues, queue_result="", turned_away="")


def _unreachable(record: CallRecord, event: PhoneUnreachable) -> CallRecord:
    if event.party in record.unreachable:
        return record
    return replace(record, unreachable=(*record.unreachable, event.party))


def _turned_away(record: CallRecord, event: QueueRefused) -> CallRecord:
    return replace(record, turned_away=event.reason, turned_away_from=event.queue)


def _recorded(record: CallRecord, event: RecordingNamed) -> CallRecord:
    if any(
        (one.mixed, one.receive, one.transmit) == (event.mixed, event.receive, event.transmit)
        for one in record.recordings
    ):
        return record
    recording = RecordingName(
        leg=event.leg,
        party=event.party,
        mixed=event.mixed,
        receive=event.receive,
        transmit=event.transmit,
        bridged_only=event.bridged_only,
        at=event.at,
    )
    return replace(record, recordings=(*record.recordings, recording))


def with_recordings_of(record: CallRecord, absorbed: CallRecord | None) -> CallRecord:
    """Return the record with what was recorded of a call that turned out to be part of it, in the order of time."""
    known = {named.mixed or named.receive or named.transmit for named in record.recordings}
    new = [
        named
        for named in (absorbed.recordings if absorbed else ())
        if (named.mixed or named.receive or named.transmit) not in known
    ]
    if not new:
        return record
    together = [*record.recordings, *new]
    times = [named.at for named in together if named.at is not None]
    if len(times) == len(together):
        pairs = sorted(zip(times, together, strict=True), key=itemgetter(0))
        together = [named for _, named in pairs]
    return replace(record, recordings=tuple(together))


def _merged(record: CallRecord, event: CallsMerged) -> CallRecord:
    new = tuple(call for call in event.absorbed if call not in record.absorbed)
    return replace(record, absorbed=(*record.absorbed, *new))


_FOLDS: dict[type[CallEvent], Callable[[CallRecord, Any], CallRecord]] = {
    CallStarted: _started,
    CallUpdated: _updated,
    LegOffered: _offered,
    LegRinging: _ringing,
    LegStopped: _stopped,
    TalkStarted: _talk_started,
    TalkEnded: _talk_ended,
    HoldStarted: _hold_started,
    HoldEnded: _hold_ended,
    QueueEntered: _queued,
    QueueLeft: lambda record, event: replace(
        record, queue_result=event.reason, queue_left_at=event.at
    ),
    PhoneUnreachable: _unreachable,
    QueueRefused: _turned_away,
    Transferred: _transferred,
    VoicemailEntered: lambda record, event: replace(
        record, voicemail=True, voicemail_at=record.voicemail_at or event.at
    ),
    RecordingNamed: _recorded,
    AnnouncementPlayed: lambda record, _event: record,
    CallsMerged: _merged,
    CallResynced: endings.resynced,
    CallEnded: endings.ended,
    EndExplained: endings.explained,
}
