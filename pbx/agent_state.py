"""Queue members and devices: who is paused, whose phone is in use. Pure.

In: QueueMember* and DeviceStateChange. Out: `AgentPaused` and `DeviceChanged`, only when something changed.
"""

from __future__ import annotations

from datetime import datetime

from pbx.ami_events import DeviceState, QueueMember
from pbx.events import AgentPaused, DeviceChanged, PbxEvent, PbxName
from pbx.numbers import EndpointTies

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


class AgentStates:
    """The last known state of each member and device."""

    def __init__(self, pbx: PbxName, ties: EndpointTies) -> None:
        self.pbx = pbx
        self.ties = ties
        self.paused: dict[tuple[str, str], bool] = {}
        """By (queue, extension)."""
        self.devices: dict[str, str] = {}
        """By extension."""

    def member(self, event: QueueMember, at: datetime | None) -> list[PbxEvent]:
        """Take the state of one member in one queue. A member not seen before counts as not paused."""
        extension = self.ties.device(event.state_interface) or self.ties.device(event.interface)
        key = (event.queue, extension)
        if not extension or self.paused.get(key, False) == event.paused:
            return []
        self.paused[key] = event.paused
        return [
            AgentPaused(
                pbx=self.pbx,
                at=at,
                extension=extension,
                queue=event.queue,
                paused=event.paused,
                reason=event.reason if event.paused else "",
            )
        ]

    def device(self, event: DeviceState, at: datetime | None) -> list[PbxEvent]:
        """Take the state of one device."""
        if event.device.startswith(("Queue:", "Custom:", "Local/")):
            return []
        extension = self.ties.device(event.device)
        state = DEVICE_STATES.get(event.state, "unknown")
        if not extension or self.devices.get(extension) == state:
            return []
        self.devices[extension] = state
        return [DeviceChanged(pbx=self.pbx, at=at, extension=extension, state=state)]
