"""What Asterisk holds now, compared with what we knew. Pure.

In: a `Snapshot`. Out: call events for what was missed: answers credited, phones that stopped ringing, calls that ended
unseen, calls that began unseen. Nothing is repeated after a new login (Asterisk 22, traces `reconnect-*`): this is the
only way to learn what a lost connection hid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbx import legs, messages, queues
from pbx.agent_state import AgentStates
from pbx.ami_events import ChannelInfo
from pbx.call_state import LiveCall
from pbx.channel import RINGING, UP, Channel
from pbx.errors import MalformedMessage
from pbx.events import EndedBy, EndedHow, RingResult, Uniqueid
from pbx.messages import channel_info, text
from pbx.switchboard import Switchboard

Answer = Sequence[Mapping[str, str | list[str]]]
"""The items of a list action, as headers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The answers of one moment, as `pbx.snapshot` asks for them after each login."""

    channels: Answer | None = ()
    """CoreShowChannel items; None if they were not asked for, and then nothing is said of channels and bridges."""
    status: Answer = ()
    """Status items (with variables and bridge ids)."""
    bridges: Answer = ()
    """BridgeListItem items."""
    bridge_channels: Answer = ()
    """BridgeInfoChannel items, each with the BridgeUniqueid of its bridge added."""
    queues: Answer = ()
    """QueueParams, QueueMember and QueueEntry items."""
    devices: Answer | None = None
    """DeviceStateChange items of DeviceStateList; None if they were not asked for, and then nothing is said of agents."""


def apply(board: Switchboard, agents: AgentStates, snapshot: Snapshot) -> None:
    """Bring the switchboard to what the snapshot holds.

    What is there is taken first, so that an answer in the gap is known before the phones that stopped ringing for it.
    """
    if snapshot.channels is not None:
        _channels(board, snapshot, snapshot.channels)
    _queues(board, snapshot.queues)
    if snapshot.devices is not None:
        _agents(board, agents, snapshot.queues, snapshot.devices)


def _channels(board: Switchboard, snapshot: Snapshot, channels: Answer) -> None:
    present: dict[str, ChannelInfo] = {}
    for item in channels:
        info = channel_info(item)
        if info is not None:
            present[info.uniqueid] = info
    for info in sorted(present.values(), key=lambda info: str(info.uniqueid) != str(info.linkedid)):
        board.see(info)
    pair_locals(board)
    _place_in_bridges(board, snapshot, channels)
    for info in present.values():
        catch_up(board, board.channels.get(info.uniqueid))
    for channel in [c for c in board.channels.values() if c.uniqueid not in present]:
        vanished(board, channel, EndedHow.GAP)


def still_the_same(board: Switchboard, snapshot: Snapshot) -> set[Uniqueid]:
    """Return the channels that wait or ring as they did before: their call was not answered in between."""
    waiting = {
        text(item, "Uniqueid"): text(item, "Queue")
        for item in snapshot.queues
        if text(item, "Event") == "QueueEntry"
    }
    ringing = {
        text(item, "Uniqueid")
        for item in snapshot.channels or ()
        if messages.number(item, "ChannelState") == RINGING
    }
    return {
        uniqueid
        for uniqueid, channel in board.channels.items()
        if (channel.leg is not None and channel.leg.rang and uniqueid in ringing)
        or (channel.call is not None and waiting.get(uniqueid, "") == channel.call.queue != "")
    }


def may_have_talked(call: LiveCall, still: set[Uniqueid]) -> bool:
    """Whether the caller may have talked while nobody listened: he is answered, and not by the same waiting or ringing."""
    caller = call.caller_channel
    if caller is None or caller.uniqueid not in call.channels:
        return True
    return caller.state == UP and not any(uniqueid in still for uniqueid in call.channels)


def end_all(
    board: Switchboard, only: frozenset[Uniqueid] | None = None, how: EndedHow = EndedHow.RESTART
) -> None:
    """End every call of before: Asterisk started anew, and nobody will tell their ends.

    Args:
        board: what is known.
        only: the channels of before; None if all of them are.
        how: a restart ended them; a gap, if it is not known what they did before it.
    """
    for channel in list(board.channels.values()):
        if only is None or channel.uniqueid in only:
            vanished(board, channel, how)
    board.bridges = {name: bridge for name, bridge in board.bridges.items() if bridge.channels}


def pair_locals(board: Switchboard) -> None:
    """Find the two halves of Local channels by their names; no list action tells of LocalBridge."""
    by_name = {c.name: c for c in board.channels.values() if c.name.endswith((";1", ";2"))}
    for name, channel in by_name.items():
        other = by_name.get(name[:-1] + ("2" if name.endswith("1") else "1"))
        if other is not None and channel.other_half is None:
            channel.other_half, other.other_half = other, channel


def _place_in_bridges(board: Switchboard, snapshot: Snapshot, channels: Answer) -> None:
    kinds = {
        text(item, "BridgeUniqueid"): (text(item, "BridgeType"), text(item, "BridgeTechnology"))
        for item in snapshot.bridges
    }
    places: dict[str, str] = {}
    for item in snapshot.bridge_channels:
        places[text(item, "Uniqueid")] = text(item, "BridgeUniqueid")
    for item in (*snapshot.status, *channels):
        bridge = text(item, "BridgeId") or text(item, "BridgeID")
        places[text(item, "Uniqueid")] = bridge
    for uniqueid, bridge in places.items():
        channel = board.channels.get(Uniqueid(uniqueid))
        if channel is None:
            continue
        if bridge:
            board.enter_bridge(channel, board.bridge(bridge, *kinds.get(bridge, ("", ""))))
        else:
            board.leave_bridge(channel)


def catch_up(board: Switchboard, channel: Channel | None) -> None:
    """Credit what happened to a phone meanwhile: it began to ring, or was answered."""
    if channel is None or channel.technical:
        return
    if channel.state == RINGING:
        legs.ring(board, channel)
    elif channel.state == UP and channel.bridge is not None:
        legs.stop(board, channel, RingResult.ANSWERED)


def vanished(board: Switchboard, channel: Channel, how: EndedHow) -> None:
    """Take out a channel whose Hangup was not seen."""
    call = channel.call
    if call is None or channel.uniqueid not in board.channels:
        return
    taker = legs.taker_of(call, channel, board.now)
    unseen = RingResult.ANSWERED_ELSEWHERE if taker else RingResult.UNKNOWN
    legs.stop(board, channel, unseen, taker.party if taker else None)
    if len(call.channels) == 1:  # the last: its end is the call's
        board.forget_channel(channel)
        by = EndedBy.SWITCH if how is EndedHow.RESTART else call.hung_up_by or EndedBy.UNKNOWN
        board.end(call, how=how, ended_by=by)
    else:
        board.forget_channel(channel)


def _queues(board: Switchboard, items: Answer) -> None:
    for item in items:
        if text(item, "Event") != "QueueEntry":
            continue
        channel = board.channels.get(Uniqueid(text(item, "Uniqueid")))
        if channel is not None and channel.call is not None and not channel.call.queue:
            queues.enter(
                board, channel.call, text(item, "Queue"), messages.number(item, "Position")
            )


def _agents(board: Switchboard, agents: AgentStates, queues: Answer, devices: Answer) -> None:
    """Take all queue members and devices as they are now."""
    members = []
    states = []
    for item in (*queues, *devices):
        kind = text(item, "Event")
        try:
            if kind == "QueueMember":
                members.append(messages.member(item))
            elif kind == "DeviceStateChange":
                states.append(messages.device(item))
        except MalformedMessage:
            board.orphaned += 1
    board.out += agents.listed(members, states, board.now)
