"""What in AMI traffic tells of persons: headers, variables and patterns for `pbx.redact`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

REMOVED = "removed"

NAME_HEADERS = re.compile(
    r"((?i:CallerIDName|ConnectedLineName|^MemberName|^CallerName|^FullName|^Name)|^UserName)$"
)
NUMBER_AND_NAME = re.compile(r"(?i:CallerID)$")
"""Headers such as `"Ivan" <101>`."""
NAME_VARIABLES = re.compile(r"(CALLERID|CONNECTEDLINE)\((name|all)")
SECRET_HEADERS = frozenset(
    {"Secret", "Password", "Key", "Challenge", "ExpectedResponse", "Response-Hash", "ReceivedHash",
     "ReceivedChallenge", "SystemName", "CoreRunUser", "CoreRunGroup", "OutboundAuths", "Auths"}
)  # fmt: skip
FREE_HEADERS = frozenset(
    {"UserAgent", "UserField", "Userfield", "Extra", "Output", "Description", "Subject", "Body", "Comment",
     "RemoteStationID", "LocalStationID", "FileName", "PausedReason"}
)  # fmt: skip
"""What phones call themselves, and what people and scripts wrote."""
ACCOUNT_HEADERS = re.compile(r"(AccountCode|^Peeraccount|^Agent|^Mailbox(es)?|^Username)$")
HOST_HEADERS = frozenset({"Domain", "Host", "Server"})
KEPT_HEADERS = frozenset(
    {"Event", "Privilege", "ActionID", "Timestamp", "EventTV", "SessionTV", "SessionID", "SSRC",
     "SourceSSRC", "SentNTP", "LoginTime", "LastCall", "LastPause", "ChannelState", "Variable",
     "Application", "BridgeTechnology", "BridgeType", "ChannelStateDesc", "DialStatus", "Response"}
)  # fmt: skip
"""Technical values: a long number in them is no telephone number, and a word no name, even if somebody is called so."""
ENDPOINT_HEADERS = frozenset(
    {"Endpoint", "EndpointName", "AOR", "Aor", "ObjectName", "AccountID", "AccountCode", "Peer",
     "Peeraccount", "Username", "Contacts", "DestAccountCode"}
)  # fmt: skip
SAID_VARIABLES = re.compile(
    r"^_{0,2}(BRIDGEPEER|BRIDGEPVTCALLID|DIALEDPEERN\w+|DIAL\w*STATUS|\w+TIME(_MS)?|QUEUE\w+|ABANDONED|"
    r"ATTENDEDTRANSFER|BLINDTRANSFER|TRANSFERERNAME|TRANSFER_CONTEXT|SIPTRANSFER|SIPREFER\w+|"
    r"MIXMONITOR_FILENAME|MONITOR_FILENAME|\w+STATUS|PARK\w+|CALLERID\(.*\)|CONNECTEDLINE\(.*\)|"
    r"BRIDGE_FEATURES|SIPDOMAIN|RTPAUDIOQOS\w*|HASH\w*|MACRO_\w+|FROMEXTEN|REC_STATUS)$"
)
"""Variables of Asterisk's own; the values of all others may be anything and are removed."""
SAID_APPLICATIONS = frozenset(
    {"Answer", "AppDial", "AppDial2", "AppQueue", "Bridge", "ChanSpy", "ConfBridge",
     "Dial", "FollowMe", "Goto", "GotoIf", "Hangup", "Macro", "MeetMe", "MixMonitor",
     "Monitor", "MusicOnHold", "Park", "ParkedCall", "Pickup", "PickupChan", "Queue",
     "Return", "Ringing", "StopMixMonitor", "Transfer", "Wait",
     "WaitExten"}
)  # fmt: skip
"""Applications whose arguments are read in a replay or harmless; those of the others are removed."""

TOKEN = re.compile(
    r"(?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)"
    r"|(?P<suffix>-(?=0|\d*[a-fA-F])[0-9a-fA-F]{8}(?!\w))"
    r"|(?P<id>(?<!\d)[12]\d{9}\.\d{1,9}(?!\d))"
    r"|(?P<ipv4>(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]))"
    r"|(?P<ipv6>(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])|(?<![\w:])[0-9a-fA-F:]*::[0-9a-fA-F:]*)"
    r"|(?P<mail>[\w.+%-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b)"
    r"|(?P<user>(?<=sip:)[\w.+%-]*[A-Za-z%][\w.+%-]*(?=@))"
    r"|(?P<host>(?:(?<=@)|(?<=sip:))(?:[\w-]+\.)+[A-Za-z]{2,}\b)"
    r"|(?P<written>(?<![\w./-])(?:\+?\d{1,3}[ (-]{1,2})?\(?\d{3,5}\)?[ )-]{1,2}\d{2,3}(?:[ -]\d{2,4}){1,2}(?![\w.-]))"
    r"|(?P<number>\d{7,})"
    r"|(?P<word>[^\W\d_]*[^\x00-\x7f]\w*(?: +\w*[^\x00-\x7f]\w*)*)"
)
DATE = re.compile(r"20\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{6})?")
TECHNOLOGIES = r"(PJSIP|SIP|IAX2|SCCP|Skinny|DAHDI|OOH323|Motif|USTM|Agent)"
CHANNEL = re.compile(
    rf"\b{TECHNOLOGIES}/([^@/;,&:\s]+?)(?=-(?:[0-9a-fA-F]{{8}}|\d{{1,5}})(?!\w)|[@/;,&:\s]|$)"
)
NO_NAME = re.compile(rf"[\d+*#]+$|({TECHNOLOGIES}|Local)/|<?(unknown|anonymous)>?$")
BEFORE_NUMBER = re.compile(r'"([^"]+)"\s*<')
NAME_START = re.compile(r"(?<!\w)\S")
WORD = re.compile(r"\w")
PLAIN_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9()_-]*")
LOOPBACK = ("127.", "0.0.0.0")  # noqa: S104 - not an address to listen on


class StandIns(dict[str, str]):
    """What stands for what: the same each time, and a stand-in for itself."""

    def __init__(self) -> None:
        super().__init__()
        self._new: set[str] = set()

    def of(self, old: str, kind: str, space: str = "") -> str:
        """Return what stands for something."""
        if old in self._new:
            return old
        if old not in self:
            self[old] = f"{kind}{space}{len(self) + 1}"
            self._new.add(self[old])
        return self[old]


def lengths_by_start(names: Iterable[str]) -> dict[str, list[int]]:
    """First two letters → lengths of the names that begin so, longest first."""
    lengths: dict[str, set[int]] = {}
    for name in names:
        lengths.setdefault(name[:2], set()).add(len(name))
    return {start: sorted(found, reverse=True) for start, found in lengths.items()}
