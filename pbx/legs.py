"""One offer of a call to one phone or number: dialled, ringing, over. Pure.

In: channels and their dial results. Out: `LegOffered`, `LegRinging` and exactly one `LegStopped` per leg.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbx.causes import ANSWERED_ELSEWHERE, refusal
from pbx.channel import RINGING, UP, Channel
from pbx.events import LegOffered, LegRinging, LegStopped, Party, RingResult

if TYPE_CHECKING:
    from pbx.call_state import LiveCall
    from pbx.switchboard import Switchboard


class Leg:
    """The state of one offer. `party` is fixed when it is offered."""

    __slots__ = ("channel", "offered", "party", "queue", "rang", "result", "rings_early")

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.party = channel.party
        self.queue = ""
        self.offered = False
        self.rang = False
        self.rings_early = False
        """It rang before anybody said which number it is (Newstate may come before DialBegin)."""
        self.result: RingResult | None = None


def _leg_of(channel: Channel) -> Leg:
    if channel.leg is None:
        channel.leg = Leg(channel)
    return channel.leg


def offer(board: Switchboard, channel: Channel) -> None:
    """Note that the switch dials this channel, once."""
    call = channel.call
    leg = _leg_of(channel)
    if call is None or leg.offered:
        return
    leg.offered = True
    leg.party = channel.party
    leg.queue = call.queue
    call.legs.append(leg)
    board.emit(LegOffered, call, leg=channel.uniqueid, party=leg.party, queue=leg.queue)
    if leg.rings_early or channel.state == RINGING:
        ring(board, channel)


def ring(board: Switchboard, channel: Channel) -> None:
    """Note that this phone really rings now, once."""
    call = channel.call
    leg = _leg_of(channel)
    if call is None or leg.rang or leg.result is not None or channel.calling:
        return
    if not leg.offered:
        leg.rings_early = True
        alone = len(call.channels) == 1
        if (alone or not channel.extension) and not channel.from_resync:
            return  # DialBegin will tell the call, the number, or whose telephone it is
        offer(board, channel)
        return
    again = leg.party.label in call.rang
    call.rang.add(leg.party.label)
    leg.rang = True
    board.emit(
        LegRinging,
        call,
        leg=channel.uniqueid,
        party=leg.party,
        queue=leg.queue,
        again=again,
    )


def stop(board: Switchboard, channel: Channel, result: RingResult, by: Party | None = None) -> None:
    """End an offer with a result, once: Asterisk often says it twice, and the first is right."""
    leg = channel.leg
    if leg is None or not leg.offered or leg.result is not None or channel.call is None:
        return
    leg.result = result
    board.emit(
        LegStopped,
        channel.call,
        leg=channel.uniqueid,
        party=leg.party,
        result=result,
        rang=leg.rang,
        answered_by=by,
    )


def dial_ended(board: Switchboard, channel: Channel, status: str) -> None:
    """Take the DialStatus of DialEnd."""
    leg = channel.leg
    if leg is None or leg.result is not None:
        return
    if status == "ANSWER":
        stop(board, channel, RingResult.ANSWERED)
        return
    result, by = _unanswered(board, leg, status, channel.hangup_cause)
    stop(board, channel, result, by)


def gone(board: Switchboard, channel: Channel, cause: int) -> None:
    """Take the Hangup of a channel that may still be offered: DialEnd is missing after pickup and Originate."""
    leg = channel.leg
    if leg is None or leg.result is not None:
        return
    if channel.state == UP and (channel.call is None or taker_of(channel.call, channel) is None):
        stop(board, channel, RingResult.ANSWERED)
        return
    result, by = _unanswered(board, leg, "", channel.hangup_cause or cause)
    stop(board, channel, result, by)


def _unanswered(
    board: Switchboard, leg: Leg, status: str, cause: int
) -> tuple[RingResult, Party | None]:
    """Say why a leg was not answered: taken elsewhere, given up, refused, or not taken in time."""
    call = leg.channel.call
    taker = taker_of(call, leg.channel) if call else None
    if taker is not None and not leg.channel.hangup_requested:
        return RingResult.ANSWERED_ELSEWHERE, taker.party
    if cause == ANSWERED_ELSEWHERE:
        return RingResult.ANSWERED_ELSEWHERE, None
    if leg.channel.hangup_requested:
        return _refused(leg, status, cause), None
    if call is not None and gave_up(call, leg.channel):
        return RingResult.GAVE_UP, None
    if status == "CANCEL" and not leg.queue:
        # app_dial says CANCEL for one thing only; app_queue also when its own time is over (trace queue-timeout).
        return RingResult.GAVE_UP, None
    return _refused(leg, status, cause), None


def _refused(leg: Leg, status: str, cause: int) -> RingResult:
    return refusal(status, cause, rang=leg.rang, outside=not leg.party.is_ours)


def taker_of(call: LiveCall, channel: Channel) -> Channel | None:
    """Return the channel that took the offer of which this one is a part: dialled for the same channel, and answered."""
    root = channel.root()
    for other in call.channels.values():
        if other is channel or other.technical or other is root:
            continue
        if _took(other) and other.root() is root:
            return other
    return None


def _took(channel: Channel) -> bool:
    """Whether a dialled channel was answered. app_dial cancels the others before it says ANSWER for this one."""
    if channel.pickup_root is not None:
        return True
    leg = channel.leg
    if leg is None or not leg.offered:
        return False
    return leg.result is RingResult.ANSWERED or (leg.result is None and channel.state == UP)


def gave_up(call: LiveCall, channel: Channel) -> bool:
    """Whether the side that is calling hung up: the caller of this leg, or the caller of the whole call."""
    root = channel.root()
    caller = call.caller_channel
    if root.hangup_requested or (caller is not None and caller.hangup_requested):
        return True
    bridge = (
        root.bridge
    )  # a consultation through a Local channel: the person beside it is the one who calls
    return bridge is not None and any(c.hangup_requested for c in bridge.channels.values())
