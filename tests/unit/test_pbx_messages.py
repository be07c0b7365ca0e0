import pytest
from support.traces import all_messages

from pbx.ami_events import DialBegin, Hangup, NewChannel, VariableSet
from pbx.errors import MalformedMessage
from pbx.messages import KNOWN_EVENTS, parse

CHANNEL = {
    "Channel": "PJSIP/101-00000001",
    "ChannelState": "4",
    "CallerIDNum": "101",
    "Exten": "102",
    "Uniqueid": "1795000000.1",
    "Linkedid": "1795000000.1",
}


def test_newchannel_gives_the_channel():
    event = parse({"Event": "Newchannel", **CHANNEL})
    assert isinstance(event, NewChannel)
    assert (event.channel.number, event.channel.exten, event.channel.state) == ("101", "102", 4)


def test_unknown_number_becomes_empty():
    event = parse({"Event": "Newchannel", **CHANNEL, "CallerIDNum": "<unknown>"})
    assert isinstance(event, NewChannel)
    assert event.channel.number == ""


def test_missing_linkedid_is_the_uniqueid():
    headers = {name: value for name, value in CHANNEL.items() if name != "Linkedid"}
    event = parse({"Event": "Newchannel", **headers})
    assert isinstance(event, NewChannel)
    assert event.channel.linkedid == "1795000000.1"


def test_repeated_header_counts_as_its_last_value():
    event = parse({"Event": "Hangup", **CHANNEL, "Cause": ["0", "17"]})
    assert isinstance(event, Hangup)
    assert event.cause == 17


def test_broken_number_counts_as_missing():
    event = parse({"Event": "Hangup", **CHANNEL, "Cause": "soon", "ChannelState": ""})
    assert isinstance(event, Hangup)
    assert (event.cause, event.channel.state) == (0, -1)


def test_dial_of_originate_has_no_dialler():
    dest = {f"Dest{name}": value for name, value in CHANNEL.items()}
    event = parse({"Event": "DialBegin", **dest, "DialString": "101"})
    assert isinstance(event, DialBegin)
    assert event.channel is None


def test_event_that_means_nothing_is_none():
    assert parse({"Event": "RTCPSent"}) is None
    assert parse({"Response": "Success"}) is None


def test_variable_that_means_nothing_is_none():
    assert parse({"Event": "VarSet", **CHANNEL, "Variable": "BRIDGEPEER", "Value": "x"}) is None
    wanted = parse({"Event": "VarSet", **CHANNEL, "Variable": "VMSTATUS", "Value": "SUCCESS"})
    assert isinstance(wanted, VariableSet)


@pytest.mark.parametrize(
    "name", ["Hangup", "Newstate", "BridgeEnter", "DialEnd", "Pickup", "LocalBridge"]
)
def test_event_without_its_channel_is_malformed(name):
    with pytest.raises(MalformedMessage, match=f"{name} without .*Uniqueid"):
        parse({"Event": name, "Channel": "PJSIP/101-00000001"})


def test_every_recorded_message_can_be_parsed():
    parsed = {
        m.headers["Event"] for m in all_messages() if "Event" in m.headers and parse(m.headers)
    }
    assert parsed <= KNOWN_EVENTS
    assert len(parsed) > 25
