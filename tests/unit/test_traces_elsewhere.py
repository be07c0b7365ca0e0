"""The recorded traces as other switches would have sent them: the same calls come out."""

import os
import re

import pytest
from support.traces import calls_of, replayed, scenarios

from pbx.trace import TimedMessage

ACCOUNTS = {"101": "anna-desk", "102": "t-boris", "103": "vera.k", "104": "gleb"}
SCENARIOS = scenarios()


def each_value(change):
    """A change of every header value, repeated ones included."""

    def changed(headers):
        return {
            name: [change(name, v) for v in value]
            if isinstance(value, list)
            else change(name, value)
            for name, value in headers.items()
        }

    return changed


def chan_sip(name, value):
    value = re.sub(r"^(\d+)@trunk$", r"trunk/\1", value) if name == "DialString" else value
    return value.replace("PJSIP/", "SIP/")


def accounts(name, value):
    for extension, account in ACCOUNTS.items():
        value = re.sub(rf"\bPJSIP/{extension}\b", f"PJSIP/{account}", value)
        if name == "DialString" and value == extension:
            value = account
    return value


def with_system_name(name, value):
    ids = name.endswith(("Uniqueid", "Linkedid"))
    return re.sub(r"^(\d{10}\.\d+)$", r"pbx-main-\1", value) if ids else value


def trunk_named_by_number(name, value):
    return value.replace("PJSIP/trunk", "PJSIP/74951230000").replace("@trunk", "@74951230000")


def older(headers):
    """Asterisk 13: no DialState; an account that sees neither devices nor variables of no interest."""
    name = headers.get("Event", "")
    if name in (
        "DialState",
        "NewConnectedLine",
        "DeviceStateChange",
        "QueueMemberStatus",
        "DTMFEnd",
    ):
        return None
    return headers


def down_first(headers):
    """chan_sip: a channel that calls begins with Down, and says Ring next."""
    if headers.get("Event") != "Newchannel" or headers.get("ChannelState") != "4":
        return headers
    if headers["Channel"].startswith("Local/"):
        return headers
    return [
        headers | {"ChannelState": "0", "ChannelStateDesc": "Down"},
        headers | {"Event": "Newstate"},
    ]


def without_linkedid(headers):
    return {name: value for name, value in headers.items() if not name.endswith("Linkedid")}


SWITCHES = {
    "chan_sip": lambda headers: down_first(each_value(chan_sip)(headers)),
    "accounts": each_value(accounts),
    "system-name": each_value(with_system_name),
    "trunk-number": each_value(trunk_named_by_number),
    "older": older,
    "no-linkedid": without_linkedid,
}


def sent_by(change, connections):
    return [
        [TimedMessage(new, at) for headers, at in part for new in listed(change(headers))]
        for part in connections
    ]


def listed(changed):
    if changed is None:
        return []
    return changed if isinstance(changed, list) else [changed]


def told(call):
    same = {
        name: call[name] for name in ("caller", "called", "direction", "answered_by", "outcome")
    }
    rest = {name: call[name] for name in ("queue", "voicemail", "consultation", "wait_s", "talk_s")}
    return same | rest | {"rang": sorted(call["rang"]), "transfers": call["transfers"]}


NOT_TOLD = {("older", "out-early-media-answered"): "rang"}
"""Asterisk 13 has no DialState: nothing tells of early media."""


LONG = os.environ.get("SLOVO_TEST_LONG") == "1"
"""Every trace as every switch would send it; else each as two of them would, all switches in turn."""
TRIED = [
    (scenario, switch)
    for place, scenario in enumerate(SCENARIOS)
    for number, switch in enumerate(SWITCHES)
    if LONG or (number - place) % 3 == 0
]


@pytest.mark.parametrize(
    ("scenario", "switch"), TRIED, ids=[f"{scenario.name}-{switch}" for scenario, switch in TRIED]
)
def test_trace_of_another_switch_gives_the_same_calls(scenario, switch):
    here, _ = replayed(scenario.connections())
    there, _ = replayed(sent_by(SWITCHES[switch], scenario.connections()))
    wanted, found = [told(c) for c in calls_of(here)], [told(c) for c in calls_of(there)]
    for call in [*wanted, *found]:
        call.pop(NOT_TOLD.get((switch, scenario.name)), None)
    assert found == wanted
