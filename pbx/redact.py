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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from pbx.redact_words import (
    ACCOUNT_HEADERS,
    BEFORE_NUMBER,
    CHANNEL,
    DATE,
    ENDPOINT_HEADERS,
    FREE_HEADERS,
    HOST_HEADERS,
    KEPT_HEADERS,
    LOOPBACK,
    NAME_HEADERS,
    NAME_START,
    NAME_VARIABLES,
    NO_NAME,
    NUMBER_AND_NAME,
    PLAIN_HEADER,
    REMOVED,
    SAID_APPLICATIONS,
    SAID_VARIABLES,
    SECRET_HEADERS,
    TOKEN,
    WORD,
    StandIns,
    lengths_by_start,
)


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
    if not colon or not name.strip() or name[0].isspace():
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
        head = head if PLAIN_HEADER.fullmatch(name) else f"{people.text(name)}:"
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
        self.names = StandIns()
        self.endpoints = StandIns()
        self._addresses = StandIns()
        self._hosts = StandIns()
        self._users = StandIns()
        self._starts: dict[str, list[int]] | None = None
        """First two letters of known names → lengths of these names, longest first."""

    def meet(self, message: Mapping[str, Any]) -> None:
        """Learn names and accounts of one message, before anything is replaced."""
        for header, values in message.items():
            self._meet_endpoints(header)
            for value in values:
                self._meet_endpoints(str(value))
                if NAME_HEADERS.search(header):
                    self._meet_name(str(value))
                elif NUMBER_AND_NAME.search(header):
                    self._meet_name(str(value).partition("<")[0])
                for match in BEFORE_NUMBER.finditer(str(value)):
                    self._meet_name(match[1])
        if any(NAME_VARIABLES.search(str(name)) for name in message.get("Variable", ())):
            for value in message.get("Value", ()):
                self._meet_name(str(value).partition("<")[0])
        self._starts = None

    def _meet_name(self, value: str) -> None:
        name = value.strip().strip('"<> ')
        if len(name) > 1 and not NO_NAME.match(name):
            self.names.of(name, "Name" if name.isascii() else "Имя", " ")

    def _meet_endpoints(self, text: str) -> None:
        for match in CHANNEL.finditer(text):
            if not re.fullmatch(r"\+?\d+", match[2]):
                self.endpoints.of(match[2], "line")

    def value(self, header: str, value: str, facts: Mapping[str, str]) -> str:
        """Return what stands for a header's value; `facts` are the headers of its message so far."""
        if not value or header in KEPT_HEADERS:
            return value
        if header in SECRET_HEADERS or header in FREE_HEADERS or _is_free_text(header, facts):
            return REMOVED
        if header == "Digit":
            return "0"  # typed digits may be a card number
        if header in ENDPOINT_HEADERS and value in self.endpoints:
            return self.endpoints[value]
        if header in HOST_HEADERS and re.search("[A-Za-z]", value):
            return self._host(value)
        if ACCOUNT_HEADERS.search(header) and re.search("[A-Za-z]", value):
            return self._users.of(value, "user")
        return self.text(value)

    def text(self, value: str) -> str:
        """Replace everything in a text that tells of persons."""
        pieces, end = [], 0
        for match in NAME_START.finditer(value):
            name = self._name_at(value, match.start()) if match.start() >= end else ""
            if name:
                pieces += [self._tokens(value[end : match.start()]), self.names[name]]
                end = match.start() + len(name)
        return "".join([*pieces, self._tokens(value[end:])])

    def _name_at(self, value: str, at: int) -> str:
        """Return the longest known name that stands here as words of its own, "" if none does."""
        if self._starts is None:
            self._starts = lengths_by_start(self.names.keys() - self.endpoints.keys())
        for length in self._starts.get(value[at : at + 2], ()):
            name = value[at : at + length]
            if name in self.names and not WORD.match(value, at + length):
                return name
        return ""

    def _tokens(self, text: str) -> str:
        text = CHANNEL.sub(lambda m: f"{m[1]}/{self.endpoints.get(m[2], m[2])}", text)
        for old, new in self.endpoints.items():
            if f"@{old}" in text:
                text = re.sub(rf"@{re.escape(old)}(?![\w.])", f"@{new}", text)
        return TOKEN.sub(self._token, text)

    def _token(self, match: re.Match[str]) -> str:
        kind, found = match.lastgroup, match[0]
        if kind == "number":
            return self._number(found)
        if kind == "written":
            return self._written(found)
        if kind == "user":
            return self.endpoints.get(found) or self._users.of(found, "user")
        if kind == "word":
            return self.names.of(found, "Имя", " ")
        if kind == "ipv4" and not found.startswith(LOOPBACK):
            return self._addresses.of(found, "192.0.2.")
        if kind == "ipv6" and found.strip(":"):
            return self._addresses.of(found, "2001:db8::")
        if kind == "host":
            return self._host(found)
        if kind == "mail":
            user, _, host = found.partition("@")
            known = user.isdigit() or user.lstrip("+").isdigit()
            who = TOKEN.sub(self._token, user) if known else self._users.of(user, "user")
            return f"{who}@{self._host(host)}"
        return found

    def _written(self, found: str) -> str:
        """A number with brackets, spaces or hyphens keeps them."""
        digits = re.sub(r"\D", "", found)
        if len(digits) < 7:
            return found
        new = iter(self._number(digits))
        return re.sub(r"\d", lambda _: next(new), found)

    def _host(self, found: str) -> str:
        if found.endswith(".example"):
            return found
        return self._hosts.of(found, "host") + ".example"

    def _number(self, found: str) -> str:
        if DATE.fullmatch(found):
            return found
        kept, last = found[:-7], found[-7:]
        if last not in self.numbers:
            self.numbers[last] = f"{5_550_001 + len(self.numbers):07d}"
        return ("0" * len(kept) if len(kept) > 8 else kept) + self.numbers[last]


def _is_free_text(header: str, facts: Mapping[str, str]) -> bool:
    """Whether a header holds what anybody wrote: values of own variables, arguments of scripts, events of users."""
    if header == "Value":
        return not SAID_VARIABLES.match(facts.get("Variable", ""))
    if "ChanVariable" in header:
        return True
    if header == "Reason" and "Pause" in f"{facts.get('Event', '')}{facts.get('Action', '')}":
        return True
    if header == "Message" and facts.get("Event", "").startswith("Presence"):
        return True
    if header == "AppData":
        return facts.get("Application", "") not in SAID_APPLICATIONS
    if facts.get("Event") in ("UserEvent", "MessageWaiting"):
        return header not in ("UserEvent", "Channel", "Uniqueid", "Linkedid")
    return False
