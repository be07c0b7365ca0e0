"""The switch: every change of its state emits the events that Asterisk 22 sends for it.

In: calls of `pbx.simulator.call` and actions of `pbx.simulator.session`. Out: event bytes to `publish`, in order.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, Sequence

from pbx.simulator import layout
from pbx.simulator.clock import Clock
from pbx.simulator.state import (
    CAUSES,
    DEVICE_STATES,
    IN_USE,
    NOT_IN_USE,
    RINGING,
    RINGING_STATE,
    UNKNOWN,
    Bridge,
    Channel,
    Member,
    Queue,
    numbered,
)

TRUNK = "trunk"
ALLOWED = "0 (Presentation Allowed, Not Screened)"


class Switch:
    """Holds all channels, bridges and queues."""

    def __init__(
        self,
        phones: Mapping[str, str],
        queues: Sequence[Queue],
        clock: Clock,
        dice: random.Random,
        publish: Callable[[bytes], None],
    ) -> None:
        self.phones = phones
        """Extension → name of the operator."""
        self.queues = {queue.name: queue for queue in queues}
        self.channels: dict[str, Channel] = {}
        """By name; only those that live."""
        self.bridges: list[Bridge] = []
        self.clock = clock
        self.started_at = int(clock.now())
        self.processed = 0
        self._dice = dice
        self._publish = publish
        self._numbers = numbered()
        self._devices: dict[str, int] = {}

    def emit(
        self,
        name: str,
        channel: Channel | None = None,
        fields: Mapping[str, object] | None = None,
        *,
        bridge: Bridge | None = None,
        others: Mapping[str, Channel] | None = None,
    ) -> None:
        """Send one event: about a channel, with further headers, a bridge, and channels by prefix."""
        channels = dict(others or {})
        if channel is not None:
            channels[""] = channel
        stamp = self.clock.now()
        self._publish(
            layout.event(name, channels=channels, bridge=bridge, fields=fields, stamp=stamp)
        )

    # Channels

    def new_channel(
        self,
        endpoint: str,
        *,
        exten: str = "s",
        state: int = 0,
        caller: tuple[str, str] | None = None,
        ids: tuple[str, str] = ("", ""),
    ) -> Channel:
        """Make a channel of a phone or the trunk.

        Args:
            endpoint: the phone or the trunk.
            exten: what it dialled; "s" for a leg that the switch calls.
            state: 0 Down, 4 Ring.
            caller: number and name; the phone's own if None.
            ids: uniqueid and linkedid; "" for fresh ones.
        """
        number = next(self._numbers)
        uniqueid, linkedid = ids
        uniqueid = uniqueid or f"{int(self.clock.now())}.{number}"
        own = (endpoint, self.phones[endpoint]) if endpoint in self.phones else (UNKNOWN, UNKNOWN)
        caller_number, caller_name = caller if caller is not None else own
        channel = Channel(
            name=f"PJSIP/{endpoint}-{number:08x}",
            uniqueid=uniqueid,
            linkedid=linkedid or uniqueid,
            endpoint=endpoint,
            context="internal" if endpoint in self.phones else "from-trunk",
            exten=exten,
            dialled=exten,
            state=state,
            caller_number=caller_number or UNKNOWN,
            caller_name=caller_name or UNKNOWN,
            created_at=self.clock.now(),
        )
        self.channels[channel.name] = channel
        self.emit("Newchannel", channel)
        self._device(endpoint)
        return channel

    def execute(self, channel: Channel, application: str, data: str = "") -> None:
        """Let the dialplan reach an application."""
        channel.application, channel.data = application, data
        fields = {"Extension": channel.exten, "Application": application, "AppData": data}
        self.emit("Newexten", channel, fields)

    def set_variable(self, channel: Channel, name: str, value: object) -> None:
        """Set a channel variable."""
        self.emit("VarSet", channel, {"Variable": name, "Value": value})

    def set_caller(self, channel: Channel, number: str, name: str) -> None:
        """Change the caller id of a channel."""
        channel.caller_number, channel.caller_name = number, name or UNKNOWN
        self.emit("NewCallerid", channel, {"CID-CallingPres": ALLOWED})

    def set_connected(self, channel: Channel, number: str, name: str) -> None:
        """Change whom a channel is told to talk to; without an event where nothing changes."""
        if (channel.connected_number, channel.connected_name) == (number, name):
            return
        channel.connected_number, channel.connected_name = number, name
        self.emit("NewConnectedLine", channel)

    def set_state(self, channel: Channel, state: int) -> None:
        """Change a channel's state; without an event where nothing changes."""
        if channel.state == state:
            return
        channel.state = state
        self.emit("Newstate", channel)
        self._device(channel.endpoint)

    def hang_up(self, channel: Channel, cause: int) -> None:
        """End a channel."""
        if channel.gone:
            return
        self.leave_bridge(channel)
        channel.gone = True
        del self.channels[channel.name]
        self.processed += 1
        self.emit("Hangup", channel, {"Cause": cause, "Cause-txt": CAUSES.get(cause, "Unknown")})
        self._device(channel.endpoint)

    # Dialling

    def dial_event(self, name: str, caller: Channel | None, leg: Channel, **fields: object) -> None:
        """Send DialBegin, DialState or DialEnd; without a caller for an Originate."""
        self.emit(name, caller, fields, others={"Dest": leg})

    # Bridges

    def bridge(self, *channels: Channel) -> Bridge:
        """Let channels hear each other."""
        bridge = Bridge(str(uuid.UUID(int=self._dice.getrandbits(128), version=4)))
        self.bridges.append(bridge)
        self.emit("BridgeCreate", bridge=bridge)
        for channel in channels:
            bridge.channels.append(channel)
            channel.bridge = bridge
            self.emit("BridgeEnter", channel, bridge=bridge)
        return bridge

    def leave_bridge(self, channel: Channel) -> None:
        """Take a channel out of its bridge, if it is in one; an empty bridge ends."""
        bridge, channel.bridge = channel.bridge, None
        if bridge is None:
            return
        bridge.channels.remove(channel)
        self.emit("BridgeLeave", channel, bridge=bridge)
        if not bridge.channels:
            self.bridges.remove(bridge)
            self.emit("BridgeDestroy", bridge=bridge)

    # Queues and devices

    def queue_event(
        self, name: str, queue: Queue, caller: Channel, leg: Channel, **fields: object
    ) -> None:
        """Send an event about an agent of a queue."""
        member = next(item for item in queue.members if item.endpoint == leg.endpoint)
        agent = {"Queue": queue.name, "Interface": member.interface, "MemberName": member.name}
        self.emit(name, caller, {**agent, **fields}, others={"Dest": leg})

    def pause(self, queue: Queue, member: Member, paused: bool, reason: str) -> None:
        """Pause or unpause one member."""
        member.paused, member.pause_reason = paused, reason if paused else ""
        if paused:
            member.paused_at = int(self.clock.now())
        self.emit("QueueMemberPause", None, self.member_fields(queue, member))

    def join(self, queue: Queue, member: Member) -> None:
        """Log an agent into a queue."""
        member.status = self.in_use(member.endpoint)
        queue.members.append(member)
        self.emit("QueueMemberAdded", None, self.member_fields(queue, member))

    def part(self, queue: Queue, member: Member) -> None:
        """Log an agent out of a queue."""
        queue.members.remove(member)
        self.emit("QueueMemberRemoved", None, self.member_fields(queue, member))

    def in_use(self, endpoint: str) -> int:
        """Return the device state of a phone: 1 free, 2 in use, 6 rings."""
        states = [item.state for item in self.channels.values() if item.endpoint == endpoint]
        if any(state not in (RINGING, 0) for state in states):
            return IN_USE
        return RINGING_STATE if RINGING in states else NOT_IN_USE

    def member_fields(self, queue: Queue, member: Member) -> dict[str, object]:
        """Return the headers of a queue member's events."""
        return {
            "Queue": queue.name,
            "MemberName": member.name,
            "Interface": member.interface,
            "StateInterface": member.interface,
            "Membership": "dynamic" if member.dynamic else "static",
            "Penalty": 0,
            "CallsTaken": member.calls_taken,
            "LastCall": member.last_call,
            "LastPause": member.paused_at,
            "LoginTime": self.started_at,
            "InCall": int(member.status == IN_USE),
            "Status": member.status,
            "Paused": int(member.paused),
            "PausedReason": member.pause_reason,
            "Ringinuse": 0,
            "Wrapuptime": queue.wrap_up_s,
        }

    def _device(self, endpoint: str) -> None:
        state = self.in_use(endpoint)
        if self._devices.get(endpoint, NOT_IN_USE) == state:
            return
        self._devices[endpoint] = state
        fields = {"Device": f"PJSIP/{endpoint}", "State": DEVICE_STATES[state]}
        self.emit("DeviceStateChange", None, fields)
        for queue in self.queues.values():
            for member in queue.members:
                if member.endpoint == endpoint:
                    member.status = state
                    self.emit("QueueMemberStatus", None, self.member_fields(queue, member))
