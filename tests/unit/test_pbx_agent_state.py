"""Members and devices: what is told, once, and what a new login brings up to date."""

from datetime import UTC, datetime

from support.ami_script import NOON, AmiScript

from pbx.events import AgentsListed, DeviceChanged, Member, MemberChanged, PbxEvent, PbxName
from pbx.resync import Snapshot
from pbx.tracker import CallTracker

LUNCH = 1795316882


def said(script: AmiScript, tracker: CallTracker | None = None) -> list[PbxEvent]:
    tracker = tracker or CallTracker(PbxName("main"))
    return [event for headers, at in script.messages for event in tracker.feed(headers, at)]


def member(**changed: object) -> dict[str, str]:
    fields = {
        "Event": "QueueMember",
        "Queue": "support",
        "Location": "PJSIP/103",
        "StateInterface": "PJSIP/103",
        "Membership": "dynamic",
        "Status": "1",
        "Paused": "0",
        "LastPause": "0",
        "Wrapuptime": "20",
    }
    return {**fields, **{name: str(value) for name, value in changed.items()}}


def as_event(name: str, **changed: object) -> dict[str, object]:
    fields: dict[str, object] = dict(member(**changed))
    fields["Interface"] = fields.pop("Location")
    del fields["Event"]
    return {"event": name, **fields}


def test_member_logs_in_pauses_comes_back_and_logs_out() -> None:
    script = AmiScript()
    script.say(**as_event("QueueMemberAdded"))
    script.say(**as_event("QueueMemberStatus", Status=6))
    script.say(
        **as_event("QueueMemberPause", Paused=1, PausedReason="lunch", LastPause=LUNCH),
    )
    script.say(**as_event("QueueMemberPause", LastPause=LUNCH))
    script.say(**as_event("QueueMemberRemoved", LastPause=LUNCH))
    told = [event for event in said(script) if isinstance(event, MemberChanged)]
    assert [(e.present, e.member.paused, e.member.reason) for e in told] == [
        (True, False, ""),
        (True, True, "lunch"),
        (True, False, ""),
        (False, False, ""),
    ]
    assert told[1].member.paused_at == datetime.fromtimestamp(LUNCH, UTC)
    assert told[3].member == Member(
        queue="support", interface="PJSIP/103", extension="103", dynamic=True, wrap_up_s=20
    )


def test_pause_without_its_time_counts_from_when_it_was_heard() -> None:
    script = AmiScript()
    script.say(**as_event("QueueMemberPause", Paused=1))
    script.wait(60).say(**as_event("QueueMemberPause", Paused=1, PausedReason="lunch"))
    told = [event for event in said(script) if isinstance(event, MemberChanged)]
    assert [event.member.paused_at for event in told] == [NOON, NOON]


def test_one_ringing_device_of_several_makes_the_extension_ring() -> None:
    script = AmiScript()
    for device, state in (
        ("PJSIP/101", "UNAVAILABLE"),
        ("SIP/101", "NOT_INUSE"),
        ("PJSIP/101", "NOT_INUSE"),
        ("SIP/101", "RINGING"),
        ("PJSIP/101", "INUSE"),
        ("Queue:support_pause_PJSIP/101", "INUSE"),
        ("hint:101", "INUSE"),
    ):
        script.say("DeviceStateChange", Device=device, State=state)
    told = [event.state for event in said(script) if isinstance(event, DeviceChanged)]
    assert told == ["unavailable", "idle", "ringing"]


def test_listing_after_a_login_tells_everything_and_forgets_the_rest() -> None:
    tracker = CallTracker(PbxName("main"))
    script = AmiScript()
    script.say(**as_event("QueueMemberAdded", Location="PJSIP/102", StateInterface="PJSIP/102"))
    script.say("DeviceStateChange", Device="PJSIP/109", State="INUSE")
    said(script, tracker)
    (event,) = tracker.resync(
        Snapshot(
            queues=[
                member(Paused=1, LastPause=LUNCH, PausedReason="lunch"),
                {"Event": "QueueMember"},
            ],
            devices=[{"Event": "DeviceStateChange", "Device": "PJSIP/101", "State": "NOT_INUSE"}],
        ),
        NOON,
    )
    assert isinstance(event, AgentsListed)
    assert [(m.extension, m.paused, m.reason) for m in event.members] == [("103", True, "lunch")]
    # 103 has no line of its own in the list of devices: the queue's word for it counts.
    assert event.devices == (("101", "idle"), ("103", "idle"))
    again = AmiScript().say(**as_event("QueueMemberRemoved", Location="PJSIP/102"))
    assert said(again, tracker) == []


def test_switch_that_lists_no_devices_says_nothing_of_agents() -> None:
    assert CallTracker(PbxName("main")).resync(Snapshot(), NOON) == []


def test_a_pause_since_no_possible_time_is_since_now() -> None:
    script = AmiScript()
    script.say(**as_event("QueueMemberAdded"))
    script.say(**as_event("QueueMemberPause", Paused=1, LastPause=10**15))
    told = [event for event in said(script) if isinstance(event, MemberChanged)]
    assert told[-1].member.paused
    assert told[-1].member.paused_at == told[-1].at
