"""One simulated call: who is called, who answers, who hangs up.

In: a plan, and signals (a phone answers, somebody hangs up, the CRM transfers). Out: changes of the switch, in the order
in which Asterisk 22 makes them. The order of events was read off real traces; tests compare.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

from pbx.simulator.plan import Behaviour, Plan, Reaction
from pbx.simulator.recording import MixMonitor
from pbx.simulator.state import RINGING, UP, Channel
from pbx.simulator.switch import TRUNK, Switch

SETUP_S = 0.05
"""From dialling a phone to its ringing."""
CANCELLED = 127
"""Hang-up cause where a caller gives up an unanswered call."""


React = Callable[[Channel, "Behaviour | None"], Behaviour]
"""What the owner of a called phone does, given what the plan says of him."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What somebody does: "answer", "refuse" (value: cause), "hangup", "transfer" or "redirect" (value: exten)."""

    kind: str
    channel: Channel
    value: str = ""


class CallOver(Exception):
    """The call has ended; all that is left is to tidy up."""


class Moved(Exception):
    """A channel goes on elsewhere in the dialplan."""

    def __init__(self, channel: Channel, exten: str) -> None:
        super().__init__(exten)
        self.channel = channel
        self.exten = exten


class Call:
    """What one call is made of. `pbx.simulator.thread` runs it, `pbx.simulator.queue_call` is its time in a queue."""

    def __init__(self, switch: Switch, plan: Plan, react: React) -> None:
        self.switch = switch
        self.plan = plan
        self.clock = switch.clock
        self.runner: Channel
        """The channel that runs the dialplan: the caller, until a transfer."""
        self.legs: list[Channel] = []
        """Legs that are being called, or talk."""
        self.recording: MixMonitor | None = None
        self.recorded: Channel | None = None
        """The channel that MixMonitor runs on."""
        self.answered = asyncio.Event()
        self.over = asyncio.Event()
        self._react = react
        self._signals: asyncio.PriorityQueue[tuple[float, int, Signal]] = asyncio.PriorityQueue()
        """Simulated time at which each was to happen, a number in the order of posting, and what happens."""
        self._posted = itertools.count()
        self._timers: list[asyncio.TimerHandle] = []

    # Signals

    def post(self, signal: Signal) -> None:
        """Let something happen now; it is taken when the call next waits."""
        self._post(self.clock.now(), signal)

    def _post(self, due_at: float, signal: Signal) -> None:
        self._signals.put_nowait((due_at, next(self._posted), signal))

    def later(self, after_s: float, signal: Signal) -> None:
        """Let something happen after simulated seconds, unless the call moves on before."""
        due_at = self.clock.now() + after_s
        self._timers.append(self.clock.later(after_s, lambda: self._post(due_at, signal)))

    def stop_timers(self) -> None:
        """Forget what was going to happen."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    async def next(self, deadline: float | None) -> Signal | None:
        """Return the next signal of a channel that still lives, or None at the deadline (simulated time)."""
        while True:
            left = None if deadline is None else max(0.0, deadline - self.clock.now())
            try:
                async with asyncio.timeout(None if left is None else left / self.clock.speed):
                    due = await self._signals.get()
            except TimeoutError:
                if self._signals.empty():
                    return None
                due = self._signals.get_nowait()
            # A machine that stalls finds both at once, the signal and the deadline: the earlier one counts.
            if deadline is not None and due[0] > deadline:
                self._signals.put_nowait(due)
                return None
            if not due[2].channel.gone:
                return due[2]

    # Legs

    def new_leg(self, endpoint: str) -> Channel:
        """Make the leg of a phone that is going to be called."""
        leg = self.switch.new_channel(endpoint, ids=("", self.runner.linkedid))
        leg.exten = self.runner.exten
        self.legs.append(leg)
        return leg

    def meet(self, leg: Channel) -> None:
        """Tell the caller's channel whom it is being connected to."""
        self.switch.set_connected(self.runner, leg.caller_number, leg.caller_name)

    def ring(self, leg: Channel, caller: Channel | None) -> None:
        """Let a phone ring for a caller (None: for an Originate), and decide what its owner will do."""
        behaviour = self._react(leg, self.plan.behaviours.get(leg.endpoint))
        if behaviour.reaction is Reaction.BUSY:
            self.post(Signal("refuse", leg, "17"))
            return
        self.switch.set_state(leg, RINGING)
        self.switch.dial_event("DialState", caller, leg, DialStatus="RINGING")
        match behaviour.reaction:
            case Reaction.ANSWER:
                self.later(behaviour.after_s, Signal("answer", leg))
            case Reaction.DECLINE:
                self.later(behaviour.after_s, Signal("refuse", leg, "21"))
            case Reaction.REJECT:
                self.later(behaviour.after_s, Signal("refuse", leg, "17"))

    async def first_answer(
        self,
        deadline: float,
        refused: Callable[[Channel, int], None] | None = None,
        abandoned: Callable[[], None] | None = None,
    ) -> tuple[Channel | None, int]:
        """Wait until a leg answers, all refused, or the deadline; the last cause stands beside.

        Args:
            deadline: in simulated time.
            refused: reports a refusal other than by DialEnd BUSY or NOANSWER (queues).
            abandoned: reports the caller's leaving a queue.
        """
        cause = 16
        while self.legs:
            signal = await self.next(deadline)
            if signal is None:
                return None, cause
            if signal.kind == "answer" and signal.channel in self.legs:
                return signal.channel, 16
            if signal.channel is self.runner:
                self._caller_leaves(signal, abandoned)
            elif signal.channel in self.legs:
                cause = int(signal.value or 16)
                self._refuse(signal.channel, cause, refused)
        return None, cause

    def _refuse(
        self, leg: Channel, cause: int, refused: Callable[[Channel, int], None] | None
    ) -> None:
        self.switch.emit("HangupRequest", leg, {"Cause": cause})
        if refused is not None:
            refused(leg, cause)
        else:
            status = "BUSY" if cause == 17 else "NOANSWER"
            self.switch.dial_event("DialEnd", self.runner, leg, DialStatus=status)
        self.legs.remove(leg)
        self.switch.hang_up(leg, cause)

    def _caller_leaves(self, signal: Signal, abandoned: Callable[[], None] | None) -> None:
        """The caller hangs up before an answer, or is moved elsewhere."""
        hangs_up = signal.kind != "redirect"
        if hangs_up and self.runner.state == UP:
            self.switch.emit("HangupRequest", self.runner)
        elif hangs_up:
            self.switch.emit("HangupRequest", self.runner, {"Cause": CANCELLED})
        for leg in self.legs:
            self.switch.dial_event("DialEnd", self.runner, leg, DialStatus="CANCEL")
        if abandoned is not None:
            abandoned()
        if not hangs_up:
            self.hang_up_legs(CANCELLED)
            raise Moved(self.elsewhere(self.runner, signal.value), signal.value)
        cause = 0 if self.runner.state == UP else CANCELLED
        self.switch.emit("SoftHangupRequest", self.runner, {"Cause": 16})
        self.hang_up_legs((CANCELLED if cause else 16) if abandoned is None else 0)
        self.switch.hang_up(self.runner, cause)
        raise CallOver

    def hang_up_legs(self, cause: int) -> None:
        """End all called legs."""
        legs, self.legs = self.legs, []
        for leg in legs:
            self.switch.hang_up(leg, cause)

    # Talking

    async def talk(self, leg: Channel, ended: Callable[[str], None] | None = None) -> None:
        """Bridge the caller with a leg until somebody hangs up or is sent elsewhere. Always raises.

        Args:
            leg: who answered.
            ended: reports the end of a queue call: "caller", "agent" or "transfer".
        """
        self.stop_timers()
        self.legs = [leg]
        self.switch.bridge(leg, self.runner)
        self.answered.set()
        if self.recording is not None:
            self.recording.begin()
        self._plan_the_end(leg)
        while True:
            signal = await self.next(None)
            if signal is None or signal.kind == "answer":
                continue
            other = leg if signal.channel is self.runner else self.runner
            self.stop_timers()
            if signal.kind in ("transfer", "redirect"):
                if ended is not None:
                    ended("transfer")
                raise self._moved(signal, other)
            self._end_talk(signal.channel, other, ended)

    def _plan_the_end(self, leg: Channel) -> None:
        operator = leg if leg.endpoint != TRUNK else self.runner
        if self.plan.transfer is not None:
            (after_s, exten), self.plan.transfer = self.plan.transfer, None
            self.later(after_s, Signal("transfer", operator, exten))
        elif self.plan.talk_s is not None:
            who = leg if self.plan.called_hangs_up else self.runner
            self.later(self.plan.talk_s, Signal("hangup", who))

    def _end_talk(self, who: Channel, other: Channel, ended: Callable[[str], None] | None) -> None:
        """One side hangs up."""
        if ended is not None and who is self.runner:
            self.switch.emit("HangupRequest", who)
        else:
            self.switch.emit("HangupRequest", who, {"Cause": 16})
        if ended is not None:
            ended("caller" if who is self.runner else "agent")
        self.switch.leave_bridge(who)
        self.switch.leave_bridge(other)
        self.switch.emit("SoftHangupRequest", self.runner, {"Cause": 16})
        self.hang_up_legs(16)
        self.switch.hang_up(self.runner, 16)
        raise CallOver

    def _moved(self, signal: Signal, other: Channel) -> Moved:
        """The CRM or the operator sends one side elsewhere; the other one is hung up."""
        blind = signal.kind == "transfer"
        stays, goes = (signal.channel, other) if blind else (other, signal.channel)
        if blind:
            self.switch.emit("Unhold", stays)
            self.switch.set_variable(stays, "BLINDTRANSFER", goes.name)
            self.switch.set_variable(goes, "BLINDTRANSFER", stays.name)
            fields = {"Result": "Success", "IsExternal": "Yes"}
            fields |= {"Context": "internal", "Extension": signal.value}
            parties = {"Transferer": stays, "Transferee": goes}
            self.switch.emit("BlindTransfer", None, fields, others=parties, bridge=stays.bridge)
        self.elsewhere(goes, signal.value)
        self.switch.leave_bridge(goes)
        self.switch.leave_bridge(stays)
        self.legs = []
        self.switch.hang_up(stays, 16)
        if self.recording is not None and stays is self.recorded:
            self.recording.stop()
        return Moved(goes, signal.value)

    @staticmethod
    def elsewhere(channel: Channel, exten: str) -> Channel:
        """Put a channel to another place of the dialplan."""
        channel.exten, channel.context, channel.priority = exten, "internal", 1
        return channel
