"""Call events of invented calls, second by second, for tests that need no trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pbx.events import (
    CallEnded,
    CallEvent,
    CallStarted,
    Direction,
    EndedBy,
    LegOffered,
    LegRinging,
    LegStopped,
    Linkedid,
    Party,
    PbxName,
    RecordingNamed,
    RingResult,
    TalkEnded,
    TalkStarted,
    Uniqueid,
)

PBX = PbxName("main")
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CLIENT = Party(number="+79160001122", name="Anna")


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def started(
    call: str, caller: Party = CLIENT, called: Party | None = None, *, second: float = 0
) -> CallStarted:
    called = called or Party(number="4951234567")
    direction = Direction.OUT if caller.is_ours else Direction.IN
    if caller.is_ours and called.is_ours:
        direction = Direction.INTERNAL
    return CallStarted(
        pbx=PBX,
        call=Linkedid(call),
        at=at(second),
        direction=direction,
        caller=caller,
        called=called,
        linkedids=(Linkedid(call),),
    )


def rings(call: str, extension: str, *, second: float = 1) -> list[CallEvent]:
    key, leg, party = Linkedid(call), Uniqueid(f"{call}-{extension}"), Party(extension=extension)
    return [
        LegOffered(pbx=PBX, call=key, at=at(second), leg=leg, party=party),
        LegRinging(pbx=PBX, call=key, at=at(second + 0.5), leg=leg, party=party),
    ]


def stops(call: str, extension: str, result: RingResult, *, second: float = 5) -> LegStopped:
    return LegStopped(
        pbx=PBX,
        call=Linkedid(call),
        at=at(second),
        leg=Uniqueid(f"{call}-{extension}"),
        party=Party(extension=extension),
        result=result,
        rang=True,
    )


def talk(call: str, *parties: Party, second: float = 5) -> TalkStarted:
    return TalkStarted(pbx=PBX, call=Linkedid(call), at=at(second), parties=parties, legs=())


def talk_ends(call: str, *parties: Party, second: float = 65) -> TalkEnded:
    return TalkEnded(pbx=PBX, call=Linkedid(call), at=at(second), parties=parties)


def recorded(call: str, extension: str, name: str = "a", *, second: float = 5) -> RecordingNamed:
    return RecordingNamed(
        pbx=PBX,
        call=Linkedid(call),
        at=at(second),
        leg=Uniqueid(f"{call}-{extension}"),
        party=Party(extension=extension),
        mixed=f"/rec/{name}.wav",
        receive=f"/rec/{name}-rx.wav",
        transmit=f"/rec/{name}-tx.wav",
    )


def ended(call: str, *, second: float = 70) -> CallEnded:
    return CallEnded(pbx=PBX, call=Linkedid(call), at=at(second), ended_by=EndedBy.CALLER)


def answered_call(call: str = "1.1", *, caller: Party = CLIENT, by: str = "101") -> list[CallEvent]:
    """An incoming call: 101 and 102 ring, `by` answers at 5 s and talks for a minute, with a recording."""
    person = Party(extension=by)
    other = "102" if by == "101" else "101"
    return [
        started(call, caller),
        *rings(call, by),
        *rings(call, other),
        stops(call, by, RingResult.ANSWERED),
        stops(call, other, RingResult.ANSWERED_ELSEWHERE),
        talk(call, caller, person),
        recorded(call, by, name=call),
        talk_ends(call, caller, person),
        ended(call),
    ]


def missed_call(call: str = "2.1", *, caller: Party = CLIENT, to: str = "101") -> list[CallEvent]:
    """An incoming call that `to` does not pick up."""
    return [
        started(call, caller),
        *rings(call, to),
        stops(call, to, RingResult.TIMEOUT, second=20),
        ended(call, second=21),
    ]
