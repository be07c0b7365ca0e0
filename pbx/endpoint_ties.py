"""Which extension stands behind an endpoint whose name says nothing: learned from the stream. Pure.

In: how endpoints show themselves and how they are dialled. Out: extensions; "" for a trunk. `PJSIP/anna-desk` with
CallerIDNum 101 is 101. Bounded: strangers who knock at a switch come from ever new addresses.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field

from pbx.numbers import (
    NO_EXTEN,
    Endpoints,
    device_extension,
    dialled_number,
    endpoint_of,
    is_technical,
)

KEPT = 4096
"""Endpoints remembered; more than any company has."""
_TRUNK_CONTEXT = re.compile(r"trunk|pstn|inbound|incoming|external|from-did|provider|carrier", re.I)


@dataclass(slots=True)
class _Tie:
    """What is known of one endpoint."""

    extension: str = ""
    by_dialling: bool = False
    """Dialled by its bare name as this extension: a telephone for certain."""
    shown: str = ""
    """The outside number that it showed as its own: a trunk, unless it turns out to be a telephone."""
    trunk: bool = False
    """Dialled with a number behind it, or showed several outside numbers: a trunk for certain."""

    @property
    def outside(self) -> bool:
        return self.trunk or bool(self.shown)


@dataclass(slots=True)
class EndpointTies:
    """Ties of endpoints to extensions, the best evidence winning.

    The number that a channel shows counts only as it first shows it, where it is the endpoint's own: the dialplan changes
    it later. A trunk shows its callers' numbers there, so an endpoint that showed an outside number is taken for a trunk,
    unless it is dialled as one extension: then the long number is the caller id that this phone was given.
    """

    endpoints: Endpoints
    _ties: OrderedDict[str, _Tie] = field(default_factory=OrderedDict)

    def learn(self, channel: str, number: str, context: str) -> None:
        """Take the number with which a channel began."""
        name = endpoint_of(channel)
        if not number or self._is_plain(name):
            return
        tie = self._tie(name)
        if name in self.endpoints.trunks or not self.endpoints.is_internal(number):
            tie.trunk = tie.trunk or tie.shown not in ("", number)
            tie.shown = tie.shown or number
            if not tie.by_dialling:
                tie.extension = ""
        elif (
            not tie.outside and not tie.extension and not _TRUNK_CONTEXT.search(f"{name} {context}")
        ):
            tie.extension = number

    def learn_dialled(self, channel: str, dial_string: str, number: str, exten: str = "") -> None:
        """Take how an endpoint was dialled: with a number behind it, it is a trunk; by its name alone, a telephone.

        Args:
            channel: that was dialled.
            dial_string: DialString of DialBegin.
            number: CallerIDNum of that channel: its own, or the Exten that dials it.
            exten: where the dialling channel is in the dialplan.
        """
        name = endpoint_of(channel)
        if self._is_plain(name) or name in self.endpoints.trunks:
            return
        sent = dialled_number(dial_string)
        a_contact = "/sip:" in dial_string and self.endpoints.is_internal(sent)
        if sent and sent != name and not a_contact:
            tie = self._tie(name)
            tie.trunk, tie.by_dialling, tie.extension = True, False, ""
            return
        found = next((n for n in (number, sent, exten) if self._may_be_ours(n)), "")
        tie = self._tie(name)
        if found and not tie.trunk and not (a_contact and tie.outside):
            tie.extension = tie.extension or found
            tie.by_dialling = True

    def _may_be_ours(self, number: str) -> bool:
        return number not in NO_EXTEN and self.endpoints.is_internal(number)

    def extension_of(self, channel: str) -> str:
        """Return the extension of a channel, "" for a trunk."""
        return self._extension_of_name(endpoint_of(channel))

    def device(self, device: str) -> str:
        """Return the extension of a device or queue interface, "" if it is none of ours."""
        plain = device_extension(device, self.endpoints)
        if plain or is_technical(device):
            return plain
        return self._extension_of_name(device.partition("/")[2])

    def _extension_of_name(self, name: str) -> str:
        if name in self.endpoints.trunks:
            return ""
        if self.endpoints.is_internal(name):
            return name
        tie = self._ties.get(name)
        return tie.extension if tie is not None else ""

    def _tie(self, name: str) -> _Tie:
        tie = self._ties.get(name)
        if tie is None:
            tie = self._ties[name] = _Tie()
            if len(self._ties) > KEPT:
                self._ties.popitem(last=False)
        return tie

    def _is_plain(self, name: str) -> bool:
        return self.endpoints.is_internal(name) and name not in self.endpoints.trunks
