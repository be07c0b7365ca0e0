"""Looks at Asterisk's channels while connected: what was lost is put right, what is on its way is left alone."""

from support.ami_script import NOON, AmiScript

from calls.model import fold
from calls.outcome import decide
from pbx.events import CallEnded, CallEvent, CallResynced, CallStarted, EndedHow, PbxName, TalkEnded
from pbx.tracker import CallTracker

CLIENT, COMPANY = "79161234567", "74951230001"
TRUNK, PHONE = "PJSIP/trunk-00000001", "PJSIP/101-00000002"


def listed(script: AmiScript, *names: str, bridge: str = "") -> list[dict[str, str]]:
    return [
        {"Event": "CoreShowChannel", **script.snapshot(name), "BridgeId": bridge} for name in names
    ]


def ringing() -> AmiScript:
    script = AmiScript().calls_in(TRUNK, CLIENT, COMPANY)
    return script.new(PHONE, "101", of=TRUNK).dial(TRUNK, PHONE, "101").ring(PHONE)


def talking() -> AmiScript:
    script = ringing().up(PHONE).dial_end(TRUNK, PHONE, "ANSWER").up(TRUNK)
    return script.enter("b1", PHONE, TRUNK)


def fed(script: AmiScript) -> tuple[CallTracker, list[CallEvent]]:
    tracker = CallTracker(PbxName("main"))
    events = [e for headers, at in script.messages for e in tracker.feed(headers, at)]
    return tracker, [event for event in events if isinstance(event, CallEvent)]


def test_ghost_is_taken_out_at_the_second_look():
    tracker, events = fed(talking())
    assert tracker.look([], NOON) == []
    events += tracker.look([], NOON)
    last = events[-1]
    assert isinstance(last, CallEnded)
    assert (last.how, last.seen) == (EndedHow.REAPED, False)
    assert not tracker.live
    assert tracker.reaped == 2


def test_reaped_talk_stays_answered_and_says_that_it_was_pieced_together():
    tracker, events = fed(talking())
    record = None
    for event in [*events, *tracker.look([], NOON), *tracker.look([], NOON)]:
        record = fold(record, event)
    assert record is not None
    assert (decide(record).outcome, record.source) == ("answered", "resync")
    assert decide(record).reason.endswith("; the end was not seen")


def test_hangup_on_its_way_at_the_first_look_ends_the_call_as_seen():
    script = talking()
    tracker, _ = fed(script)
    tracker.look([], NOON)
    before = len(script.messages)
    script.wants_to_hang_up(TRUNK).leave("b1", TRUNK, PHONE).hangup(PHONE, TRUNK)
    events = [e for headers, at in script.messages[before:] for e in tracker.feed(headers, at)]
    events += tracker.look([], NOON)
    assert [e.how for e in events if isinstance(e, CallEnded)] == [EndedHow.SEEN]


def test_channel_that_is_unknown_twice_is_taken_up():
    script = talking()
    tracker = CallTracker(PbxName("main"))
    listing = listed(script, TRUNK, PHONE, bridge="b1")
    assert tracker.look(listing, NOON) == []
    events = tracker.look(listing, NOON)
    assert [e.from_resync for e in events if isinstance(e, CallStarted)] == [True]
    assert [call.talk for call in tracker.live.values()] == [("1795000000.100", "1795000000.101")]


def test_channel_that_is_over_is_not_taken_up_again():
    script = talking()
    listing = listed(script, TRUNK, PHONE, bridge="b1")
    script.leave("b1", TRUNK, PHONE).hangup(PHONE, TRUNK)
    tracker, _ = fed(script)
    assert [*tracker.look(listing, NOON), *tracker.look(listing, NOON)] == []


def test_bridge_that_two_looks_deny_ends_the_talk():
    script = talking()
    tracker, _ = fed(script)
    listing = listed(script, TRUNK, PHONE)
    events = [*tracker.look(listing, NOON), *tracker.look(listing, NOON)]
    assert [type(event) for event in events] == [TalkEnded, CallResynced]


def test_looks_that_agree_change_nothing():
    script = talking()
    tracker, _ = fed(script)
    for _ in range(3):
        assert tracker.look(listed(script, TRUNK, PHONE, bridge="b1"), NOON) == []


def test_loss_of_the_connection_forgets_the_first_look():
    tracker, _ = fed(talking())
    tracker.look([], NOON)
    tracker.link_lost(NOON)
    assert tracker.look([], NOON) == []
    assert tracker.live
