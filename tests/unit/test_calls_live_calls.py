"""Calls in memory over our own restarts: the same objects go on, and nothing better known is overwritten."""

from support.call_events import CLIENT, answered_call, at, ended, rings, started, talk

from calls.live_calls import LiveCalls
from calls.model import CallRecord
from calls.outcome import decide
from pbx.events import (
    CallEnded,
    CallEvent,
    CallStarted,
    CallUpdated,
    Direction,
    EndedBy,
    EndedHow,
    EndExplained,
    Linkedid,
    Party,
    PbxName,
    RingResult,
)

ANNA = Party(extension="101")
MAIN = PbxName("main")


def told(live: LiveCalls, *events: CallEvent) -> CallRecord:
    record = None
    for event in events:
        record = live.fold(event)
    assert record is not None
    return record


def restarted(*events: CallEvent) -> LiveCalls:
    """What a new process knows after another one was killed at this point."""
    before = LiveCalls()
    told(before, *events)
    live = LiveCalls()
    live.load(before.all())
    return live


def found(call: str, *, second: float, caller: Party | None = None) -> CallStarted:
    return CallStarted(
        pbx=MAIN,
        call=Linkedid(call),
        at=at(second),
        direction=Direction.OUT,
        caller=caller or Party(),
        called=Party(),
        linkedids=(Linkedid(call),),
        from_resync=True,
    )


def test_talk_that_goes_on_over_a_restart_is_one_talk():
    live = restarted(*answered_call()[:-2])
    record = told(
        live,
        found("1.1", second=30),
        talk("1.1", CLIENT, ANNA, second=30),
        *answered_call()[-2:],
    )
    assert len(record.talks) == 1
    assert (record.caller, record.direction, record.source) == (CLIENT, Direction.IN, "resync")
    assert decide(record).talk_s == 60


def test_call_found_again_under_a_later_linkedid_is_the_same_call():
    first = CallUpdated(
        pbx=MAIN,
        call=Linkedid("1.1"),
        at=at(2),
        direction=Direction.IN,
        caller=CLIENT,
        called=ANNA,
        linkedids=(Linkedid("1.1"), Linkedid("1.7")),
    )
    live = restarted(started("1.1"), first)
    record = told(live, found("1.7", second=30), ended("1.7", second=40))
    assert (record.linkedid, record.ended, live.all()) == ("1.1", True, ())


def test_better_knowledge_of_before_the_restart_is_kept():
    live = restarted(started("1.1"))
    guess = CallUpdated(
        pbx=MAIN,
        call=Linkedid("1.1"),
        at=at(30),
        direction=Direction.OUT,
        caller=ANNA,
        called=Party(),
        linkedids=(Linkedid("1.1"), Linkedid("1.9")),
    )
    record = told(live, found("1.1", second=29), guess)
    assert (record.caller, record.direction) == (CLIENT, Direction.IN)
    assert record.linkedids == ("1.1", "1.9")


def test_phone_that_rang_at_the_restart_and_talked_after_it_answered():
    live = restarted(started("1.1"), *rings("1.1", "101"), *rings("1.1", "102"))
    record = told(
        live,
        found("1.1", second=30),
        talk("1.1", CLIENT, ANNA, second=30),
        ended("1.1", second=60),
    )
    results = [ring.result for ring in record.rings]
    assert results == [RingResult.ANSWERED, RingResult.ANSWERED_ELSEWHERE]


def test_call_of_before_the_restart_that_is_gone_has_no_known_end():
    live = restarted(started("1.1"), *rings("1.1", "101"))
    (silent,) = live.unconfirmed("main")
    gone = CallEnded(
        pbx=MAIN, call=silent.linkedid, at=at(60), ended_by=EndedBy.UNKNOWN, seen=False
    )
    record = told(live, gone)
    assert (record.end_how, record.source) == (EndedHow.GAP, "resync")
    assert decide(record).outcome == "unknown"


def test_end_is_explained_after_it_was_told():
    live = LiveCalls()
    by_switch = CallEnded(pbx=MAIN, call=Linkedid("1.1"), at=at(9), ended_by=EndedBy.SWITCH)
    told(live, started("1.1"), *rings("1.1", "101"), by_switch)
    why = EndExplained(pbx=MAIN, call=Linkedid("1.1"), at=at(9), how=EndedHow.RESTART)
    assert decide(told(live, why)).reason_key == "missed_restart"
    assert live.fold(why) is None
    assert live.all() == ()
