"""The AMI events that calls are made of, typed. Pure.

In: nothing. Out: frozen dataclasses that `pbx.messages.parse` makes and `pbx.tracker` handles.

Source: the event documentation of Asterisk 13 to 22 and traces of 22.10; the names used here did not change between them.
A header that was absent is "" here, and so is Asterisk's `<unknown>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pbx.events import Linkedid, Uniqueid


class ChannelInfo(NamedTuple):
    """What a message says of one channel (a "channel snapshot" of Asterisk, with or without a prefix)."""

    name: str
    uniqueid: Uniqueid
    linkedid: Linkedid
    state: int
    """0 down, 4 ring (it calls), 5 ringing (it is called), 6 up; -1 unknown."""
    number: str
    caller_name: str
    connected: str
    exten: str
    context: str


@dataclass(frozen=True, slots=True)
class AmiEvent:
    """Base of all parsed events."""


@dataclass(frozen=True, slots=True)
class OfChannel(AmiEvent):
    """Base of the events of one channel."""

    channel: ChannelInfo


class NewChannel(OfChannel):
    """Newchannel: a leg exists."""

    __slots__ = ()


class NewState(OfChannel):
    """Newstate: down, ringing, up."""

    __slots__ = ()


class NewCallerId(OfChannel):
    """NewCallerid: number or name were corrected by the dialplan."""

    __slots__ = ()


class Unhold(OfChannel):
    """Unhold: also sent at transfers for a call that was never held."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Hold(OfChannel):
    """Hold; `music_class` is empty when the switch itself holds (feature codes, AMI Atxfer)."""

    music_class: str


@dataclass(frozen=True, slots=True)
class Dial(AmiEvent):
    """DialBegin, DialState or DialEnd. No `channel` when the dialling comes from Originate."""

    channel: ChannelInfo | None
    dest: ChannelInfo
    status: str
    dial_string: str


class DialBegin(Dial):
    """Asterisk starts to call `dest`; its phone has not rung yet."""

    __slots__ = ()


class DialState(Dial):
    """RINGING, PROGRESS, PROCEEDING of `dest` (Asterisk 14 and later)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class DialEnd(Dial):
    """What became of dialling `dest`; may come twice, or never."""

    forward: str = ""
    """Where the phone sent the call instead (302, or its own forwarding)."""


@dataclass(frozen=True, slots=True)
class HangupRequest(OfChannel):
    """The far end of this channel hung up; the first of a call names who did it."""

    cause: int


@dataclass(frozen=True, slots=True)
class Hangup(OfChannel):
    """The channel is gone."""

    cause: int


@dataclass(frozen=True, slots=True)
class BridgeEnter(OfChannel):
    """A channel is in a bridge now."""

    bridge: str
    bridge_type: str
    technology: str
    size: int
    """How many are in it now, this one included; -1 if not told (before 12)."""


@dataclass(frozen=True, slots=True)
class BridgeLeave(OfChannel):
    """A channel is in that bridge no longer."""

    bridge: str
    bridge_type: str
    technology: str
    size: int
    """How many are left in it; -1 if not told."""


@dataclass(frozen=True, slots=True)
class BridgeDestroy(AmiEvent):
    """A bridge is gone, and with it whoever was still said to be in it."""

    bridge: str


@dataclass(frozen=True, slots=True)
class LocalBridge(AmiEvent):
    """`one` and `two` are the halves of one Local channel."""

    one: ChannelInfo
    two: ChannelInfo


@dataclass(frozen=True, slots=True)
class Queued(OfChannel):
    """Base of the events of a caller in a queue."""

    queue: str
    position: int


class QueueCallerJoin(Queued):
    """The caller waits."""

    __slots__ = ()


class QueueCallerLeave(Queued):
    """The caller waits no longer; sent for answer, hang-up and time-out alike."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AgentCalled(AmiEvent):
    """The queue rings a member: a DialBegin of the same two legs comes with it."""

    channel: ChannelInfo
    dest: ChannelInfo
    queue: str


@dataclass(frozen=True, slots=True)
class BlindTransfer(AmiEvent):
    """The transferer sent the transferee to an extension."""

    transferer: ChannelInfo
    transferee: ChannelInfo | None
    exten: str
    success: bool


@dataclass(frozen=True, slots=True)
class AttendedTransfer(AmiEvent):
    """The transferer joined two of his calls. `target` is often a Local channel, or absent when still dialling."""

    first: ChannelInfo
    second: ChannelInfo
    transferee: ChannelInfo | None
    target: ChannelInfo | None
    dest_type: str
    success: bool


@dataclass(frozen=True, slots=True)
class Pickup(AmiEvent):
    """`channel` took the call that rang at `target`."""

    channel: ChannelInfo
    target: ChannelInfo


@dataclass(frozen=True, slots=True)
class Parked(AmiEvent):
    """Base of the parking events."""

    parkee: ChannelInfo
    parker_dial: str
    space: str


class ParkedCall(Parked):
    """Somebody was parked."""

    __slots__ = ()


class ParkedCallTimeOut(Parked):
    """Nobody took him: he goes back to the parker."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class UnParkedCall(Parked):
    """Somebody took him."""

    retriever: ChannelInfo


@dataclass(frozen=True, slots=True)
class OriginateResponse(AmiEvent):
    """What became of the first leg of an Originate."""

    uniqueid: str
    exten: str
    success: bool


@dataclass(frozen=True, slots=True)
class VariableSet(OfChannel):
    """VarSet of one of `WANTED_VARIABLES`."""

    variable: str
    value: str


@dataclass(frozen=True, slots=True)
class NewExten(OfChannel):
    """Newexten of one of `WANTED_APPLICATIONS`."""

    application: str
    data: str


@dataclass(frozen=True, slots=True)
class QueueMember(AmiEvent):
    """QueueMemberStatus, -Added, -Pause, -Paused, -Removed: the state of one member in one queue."""

    queue: str
    interface: str
    state_interface: str
    paused: bool
    reason: str
    status: int = 0
    """State of the member's device, AST_DEVICE_*; 0 unknown."""
    last_pause: int = 0
    """When the member was paused last, seconds since the epoch; 0 = not told."""
    wrap_up_s: int = 0
    """How long after a call the queue gives this member none; the member's own, or that of the queue."""
    dynamic: bool = False
    present: bool = True
    """False: the member was removed from the queue."""


@dataclass(frozen=True, slots=True)
class DeviceState(AmiEvent):
    """DeviceStateChange."""

    device: str
    state: str


@dataclass(frozen=True, slots=True)
class CdrLine(AmiEvent):
    """Cdr: one line of Asterisk's own record, if cdr_manager is enabled. Header names and values as they came."""

    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FullyBooted(AmiEvent):
    """Sent after each login; `uptime_s` is Asterisk's, None where it is not told (before 13)."""

    uptime_s: int | None


@dataclass(frozen=True, slots=True)
class Shutdown(AmiEvent):
    """Asterisk goes down in an orderly way."""

    restart: bool
