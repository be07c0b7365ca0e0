"""What a switch holds: channels, bridges, queues. Plain data, no events, no clock.

In: nothing. Out: objects that `pbx.simulator.switch` changes and `pbx.simulator.layout` prints.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

STATES = {0: "Down", 4: "Ring", 5: "Ringing", 6: "Up"}
DOWN, RING, RINGING, UP = STATES
UNKNOWN = "<unknown>"

CAUSES = {
    0: "Unknown",
    16: "Normal Clearing",
    17: "User busy",
    19: "User alerting, no answer",
    21: "Call Rejected",
    26: "Answered elsewhere",
    127: "Interworking, unspecified",
}
"""Hang-up causes that are used, as Asterisk 22 spells them."""

NOT_IN_USE, IN_USE, RINGING_STATE = 1, 2, 6
DEVICE_STATES = {NOT_IN_USE: "NOT_INUSE", IN_USE: "INUSE", RINGING_STATE: "RINGING"}


@dataclass(slots=True, eq=False)
class Channel:
    """One channel. `endpoint` is the phone's or the trunk's name."""

    name: str
    uniqueid: str
    linkedid: str
    endpoint: str
    context: str
    exten: str
    state: int = DOWN
    caller_number: str = UNKNOWN
    caller_name: str = UNKNOWN
    connected_number: str = UNKNOWN
    connected_name: str = UNKNOWN
    priority: int = 1
    application: str = ""
    data: str = ""
    dialled: str = ""
    created_at: float = 0.0
    bridge: Bridge | None = None
    gone: bool = False

    def lines(self, prefix: str = "") -> list[str]:
        """Return the fourteen headers of a channel, each with the prefix."""
        values = (
            ("Channel", self.name),
            ("ChannelState", self.state),
            ("ChannelStateDesc", STATES[self.state]),
            ("CallerIDNum", self.caller_number),
            ("CallerIDName", self.caller_name),
            ("ConnectedLineNum", self.connected_number),
            ("ConnectedLineName", self.connected_name),
            ("Language", "ru"),
            ("AccountCode", ""),
            ("Context", self.context),
            ("Exten", self.exten),
            ("Priority", self.priority),
            ("Uniqueid", self.uniqueid),
            ("Linkedid", self.linkedid),
        )
        return [f"{prefix}{name}: {value}" for name, value in values]


@dataclass(slots=True, eq=False)
class Bridge:
    """One bridge and who is in it."""

    uniqueid: str
    channels: list[Channel] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the seven headers of a bridge."""
        return [
            f"BridgeUniqueid: {self.uniqueid}",
            "BridgeType: basic",
            "BridgeTechnology: simple_bridge",
            f"BridgeCreator: {UNKNOWN}",
            f"BridgeName: {UNKNOWN}",
            f"BridgeNumChannels: {len(self.channels)}",
            "BridgeVideoSourceMode: none",
        ]


@dataclass(slots=True, eq=False)
class Member:
    """One agent of one queue."""

    name: str
    endpoint: str
    paused: bool = False
    pause_reason: str = ""
    paused_at: int = 0
    calls_taken: int = 0
    last_call: int = 0
    status: int = NOT_IN_USE
    dynamic: bool = False
    """Logged in by QueueAdd, and not by queues.conf."""

    @property
    def interface(self) -> str:
        """As Asterisk dials it."""
        return f"PJSIP/{self.endpoint}"


@dataclass(slots=True, eq=False)
class Queue:
    """One queue: its agents, who waits, and its figures."""

    name: str
    members: list[Member]
    ring_all: bool = True
    ring_s: float = 15.0
    """How long one agent (or all) ring before the next try."""
    retry_s: float = 1.0
    wrap_up_s: int = 0
    """How long after a call an agent is given none, in whole seconds."""
    waiting: list[Channel] = field(default_factory=list)
    completed: int = 0
    abandoned: int = 0

    def position(self, channel: Channel) -> int:
        """Return the place of a caller, from 1."""
        return self.waiting.index(channel) + 1


def numbered() -> Iterator[int]:
    """Count from 0, as Asterisk numbers channels since its start."""
    return itertools.count()
