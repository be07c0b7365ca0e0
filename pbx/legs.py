"""One offer of a call to one phone or number: dialled, ringing, over. Pure.

In: channels and their dial results. Out: `LegOffered`, `LegRinging` and exactly one `LegStopped` per leg.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pbx.causes import ANSWERED_ELSEWHERE, refusal
from pbx.channel import RINGING, UP, Channel
from pbx.events import LegOffered, LegRinging, LegStopped, Party, RingResult

if TYPE_CHECKING:
    from pbx.call_state import LiveCall
    from pbx.switchboard import Switchboard


class Leg:
    """The state of one offer. `party` is fixed when it is offered."""

    __slots__ = (
        "answered_at",
        "channel",
        "moved",
        "offered",
        "party",
        "progress",
        "queue",
        "rang",
        "result",
        "rings_early",
    )

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.party = channel.party
        self.queue = ""
        self.offered = False
        self.rang = False
        self.rings_early = False
        """It rang before anybody said which number it is (Newstate may come before DialBegin)."""
        self.progress = False
        """Its network plays something (183): mostly the ringing tone, sometimes why there will be none."""
        self.moved = False
        """It rang already in another call, and went on ringing when that one was joined to this."""
        self.result: RingResult | None = None
        self.answered_at: datetime | None = None

    @property
    def seems_to_have_rung(self) -> bool:
        """Whether it rang: it said so or, behind a trunk, it was heard to and nobody refused."""
        unrefused = self.result in _HEARD_TO_RING
        return not self.moved and (self.rang or (self.progress and unrefused))


_HEARD_TO_RING = frozenset(
    {
        RingResult.ANSWERED,
        RingResult.ANSWERED_ELSEWHERE,
        RingResult.GAVE_UP,
        RingResult.TIMEOUT,
        RingResult.UNCONFIRMED,
    }
)
_TAKING = timedelta(seconds=2)
"""From the answer of a phone to its talk with the caller, if it is to come without more ado (a key to confirm)."""


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
            board.note(call, "rings, but nobody said yet who is called: DialBegin will")
            return
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
        moved=leg.moved,
    )


def progress(board: Switchboard, channel: Channel) -> None:
    """Note early media. A telephone of ours that sends some rings; a network may say anything in it."""
    if channel.extension:
        ring(board, channel)
    elif channel.leg is not None:
        channel.leg.progress = True
        board.note(channel.call, "its network plays something: a ringing tone, if nobody refuses")


def move(board: Switchboard, channel: Channel, to: LiveCall) -> None:
    """Let a channel leave its call for another one; a phone that rings, rings for that one from now on."""
    leg, source = channel.leg, channel.call
    stop(board, channel, RingResult.GAVE_UP)  # as far as the call that it leaves is concerned
    if source is not None:
        source.channels.pop(channel.uniqueid, None)
    to.channels[channel.uniqueid] = channel
    channel.call = to
    if leg is not None and leg.offered and leg.answered_at is None and channel.state != UP:
        channel.leg = None
        _leg_of(channel).moved = leg.rang
        offer(board, channel)
        if leg.rang:
            ring(board, channel)


def stop(board: Switchboard, channel: Channel, result: RingResult, by: Party | None = None) -> None:
    """End an offer with a result, once: Asterisk often says it twice, and the first is right."""
    leg = channel.leg
    if leg is None or not leg.offered or leg.result is not None or channel.call is None:
        return
    leg.result = result
    if result is RingResult.ANSWERED:
        leg.answered_at = board.now
    elif leg in channel.call.legs:
        channel.call.legs.remove(leg)  # who waits for hours in a queue is offered to thousands
    board.emit(
        LegStopped,
        channel.call,
        leg=channel.uniqueid,
        party=leg.party,
        result=result,
        rang=leg.seems_to_have_rung,
        answered_by=by,
    )


def dial_ended(board: Switchboard, channel: Channel, status: str, *, forwarded: bool) -> None:
    """Take the DialStatus of DialEnd; `forwarded`: the phone sent the call elsewhere, which Asterisk calls CANCEL."""
    leg = channel.leg
    if leg is None:
        return
    if leg.result is not None:
        board.note(channel.call, f"ignored: {leg.party.label} was over already ({leg.result})")
        return
    if status == "ANSWER":
        stop(board, channel, RingResult.ANSWERED)
        return
    if forwarded:
        stop(board, channel, RingResult.TIMEOUT if leg.rang else RingResult.UNAVAILABLE)
        return
    result, by = _unanswered(board, leg, status, channel.hangup_cause)
    stop(board, channel, result, by)


_NOT_ACCEPTED = frozenset(
    {"ABORT", "BUSY", "CHANUNAVAIL", "CONGESTION", "CONTINUE", "GOTO", "NOANSWER"}
)
"""Results that Dial reports after somebody picked up, was asked by a macro, and did not accept the call."""


def gone(board: Switchboard, channel: Channel, cause: int) -> None:
    """Take the Hangup of a channel that may still be offered: DialEnd is missing after pickup and Originate."""
    leg = channel.leg
    if leg is None or leg.result is not None:
        return
    call = channel.call
    if channel.state == UP and (call is None or taker_of(call, channel, board.now) is None):
        stop(board, channel, RingResult.ANSWERED)
        return
    result, by = _unanswered(board, leg, "", channel.hangup_cause or cause)
    stop(board, channel, result, by)


def _unanswered(
    board: Switchboard, leg: Leg, status: str, cause: int
) -> tuple[RingResult, Party | None]:
    """Say why a leg was not answered: taken elsewhere, given up, refused, or not taken in time."""
    call = leg.channel.call
    taker = taker_of(call, leg.channel, board.now) if call else None
    if taker is not None and not leg.channel.hangup_requested:
        return RingResult.ANSWERED_ELSEWHERE, taker.party
    if cause == ANSWERED_ELSEWHERE:
        return RingResult.ANSWERED_ELSEWHERE, None
    if leg.channel.hangup_requested:
        return _refused(leg, status, cause), None
    if call is not None and gave_up(call, leg.channel):
        return RingResult.GAVE_UP, None
    if leg.channel.state == UP and status in _NOT_ACCEPTED:
        return RingResult.UNCONFIRMED, None
    dialler = leg.channel.dialler
    if status == "CANCEL" and not leg.queue and not (dialler is not None and dialler.technical):
        # app_dial says CANCEL for one thing only; app_queue also when its own time is over (trace queue-timeout), and so
        # does the Dial inside a Local channel when the Dial outside has waited long enough.
        return RingResult.GAVE_UP, None
    return _refused(leg, status, cause), None


def _refused(leg: Leg, status: str, cause: int) -> RingResult:
    result = refusal(status, cause, rang=leg.rang, outside=not leg.party.is_ours)
    if result is RingResult.UNAVAILABLE and leg.progress and not cause:
        return RingResult.TIMEOUT  # early media until the switch stopped calling: it rang there
    return result


def taker_of(call: LiveCall, channel: Channel, now: datetime | None) -> Channel | None:
    """Return the channel that took the offer of which this one is a part: dialled for the same channel, and answered."""
    root = channel.root()
    for other in call.channels.values():
        if other is channel or other.technical or other is root:
            continue
        if _took(other, call, now) and other.root() is root:
            return other
    return None


def _took(channel: Channel, call: LiveCall, now: datetime | None) -> bool:
    """Whether a dialled channel was answered. app_dial cancels the others before it says ANSWER for this one.

    Who answered long ago and talks with nobody did not press the key that accepts the call; or his talk is over.
    """
    if channel.pickup_root is not None:
        return True
    leg = channel.leg
    if leg is None or not leg.offered:
        return False
    if leg.result is None:
        return channel.state == UP
    if leg.result is not RingResult.ANSWERED:
        return False
    lately = leg.answered_at is None or now is None or now - leg.answered_at <= _TAKING
    return lately or channel.uniqueid in call.talk


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
