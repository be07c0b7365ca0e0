"""Bridges, and who hears whom through them. Pure.

In: BridgeEnter, BridgeLeave and LocalBridge. Out: `persons_with()`, the people of a talk: the answered telephones and
trunk legs of all bridges that Local channels join. Parking and other holding bridges play music: nobody hears anybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbx.channel import Channel
from pbx.events import Uniqueid

if TYPE_CHECKING:
    from pbx.call_state import LiveCall


class Bridge:
    """A place where channels meet."""

    __slots__ = ("channels", "for_two", "holding", "is_room", "uncounted", "uniqueid")

    def __init__(self, uniqueid: str, bridge_type: str = "", technology: str = "") -> None:
        self.uniqueid = uniqueid
        self.holding = bridge_type in ("parking", "holding") or technology.startswith("holding")
        self.for_two = bridge_type == "basic"
        """Made by Dial, Queue and the like: somebody alone in it waits for the other side."""
        self.is_room = bridge_type not in ("", "basic") and not self.holding
        """A conference."""
        self.uncounted: list[Channel] = []
        """Who was in it together with somebody whose entrance was lost (`pbx.unseen`)."""
        self.channels: dict[Uniqueid, Channel] = {}

    def add(self, channel: Channel) -> None:
        """Let a channel in; it is in one bridge at a time."""
        if channel.bridge is not None and channel.bridge is not self:
            channel.bridge.remove(channel)
        channel.bridge = self
        self.channels[channel.uniqueid] = channel

    def remove(self, channel: Channel) -> None:
        """Let a channel out, if it is in."""
        if self.channels.pop(channel.uniqueid, None) is not None and channel.bridge is self:
            channel.bridge = None
            channel.left_bridge = self.uniqueid


def joined(bridge: Bridge | None) -> list[Channel]:
    """Return all channels that are in this bridge or in one that Local channels join to it."""
    found: list[Channel] = []
    todo = [bridge] if bridge is not None else []
    seen = {id(bridge)}
    while todo:
        for channel in todo.pop().channels.values():
            found.append(channel)
            half = channel.other_half
            if half is not None and half.bridge is not None and id(half.bridge) not in seen:
                seen.add(id(half.bridge))
                todo.append(half.bridge)
    return found


def persons_with(channel: Channel) -> list[Channel]:
    """Return the people in the talk that this channel is part of, fewer than two meaning that nobody talks."""
    bridge = channel.bridge
    if bridge is None or bridge.holding:
        return []
    return [other for other in joined(bridge) if other.is_person]


def adopted(bridge: Bridge) -> list[tuple[LiveCall, LiveCall]]:
    """Return which calls turn out to be part of which, for who was only called belongs to whom he is bridged with.

    Mostly a Linkedid said so before. A telephone that called by itself keeps its call, and so does everybody in a room.
    """
    if bridge.holding:
        return []
    found: list[tuple[LiveCall, LiveCall]] = []
    people = [c for c in bridge.channels.values() if not c.technical and c.call is not None]
    for channel in bridge.channels.values():
        own = channel.call
        callers = [c for c in people if c is not channel and (c.calling or channel.technical)]
        calls = [c.call for c in callers if c.call is not None]
        if own is None or not calls or own in calls:
            continue
        alone = bridge.for_two and not channel.calling and len(own.channels) == 1
        if channel.technical or alone:
            found.append((own, calls[0]))
    return found
