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
from datetime import UTC, datetime
from itertools import pairwise

from calls.cdr.destinations import Reached, click_to_call_sides, destinations
from calls.cdr.grouping import CallRows
from calls.cdr.offers import MOMENT, rings_of, waiting_of
from calls.cdr.queue_entry import QueueEntry
from calls.cdr.row import CdrRow, epoch_of
from calls.record import CallRecord, Ring, Talk, Transfer, same_person
from pbx.call_state import dialled_party
from pbx.endpoint_ties import EndpointTies
from pbx.events import (
    Direction,
    EndedBy,
    Linkedid,
    Party,
    PbxName,
    RingResult,
    TransferKind,
)
from pbx.numbers import Endpoints, endpoint_of, is_technical, sent_number

MENU = frozenset(
    {
        "BackGround",
        "Background",
        "ChanSpy",
        "ConfBridge",
        "ExtenSpy",
        "MeetMe",
        "MusicOnHold",
        "Playback",
        "Queue",
        "Read",
        "Wait",
        "WaitExten",
    }
)
"""Applications in which a caller waits: who is gone while they run has hung up."""
RUNG_BY_THE_SWITCH = "AppDial2"
"""What a phone runs that Originate rings, until it is answered."""
VOICEMAIL = frozenset({"VoiceMail", "Voicemail", "MiniVoiceMail", "MinivmRecord"})


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
    queue, queue_result = waiting_of(call, reached, queue_log)
    rings = rings_of(call, reached, queue_result)
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


def abandoned_in_queue(
    pbx: PbxName, entries: Sequence[QueueEntry], endpoints: Endpoints | None = None
) -> CallRecord | None:
    """Return the call of a caller who gave up in a queue and left no line of his own (`unanswered = no` in cdr.conf).

    Args:
        pbx: on which it was.
        entries: what queue_log says of one caller, in order.
        endpoints: how endpoints are told apart.
    """
    entered = next((e for e in entries if e.event == "ENTERQUEUE"), None)
    left = entries[-1] if entries else None
    if entered is None or left is None or left.event != "ABANDON":
        return None
    number = sent_number(entered.data[1]) if len(entered.data) > 1 else ""
    ours = (endpoints or Endpoints()).is_internal(number)
    key = Linkedid(entered.call)
    return CallRecord(
        pbx=pbx,
        linkedid=key,
        linkedids=(key,),
        direction=Direction.INTERNAL if ours else Direction.IN,
        caller=Party(extension=number) if ours else Party(number=number, hidden=not number),
        called=Party(),
        queue=entered.queue,
        queue_result="abandoned",
        started_at=epoch_of(entered.call) or entered.at,
        ended_at=left.at,
        ended=True,
        ended_by=EndedBy.CALLER,
        source="cdr",
    )


def ties_of(rows: Sequence[CdrRow], endpoints: Endpoints) -> EndpointTies:
    """Return what the lines themselves tell of endpoints whose names say nothing."""
    ties = EndpointTies(endpoints)
    for row in rows:
        if endpoints.is_internal(row.src):
            ties.learn(row.channel, row.src, row.context)
        device = row.data.split(",")[0]
        named = row.app == "Dial" and endpoint_of(row.dst_channel) in device.split("/")
        if row.dst_channel and named and endpoints.is_internal(row.dst):
            ties.learn_dialled(row.dst_channel, device, row.dst)
    return ties


def _sides(call: CallRows, reached: Sequence[Reached], ties: EndpointTies) -> _Sides:
    first = call.own[0]
    if is_technical(call.root):
        return _Sides(*click_to_call_sides(call, reached, ties))
    extension = ties.extension_of(call.root)
    called = dialled_party(first.dst, ties.endpoints)
    if not extension and ties.endpoints.is_own(first.src):
        # Nobody calls himself from outside: the switch called the client first, then one of ours (Originate).
        ours = next((one.party for one in reached if one.party.is_ours), Party())
        return _Sides(Direction.OUT, ours, Party())
    if not extension:
        number = sent_number(first.src)
        caller = Party(number=number, name=_name(first, number), hidden=not number)
        return _Sides(Direction.IN, caller, called)
    if first.app == RUNG_BY_THE_SWITCH and not reached:
        # Click to call that the operator did not take: Originate shows whom he would have called.
        number = sent_number(first.src)
        called = Party() if ties.endpoints.is_own(number) else dialled_party(number, ties.endpoints)
        called = Party() if called.extension == extension else called
    caller = Party(extension=extension, name=_name(first, first.src))
    outside = [one for one in reached if not one.party.is_ours]
    if reached:
        direction = Direction.OUT if outside else Direction.INTERNAL
    else:
        inside = called.is_ours or not called.number or called.number[0] in "*#"
        inside = inside or ties.endpoints.is_own(called.number)
        direction = Direction.INTERNAL if inside else Direction.OUT
    if direction is Direction.OUT and called.is_ours:
        called = Party(
            number=called.extension
        )  # 112 looks like one of ours until a trunk is dialled for it
    return _Sides(direction, caller, called)


def _name(row: CdrRow, number: str) -> str:
    name = row.clid.rpartition("<")[0].strip().strip('"')
    return "" if name == number else name


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
