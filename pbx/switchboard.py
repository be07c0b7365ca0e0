"""All that is known of one Asterisk at the moment: its channels and bridges, and the calls that they make up. Pure.

In: `ChannelInfo` of each message, from the handlers in `pbx.tracker`, `pbx.transfer` and `pbx.queues`. Out: call events,
collected in `out` in the order in which they happened; those of offers come from `pbx.legs`, of talk from `pbx.talk`.

A channel belongs to exactly one call. Calls are found by Linkedid, but a Linkedid is no call: when Asterisk joins two
groups, a channel shows another Linkedid, and then it moves; a call all of whose channels moved on was part of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from pbx import legs, queues, talk, unseen
from pbx.ami_events import ChannelInfo
from pbx.bridge import Bridge, adopted, joined
from pbx.call_names import CallNames, Gone, Holding
from pbx.call_state import LiveCall, begin, keeps_its_call, suppose_called
from pbx.channel import Channel
from pbx.endpoint_ties import EndpointTies
from pbx.events import (
    CallEnded,
    CallEvent,
    CallsMerged,
    CallStarted,
    CallUpdated,
    Direction,
    EndedBy,
    EndedHow,
    Linkedid,
    PbxEvent,
    PbxName,
    Uniqueid,
)
from pbx.numbers import Endpoints

STEP_BACK = timedelta(seconds=60)
"""A clock that steps back by less is levelled; by more, it was set."""


class Switchboard:
    """Channels, bridges and calls of one PBX, and the events that changing them causes."""

    def __init__(self, pbx: PbxName, endpoints: Endpoints) -> None:
        self.pbx = pbx
        self.endpoints = endpoints
        self.ties = EndpointTies(endpoints)
        self.channels: dict[Uniqueid, Channel] = {}
        self.bridges: dict[str, Bridge] = {}
        self.calls: dict[Linkedid, LiveCall] = {}
        self.names = CallNames()
        self.alone: dict[str, datetime] = {}
        """Bridges made for two that somebody has been in alone since then (`pbx.unseen`)."""
        self.now: datetime | None = None
        self.out: list[PbxEvent] = []
        self.notes: list[tuple[Linkedid, str]] | None = None
        """Why messages were taken for nothing, by call; None unless somebody wants an explanation."""
        self.orphaned = 0
        self.leaver: Channel | None = None
        """Who leaves a bridge at this moment: he may have been taken out of the talk, the others stay behind."""
        self.holding = Holding()
        self._gone = Gone()

    def tick(self, at: datetime | None) -> None:
        """Set the time of what follows. It never goes back: Asterisk's threads stamp their events independently."""
        if at is not None and (self.now is None or at >= self.now or self.now - at > STEP_BACK):
            self.now = at

    def emit(self, kind: type[CallEvent], call: LiveCall, /, **fields: object) -> None:
        """Collect an event of a call, with its key and the time."""
        if not call.announced:
            self._announce(call, next(iter(call.people), None))
        self.out.append(kind(pbx=self.pbx, call=call.key, at=self.now, **fields))

    def note(self, call: LiveCall | None, why: str) -> None:
        """Explain why a message of a call means nothing, to whom asked for it."""
        if self.notes is not None and call is not None:
            self.notes.append((call.key, why))

    # Channels

    def see(self, info: ChannelInfo, *, create: bool = True) -> Channel | None:
        """Return the channel of a message, brought up to date; None if it is over, or unknown and not to be made."""
        channel = self.channels.get(info.uniqueid)
        if channel is None:
            if not create or info.uniqueid in self._gone:
                self.orphaned += 1
                return None
            return self.add(info, from_resync=True)
        channel.update(info)
        if info.linkedid != channel.linkedid:
            self._linked_elsewhere(channel, info.linkedid)
        return channel

    def is_over(self, gone: str) -> bool:
        """Whether this channel or call is known to be over."""
        return gone in self._gone

    def known(self, info: ChannelInfo | None) -> Channel | None:
        """Return the channel of a message if it is known and alive."""
        return None if info is None else self.see(info, create=False)

    def add(self, info: ChannelInfo, *, from_resync: bool = False) -> Channel | None:
        """Take a new channel into its call; begin a call if it has none. None if it is known or over already."""
        if info.uniqueid in self.channels or info.uniqueid in self._gone:
            return None
        channel = Channel(info, self.ties, from_resync=from_resync)
        self.channels[channel.uniqueid] = channel
        call = self.names.of(info.linkedid)
        if call is None:
            key = info.linkedid if info.linkedid not in self._gone else Linkedid(info.uniqueid)
            call = LiveCall(key, from_resync=from_resync)
            self.calls[key] = call
            self.names.give(call, key)
            self.names.give(call, info.linkedid)
        call.channels[channel.uniqueid] = channel
        channel.call = call
        if channel.technical:
            unseen.pair(channel, call)
        self.announce(channel)
        return channel

    def announce(self, channel: Channel, *, sure: bool = False) -> None:
        """Begin the call of a channel, if it has not begun and it is known (`sure`) which side of it this channel is."""
        call = channel.call
        if call is None or call.announced or channel.technical:
            return
        if sure or not (channel.undecided or unseen.caller_to_come(call, channel)):
            self._announce(call, channel)

    def remove(self, channel: Channel, cause: int) -> None:
        """Take out a channel that hung up; the last one ends its call."""
        call = channel.call
        if call is None:
            return
        self.announce(channel, sure=str(channel.uniqueid) == str(call.key))
        legs.gone(self, channel, cause)
        self.forget_channel(channel)
        if channel is call.caller_channel or (not call.cause and not call.channels):
            call.cause = cause
        if not call.channels:
            self.end(call)

    def forget_channel(self, channel: Channel) -> None:
        """Take a channel out of its bridge, its call and our memory, without ending anything."""
        talk.end_hold(self, channel)
        self.leave_bridge(channel)
        self.channels.pop(channel.uniqueid, None)
        if channel.call is not None:
            channel.call.channels.pop(channel.uniqueid, None)
        self._gone.add(channel.uniqueid)

    # Calls

    def _announce(self, call: LiveCall, first: Channel | None = None) -> None:
        call.announced = True
        if first is not None:
            begin(call, first, self.endpoints)
            inside = call.direction is Direction.INTERNAL and first is call.caller_channel
            call.consultation = inside and first.extension in self.holding
            for channel in call.channels.values():  # what Originate told the Local channels before
                if channel.technical and call.click_to_call:
                    suppose_called(call, channel.number or channel.connected, self.endpoints)
        self.emit(
            CallStarted,
            call,
            direction=call.direction,
            caller=call.caller,
            called=call.called,
            linkedids=tuple(call.linkedids),
            trunk=call.trunk,
            click_to_call=call.click_to_call,
            consultation=call.consultation,
            from_resync=call.from_resync,
        )

    def updated(self, call: LiveCall) -> None:
        """Tell what is known of a call now."""
        if call.announced:
            self.emit(
                CallUpdated,
                call,
                direction=call.direction,
                caller=call.caller,
                called=call.called,
                linkedids=tuple(call.linkedids),
                consultation=call.consultation,
            )

    def end(
        self,
        call: LiveCall,
        *,
        how: EndedHow = EndedHow.SEEN,
        ended_by: EndedBy | None = None,
    ) -> None:
        """End a call that has no channels left. One that never had a telephone or trunk was no call."""
        self._forget(call)
        if not call.announced:
            return
        talk.stop(self, call)
        queues.over(self, call)
        if call.consultation and not call.joined:  # nobody was handed on: a call like any other
            call.consultation = False
            self.updated(call)
        self.emit(
            CallEnded,
            call,
            ended_by=ended_by or call.hung_up_by or EndedBy.SWITCH,
            cause=call.cause,
            seen=how is EndedHow.SEEN,
            how=how,
        )

    def _forget(self, call: LiveCall) -> None:
        self.calls.pop(call.key, None)
        self._gone.add(call.key)
        for linkedid in call.linkedids:
            self.names.forget(call, linkedid)

    def _linked_elsewhere(self, channel: Channel, linkedid: Linkedid) -> None:
        """Asterisk moved a channel to another group: it joined another call, or its own call has one more name."""
        channel.linkedid = linkedid
        call = channel.call
        if call is None or linkedid in call.linkedids:
            return
        other = self.names.of(linkedid)
        if other is None or keeps_its_call(channel, other):
            self._add_linkedids(call, [linkedid])
            return
        self.move([channel], other)

    def _add_linkedids(self, call: LiveCall, linkedids: Iterable[Linkedid]) -> None:
        new = [linkedid for linkedid in linkedids if linkedid not in call.linkedids]
        if new:
            call.linkedids += new
            for linkedid in new:
                self.names.give(call, linkedid)
            self.updated(call)

    def move(self, channels: Iterable[Channel], to: LiveCall) -> None:
        """Move channels into another call. A call that loses all of them turns out to be part of that one."""
        channels = list(channels)
        told = next((c.call for c in channels if c.call is not None and c.call.announced), None)
        if told is not None and told is not to and not to.announced:
            channels, to = list(to.channels.values()), told  # nobody has heard of the other one
        sources: list[LiveCall] = []
        for channel in channels:
            source = channel.call
            if source is None or source is to:
                continue
            talk.end_hold(self, channel)
            legs.move(self, channel, to)
            if source not in sources:
                sources.append(source)
        for source in sources:
            talk.refresh(self, source)
            if source.queue and not to.queue and not source.announced:
                queues.enter(self, to, source.queue, 0)  # before it was known for whom
            if not source.channels:
                self._absorb(source, to)
            self._add_linkedids(to, source.linkedids)
        talk.refresh(self, to)

    def _absorb(self, source: LiveCall, to: LiveCall) -> None:
        self._forget(source)
        if source.announced:
            self.emit(CallsMerged, to, absorbed=(source.key,))

    # Bridges

    def enter_bridge(self, channel: Channel, bridge: Bridge) -> None:
        """Let a channel into a bridge."""
        before = joined(channel.bridge)
        bridge.add(channel)
        for call, to in adopted(bridge):
            self.move(list(call.channels.values()), to)
        talk.refresh_calls_of(self, [*before, *joined(bridge)])

    def leave_bridge(self, channel: Channel) -> None:
        """Let a channel out of the bridge it is in, if any."""
        if channel.bridge is None:
            return
        affected = joined(channel.bridge)
        bridge = channel.bridge
        self.leaver = channel
        bridge.remove(channel)
        if not bridge.channels:
            if not bridge.uncounted:
                self.bridges.pop(bridge.uniqueid, None)
            self.alone.pop(bridge.uniqueid, None)
        talk.refresh_calls_of(self, affected)
        self.leaver = None

    def bridge(self, uniqueid: str, kind: str = "", technology: str = "") -> Bridge:
        """Return a bridge, made if it is new."""
        found = self.bridges.get(uniqueid)
        if found is None:
            found = self.bridges[uniqueid] = Bridge(uniqueid, kind, technology)
        return found
