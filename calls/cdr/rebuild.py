"""A call as Asterisk's own record tells it, in the form in which we follow calls. Pure.

In: the lines of one call, what queue_log says of its caller, and how endpoints are told apart (the same rules as the
tracker's). Out: a `CallRecord`, ended, whose outcome `calls.outcome` decides as for every other call.

What the record cannot tell: whether a phone rang before it refused (603 and 480 are NO ANSWER like an unanswered ring,
so a declined call counts as given up or missed), who hung up, hold, click-to-call whose first phone never answered (no
line is written), and anything below one second. An answer by voicemail, menu or music is a line without a second channel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from calls.cdr.destinations import Reached, click_to_call_sides, destinations
from calls.cdr.grouping import CallRows
from calls.cdr.queue_entry import LEFT_UNANSWERED, QueueEntry
from calls.cdr.row import CdrRow
from calls.record import CallRecord, Ring, Talk, Transfer, same_person
from pbx.call_state import dialled_party
from pbx.events import (
    Direction,
    EndedBy,
    Linkedid,
    Party,
    PbxName,
    RingResult,
    TransferKind,
    Uniqueid,
)
from pbx.numbers import Endpoints, EndpointTies, is_technical, sent_number

MENU = frozenset(
    {"WaitExten", "BackGround", "Background", "Read", "MusicOnHold", "Wait", "Playback", "Queue"}
)
"""Applications in which a caller waits: who is gone while they run has hung up."""
VOICEMAIL = frozenset({"VoiceMail", "Voicemail", "MiniVoiceMail", "MinivmRecord"})
MOMENT = timedelta(seconds=1)
"""The record's grain."""


@dataclass(frozen=True, slots=True)
class _Sides:
    direction: Direction
    caller: Party
    called: Party


def rebuild(
    pbx: PbxName,
    call: CallRows,
    queue_log: Sequence[QueueEntry] = (),
    endpoints: Endpoints | None = None,
) -> CallRecord:
    """Return the call that these lines tell.

    Args:
        pbx: on which it was.
        call: its lines.
        queue_log: entries of this call's caller, in order; may be empty.
        endpoints: how endpoints are told apart.
    """
    ties = ties_of(call.rows, endpoints or Endpoints())
    reached = destinations(call, ties)
    sides = _sides(call, reached, ties)
    queue, queue_result = _queue(call, reached, queue_log)
    rings = _rings(call, reached, queue_result)
    talks = _talks(sides.caller, reached, rings, queue_log)
    voicemail = next((row for row in call.own if row.app in VOICEMAIL and row.answered), None)
    key = Linkedid(call.uniqueid or f"{call.started_at.timestamp():.0f}-{call.root}")
    linkedids = dict.fromkeys([key, *(Linkedid(row.linkedid) for row in call.own if row.linkedid)])
    return CallRecord(
        pbx=pbx,
        linkedid=key,
        linkedids=tuple(linkedids),
        direction=sides.direction,
        caller=sides.caller,
        called=sides.called,
        consultation=call.joined and sides.caller.is_ours,
        queue=queue,
        queue_result=queue_result,
        voicemail=voicemail is not None,
        voicemail_at=voicemail.start if voicemail else None,
        started_at=call.started_at,
        answered_at=talks[0].started_at if talks else None,
        ended_at=_ended_at(call, talks),
        ended=True,
        ended_by=EndedBy.CALLER if _caller_left(call, rings) else EndedBy.UNKNOWN,
        rings=rings,
        talks=talks,
        transfers=_transfers(call, talks),
        source="cdr",
    )


def ties_of(rows: Sequence[CdrRow], endpoints: Endpoints) -> EndpointTies:
    """Return what the lines themselves tell of endpoints whose names say nothing."""
    ties = EndpointTies(endpoints)
    for row in rows:
        if endpoints.is_internal(row.src):
            ties.learn(row.channel, row.src, row.context)
        if row.dst_channel and not is_technical(row.dst_channel) and endpoints.is_internal(row.dst):
            ties.learn_dialled(row.dst_channel, row.data.split(",")[0], row.dst)
    return ties


def _sides(call: CallRows, reached: Sequence[Reached], ties: EndpointTies) -> _Sides:
    first = call.own[0]
    if is_technical(call.root):
        return _Sides(*click_to_call_sides(call, reached, ties))
    extension = ties.extension_of(call.root)
    called = dialled_party(first.dst, ties.endpoints)
    if not extension:
        number = sent_number(first.src)
        caller = Party(number=number, name=_name(first, number), hidden=not number)
        return _Sides(Direction.IN, caller, called)
    caller = Party(extension=extension, name=_name(first, first.src))
    outside = [one for one in reached if not one.party.is_ours]
    if reached:
        direction = Direction.OUT if outside else Direction.INTERNAL
    else:
        inside = called.is_ours or not called.number or called.number[0] in "*#"
        own = called.number in ties.endpoints.own_numbers
        direction = Direction.INTERNAL if inside or own else Direction.OUT
    if direction is Direction.OUT and called.is_ours:
        called = Party(
            number=called.extension
        )  # 112 looks like one of ours until a trunk is dialled for it
    return _Sides(direction, caller, called)


def _name(row: CdrRow, number: str) -> str:
    name = row.clid.rpartition("<")[0].strip().strip('"')
    return "" if name == number else name


def _queue(
    call: CallRows, reached: Sequence[Reached], queue_log: Sequence[QueueEntry]
) -> tuple[str, str]:
    """Return the first queue and how the last waiting ended."""
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


def _rings(call: CallRows, reached: Sequence[Reached], queue_result: str) -> tuple[Ring, ...]:
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
    limit_s = _number(inner.data.split(",")[1:2])
    timed_out = (limit_s and one.rang_s >= limit_s - 1) or _went_on(call, one.outer)
    return RingResult.TIMEOUT if timed_out else RingResult.GAVE_UP


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


def _talks(
    caller: Party,
    reached: Sequence[Reached],
    rings: Sequence[Ring],
    queue_log: Sequence[QueueEntry],
) -> tuple[Talk, ...]:
    talks: list[Talk] = []
    for one, ring in zip(reached, rings, strict=True):
        if ring.result is not RingResult.ANSWERED or same_person(one.party, caller):
            continue
        start = _connected_at(one, queue_log)
        last = talks[-1] if talks else None
        if (
            last is not None
            and same_person(last.parties[1], one.party)
            and last.ended_at is not None
            and start - last.ended_at <= MOMENT
        ):
            talks[-1] = replace(last, ended_at=max(last.ended_at, one.end))
        else:
            talks.append(
                Talk(parties=(caller, one.party), started_at=start, ended_at=one.end, is_open=False)
            )
    return tuple(
        sorted(talks, key=lambda talk: talk.started_at or datetime.min.replace(tzinfo=UTC))
    )


def _connected_at(one: Reached, queue_log: Sequence[QueueEntry]) -> datetime:
    """When they began to talk. On a line that was answered before the queue, only queue_log knows it."""
    if one.outer.app == "Queue":
        connects = [e.at for e in queue_log if e.event == "CONNECT"]
        within = [at for at in connects if one.outer.start <= at <= one.end + MOMENT]
        if within:
            return min(max(within[0], one.talk_from), one.end)
    return one.talk_from


def _ended_at(call: CallRows, talks: Sequence[Talk]) -> datetime:
    return max([call.ended_at, *(talk.ended_at for talk in talks if talk.ended_at)])


def _caller_left(call: CallRows, rings: Sequence[Ring]) -> bool:
    """Whether the caller hung up himself, as far as the lines tell: while a phone rang, or in a menu."""
    if any(ring.result is RingResult.GAVE_UP for ring in rings):
        return True
    last = max(call.own, key=lambda row: (row.end, row.start))
    return not last.dst_channel and last.app in MENU


def _transfers(call: CallRows, talks: Sequence[Talk]) -> tuple[Transfer, ...]:
    """Return who handed the call on to whom. Attended where the first one talked to the second before."""
    found = []
    parked = [row for row in call.own if row.app == "Park"]
    for before, after in pairwise(talks):
        source, target = before.parties[1], after.parties[1]
        if same_person(source, target) or after.started_at is None or before.ended_at is None:
            continue
        consulted = call.joined or any(
            is_technical(row.dst_channel) and row.app in ("AppDial", "AppQueue")
            for row in call.others
        )
        kind = TransferKind.ATTENDED if consulted else TransferKind.BLIND
        if any(before.ended_at - MOMENT <= row.start <= after.started_at for row in parked):
            kind = TransferKind.PARK
        found.append(Transfer(kind=kind, source=source, target=target, at=after.started_at))
    return tuple(found)
