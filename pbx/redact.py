"""Makes recorded AMI traffic fit to be shown to strangers: persons go, the course of the calls stays. Pure.

In: the bytes of a trace (raw AMI text, or JSON lines of events). Out: the same messages with telephone numbers, names,
addresses, typed digits and free texts replaced, each by the same replacement wherever it stands, so that a replay gives
the same calls. Kept on purpose: short numbers (extensions), ids, times, states, names of queues and contexts.

A number keeps what stands before its last seven digits, so that 8916…, +7916… and 916… are still one client.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

REMOVED = "removed"

NAME_HEADERS = re.compile(
    r"(CallerIDName|ConnectedLineName|^MemberName|^CallerName|^FullName|^UserName)$"
)
SECRET_HEADERS = frozenset(
    {"Secret", "Password", "Key", "Challenge", "ExpectedResponse", "Response-Hash", "ReceivedHash",
     "ReceivedChallenge", "SystemName", "CoreRunUser", "CoreRunGroup", "OutboundAuths", "Auths"}
)  # fmt: skip
KEPT_HEADERS = frozenset(
    {"Event", "Privilege", "ActionID", "Timestamp", "EventTV", "SessionTV", "SessionID", "SSRC",
     "SourceSSRC", "SentNTP", "LoginTime", "LastCall", "LastPause", "ChannelState", "Variable"}
)  # fmt: skip
"""Technical values in which a long number is no telephone number."""
ENDPOINT_HEADERS = frozenset(
    {"Endpoint", "EndpointName", "AOR", "Aor", "ObjectName", "AccountID", "AccountCode", "Peer",
     "Peeraccount", "Username", "Contacts", "DestAccountCode"}
)  # fmt: skip
SAID_VARIABLES = re.compile(
    r"^_{0,2}(BRIDGEPEER|BRIDGEPVTCALLID|DIALEDPEERN\w+|DIAL\w*STATUS|\w+TIME(_MS)?|QUEUE\w+|ABANDONED|"
    r"ATTENDEDTRANSFER|BLINDTRANSFER|TRANSFERERNAME|TRANSFER_CONTEXT|SIPTRANSFER|SIPREFER\w+|"
    r"MIXMONITOR_FILENAME|MONITOR_FILENAME|\w+STATUS|PARK\w+|CALLERID\(.*\)|CONNECTEDLINE\(.*\)|"
    r"BRIDGE_FEATURES|SIPDOMAIN|RTPAUDIOQOS\w*|HASH\w*|MACRO_\w+|ARG\d+|FROMEXTEN|REC_STATUS)$"
)
"""Variables of Asterisk's own; the values of all others may be anything and are removed."""
SAID_APPLICATIONS = frozenset(
    {"Answer", "AppDial", "AppDial2", "AppQueue", "Background", "Bridge", "ChanSpy", "ConfBridge",
     "Dial", "Directory", "FollowMe", "Goto", "GotoIf", "Hangup", "Macro", "MeetMe", "MixMonitor",
     "Monitor", "MusicOnHold", "Park", "ParkedCall", "Pickup", "PickupChan", "Playback", "Queue",
     "Return", "Ringing", "StopMixMonitor", "Transfer", "VoiceMail", "VoiceMailMain", "Wait",
     "WaitExten"}
)  # fmt: skip
"""Applications whose arguments are read in a replay or harmless; those of the others are removed."""

_TOKEN = re.compile(
    r"(?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)"
    r"|(?P<suffix>-[0-9a-fA-F]{8}(?!\w))"
    r"|(?P<id>(?<!\d)\d{9,10}\.\d{1,9}(?!\d))"
    r"|(?P<ipv4>(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]))"
    r"|(?P<ipv6>(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])|(?<![\w:])[0-9a-fA-F:]*::[0-9a-fA-F:]*)"
    r"|(?P<mail>[\w.+%-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b)"
    r"|(?P<host>(?<=@)(?:[\w-]+\.)+[A-Za-z]{2,}\b)"
    r"|(?P<number>\d{7,})"
    r"|(?P<word>[^\W\d_]*[^\x00-\x7f]\w*(?: +\w*[^\x00-\x7f]\w*)*)"
)
_DATE = re.compile(r"20\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])(\d{6})?")
_CHANNEL = re.compile(r"\b(PJSIP|SIP|IAX2|SCCP|Skinny|DAHDI|OOH323|Motif|USTM)/([^-@/;,&:\s]+)")
_NO_NAME = re.compile(r"<|[\d+*#]+$|\w+/|(unknown|anonymous)$")
_LOOPBACK = ("127.", "0.0.0.0")  # noqa: S104 - not an address to listen on


@dataclass(frozen=True, slots=True)
class Redacted:
    """A redacted trace. `endpoints`: old name of an account or trunk to new, for the one who redacted it."""

    data: bytes
    numbers: int
    """How many different telephone numbers were replaced."""
    names: int
    """How many different names and words were replaced."""
    endpoints: Mapping[str, str]
    _old: tuple[int, ...] = field(repr=False, default=())
    _new: tuple[int, ...] = field(repr=False, default=())

    def place(self, offset: int) -> int:
        """Return where a byte of the old trace is now; within a changed line, no further than its end."""
        line = min(bisect_right(self._old, offset), len(self._old) - 1) - 1
        if line < 0:
            return 0
        start, end = self._new[line], self._new[line + 1]
        return min(start + offset - self._old[line], end)


def redact(data: bytes) -> Redacted:
    """Replace what tells of persons.

    Args:
        data: of one trace file.

    Returns:
        The trace to show, and what was replaced. Redacting it again changes nothing that a replay reads.
    """
    old = data.splitlines(keepends=True)
    people = _People()
    in_json = data.lstrip()[:1] == b"{"
    take = _json_messages if in_json else _messages
    for message in take(old):
        people.meet(message)
    redact_lines = _redact_json if in_json else _redact_text
    new = list(redact_lines(old, people))
    return Redacted(
        b"".join(new),
        len(people.numbers),
        len(people.names),
        people.endpoints,
        (0, *accumulate(map(len, old))),
        (0, *accumulate(map(len, new))),
    )


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _header(line: str) -> tuple[str, str] | None:
    name, colon, value = line.rstrip("\r\n").partition(":")
    if not colon or not re.fullmatch(r"[\w()-]+", name):
        return None
    return name, value.removeprefix(" ")


def _messages(lines: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    """Yield the messages of raw AMI text, repeated headers as lists."""
    message: dict[str, Any] = {}
    for line in (*map(_decoded, lines), "\n"):
        header = _header(line)
        if header is not None:
            message.setdefault(header[0], []).append(header[1])
        elif not line.strip() and message:
            yield message
            message = {}


def _json_messages(lines: Iterable[bytes]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        if line.strip():
            yield {k: v if isinstance(v, list) else [v] for k, v in json.loads(line).items()}


def _redact_text(lines: Iterable[bytes], people: _People) -> Iterator[bytes]:
    facts: dict[str, str] = {}
    for line in map(_decoded, lines):
        header = _header(line)
        if header is None:
            facts = facts if line.strip() else {}
            yield people.text(line).encode("utf-8", "surrogateescape")
            continue
        name, value = header
        facts[name] = value
        head, tail = line[: line.index(":") + 1], line[len(line.rstrip("\r\n")) :]
        space = " " if line[len(head) : len(head) + 1] == " " else ""
        new = f"{head}{space}{people.value(name, value, facts)}{tail}"
        yield new.encode("utf-8", "surrogateescape")


def _redact_json(lines: Iterable[bytes], people: _People) -> Iterator[bytes]:
    for line in lines:
        if not line.strip():
            yield line
            continue
        message = json.loads(line)
        facts = {k: v for k, v in message.items() if isinstance(v, str)}
        new = {
            name: value
            if name == "_at"
            else [people.value(name, one, facts) for one in value]
            if isinstance(value, list)
            else people.value(name, str(value), facts)
            for name, value in message.items()
        }
        end = line[len(line.rstrip(b"\r\n")) :]
        yield json.dumps(new, ensure_ascii=False).encode("utf-8", "surrogateescape") + end


class _People:
    """Whom a trace tells of, and what stands for each."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        """By the last seven digits."""
        self.names: dict[str, str] = {}
        self.endpoints: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        self._users: dict[str, str] = {}
        self._known_names: re.Pattern[str] | None = None

    def meet(self, message: Mapping[str, Any]) -> None:
        """Learn names and accounts of one message, before anything is replaced."""
        for header, values in message.items():
            for value in values:
                if NAME_HEADERS.search(header):
                    self._meet_name(str(value))
                for match in _CHANNEL.finditer(str(value)):
                    self._meet_endpoint(match[2])
        self._known_names = None

    def _meet_name(self, value: str) -> None:
        name = value.strip().strip('"')
        if len(name) > 1 and not _NO_NAME.match(name):
            _stand_in(self.names, name, "Name" if name.isascii() else "Имя")

    def _meet_endpoint(self, name: str) -> None:
        if not re.fullmatch(r"\+?\d+", name):
            _stand_in(self.endpoints, name, "line", "")

    def value(self, header: str, value: str, facts: Mapping[str, str]) -> str:
        """Return what stands for a header's value; `facts` are the headers of its message so far."""
        if not value or header in KEPT_HEADERS:
            return value
        if header in SECRET_HEADERS or _is_free_text(header, facts):
            return REMOVED
        if header == "Digit":
            return "0"  # typed digits may be a card number
        if header in ENDPOINT_HEADERS and value in self.endpoints:
            return self.endpoints[value]
        return self.text(value)

    def text(self, value: str) -> str:
        """Replace everything in a text that tells of persons."""
        if self._known_names is None:
            longest_first = sorted(self.names, key=len, reverse=True)
            self._known_names = re.compile(
                "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first) or r"(?!)"
            )
        pieces, end = [], 0
        for match in self._known_names.finditer(value):
            pieces += [self._tokens(value[end : match.start()]), self.names[match[0]]]
            end = match.end()
        return "".join([*pieces, self._tokens(value[end:])])

    def _tokens(self, text: str) -> str:
        text = _CHANNEL.sub(lambda m: f"{m[1]}/{self.endpoints.get(m[2], m[2])}", text)
        for old, new in self.endpoints.items():
            if f"@{old}" in text:
                text = re.sub(rf"@{re.escape(old)}(?![\w.])", f"@{new}", text)
        return _TOKEN.sub(self._token, text)

    def _token(self, match: re.Match[str]) -> str:
        kind, found = match.lastgroup, match[0]
        if kind == "number":
            return self._number(found)
        if kind == "word":
            return _stand_in(self.names, found, "Имя")
        if kind == "ipv4" and not found.startswith(_LOOPBACK):
            return _stand_in(self._addresses, found, "192.0.2.", "")
        if kind == "ipv6" and found.strip(":"):
            return _stand_in(self._addresses, found, "2001:db8::", "")
        if kind == "host":
            return self._host(found)
        if kind == "mail":
            user, _, host = found.partition("@")
            known = user.isdigit() or user.lstrip("+").isdigit()
            who = (
                _TOKEN.sub(self._token, user) if known else _stand_in(self._users, user, "user", "")
            )
            return f"{who}@{self._host(host)}"
        return found

    def _host(self, found: str) -> str:
        if found.endswith(".example"):
            return found
        return _stand_in(self._hosts, found, "host", "") + ".example"

    def _number(self, found: str) -> str:
        if _DATE.fullmatch(found):
            return found
        kept, last = found[:-7], found[-7:]
        if last not in self.numbers:
            self.numbers[last] = f"{5_550_001 + len(self.numbers):07d}"
        return ("0" * len(kept) if len(kept) > 8 else kept) + self.numbers[last]


def _is_free_text(header: str, facts: Mapping[str, str]) -> bool:
    """Whether a header holds what anybody wrote: values of own variables, arguments of scripts, events of users."""
    if header == "Value":
        return not SAID_VARIABLES.match(facts.get("Variable", ""))
    if header.startswith("ChanVariable"):
        return True
    if header == "AppData":
        return facts.get("Application", "") not in SAID_APPLICATIONS
    if facts.get("Event") in ("UserEvent", "MessageWaiting"):
        return header not in ("UserEvent", "Channel", "Uniqueid", "Linkedid")
    return False


def _stand_in(known: MutableMapping[str, str], old: str, kind: str, space: str = " ") -> str:
    """Return what stands for something, the same each time."""
    if old in known.values():
        return old
    return known.setdefault(old, f"{kind}{space}{len(known) + 1}")
