"""Queue members and devices: who is in which queue, who is paused and why, whose phone is in use. Pure.

In: QueueMember* and DeviceStateChange, and after each login the lists of all members and devices. Out: `MemberChanged`
and `DeviceChanged`, only when something changed; `AgentsListed` with everything after each login, so that whoever keeps
these facts drops what is true no longer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime

from pbx.ami_events import DeviceState, QueueMember
from pbx.endpoint_ties import EndpointTies
from pbx.events import AgentsListed, DeviceChanged, Member, MemberChanged, PbxEvent, PbxName

DEVICE_STATES = {
    "NOT_INUSE": "idle",
    "INUSE": "in_use",
    "ONHOLD": "in_use",
    "BUSY": "busy",
    "RINGING": "ringing",
    "RINGINUSE": "ringing",
    "UNAVAILABLE": "unavailable",
    "INVALID": "unavailable",
}
MEMBER_STATES = {
    1: "idle",
    2: "in_use",
    3: "busy",
    4: "unavailable",
    5: "unavailable",
    6: "ringing",
    7: "ringing",
    8: "in_use",
}
"""A member's `Status`: Asterisk's AST_DEVICE_* numbers; 0 is unknown."""
_STRONGEST = ("ringing", "in_use", "busy", "idle", "unavailable", "unknown")
"""Of several devices on one extension the first of these counts: one that rings, rings."""
_NO_PHONE = ("Queue:", "Custom:", "Local/")


class AgentStates:
    """The last known state of each member and device."""

    def __init__(self, pbx: PbxName, ties: EndpointTies) -> None:
        self.pbx = pbx
        self.ties = ties
        self.members: dict[tuple[str, str], Member] = {}
        """By (queue, interface)."""
        self.devices: dict[str, dict[str, str]] = {}
        """By extension: the state of each of its devices."""

    def member(self, event: QueueMember, at: datetime | None) -> list[PbxEvent]:
        """Take the state of one member in one queue."""
        member = self._member_of(event, at)
        if member is None:
            return []
        key = (member.queue, member.interface)
        known = self.members.get(key)
        if not event.present:
            if self.members.pop(key, None) is None:
                return []
            return [MemberChanged(pbx=self.pbx, at=at, member=member, present=False)]
        self.members[key] = member
        out = self._from_status(member.extension, event, at)
        if known != member:
            out.append(MemberChanged(pbx=self.pbx, at=at, member=member))
        return out

    def device(self, event: DeviceState, at: datetime | None) -> list[PbxEvent]:
        """Take the state of one device."""
        extension = self._extension_of(event)
        if not extension:
            return []
        before = self.state_of(extension)
        devices = self.devices.setdefault(extension, {})
        devices[event.device] = DEVICE_STATES.get(event.state, "unknown")
        state = self.state_of(extension)
        if state == before:
            return []
        return [DeviceChanged(pbx=self.pbx, at=at, extension=extension, state=state)]

    def listed(
        self, members: Iterable[QueueMember], devices: Iterable[DeviceState], at: datetime | None
    ) -> list[PbxEvent]:
        """Take all members and devices that there are now: what is not among them is no more."""
        self.members.clear()
        self.devices.clear()
        for device in devices:
            self.device(device, at)
        for event in members:
            self.member(event, at)
        states = tuple((extension, self.state_of(extension)) for extension in sorted(self.devices))
        return [
            AgentsListed(pbx=self.pbx, at=at, members=tuple(self.members.values()), devices=states)
        ]

    def state_of(self, extension: str) -> str:
        """The state of an extension, of all its devices; "" if nothing is known of it."""
        states = self.devices.get(extension, {}).values()
        return next((state for state in _STRONGEST if state in states), "")

    def _from_status(
        self, extension: str, event: QueueMember, at: datetime | None
    ) -> list[PbxEvent]:
        """What the queue thinks of a phone counts only as long as nothing better is known."""
        if extension in self.devices or event.status not in MEMBER_STATES:
            return []
        state = MEMBER_STATES[event.status]
        # Without a device of its own: the first DeviceStateChange replaces it.
        self.devices[extension] = {event.state_interface: state}
        return [DeviceChanged(pbx=self.pbx, at=at, extension=extension, state=state)]

    def _extension_of(self, event: DeviceState) -> str:
        if event.device.startswith(_NO_PHONE) or "/" not in event.device:
            return ""
        return self.ties.device(event.device)

    def _member_of(self, event: QueueMember, at: datetime | None) -> Member | None:
        extension = self.ties.device(event.state_interface) or self.ties.device(event.interface)
        if not extension:
            return None
        known = self.members.get((event.queue, event.interface))
        return Member(
            queue=event.queue,
            interface=event.interface,
            extension=extension,
            paused=event.paused,
            reason=event.reason if event.paused else "",
            paused_at=_paused_at(event, known, at) if event.paused else None,
            dynamic=event.dynamic,
            wrap_up_s=event.wrap_up_s,
        )


def _paused_at(event: QueueMember, known: Member | None, at: datetime | None) -> datetime | None:
    """Since when: as Asterisk says, which knows it over our restarts (not before 16); else when it was first heard."""
    if event.last_pause:
        with contextlib.suppress(ValueError, OverflowError, OSError):  # a number, but no time
            return datetime.fromtimestamp(event.last_pause, UTC)
    if known is not None and known.paused:
        return known.paused_at
    return at
