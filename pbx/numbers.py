"""Channel names, endpoint names and dialled numbers: who is ours, who is outside. Pure.

In: names and numbers as Asterisk writes them. Out: extensions and numbers, never normalised (`calls.phone_number` does).

Asterisk names a channel `TECHNOLOGY/ENDPOINT-COUNTER`, and a Local channel `Local/EXTEN@CONTEXT-COUNTER;1` and `;2`.
Source: chan_pjsip, chan_sip, chan_iax2, chan_dahdi of Asterisk 13 to 22.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

INTERNAL = re.compile(r"\d{2,6}")
"""An endpoint or number of two to six digits is ours, unless settings say otherwise."""

_TECHNICAL = frozenset(
    {
        "Local",
        "Message",
        "Bridge",
        "Surrogate",
        "Recorder",
        "Announcer",
        "CBAnn",
        "CBRec",
        "ConfBridgeRecorder",
        "AsyncGoto",
        "MulticastRTP",
        "UnicastRTP",
        "AudioSocket",
        "Snoop",
        "Test",
        "OutgoingSpoolFailed",
        "Parking",
    }
)
"""Channel technologies behind which there is no person."""
NO_EXTEN = frozenset({"", "s", "h", "i", "t", "T", "e", "o", "a", "fax", "failed"})
"""Extens of the dialplan that nobody dialled."""
_DIALLED = re.compile(r"\+?[\d*#]+")
_WITHHELD = frozenset(
    {
        "anonymous",
        "unknown",
        "private",
        "unavailable",
        "restricted",
        "withheld",
        "hidden",
        "blocked",
        "private number",
        "number unavailable",
        "no number",
        "nobody",
        "none",
        "null",
        "undefined",
        "id_unavailable",
        "<unknown>",
        "asterisk",
        "s",
    }
)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """How endpoints are told apart: settings of the company.

    `internal` matches whole names and numbers of our phones. `trunks` are endpoint names that are never ours, whatever
    they look like. `own_numbers` are the company's outside numbers: dialled from inside, they are internal calls.
    """

    internal: re.Pattern[str] = INTERNAL
    trunks: Collection[str] = ()
    own_numbers: Collection[str] = ()

    def is_internal(self, name: str) -> bool:
        """Whether a name or number is one of our extensions by its form."""
        return self.internal.fullmatch(name) is not None

    def is_own(self, number: str) -> bool:
        """Whether this is a number of the company itself, however each of them is written."""
        tail = _tail(number) if self.own_numbers else ""
        return bool(tail) and any(_tail(own) == tail for own in self.own_numbers)


def technology_of(channel: str) -> str:
    """Return "PJSIP" of "PJSIP/101-0000001a"."""
    return channel.partition("/")[0]


def is_technical(channel: str) -> bool:
    """Whether this channel is a part of the switch (Local, announcer, parking ...) and never a person."""
    return (
        technology_of(channel) in _TECHNICAL
        or "/" not in channel
        or channel.startswith("DAHDI/pseudo")  # what MeetMe mixes in
    )


def endpoint_of(channel: str) -> str:
    """Return "101" of "PJSIP/101-0000001a", and of "SIP/101-0000001a<ZOMBIE>"."""
    name = channel.partition("/")[2].removesuffix("<ZOMBIE>")
    head, dash, counter = name.rpartition("-")
    whole = head if dash and _COUNTER.fullmatch(counter) else name
    return whole.partition("/")[0]  # DAHDI/i1/79161234567-3 is a call on span i1


def _tail(number: str) -> str:
    """The last ten digits, all of a shorter one: 8 and +7 are written before the same number."""
    return "".join(filter(str.isdecimal, number))[-10:]


_COUNTER = re.compile(r"[0-9a-f]{1,12}(;[12])?")


def device_extension(device: str, endpoints: Endpoints) -> str:
    """Return the extension of a queue interface or device ("PJSIP/101", "Local/101@from-queue/n"), "" if it is none."""
    name = device.partition("/")[2].partition("@")[0].partition("/")[0]
    return name if endpoints.is_internal(name) and name not in endpoints.trunks else ""


def dialled_number(dial_string: str) -> str:
    """Return the number of a DialString, "" if it names an endpoint only.

    "79161234567@trunk", "trunk/79161234567", "trunk/sip:79161234567@host", "PJSIP/79161234567@trunk", "g0/79161234567".
    """
    address = dial_string
    if "sip:" in address:
        address = address.partition("sip:")[2]
    if "@" in address:
        found = address.partition("@")[0].rpartition("/")[2]
    elif "/" in address:
        found = address.rpartition("/")[2]
    else:
        found = address
    return found if _DIALLED.fullmatch(found) else ""


def sent_number(number: str) -> str:
    """Return the number that a caller sent, "" for what stands for none ("anonymous", "0000", a lone sign)."""
    sent = number.strip().partition("@")[0].lower()
    return "" if sent in _WITHHELD or not sent.strip("0+-_.*# ") else number
