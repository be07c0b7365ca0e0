"""What must have happened although its event never reached us: people who are in a bridge unseen. Pure.

In: bridge events that make sense only if another one was lost. Out: the missing one made up, so that a talk is never taken
for none. Only what the evidence leaves no other way is made up: Asterisk counts more people in a bridge than we know, or
somebody is alone for long in a bridge made for two, and exactly one person of the call can be the other. Where
somebody leaves a bridge that he was not seen in, it is also said that he may have talked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pbx.bridge import Bridge
from pbx.channel import UP, Channel
from pbx.events import CallResynced, RingResult, TalkEnded, TalkStarted, Uniqueid

if TYPE_CHECKING:
    from pbx.call_state import LiveCall
    from pbx.switchboard import Switchboard

ALONE = timedelta(seconds=1.5)
"""Both sides of an answered call enter their bridge within milliseconds."""


def came(board: Switchboard, bridge: Bridge, size: int) -> None:
    """Somebody entered; `size` is how many Asterisk counts in the bridge now, -1 if it did not say."""
    if size > len(bridge.channels):
        _bring_other(board, bridge)
        if size > len(bridge.channels):
            bridge.uncounted += [c for c in bridge.channels.values() if c not in bridge.uncounted]
    elif len(bridge.channels) == 1 and bridge.for_two and board.now is not None:
        board.alone.setdefault(bridge.uniqueid, board.now)
        return
    board.alone.pop(bridge.uniqueid, None)


def leaves(board: Switchboard, channel: Channel, bridge: Bridge, size: int) -> None:
    """Somebody is about to leave; `size` is how many Asterisk counts in the bridge afterwards."""
    if channel.bridge is None and channel.left_bridge != bridge.uniqueid:
        board.enter_bridge(channel, bridge)  # nobody leaves where he was not
        _credit(board, channel, bridge)
        if channel.call is not None and channel.call.announced and not bridge.holding:
            # Whom it heard there before, nobody can say: the others of its bridge may have left.
            board.emit(CallResynced, channel.call, may_have_talked=True)
    if channel.bridge is bridge and size > len(bridge.channels) - 1:
        _bring_other(board, bridge)


def _credit(board: Switchboard, channel: Channel, bridge: Bridge) -> None:
    """Tell a talk of somebody whose entrance was lost with those who have left meanwhile."""
    call, met, bridge.uncounted = channel.call, bridge.uncounted, []
    if call is None or call.talk or not met or not channel.is_person or bridge.holding:
        return
    others = [c.call.party_of(c) if c.call is not None else c.party for c in met if c.is_person]
    if others:
        parties = (call.party_of(channel), *others)
        legs = (channel.uniqueid, *(c.uniqueid for c in met if c.is_person))
        board.emit(TalkStarted, call, parties=parties, legs=legs)
        board.emit(TalkEnded, call, parties=parties)


def pair(half: Channel, call: LiveCall) -> None:
    """Find the other half of a Local channel by its name: LocalBridge, which says so, may be lost."""
    for other in call.channels.values():
        if other.other_half is None and other.is_half_of(half):
            other.other_half, half.other_half = half, other
            return


def caller_to_come(call: LiveCall, channel: Channel) -> bool:
    """Whether a call is seen from its dialled leg first, for the event of the calling one was lost: DialBegin names it.

    A leg that was there before we listened may be a dialled one even if it looks like a caller: answered, it has an Exten.
    """
    may_be_dialled = channel.from_resync or not channel.calling
    return (
        may_be_dialled and channel.linkedid == call.key and Uniqueid(call.key) not in call.channels
    )


def look(board: Switchboard) -> None:
    """See who has been alone too long. Cheap: mostly nobody is alone."""
    while board.alone and board.now is not None:
        uniqueid, since = next(iter(board.alone.items()))
        if board.now - since < ALONE:
            return
        del board.alone[uniqueid]
        bridge = board.bridges.get(uniqueid)
        if bridge is not None and len(bridge.channels) == 1:
            _bring_other(board, bridge)


def _bring_other(board: Switchboard, bridge: Bridge) -> None:
    """Let in the one person of the call who can be in this bridge; nobody if it may be several."""
    for known in list(bridge.channels.values()):
        other = _other_of(known)
        if other is not None:
            other.state = UP  # only who is answered gets into a bridge; that may be lost, too
            board.enter_bridge(other, bridge)
            return


def _other_of(channel: Channel) -> Channel | None:
    if channel.call is None:
        return None
    far = (
        channel.other_half
    )  # whoever belongs to the other end of a Local channel is in a bridge with that
    free = [
        c
        for c in channel.call.channels.values()
        if c.bridge is None
        and c is not channel
        and (far is None or (c is not far and c is not far.dialler and c.dialler is not far))
    ]
    answered = [c for c in free if _answered(c) or c is channel.dialler]
    related = [c for c in answered if c.dialler is channel or channel.dialler is c]
    people = [c for c in answered if not c.technical]
    joined = [c for c in answered if c.other_half is not None and c.other_half.bridge is not None]
    found = related or people or joined
    return found[0] if len(found) == 1 else None


def _answered(channel: Channel) -> bool:
    leg = channel.leg
    return channel.state == UP or (leg is not None and leg.result is RingResult.ANSWERED)
