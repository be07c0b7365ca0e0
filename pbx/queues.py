"""Callers who wait in a queue. Pure.

In: QueueCallerJoin and QueueCallerLeave. Out: `QueueEntered`, `QueueLeft` with the true reason.

QueueCallerAbandon is not used: Asterisk 22 also sends it when the queue's own time is over (trace `queue-timeout`). Nor is
AgentConnect: after a pickup it names a member whose phone never answered (trace `pickup-queue`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbx import transfer
from pbx.ami_events import AgentCalled, QueueCallerJoin, QueueCallerLeave
from pbx.call_state import LiveCall
from pbx.channel import Channel
from pbx.events import EndedBy, Party, QueueEntered, QueueLeft, QueueRefused, RingResult

if TYPE_CHECKING:
    from pbx.switchboard import Switchboard


def on_join(board: Switchboard, event: QueueCallerJoin) -> None:
    """The caller begins to wait."""
    channel = board.see(event.channel)
    if channel is not None and channel.call is not None and channel.call.queue != event.queue:
        if channel.left_talk_with is not None:
            exten = channel.now_at_exten
            target = Party(number=exten if exten not in ("", "s") else event.queue)
            transfer.redirected(board, channel, target)
        enter(board, channel.call, event.queue, event.position)


def enter(board: Switchboard, call: LiveCall, queue: str, position: int) -> None:
    """Note that a call waits in a queue. It waits in no other any longer, though nobody said so."""
    over(board, call)
    call.queue = queue
    if call.announced or call.people:  # else it is not known yet whose call this is
        board.emit(QueueEntered, call, queue=queue, position=position)


def over(board: Switchboard, call: LiveCall) -> None:
    """End the waiting of a call that goes elsewhere or is over: the event that says so was lost, or nobody was there."""
    queue, call.queue = call.queue, ""
    if queue and call.announced:
        reason = "abandoned" if call.hung_up_by is EndedBy.CALLER else ""
        board.emit(QueueLeft, call, queue=queue, reason=reason)


def on_leave(board: Switchboard, event: QueueCallerLeave) -> None:
    """The caller waits no longer."""
    channel = board.known(event.channel)
    call = channel.call if channel else None
    if channel is None or call is None or call.queue != event.queue:
        return
    call.queue = ""
    if not call.announced:
        return
    board.emit(QueueLeft, call, queue=event.queue, reason=_reason(call, channel))


def _reason(call: LiveCall, caller: Channel) -> str:
    if caller.hangup_requested:
        return "abandoned"
    for leg in call.legs:
        answered = leg.result is RingResult.ANSWERED and leg.channel.uniqueid in call.channels
        if answered and leg.channel.root() is caller:
            return "answered"
    if any(c.pickup_root is caller for c in call.channels.values()):
        return "answered"
    return "timeout"


_REFUSALS = {
    "FULL": "full",
    "JOINEMPTY": "empty",
    "JOINUNAVAIL": "empty",
    "LEAVEEMPTY": "empty",
    "LEAVEUNAVAIL": "empty",
}
"""QUEUESTATUS of Queue() for a caller whom it did not let in, or did not keep. No event says so."""


def on_status(board: Switchboard, channel: Channel, status: str) -> None:
    """Queue() says how it ended, in a variable of the caller's channel."""
    call, reason = channel.call, _REFUSALS.get(status)
    if call is not None and reason is not None:
        queue = channel.wanted_queue
        board.emit(QueueRefused, call, queue=queue, reason=reason)


def on_agent_called(board: Switchboard, event: AgentCalled) -> None:
    """The queue rings a member; comes before or after the DialBegin of the same legs."""
    channel = board.see(event.dest)
    if channel is not None and channel.leg is not None and not channel.leg.queue:
        channel.leg.queue = event.queue
