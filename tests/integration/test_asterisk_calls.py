"""Calls through a real Asterisk 22 on `asterisk-conf/`: what the account `slovo` hears is enough to know what happened.

Each test is a plan (who calls whom, who picks up when) and compares what the product makes of the events with it.
"""

from __future__ import annotations

import pytest
from support.ami_tap import AmiTap
from support.asterisk_server import AsteriskServer
from support.seen_calls import calls_of
from support.sipp import Phones

from pbx.events import TransferKind

pytestmark = pytest.mark.asterisk

CLIENT = "79161234567"


def test_client_calls_a_phone_gives_answered(phones: Phones, ami: AmiTap) -> None:
    phones.answers("101", after_s=1)
    phones.calls("74951230001", number=CLIENT, talk_s=2, name="ООО Ромашка").wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230001", {"101"}, "101", "answered")
    assert call.record.caller.name == "ООО Ромашка"
    assert call.decision.wait_s == pytest.approx(1, abs=0.5)
    assert call.decision.talk_s == pytest.approx(2, abs=0.5)
    assert call.record.started_at is not None


def test_one_of_a_group_answers_gives_one_answered_call(phones: Phones, ami: AmiTap) -> None:
    phones.rings("101")
    phones.answers("102", after_s=1)
    phones.rings("103")
    phones.calls("74951230003", number=CLIENT).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230003", {"101", "102", "103"}, "102", "answered")
    assert not call.decision.needs_callback


def test_nobody_in_the_group_answers_gives_missed(phones: Phones, ami: AmiTap) -> None:
    for phone in ("101", "102", "103"):
        phones.rings(phone)
    phones.is_refused("74951230003", number=CLIENT).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230003", {"101", "102", "103"}, "", "missed")
    assert call.decision.needs_callback


def test_client_gives_up_in_the_queue_gives_abandoned(phones: Phones, ami: AmiTap) -> None:
    phones.rings("101")
    phones.rings("102")
    phones.gives_up("74951230004", number=CLIENT, after_s=2).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230004", {"101", "102"}, "", "abandoned")
    assert call.record.queue == "support"
    assert call.decision.needs_callback
    assert call.decision.wait_s == pytest.approx(2, abs=0.5)


def test_agent_of_the_queue_answers_gives_answered(phones: Phones, ami: AmiTap) -> None:
    phones.rings("101")
    phones.answers("102", after_s=1)
    phones.calls("74951230004", number=CLIENT).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230004", {"101", "102"}, "102", "answered")
    assert call.record.queue == "support"


def test_second_agent_of_a_linear_queue_answers_gives_answered(phones: Phones, ami: AmiTap) -> None:
    phones.rings("101")
    phones.answers("102", after_s=1)
    phones.calls("74951230005", number=CLIENT).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230005", {"101", "102"}, "102", "answered")


def test_operator_declines_gives_rejected(phones: Phones, ami: AmiTap) -> None:
    phones.refuses("101", "603 Decline", after_s=1)
    phones.is_refused("74951230001", number=CLIENT).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230001", {"101"}, "", "rejected")


def test_phone_is_off_gives_missed(phones: Phones, ami: AmiTap) -> None:
    phones.is_refused("74951230009", number=CLIENT).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230009", set(), "", "missed")


def test_nobody_answers_and_there_is_a_box_gives_voicemail(phones: Phones, ami: AmiTap) -> None:
    phones.rings("102")
    phones.calls("74951230002", number=CLIENT, talk_s=2).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230002", {"102"}, "", "missed")
    assert call.record.voicemail


def test_operator_transfers_blindly_gives_one_call(phones: Phones, ami: AmiTap) -> None:
    phones.transfers("101", "103", after_s=1, talk_s=1)
    phones.answers("103", after_s=1)
    phones.calls("74951230001", number=CLIENT, talk_s=6).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230001", {"101", "103"}, "101", "answered")
    (transfer,) = call.record.transfers
    assert (transfer.kind, transfer.source.label, transfer.target.label) == (
        TransferKind.BLIND, "101", "103",
    )  # fmt: skip
    assert call.decision.final_handler is not None
    assert call.decision.final_handler.label == "103"


def test_call_picked_up_parked_fetched_and_handed_on_gives_one_call(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap
) -> None:
    """Pressed one after the other: *8, #72, 701, *2."""
    phones.rings("101")
    phones.calls("74951230001", number=CLIENT, talk_s=60)
    ami.wait_event("DialState", DialStatus="RINGING")
    phones.calls("*8", by="102", talk_s=60)
    _in_a_talk(ami, "102")
    with AmiTap(asterisk.ami, "everything", asterisk.secret) as keys:
        _press(keys, _phone(ami, "102"), "#72")
        place = ami.wait_event("ParkedCall")["ParkingSpace"]
        phones.calls(str(place), by="103", talk_s=60)
        _in_a_talk(ami, "103")
        phones.answers("102", after_s=0.5)
        vera = _phone(ami, "103")
        _press(keys, vera, "*2")
        ami.wait_event("Hold", Channel=vera)
        _press(keys, vera, "102")
        _in_a_talk(ami, "102", times=2)
        _press(keys, vera, "*2")
        ami.wait_event("AttendedTransfer", Result="Success")
    asterisk.hang_up_all()
    (call,) = calls_of(ami)
    assert call.plan == ("in", CLIENT, "74951230001", {"101", "102"}, "102", "answered")
    assert [(t.kind, t.target and t.target.label) for t in call.record.transfers] == [
        (TransferKind.PICKUP, "102"), (TransferKind.PARK, "103"), (TransferKind.ATTENDED, "102"),
    ]  # fmt: skip
    (recording,) = call.record.recordings
    assert recording.party.label == CLIENT


def test_operator_hands_on_by_key_whom_he_called_gives_one_call(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap
) -> None:
    phones.answers("trunk", after_s=0.5)
    phones.answers("102", after_s=0.5)
    phones.calls(CLIENT, by="101", talk_s=60)
    _in_a_talk(ami, "trunk")
    anna = _phone(ami, "101")
    with AmiTap(asterisk.ami, "everything", asterisk.secret) as keys:
        _press(keys, anna, "##")
        ami.wait_event("Hold", Channel=anna)
        _press(keys, anna, "102")
        _in_a_talk(ami, "102")
    asterisk.hang_up_all()
    (call,) = calls_of(ami)
    assert call.plan == ("out", "101", CLIENT, {CLIENT, "102"}, CLIENT, "answered")
    assert [(t.kind, t.target and t.target.label) for t in call.record.transfers] == [
        (TransferKind.BLIND, "102")
    ]


def _phone(ami: AmiTap, number: str) -> str:
    """Return the latest channel of a phone."""
    names = (str(m["Channel"]) for m in ami.events("Newchannel"))
    return [name for name in names if name.startswith(f"PJSIP/{number}-")][-1]


def _in_a_talk(ami: AmiTap, number: str, times: int = 1) -> None:
    """Wait until so many channels of a phone have been in a bridge."""

    def bridged() -> set[str]:
        names = {str(m["Channel"]) for m in ami.events("BridgeEnter")}
        return {name for name in names if name.startswith(f"PJSIP/{number}-")}

    ami.wait(lambda _: len(bridged()) >= times)


def _press(keys: AmiTap, channel: str, digits: str) -> None:
    """Press keys of a phone, each when Asterisk has heard the one before."""
    for digit in digits:
        heard = len(keys.events("DTMFEnd"))
        keys.action("PlayDTMF", Channel=channel, Digit=digit, Duration="100", Receive="true")
        keys.wait(lambda _, heard=heard: len(keys.events("DTMFEnd")) > heard)


def test_operator_calls_out_gives_outgoing(phones: Phones, ami: AmiTap) -> None:
    phones.answers("trunk", after_s=1)
    phones.calls(CLIENT, by="101", talk_s=2).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("out", "101", CLIENT, {CLIENT}, CLIENT, "answered")


def test_client_is_busy_gives_busy(phones: Phones, ami: AmiTap) -> None:
    phones.refuses("trunk", "486 Busy Here", after_s=0.01)
    phones.is_refused(CLIENT, by="101").wait()
    (call,) = calls_of(ami)
    assert call.plan[:3] == ("out", "101", CLIENT)
    assert call.decision.outcome.value in ("busy", "rejected")


def test_operator_calls_a_colleague_gives_internal_and_no_recording(
    asterisk: AsteriskServer, phones: Phones, ami: AmiTap
) -> None:
    before = set(asterisk.recordings.iterdir())
    phones.answers("102", after_s=1)
    phones.calls("102", by="101", talk_s=1).wait()
    (call,) = calls_of(ami)
    assert call.plan == ("internal", "101", "102", {"102"}, "102", "answered")
    assert set(asterisk.recordings.iterdir()) == before


def test_click_to_call_rings_the_operator_first(phones: Phones, ami: AmiTap) -> None:
    phones.answers("101", after_s=1)
    phones.answers_and_hangs_up("trunk", after_s=1, talk_s=2)
    answer = ami.action(
        "Originate", Channel="PJSIP/101", Context="slovo-click-to-call", Exten=CLIENT, Priority="1",
        CallerID=f"<{CLIENT}>", Timeout="20000", Async="true",
    )  # fmt: skip
    assert answer["Response"] == "Success"
    (call,) = calls_of(ami)
    assert call.plan[:3] == ("out", "101", CLIENT)
    assert call.plan[4:] == (CLIENT, "answered")
    assert call.record.click_to_call
    (recording,) = call.record.recordings
    assert recording.party.label == "101"


@pytest.mark.parametrize("number", ["101;102", "*97", "700", "999", "slovo"])
def test_click_to_call_elsewhere_than_phones_and_outside_does_not_call(
    phones: Phones, ami: AmiTap, number: str
) -> None:
    phones.answers("101", after_s=0.1)
    ami.action(
        "Originate", Channel="PJSIP/101", Context="slovo-click-to-call", Exten=number, Priority="1",
        Timeout="20000", Async="true",
    )  # fmt: skip
    ami.wait(
        lambda m: m.get("Event") == "Hangup" or m.get("Message") == "Extension does not exist."
    )
    assert "Local" not in str(ami.events("Newchannel"))
    assert len(ami.events("DialBegin")) <= 1
