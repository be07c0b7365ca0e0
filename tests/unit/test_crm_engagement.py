"""What calls mean for phones."""

from datetime import UTC, datetime

from support.ami_script import NOON

from calls.model import fold
from calls.record import CallRecord
from crm.engagement import CALLING, RINGING, TALKING, as_json, engagements, from_json
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

CALL = {"pbx": PbxName("main"), "call": Linkedid("1.1"), "at": NOON}
CLIENT, ANNA, BORIS = Party(number="+79161234567"), Party(extension="101"), Party(extension="102")


def started(direction: Direction, caller: Party, called: Party) -> CallStarted:
    return CallStarted(
        **CALL, direction=direction, caller=caller, called=called, linkedids=(Linkedid("1.1"),)
    )


def told(*events: CallEvent) -> CallRecord:
    record = None
    for event in events:
        record = fold(record, event)
    assert record is not None
    return record


INCOMING = started(Direction.IN, CLIENT, Party(number="74951230001"))
OFFERED = LegOffered(**CALL, leg=Uniqueid("1.2"), party=ANNA, queue="sales")
RINGS = LegRinging(**CALL, leg=Uniqueid("1.2"), party=ANNA, queue="sales")
TAKEN = LegStopped(**CALL, leg=Uniqueid("1.2"), party=ANNA, result=RingResult.ANSWERED, rang=True)


def test_phone_rings_then_talks_then_is_free() -> None:
    ringing = engagements(told(INCOMING, OFFERED, RINGS))
    assert {phone: (one.kind, one.number, one.queue) for phone, one in ringing.items()} == {
        "101": (RINGING, "+79161234567", "sales")
    }
    talk = TalkStarted(**CALL, parties=(CLIENT, ANNA), legs=())
    talking = engagements(told(INCOMING, OFFERED, RINGS, TAKEN, talk))["101"]
    assert (talking.kind, talking.number, talking.internal) == (TALKING, "+79161234567", False)
    assert talking.queue == "sales"
    over = TalkEnded(**CALL, parties=(CLIENT, ANNA))
    assert engagements(told(INCOMING, RINGS, TAKEN, talk, over)) == {}
    ended = CallEnded(**CALL, ended_by=EndedBy.CALLER)
    assert engagements(told(INCOMING, RINGS, ended)) == {}


def test_caller_calls_until_somebody_answers() -> None:
    internal = started(Direction.INTERNAL, ANNA, BORIS)
    rings = LegRinging(**CALL, leg=Uniqueid("1.2"), party=BORIS)
    found = engagements(told(internal, rings))
    assert {phone: (one.kind, one.number, one.internal) for phone, one in found.items()} == {
        "101": (CALLING, "102", True),
        "102": (RINGING, "101", True),
    }


def test_click_to_call_rings_ones_own_phone_for_whom_it_is_going_to_call() -> None:
    out = started(Direction.OUT, ANNA, CLIENT)
    assert engagements(told(out, RINGS))["101"].number == "+79161234567"


def test_conference_with_a_client_is_a_talk_with_the_client() -> None:
    talk = TalkStarted(**CALL, parties=(ANNA, BORIS, CLIENT), legs=())
    found = engagements(told(INCOMING, talk))
    assert [found[phone].internal for phone in ("101", "102")] == [False, False]
    assert "" not in found


def test_engagement_survives_the_table() -> None:
    one = engagements(told(INCOMING, OFFERED, RINGS))["101"]
    assert from_json(as_json(one)) == one
    assert one.since == datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
