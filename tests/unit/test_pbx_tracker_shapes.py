"""Shapes of calls that no recorded trace holds, as Asterisk 13 to 22 would send them."""

import pytest
from support.ami_script import AmiScript

from calls.replay import Replay, call_json
from crm.screen_pop import PopShown, PopTracker
from pbx.events import CallEvent, CallsMerged, CallStarted, HoldStarted, LegStopped
from pbx.numbers import Endpoints

CLIENT, OTHER, COMPANY = "79161234567", "79035550123", "74951230001"
TRUNK, PHONE = "PJSIP/trunk-1", "PJSIP/101-2"


def run(script: AmiScript, endpoints: Endpoints | None = None):
    replay = Replay(endpoints)
    events = list(replay.connection(script.messages))
    assert not replay.tracker.live
    assert not replay.tracker.board.channels
    assert not replay.tracker.board.bridges
    return [call_json(call.record, call.decision) for call in replay.calls.values()], events


def only(script: AmiScript) -> dict:
    calls, _ = run(script)
    assert len(calls) == 1, calls
    return calls[0]


def comes_in(trunk: str = TRUNK, number: str = CLIENT) -> AmiScript:
    return AmiScript().calls_in(trunk, number, COMPANY)


def rings(script: AmiScript, by: str, name: str, number: str, of: str = "") -> AmiScript:
    return script.new(name, number, of=of or by).dial(by, name, number).ring(name)


def talks(script: AmiScript, bridge: str, one: str, two: str) -> AmiScript:
    return script.enter(bridge, one, two).wait(5)


def ends(script: AmiScript, *names: str) -> AmiScript:
    for name in names:
        script.hangup(name)
    return script


def forwarded(after_s: float, *, rings_first: bool) -> AmiScript:
    """101 sends the call on (302): Asterisk says CANCEL and Forward, and dials a Local channel instead."""
    local, mobile = "Local/79031112233@internal-1", "PJSIP/trunk-9"
    script = comes_in().new(PHONE, "101", of=TRUNK).dial(TRUNK, PHONE, "101")
    if rings_first:
        script.ring(PHONE)
    script.wait(after_s).local(local, TRUNK)
    script.say(
        "DialEnd",
        **script.snapshot(TRUNK),
        **script.snapshot(PHONE, "Dest"),
        DialStatus="CANCEL",
        Forward="79031112233@internal",
    )
    script.dial(TRUNK, f"{local};1", "79031112233@internal").hangup(PHONE)
    script.new(mobile, of=TRUNK).dial(f"{local};2", mobile, "79031112233@trunk").ring(mobile)
    return script.wait(10)


def test_forwarded_phone_is_no_caller_who_gave_up():
    script = forwarded(0, rings_first=False)
    local, mobile = "Local/79031112233@internal-1", "PJSIP/trunk-9"
    script.dial_end(TRUNK, f"{local};1", "NOANSWER").dial_end(f"{local};2", mobile, "CANCEL")
    call = only(ends(script, mobile, f"{local};1", f"{local};2", TRUNK))
    assert (call["outcome"], call["rang"]) == ("missed", ["79031112233"])
    assert call["reason"] == "79031112233 did not pick up in 10 s"


def test_forwarded_call_is_answered_by_the_mobile():
    script = forwarded(4, rings_first=True)
    local, mobile = "Local/79031112233@internal-1", "PJSIP/trunk-9"
    script.up(mobile).dial_end(f"{local};2", mobile, "ANSWER").up(TRUNK)
    script.enter("b1", mobile, f"{local};2").enter("b2", f"{local};1", TRUNK).wait(5)
    script.wants_to_hang_up(TRUNK)
    call = only(ends(script, TRUNK, f"{local};1", f"{local};2", mobile))
    assert (call["answered_by"], call["outcome"], call["talk_s"]) == ("79031112233", "answered", 5)
    assert call["reason"] == "101 did not pick up in 4 s, 79031112233 answered after 14 s"


def test_outer_dial_that_waited_long_enough_is_no_caller_who_gave_up():
    local = "Local/101@group-1"
    script = comes_in().local(local, TRUNK).dial(TRUNK, f"{local};1", "101@group")
    rings(script, f"{local};2", PHONE, "101", of=TRUNK).wait(15)
    script.dial_end(TRUNK, f"{local};1", "NOANSWER").dial_end(f"{local};2", PHONE, "CANCEL")
    call = only(ends(script, PHONE, f"{local};1", f"{local};2", TRUNK))
    assert call["outcome"] == "missed"
    assert call["reason"] == "101 did not pick up in 15 s"


def test_caller_who_hangs_up_behind_a_local_channel_gave_up():
    local = "Local/101@group-1"
    script = comes_in().local(local, TRUNK).dial(TRUNK, f"{local};1", "101@group")
    rings(script, f"{local};2", PHONE, "101", of=TRUNK).wait(5).wants_to_hang_up(TRUNK)
    script.dial_end(TRUNK, f"{local};1", "CANCEL").dial_end(f"{local};2", PHONE, "CANCEL")
    assert only(ends(script, PHONE, f"{local};1", f"{local};2", TRUNK))["outcome"] == "abandoned"


def test_chan_sip_trunk_without_a_number_dialled_is_an_incoming_call():
    trunk, phone = "SIP/city-0000001a", "SIP/101-0000001b"
    script = AmiScript().new(trunk, CLIENT, "s")
    script.state[trunk] = 4
    script.say("Newstate", **script.snapshot(trunk))
    rings(script, trunk, phone, "101").wait(5).wants_to_hang_up(trunk)
    call = only(ends(script, phone, trunk))
    assert (call["direction"], call["caller"], call["outcome"]) == ("in", CLIENT, "abandoned")


def clicked(*phones: str) -> AmiScript:
    """Originate of Local/101@internal, which rings all devices of 101."""
    local = "Local/101@internal-1"
    script = AmiScript().new(f"{local};1", exten="101")
    script.new(f"{local};2", exten="101", state=4, of=f"{local};1")
    script.dial("", f"{local};1", "101@internal")
    for phone in phones:
        rings(script, f"{local};2", phone, "101", of=f"{local};1")
    return script.wait(2)


def test_click_to_call_rings_two_devices_of_the_operator():
    first, second, trunk, local = (
        "PJSIP/101-2",
        "PJSIP/101-3",
        "PJSIP/trunk-4",
        "Local/101@internal-1",
    )
    script = clicked(first, second).up(second).dial_end(f"{local};2", first, "CANCEL")
    script.hangup(first, cause=26).dial_end(f"{local};2", second, "ANSWER").up(f"{local};2")
    script.up(f"{local};1").enter("b1", second, f"{local};2")
    script.new(trunk, of=f"{local};1").dial(f"{local};1", trunk, f"{CLIENT}@trunk").ring(trunk)
    script.wait(3).up(trunk).dial_end(f"{local};1", trunk, "ANSWER")
    script.enter("b2", trunk, f"{local};1").wait(5).wants_to_hang_up(second)
    calls, _ = run(ends(script, second, f"{local};2", f"{local};1", trunk))
    (call,) = calls
    assert (call["direction"], call["caller"], call["called"]) == ("out", "101", CLIENT)
    assert (call["answered_by"], call["outcome"], call["talk_s"]) == (CLIENT, "answered", 5)
    assert sorted(call["rang"]) == ["101", CLIENT]


def test_click_to_call_that_finds_no_trunk_failed():
    local, phone = "Local/101@internal-1", "PJSIP/101-2"
    script = clicked(phone).up(phone).dial_end(f"{local};2", phone, "ANSWER")
    script.up(f"{local};1").enter("b1", phone, f"{local};2").wait(1)
    call = only(ends(script, f"{local};1", f"{local};2", phone))
    assert (call["direction"], call["outcome"]) == ("out", "failed")


def test_call_that_was_picked_up_but_not_confirmed_is_missed():
    mobile = "PJSIP/trunk-9"
    script = comes_in().new(mobile, of=TRUNK).dial(TRUNK, mobile, "79031112233@trunk")
    script.ring(mobile).wait(3).up(mobile).wait(4).dial_end(TRUNK, mobile, "CONTINUE")
    call = only(ends(script, mobile, TRUNK))
    assert call["outcome"] == "missed"
    assert call["reason"] == "79031112233 picked up, but did not accept the call"


def test_who_picked_up_but_never_confirmed_did_not_take_it_from_the_others():
    phone, mobile, local = "PJSIP/102-3", "PJSIP/trunk-9", "Local/79031112233@internal-1"
    script = comes_in().up(TRUNK)
    script.local(local, TRUNK).dial(TRUNK, f"{local};1")
    script.new(mobile, of=TRUNK).dial(f"{local};2", mobile, "79031112233@trunk").ring(mobile)
    rings(script, TRUNK, phone, "102").wait(2).up(mobile)
    script.dial_end(f"{local};2", mobile, "ANSWER").enter("b1", mobile, f"{local};2").wait(6)
    script.wants_to_hang_up(TRUNK).dial_end(TRUNK, phone, "CANCEL").hangup(phone)
    script.hangup(f"{local};1", f"{local};2", mobile)
    calls, events = run(ends(script, TRUNK))
    assert calls[0]["outcome"] == "abandoned"
    stopped = {e.party.label: e.result for e in events if isinstance(e, LegStopped)}
    assert stopped["102"] == "gave_up"


def test_client_and_operator_meet_in_a_meetme_room():
    script = comes_in().up(TRUNK).new("DAHDI/pseudo-77").calls_in("SIP/101-2", "101", "900")
    script.up("SIP/101-2")
    script.say("MeetmeJoin", **script.snapshot(TRUNK), Meetme="900", Usernum="1").wait(2)
    script.say("MeetmeJoin", **script.snapshot("SIP/101-2"), Meetme="900", Usernum="2").wait(5)
    script.say("MeetmeLeave", **script.snapshot("SIP/101-2"), Meetme="900", Usernum="2")
    script.say("MeetmeLeave", **script.snapshot(TRUNK), Meetme="900", Usernum="1")
    calls, _ = run(ends(script, "SIP/101-2", TRUNK, "DAHDI/pseudo-77"))
    client, operator = calls
    assert (client["outcome"], client["answered_by"], client["talk_s"]) == ("answered", "101", 5)
    assert (operator["outcome"], operator["answered_by"]) == ("answered", None)


def test_agent_on_an_open_line_keeps_each_client_apart():
    """AgentLogin: 101's call is older than the client's, so Asterisk gives the client the Linkedid of that one."""
    agent = "PJSIP/101-2"
    script = (
        AmiScript().calls_in(agent, "101", "*11").up(agent).enter("pool", agent, kind="holding")
    )
    for number, trunk, bridge in ((CLIENT, "PJSIP/trunk-3", "b1"), (OTHER, "PJSIP/trunk-4", "b2")):
        script.wait(9).calls_in(trunk, number, COMPANY).up(trunk).wait(2)
        script.leave("pool", agent).enter(bridge, agent)
        script.linked[trunk] = script.linked[agent]
        script.enter(bridge, trunk).wait(5).wants_to_hang_up(trunk).leave(bridge, trunk, agent)
        script.hangup(trunk).enter("pool", agent, kind="holding")
    script.wants_to_hang_up(agent).leave("pool", agent)
    calls, events = run(ends(script, agent))
    assert [(c["caller"], c["outcome"], c["talk_s"]) for c in calls[1:]] == [
        (CLIENT, "answered", 5),
        (OTHER, "answered", 5),
    ]
    assert not [event for event in events if isinstance(event, CallsMerged)]


def test_caller_redirected_while_phones_rang_did_not_give_up():
    second = "PJSIP/102-3"
    script = rings(comes_in(), TRUNK, PHONE, "101").wait(5).dial_end(TRUNK, PHONE, "CANCEL")
    script.hangup(PHONE).wait(1)
    rings(script, TRUNK, second, "102").wait(10).dial_end(TRUNK, second, "NOANSWER")
    call = only(ends(script, second, TRUNK))
    assert (call["outcome"], call["reason"]) == ("missed", "102 did not pick up in 10 s")


def answered() -> AmiScript:
    script = rings(comes_in(), TRUNK, PHONE, "101").wait(2).up(PHONE)
    script.dial_end(TRUNK, PHONE, "ANSWER").up(TRUNK)
    return talks(script, "b1", PHONE, TRUNK)


def test_operator_cut_off_by_the_switch_and_dialplan_goes_on_is_no_redirection():
    survey = "PJSIP/102-3"
    script = answered().leave("b1", PHONE, TRUNK).hangup(PHONE)
    rings(script, TRUNK, survey, "102").wait(3).wants_to_hang_up(TRUNK)
    assert only(ends(script, survey, TRUNK))["transfers"] == []


def test_redirection_into_a_group_goes_to_the_group():
    script = answered()
    script.exten[TRUNK] = "600"
    script.leave("b1", TRUNK, PHONE).hangup(PHONE)
    for name, number in (("PJSIP/102-3", "102"), ("PJSIP/103-4", "103")):
        rings(script, TRUNK, name, number)
    script.wait(3).wants_to_hang_up(TRUNK)
    call = only(ends(script, "PJSIP/102-3", "PJSIP/103-4", TRUNK))
    assert call["transfers"] == [{"kind": "redirect", "from": "101", "to": "600"}]


def second_line(script: AmiScript) -> AmiScript:
    """101 holds the client and calls 102 on the second line of his phone."""
    script.say("Hold", **script.snapshot(PHONE), MusicClass="default").wait(1)
    script.calls_in("PJSIP/101-5", "101", "102")
    return rings(script, "PJSIP/101-5", "PJSIP/102-6", "102").wait(2)


def test_call_to_a_colleague_while_a_client_is_on_hold_is_told_as_consultation_at_once():
    script = second_line(answered())
    replay = Replay()
    events = list(replay.connection(script.messages))
    started = [event for event in events if isinstance(event, CallStarted)]
    assert [event.consultation for event in started] == [False, True]
    assert [event for event in events if isinstance(event, HoldStarted)]


def test_consultation_that_hands_nobody_on_ends_as_a_call_like_any_other():
    script = second_line(answered()).wants_to_hang_up("PJSIP/101-5")
    script.dial_end("PJSIP/101-5", "PJSIP/102-6", "CANCEL").hangup("PJSIP/102-6", "PJSIP/101-5")
    script.say("Unhold", **script.snapshot(PHONE)).wait(2).wants_to_hang_up(TRUNK)
    script.leave("b1", TRUNK, PHONE)
    calls, _ = run(ends(script, PHONE, TRUNK))
    assert [(c["consultation"], c["outcome"]) for c in calls] == [
        (False, "answered"),
        (False, "abandoned"),
    ]
    assert calls[0]["hold_s"] == 3


def test_ringing_colleague_gets_the_clients_card_at_the_early_transfer():
    script = second_line(answered())
    heads = {
        **script.snapshot(PHONE, "OrigTransferer"),
        **script.snapshot("PJSIP/101-5", "SecondTransferer"),
        **script.snapshot(TRUNK, "Transferee"),
    }
    script.say("AttendedTransfer", **heads, DestType="App", Result="Success")
    events = list(Replay().connection(script.messages))
    pops = PopTracker()
    shown = [pop for e in events if isinstance(e, CallEvent) for pop in pops.feed(e)]
    cards = [(p.extension, p.remote.label) for p in shown if isinstance(p, PopShown)]
    assert cards == [("101", CLIENT), ("102", "101"), ("102", CLIENT)]


def test_voicemail_of_a_consulted_colleague_is_not_the_clients():
    local = "Local/102@internal-1"
    script = answered().new(f"{local};1", exten="102", of=TRUNK)
    script.new(f"{local};2", exten="102", state=4, of=TRUNK)
    script.leave("b1", PHONE).enter("b2", f"{local};1", PHONE)
    script.say("Newexten", **script.snapshot(f"{local};2"), Application="VoiceMail", AppData="102")
    script.wait(4).leave("b2", PHONE, f"{local};1").hangup(f"{local};1", f"{local};2")
    script.enter("b1", PHONE).wait(2).wants_to_hang_up(TRUNK).leave("b1", TRUNK, PHONE)
    call = only(ends(script, PHONE, TRUNK))
    assert (call["voicemail"], call["outcome"]) == (False, "answered")


def test_two_clients_joined_by_the_operator_keep_a_call_each():
    second, line = "PJSIP/trunk-7", "PJSIP/101-8"
    script = answered().calls_in(second, OTHER, COMPANY)
    rings(script, second, line, "101").wait(1).up(line).dial_end(second, line, "ANSWER").up(second)
    talks(script, "b2", line, second)
    heads = {
        **script.snapshot(PHONE, "OrigTransferer"),
        **script.snapshot(line, "SecondTransferer"),
        **script.snapshot(TRUNK, "Transferee"),
        **script.snapshot(second, "TransferTarget"),
    }
    script.say("AttendedTransfer", **heads, DestType="Bridge", Result="Success")
    script.leave("b1", TRUNK, PHONE).leave("b2", line)
    script.enter("b2", TRUNK)
    script.linked[second] = script.linked[TRUNK]
    script.hangup(PHONE, line).wait(5).wants_to_hang_up(second).leave("b2", second, TRUNK)
    calls, _ = run(ends(script, second, TRUNK))
    assert [(c["caller"], c["outcome"], c["consultation"]) for c in calls] == [
        (CLIENT, "answered", False),
        (OTHER, "answered", False),
    ]
    assert calls[0]["transfers"] == [{"kind": "attended", "from": "101", "to": OTHER}]


def test_queue_left_for_goodbye_waits_no_longer():
    script = comes_in().say("QueueCallerJoin", **comes_in().snapshot(TRUNK), Queue="q", Position=1)
    rings(script, TRUNK, PHONE, "101").wait(7)
    script.say("QueueCallerLeave", **script.snapshot(TRUNK), Queue="q")
    script.dial_end(TRUNK, PHONE, "CANCEL").hangup(PHONE).wait(4)
    call = only(ends(script, TRUNK))
    assert (call["outcome"], call["wait_s"]) == ("missed", 7)
    assert call["reason"] == "nobody in queue q picked up within 7 s: 101 rang"


@pytest.mark.parametrize(
    ("status", "reason"),
    [("FULL", "queue q was full"), ("JOINEMPTY", "nobody was on duty in queue q")],
)
def test_queue_that_turns_the_caller_away_is_the_reason(status, reason):
    script = comes_in()
    script.say("Newexten", **script.snapshot(TRUNK), Application="Queue", AppData="q,tT,,,60")
    script.say("VarSet", **script.snapshot(TRUNK), Variable="QUEUESTATUS", Value=status)
    script.wait(3).wants_to_hang_up(TRUNK)
    call = only(ends(script, TRUNK))
    assert (call["outcome"], call["needs_callback"], call["reason"]) == ("missed", True, reason)


def test_phone_with_an_outside_caller_id_of_its_own_is_no_trunk():
    anna = "PJSIP/anna-desk-2"
    script = comes_in().new(anna, COMPANY, of=TRUNK)
    script.exten[TRUNK] = "101"
    script.dial(TRUNK, anna, "anna-desk").ring(anna).wait(3).wants_to_hang_up(TRUNK)
    ends(script, anna, TRUNK)
    script.calls_in("PJSIP/anna-desk-3", COMPANY, OTHER).new(
        "PJSIP/trunk-4", of="PJSIP/anna-desk-3"
    )
    script.dial("PJSIP/anna-desk-3", "PJSIP/trunk-4", f"{OTHER}@trunk").ring("PJSIP/trunk-4")
    script.wants_to_hang_up("PJSIP/anna-desk-3")
    calls, _ = run(ends(script, "PJSIP/trunk-4", "PJSIP/anna-desk-3"))
    assert [(c["direction"], c["rang"]) for c in calls] == [("in", ["101"]), ("out", [OTHER])]
    assert calls[1]["caller"] == "101"


def progress(script: AmiScript, by: str, name: str) -> AmiScript:
    return script.say(
        "DialState", **script.snapshot(by), **script.snapshot(name, "Dest"), DialStatus="PROGRESS"
    )


@pytest.mark.parametrize(
    ("cause", "outcome", "rang"), [(0, "missed", [CLIENT]), (17, "busy", []), (1, "failed", [])]
)
def test_early_media_of_a_network_is_ringing_unless_it_refuses(cause, outcome, rang):
    trunk = "PJSIP/trunk-2"
    script = AmiScript().calls_in("PJSIP/101-1", "101", CLIENT).new(trunk, of="PJSIP/101-1")
    script.dial("PJSIP/101-1", trunk, f"{CLIENT}@trunk")
    progress(script, "PJSIP/101-1", trunk).wait(20)
    if cause:
        script.wants_to_hang_up(trunk, cause)
    script.dial_end("PJSIP/101-1", trunk, "NOANSWER").hangup(trunk, cause=cause)
    call = only(ends(script, "PJSIP/101-1"))
    assert (call["outcome"], call["rang"]) == (outcome, rang)


def test_consultation_transferred_to_the_client_is_the_same_as_the_client_to_it():
    """Some phones send REFER on the line of the consultation: Asterisk tells both sides the other way round."""
    line, colleague = "PJSIP/101-5", "PJSIP/102-6"
    script = second_line(answered()).up(colleague).dial_end(line, colleague, "ANSWER").up(line)
    talks(script, "b2", colleague, line)
    heads = {
        **script.snapshot(line, "OrigTransferer"),
        **script.snapshot(PHONE, "SecondTransferer"),
        **script.snapshot(colleague, "Transferee"),
        **script.snapshot(TRUNK, "TransferTarget"),
    }
    script.say("AttendedTransfer", **heads, DestType="Bridge", Result="Success")
    script.leave("b2", colleague, line).leave("b1", PHONE).hangup(line, PHONE)
    script.linked[colleague] = script.linked[TRUNK]
    script.enter("b1", colleague).wait(5).wants_to_hang_up(TRUNK).leave("b1", TRUNK, colleague)
    calls, _ = run(ends(script, colleague, TRUNK))
    client, consultation = calls
    assert client["transfers"] == [{"kind": "attended", "from": "101", "to": "102"}]
    assert (client["consultation"], consultation["consultation"]) == (False, True)
    assert client["outcome"] == "answered"


def test_client_behind_the_consulted_outside_number_stays_in_his_own_call():
    """101 consults an outside number on his second line and joins the client to it."""
    line, outside = "PJSIP/101-5", "PJSIP/trunk-6"
    script = answered().say("Hold", **answered().snapshot(PHONE), MusicClass="default").wait(1)
    script.calls_in(line, "101", OTHER).new(outside, of=line)
    script.dial(line, outside, f"{OTHER}@trunk").ring(outside).wait(1).up(outside)
    talks(script.dial_end(line, outside, "ANSWER").up(line), "b2", outside, line)
    heads = {
        **script.snapshot(line, "OrigTransferer"),
        **script.snapshot(PHONE, "SecondTransferer"),
        **script.snapshot(outside, "Transferee"),
        **script.snapshot(TRUNK, "TransferTarget"),
    }
    script.say("AttendedTransfer", **heads, DestType="Bridge", Result="Success")
    script.leave("b2", outside, line).leave("b1", PHONE).hangup(line, PHONE)
    script.enter("b1", outside).wait(5).wants_to_hang_up(TRUNK).leave("b1", TRUNK, outside)
    calls, _ = run(ends(script, outside, TRUNK))
    assert [(c["direction"], c["caller"], c["consultation"]) for c in calls] == [
        ("in", CLIENT, False),
        ("out", "101", True),
    ]
    assert calls[0]["transfers"] == [{"kind": "attended", "from": "101", "to": OTHER}]


def test_hour_in_a_queue_leaves_no_thousand_offers_behind():
    script = comes_in().say("QueueCallerJoin", **comes_in().snapshot(TRUNK), Queue="q", Position=1)
    for number in range(100):
        name = f"PJSIP/101-{number:08x}"
        script.new(name, "101", of=TRUNK).dial(TRUNK, name, "101").wait(1)
        script.dial_end(TRUNK, name, "NOANSWER").hangup(name, cause=17)
    replay = Replay()
    list(replay.connection(script.messages))
    (call,) = replay.tracker.live.values()
    assert call.legs == []
    assert len(call.channels) == 1


@pytest.mark.parametrize("who", ["client", "switch"])
def test_phone_that_is_not_registered_is_the_reason_whoever_ends_the_call(who):
    script = comes_in()
    script.say("Newexten", **script.snapshot(TRUNK), Application="Dial", AppData="PJSIP/104,10,tT")
    for status in ("", "CHANUNAVAIL"):
        script.say("VarSet", **script.snapshot(TRUNK), Variable="DIALSTATUS", Value=status)
    script.wait(2)
    if who == "client":
        script.wants_to_hang_up(TRUNK)
    call = only(ends(script, TRUNK))
    assert (call["outcome"], call["rang"]) == ("missed", [])
    assert call["reason"] == "104 could not be reached"


def chan_sip_talk() -> tuple[AmiScript, str, str]:
    trunk, phone = "SIP/city-1", "SIP/101-2"
    script = rings(comes_in(trunk), trunk, phone, "101").up(phone)
    script.dial_end(trunk, phone, "ANSWER").up(trunk)
    talks(script, "b1", phone, trunk).say("Hold", **script.snapshot(phone))
    return script.wait(3), trunk, phone


def test_transfer_key_of_a_chan_sip_phone_is_no_hold():
    script, trunk, phone = chan_sip_talk()
    local = "Local/102@internal-1"
    script.new(f"{local};1", exten="102", of=trunk).leave("b1", phone)
    script.enter("b2", f"{local};1", phone).wait(4).leave("b2", phone, f"{local};1")
    script.hangup(f"{local};1").enter("b1", phone).say("Unhold", **script.snapshot(phone)).wait(2)
    script.wants_to_hang_up(trunk).leave("b1", trunk, phone)
    assert only(ends(script, phone, trunk))["hold_s"] == 0


def test_hold_of_a_chan_sip_phone_is_one_though_it_names_no_music():
    script, trunk, phone = chan_sip_talk()
    script.say("Unhold", **script.snapshot(phone)).wait(2)
    script.wants_to_hang_up(trunk).leave("b1", trunk, phone)
    assert only(ends(script, phone, trunk))["hold_s"] == 3
