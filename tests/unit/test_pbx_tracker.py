"""What the recorded traces do not hold: other channel drivers, FreePBX's Local chains, several devices, conferences."""

import re
from datetime import timedelta

import pytest
from support.ami_script import NOON, AmiScript

from calls.replay import Replay, call_json
from pbx.events import (
    CallEnded,
    CallResynced,
    CallsMerged,
    CallStarted,
    DeviceChanged,
    EndedBy,
    EndedHow,
    LegRinging,
    MemberChanged,
    PbxName,
    TalkStarted,
)
from pbx.numbers import Endpoints
from pbx.resync import Snapshot
from pbx.tracker import CallTracker

CLIENT = "79161234567"
COMPANY = "74951230001"


def run(script: AmiScript, endpoints: Endpoints | None = None):
    replay = Replay(endpoints)
    events = list(replay.connection(script.messages))
    return [call_json(call.record, call.decision) for call in replay.calls.values()], events


def only(script: AmiScript, endpoints: Endpoints | None = None) -> dict:
    calls, _ = run(script, endpoints)
    assert len(calls) == 1
    return calls[0]


def rung(trunk: str = "PJSIP/trunk-00000001", phone: str = "PJSIP/101-00000002") -> AmiScript:
    script = AmiScript().calls_in(trunk, CLIENT, COMPANY)
    script.new(phone, "101", of=trunk).dial(trunk, phone, "101").ring(phone)
    return script.wait(2)


def answered(trunk: str = "PJSIP/trunk-00000001", phone: str = "PJSIP/101-00000002") -> AmiScript:
    script = rung(trunk, phone).up(phone).dial_end(trunk, phone, "ANSWER").up(trunk)
    return script.enter("b1", phone, trunk).wait(3)


def ended(script: AmiScript, first: str, *others: str, bridge: str = "b1") -> AmiScript:
    script.wants_to_hang_up(first).leave(bridge, first, *others)
    return script.hangup(*others, first)


def test_chan_sip_with_trunk_named_by_number_gives_an_incoming_call():
    script = answered("SIP/74951230000-0000001a", "SIP/101-0000001b")
    call = only(ended(script, "SIP/74951230000-0000001a", "SIP/101-0000001b"))
    assert (call["direction"], call["caller"], call["answered_by"]) == ("in", CLIENT, "101")


def test_account_like_endpoint_counts_as_the_extension_it_shows():
    script = AmiScript().calls_in("PJSIP/trunk-1", CLIENT, COMPANY)
    script.new("PJSIP/anna-desk-2", "101", of="PJSIP/trunk-1")
    script.dial("PJSIP/trunk-1", "PJSIP/anna-desk-2", "anna-desk").ring("PJSIP/anna-desk-2")
    script.wants_to_hang_up("PJSIP/trunk-1").hangup("PJSIP/anna-desk-2", "PJSIP/trunk-1")
    call = only(script)
    assert (call["rang"], call["outcome"]) == (["101"], "abandoned")


def test_caller_with_a_short_number_stays_outside_when_the_trunk_has_shown_clients():
    script = AmiScript().calls_in("PJSIP/city-1", CLIENT, COMPANY).hangup("PJSIP/city-1")
    script.calls_in("PJSIP/city-2", "900", COMPANY).hangup("PJSIP/city-2")
    calls, _ = run(script)
    assert [(call["direction"], call["caller"]) for call in calls] == [
        ("in", CLIENT),
        ("in", "900"),
    ]


def test_endpoint_named_as_trunk_in_the_settings_is_never_ours():
    script = AmiScript().calls_in("PJSIP/500-1", "900", "101").hangup("PJSIP/500-1")
    assert only(script, Endpoints(trunks=("500",)))["direction"] == "in"


def test_own_pattern_of_extensions_is_used():
    script = AmiScript().calls_in("PJSIP/op7-1", "op7", "op8").hangup("PJSIP/op7-1")
    call = only(script, Endpoints(internal=re.compile(r"op\d")))
    assert (call["direction"], call["caller"], call["called"]) == ("internal", "op7", "op8")


def test_short_number_dialled_through_a_trunk_is_an_outgoing_call():
    script = (
        AmiScript().calls_in("PJSIP/101-1", "101", "112").new("PJSIP/trunk-2", of="PJSIP/101-1")
    )
    script.dial("PJSIP/101-1", "PJSIP/trunk-2", "112@trunk").ring("PJSIP/trunk-2")
    script.wants_to_hang_up("PJSIP/101-1").hangup("PJSIP/trunk-2", "PJSIP/101-1")
    call = only(script)
    assert (call["direction"], call["called"], call["rang"]) == ("out", "112", ["112"])


def test_own_outside_number_dialled_from_inside_is_an_internal_call():
    script = (
        AmiScript()
        .calls_in("PJSIP/101-1", "101", COMPANY)
        .new("PJSIP/102-2", "102", of="PJSIP/101-1")
    )
    script.dial("PJSIP/101-1", "PJSIP/102-2", "102").ring("PJSIP/102-2")
    script.hangup("PJSIP/102-2", "PJSIP/101-1")
    assert only(script)["direction"] == "internal"


def two_devices() -> AmiScript:
    trunk, desk, mobile = "PJSIP/trunk-1", "PJSIP/101-2", "PJSIP/101-mobile-3"
    script = AmiScript().calls_in(trunk, CLIENT, COMPANY)
    for device in (desk, mobile):
        script.new(device, "101", of=trunk).dial(trunk, device).ring(device)
    return script.wait(2)


def test_two_devices_of_one_extension_are_one_person():
    trunk, desk, mobile = "PJSIP/trunk-1", "PJSIP/101-2", "PJSIP/101-mobile-3"
    script = (
        two_devices().up(mobile).dial_end(trunk, desk, "CANCEL").dial_end(trunk, mobile, "ANSWER")
    )
    script.hangup(desk, cause=26).up(trunk).enter("b1", mobile, trunk).wait(3)
    call = only(ended(script, trunk, mobile))
    assert (call["rang"], call["answered_by"], call["outcome"]) == (["101"], "101", "answered")


def test_second_device_ringing_is_marked_as_ringing_again():
    _, events = run(two_devices())
    assert [event.again for event in events if isinstance(event, LegRinging)] == [False, True]


def follow_me() -> AmiScript:
    """FreePBX: the client -> Local -> Local -> telephone, and beside it a mobile through the trunk."""
    trunk, phone, mobile = "PJSIP/trunk-1", "PJSIP/101-8", "PJSIP/trunk-9"
    first, second, third = (
        "Local/101@from-queue-1",
        "Local/FMPR-101@from-internal-2",
        "Local/FMGL-8903@from-internal-3",
    )
    script = AmiScript().calls_in(trunk, CLIENT, COMPANY).up(trunk)
    script.say("QueueCallerJoin", **script.snapshot(trunk), Queue="office", Position=1)
    script.local(first, trunk).dial(trunk, f"{first};1", "Local/101@from-queue/n")
    script.local(second, trunk).dial(f"{first};2", f"{second};1")
    script.local(third, trunk).dial(f"{first};2", f"{third};1")
    script.new(phone, "101", of=trunk).dial(f"{second};2", phone, "101").ring(phone)
    script.new(mobile, of=trunk).dial(f"{third};2", mobile, "89030000001@trunk").ring(mobile)
    return script.wait(5)


def test_follow_me_answered_by_the_phone_goes_through_two_local_pairs():
    trunk, phone, mobile = "PJSIP/trunk-1", "PJSIP/101-8", "PJSIP/trunk-9"
    first, second = "Local/101@from-queue-1", "Local/FMPR-101@from-internal-2"
    third = "Local/FMGL-8903@from-internal-3"
    script = follow_me().up(phone).dial_end(f"{second};2", phone, "ANSWER")
    script.dial_end(f"{first};2", f"{third};1", "CANCEL").hangup(f"{third};1", cause=26)
    script.dial_end(f"{third};2", mobile, "CANCEL").hangup(mobile, f"{third};2", cause=26)
    script.enter("b1", phone, f"{second};2").enter("b2", f"{second};1", f"{first};2")
    script.enter("b3", f"{first};1", trunk).wait(10)
    script.wants_to_hang_up(trunk).leave("b3", trunk, f"{first};1").leave(
        "b2", f"{second};1", f"{first};2"
    )
    script.leave("b1", phone, f"{second};2")
    script.hangup(trunk, f"{first};1", f"{first};2", f"{second};1", f"{second};2", phone)
    call = only(script)
    assert (call["answered_by"], call["outcome"], call["queue"]) == ("101", "answered", "office")
    assert set(call["rang"]) == {"101", "89030000001"}
    assert (call["wait_s"], call["talk_s"]) == (5, 10)
    assert call["reason"] == "101 answered after 5 s, before 89030000001"


def test_follow_me_given_up_by_the_client_is_abandoned():
    trunk = "PJSIP/trunk-1"
    script = follow_me().wants_to_hang_up(trunk)
    script.say("QueueCallerLeave", **script.snapshot(trunk), Queue="office")
    script.hangup(
        *reversed(
            [
                message.headers["Channel"]
                for message in script.messages
                if message.headers["Event"] == "Newchannel"
            ]
        )
    )
    call = only(script)
    assert (call["outcome"], call["needs_callback"], call["wait_s"]) == ("abandoned", True, 5)


def test_local_channel_without_any_telephone_is_no_call():
    script = (
        AmiScript().new("Local/s@blf-1;1").new("Local/s@blf-1;2", state=4, of="Local/s@blf-1;1")
    )
    script.hangup("Local/s@blf-1;1", "Local/s@blf-1;2")
    assert run(script) == ([], [])


def test_operator_hangs_up_and_dialplan_goes_on_is_no_redirection():
    trunk, phone, survey = "PJSIP/trunk-00000001", "PJSIP/101-00000002", "PJSIP/102-3"
    script = answered().wants_to_hang_up(phone).leave("b1", phone, trunk).hangup(phone)
    script.new(survey, "102", of=trunk).dial(trunk, survey).ring(survey)
    script.wants_to_hang_up(trunk).hangup(survey, trunk)
    assert only(script)["transfers"] == []


def test_busy_tone_then_caller_hangs_up_is_busy_and_not_abandoned():
    trunk, phone = "PJSIP/trunk-1", "PJSIP/101-2"
    script = (
        AmiScript().calls_in(trunk, CLIENT, COMPANY).new(phone, "101", of=trunk).dial(trunk, phone)
    )
    script.wants_to_hang_up(phone, 17).dial_end(trunk, phone, "BUSY").hangup(phone, cause=17)
    script.wait(5).wants_to_hang_up(trunk).hangup(trunk)
    assert only(script)["outcome"] == "busy"


def test_two_clients_parked_at_once_do_not_hear_each_other():
    script = AmiScript()
    for name in ("PJSIP/trunk-1", "PJSIP/trunk-2"):
        script.calls_in(name, CLIENT, COMPANY).up(name).enter("lot", name, kind="parking")
    _, events = run(script)
    assert not [event for event in events if isinstance(event, TalkStarted)]


def test_conference_of_three_is_a_talk_of_each_call():
    script = AmiScript()
    names = ["PJSIP/trunk-1", "PJSIP/trunk-2", "PJSIP/101-3"]
    for name, number in zip(names, (CLIENT, "79035550123", "101"), strict=True):
        script.calls_in(name, number, "8000").up(name).enter("room", name, kind="base").wait(1)
    for name in names:
        script.leave("room", name).hangup(name)
    calls, events = run(script)
    assert [call["outcome"] for call in calls] == ["answered"] * 3
    assert not [event for event in events if isinstance(event, CallsMerged)]


def test_hangup_of_an_unknown_channel_is_counted_and_harmless():
    script = AmiScript().new("PJSIP/101-1", "101", "102", 4)
    tracker = CallTracker(PbxName("main"))
    hangup = script.hangup("PJSIP/101-1").messages[-1]
    assert tracker.feed(hangup.headers, NOON) == []
    assert tracker.counters.orphaned == 1
    assert not tracker.live


def test_message_without_its_needed_header_is_counted_and_kept():
    tracker = CallTracker(PbxName("main"))
    assert tracker.feed({"Event": "Hangup", "Channel": "PJSIP/101-1"}, NOON) == []
    assert tracker.counters.malformed == 1
    assert "Uniqueid" in str(tracker.last_malformed)


def test_unknown_event_is_counted():
    tracker = CallTracker(PbxName("main"))
    tracker.feed({"Event": "SomethingNew"}, NOON)
    assert (tracker.counters.unknown, tracker.counters.by_name) == (1, {"SomethingNew": 1})


def test_late_event_of_a_gone_channel_brings_nothing_back():
    script = answered()
    ended(script, "PJSIP/trunk-00000001", "PJSIP/101-00000002")
    script.up("PJSIP/101-00000002").enter("b1", "PJSIP/101-00000002")
    calls, _ = run(script)
    assert len(calls) == 1


@pytest.mark.parametrize("uptime", [1, 40])
def test_asterisk_restarted_since_the_last_event_ends_its_calls(uptime):
    script = answered().wait(60)
    script.say("FullyBooted", Uptime=uptime)
    _, events = run(script)
    end = events[-1]
    assert isinstance(end, CallEnded)
    assert (end.seen, end.ended_by) == (False, EndedBy.SWITCH)


def test_call_that_begins_before_asterisk_says_that_it_booted_is_of_its_new_life():
    old, new = answered(), AmiScript()
    new.seconds = 60
    new.ids |= {f"channel {number}": "" for number in range(50)}
    new.calls_in("PJSIP/trunk-00000001", CLIENT, COMPANY).say("FullyBooted", Uptime=3)
    new.new("PJSIP/101-00000002", "101", of="PJSIP/trunk-00000001")
    new.dial("PJSIP/trunk-00000001", "PJSIP/101-00000002", "101").ring("PJSIP/101-00000002")
    new.hangup("PJSIP/trunk-00000001", "PJSIP/101-00000002")
    tracker = CallTracker(PbxName("main"))
    for headers, at in [
        *old.messages,
        *AmiScript().wait(1).say("FullyBooted", Uptime=900).messages,
    ]:
        tracker.feed(headers, at)
    tracker.link_lost(NOON + timedelta(seconds=56))
    events = [event for headers, at in new.messages for event in tracker.feed(headers, at)]
    began = [event for event in events if isinstance(event, CallStarted)]
    ends = [event for event in events if isinstance(event, CallEnded)]
    assert len(began) == 1
    assert [(end.how, end.call == began[0].call) for end in ends] == [
        (EndedHow.RESTART, False),
        (EndedHow.SEEN, True),
    ]


@pytest.mark.parametrize(
    ("uptimes", "how"),
    [
        ([(3, 2)], EndedHow.RESTART),  # it died, which broke the connection, and came back
        ([(6, 2)], EndedHow.GAP),  # in four unheard seconds somebody may have answered
        ([(60, 2)], EndedHow.GAP),  # it may have lived on for most of the minute
        ([(1, 901), (4, 2)], EndedHow.GAP),  # it did live on, and died before it could be asked
    ],
)
def test_calls_end_by_a_restart_only_if_asterisk_did_not_live_on_unheard(uptimes, how):
    script, tracker = answered(), CallTracker(PbxName("main"))
    for headers, at in [
        *script.messages,
        *AmiScript().wait(5).say("FullyBooted", Uptime=900).messages,
    ]:
        tracker.feed(headers, at)
    lost_s, events = 10.0, []
    for later_s, uptime in uptimes:
        tracker.link_lost(NOON + timedelta(seconds=lost_s))
        login = AmiScript().wait(10 + later_s).say("FullyBooted", Uptime=uptime)
        events = [e for headers, at in login.messages for e in tracker.feed(headers, at)]
        lost_s = 10 + later_s
    assert [event.how for event in events if isinstance(event, CallEnded)] == [how]


def test_new_login_to_the_same_asterisk_ends_no_call():
    _, events = run(answered().wait(60).say("FullyBooted", Uptime=4000))
    assert not [event for event in events if isinstance(event, CallEnded)]


def listed(script: AmiScript, *names: str, bridge: str = "") -> Snapshot:
    return Snapshot(channels=[script.snapshot(name) | {"BridgeId": bridge} for name in names])


def test_resync_of_an_unknown_call_in_progress_begins_it():
    script = answered()
    tracker = CallTracker(PbxName("main"))
    snapshot = listed(script, "PJSIP/101-00000002", "PJSIP/trunk-00000001", bridge="b1")
    events = tracker.resync(snapshot, NOON)
    assert isinstance(events[0], CallStarted)
    assert events[0].from_resync
    assert events[0].caller.number == CLIENT
    assert [type(event) for event in events[1:]] == [TalkStarted, CallResynced]


def test_resync_without_the_call_ends_it_unseen():
    tracker = CallTracker(PbxName("main"))
    for headers, at in rung().messages:
        tracker.feed(headers, at)
    *_, end = tracker.resync(Snapshot(), NOON)
    assert isinstance(end, CallEnded)
    assert not end.seen


def test_resync_with_nothing_new_says_nothing():
    script = answered()
    tracker = CallTracker(PbxName("main"))
    for headers, at in script.messages:
        tracker.feed(headers, at)
    snapshot = listed(script, "PJSIP/101-00000002", "PJSIP/trunk-00000001", bridge="b1")
    assert tracker.resync(snapshot, NOON) == []


def test_member_paused_is_told_once_per_change():
    script = AmiScript()
    for paused in (0, 1, 1, 0):
        script.say(
            "QueueMemberPause",
            Queue="support",
            Interface="PJSIP/103",
            Paused=paused,
            PausedReason="lunch",
        )
    _, events = run(script)
    told = [e.member for e in events if isinstance(e, MemberChanged)]
    assert [(m.extension, m.paused, m.reason) for m in told] == [
        ("103", False, ""),
        ("103", True, "lunch"),
        ("103", False, ""),
    ]


def test_device_state_is_told_for_our_phones_only():
    script = AmiScript()
    for device in ("PJSIP/101", "PJSIP/trunk", "Queue:support_avail"):
        script.say("DeviceStateChange", Device=device, State="INUSE")
    _, events = run(script)
    assert [(e.extension, e.state) for e in events if isinstance(e, DeviceChanged)] == [
        ("101", "in_use")
    ]


def test_answered_phone_is_seen_first_by_a_new_connection_and_is_not_the_caller() -> None:
    script = AmiScript()
    script.calls_in("PJSIP/trunk-1", "79161234567", "74951230001").new(
        "PJSIP/101-2", "101", of="PJSIP/trunk-1"
    )
    script.dial("PJSIP/trunk-1", "PJSIP/101-2", "101").ring("PJSIP/101-2")
    script.messages.clear()  # the connection is new from here
    script.exten["PJSIP/101-2"] = "101"  # an answered leg has one, as if it had called
    script.up("PJSIP/101-2").dial_end("PJSIP/trunk-1", "PJSIP/101-2", "ANSWER").up("PJSIP/trunk-1")
    script.enter("b1", "PJSIP/101-2", "PJSIP/trunk-1").wait(4).leave(
        "b1", "PJSIP/101-2", "PJSIP/trunk-1"
    )
    script.hangup("PJSIP/101-2", "PJSIP/trunk-1")
    call = only(script)
    assert (call["direction"], call["caller"], call["answered_by"]) == ("in", "79161234567", "101")
