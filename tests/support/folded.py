"""Records folded from a few events, for tests of what is decided about them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce

from calls.model import CallRecord, fold
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
    RingResult,
    TalkEnded,
    TalkStarted,
    Uniqueid,
)

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CLIENT = Party(number="79161234567")
COMPANY = Party(number="74951230001")


def second(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def key(at_s: float) -> dict:
    return {"pbx": PbxName("main"), "call": Linkedid("1795000000.1"), "at": second(at_s)}


def started(
    caller: Party = CLIENT,
    called: Party = COMPANY,
    direction: Direction = Direction.IN,
    **more: object,
) -> CallStarted:
    return CallStarted(
        **key(0),
        direction=direction,
        caller=caller,
        called=called,
        linkedids=(key(0)["call"],),
        **more,
    )


def ring(
    who: str, begin_s: float, end_s: float, result: RingResult, *, rang: bool = True, leg: str = ""
) -> list[CallEvent]:
    """An offer to an extension or, if longer than six digits, to a number."""
    party = Party(extension=who) if len(who) <= 6 else Party(number=who)
    uniqueid = Uniqueid(leg or f"leg-{who}-{begin_s}")
    told: list[CallEvent] = [LegOffered(**key(begin_s), leg=uniqueid, party=party)]
    if rang:
        told.append(LegRinging(**key(begin_s), leg=uniqueid, party=party))
    return [*told, LegStopped(**key(end_s), leg=uniqueid, party=party, result=result, rang=rang)]


def talk(begin_s: float, end_s: float, *parties: Party) -> list[CallEvent]:
    legs = tuple(Uniqueid(party.label) for party in parties)
    return [
        TalkStarted(**key(begin_s), parties=parties, legs=legs),
        TalkEnded(**key(end_s), parties=parties),
    ]


def ended(at_s: float, by: EndedBy = EndedBy.SWITCH, **more: object) -> CallEnded:
    return CallEnded(**key(at_s), ended_by=by, **more)


def folded(events: Iterable[CallEvent]) -> CallRecord:
    record = reduce(fold, events, None)
    assert record is not None
    return record
