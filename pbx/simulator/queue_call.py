"""A simulated caller waits in a queue: app_queue's part of a call.

In: a call whose channel reached Queue(). Out: the events of Asterisk 22's app_queue, of which some mislead: an abandoned
caller and one whose limit ran out both give QueueCallerAbandon, and a leg may get two DialEnd.
"""

from __future__ import annotations

from pbx.simulator.call import SETUP_S, Call, CallOver, Moved
from pbx.simulator.plan import EnterQueue
from pbx.simulator.state import NOT_IN_USE, UP, Channel, Member, Queue


async def wait_in_queue(call: Call, step: EnterQueue) -> int:
    """Wait until an agent answers (never returns then), the caller leaves, or the limit is over."""
    await _Wait(call, call.switch.queues[step.queue], step.limit_s).run()
    return 16


class _Wait:
    """One caller in one queue."""

    def __init__(self, call: Call, queue: Queue, limit_s: float) -> None:
        self.call = call
        self.switch = call.switch
        self.queue = queue
        self.limit_s = limit_s
        self.caller = call.runner
        self.joined_at = call.clock.now()
        self.deadline = self.joined_at + limit_s
        self.talking_since = 0.0
        self.tried: set[str] = set()

    async def run(self) -> None:
        """Ring agents until one answers or the limit is over."""
        self.switch.execute(self.caller, "Queue", f"{self.queue.name},tT,,,{self.limit_s:g}")
        self.queue.waiting.append(self.caller)
        self._caller_event("QueueCallerJoin", Count=len(self.queue.waiting))
        try:
            while self.call.clock.now() < self.deadline:
                if not await self._try_agents():
                    continue
                return
            self._time_out()
        finally:
            if self.caller in self.queue.waiting:
                self.queue.waiting.remove(self.caller)

    async def _try_agents(self) -> bool:
        """Ring those who are free once. True when the limit ran out while they rang."""
        members = self._free()
        if not members:
            await self._pause()
            return False
        for member in members:
            leg = self.call.new_leg(member.endpoint)
            self.switch.queue_event("AgentCalled", self.queue, self.caller, leg)
            self.switch.dial_event("DialBegin", self.caller, leg, DialString=member.endpoint)
        await self.call.clock.sleep(SETUP_S)
        rang_at = self.call.clock.now()
        for leg in list(self.call.legs):
            self.call.ring(leg, self.caller)
            self.switch.execute(leg, "AppQueue", "(Outgoing Line)")
            self.switch.set_connected(leg, self.caller.caller_number, self.caller.caller_name)
        if len(self.call.legs) == 1:
            self.call.meet(self.call.legs[0])
        until = min(rang_at + self.queue.ring_s, self.deadline)
        answered, _ = await self.call.first_answer(until, self._refused, self._abandoned)
        if answered is not None:
            await self._connect(answered, rang_at)
        self._nobody(rang_at)
        if self.call.clock.now() >= self.deadline:
            self._time_out()
            return True
        self.call.hang_up_legs(0)
        await self._pause()
        return False

    def _free(self) -> list[Member]:
        """Return whom to ring now: all, or the next who was not tried in this round."""
        free = [
            member
            for member in self.queue.members
            if not member.paused and self.switch.in_use(member.endpoint) == NOT_IN_USE
        ]
        if self.queue.ring_all or not free:
            return free
        fresh = [member for member in free if member.endpoint not in self.tried]
        if not fresh:
            self.tried.clear()
            fresh = free
        self.tried.add(fresh[0].endpoint)
        return fresh[:1]

    async def _pause(self) -> None:
        """Wait a moment without any phone ringing; the caller may leave."""
        until = min(self.call.clock.now() + self.queue.retry_s, self.deadline)
        while (signal := await self.call.next(until)) is not None:
            if signal.channel is not self.caller:
                continue
            if signal.kind == "redirect":
                self._leave()
                signal.channel.exten, signal.channel.context = signal.value, "internal"
                raise Moved(signal.channel, signal.value)
            cause = 0 if self.caller.state == UP else 127
            self.switch.emit("HangupRequest", self.caller, {"Cause": cause} if cause else None)
            self._abandoned(legs=False)
            self.switch.emit("SoftHangupRequest", self.caller, {"Cause": 16})
            self.switch.hang_up(self.caller, cause)
            raise CallOver

    async def _connect(self, leg: Channel, rang_at: float) -> None:
        """An agent answered: leave the queue and talk. Always raises."""
        now = self.call.clock.now()
        others = [item for item in self.call.legs if item is not leg]
        self.switch.set_state(leg, UP)
        self.switch.dial_event("DialEnd", self.caller, leg, DialStatus="ANSWER")
        for _ in range(2):  # as app_queue does
            for other in others:
                self.switch.dial_event("DialEnd", self.caller, other, DialStatus="CANCEL")
            self.call.meet(leg)
        self._leave()
        hold_s = int(now - self.joined_at)
        timing = {"HoldTime": hold_s, "RingTime": int(now - rang_at)}
        self.switch.queue_event("AgentConnect", self.queue, self.caller, leg, **timing)
        for other in others:
            self.switch.hang_up(other, 26)
        self.switch.set_state(self.caller, UP)
        member = next(item for item in self.queue.members if item.endpoint == leg.endpoint)
        member.calls_taken += 1
        self.queue.completed += 1

        def ended(reason: str) -> None:
            talk_s = int(self.call.clock.now() - now)
            member.last_call = int(self.call.clock.now())
            fields = {"HoldTime": hold_s, "TalkTime": talk_s, "Reason": reason}
            self.switch.queue_event("AgentComplete", self.queue, self.caller, leg, **fields)

        await self.call.talk(leg, ended)

    def _nobody(self, rang_at: float) -> None:
        """Nobody took it in this round."""
        rang_ms = int(self.call.clock.now() - rang_at) * 1000
        legs, caller = self.call.legs, self.caller
        for leg in legs:
            self.switch.queue_event("AgentRingNoAnswer", self.queue, caller, leg, RingTime=rang_ms)
        for status in ("NOANSWER", "CANCEL"):
            for leg in legs:
                self.switch.dial_event("DialEnd", caller, leg, DialStatus=status)

    def _refused(self, leg: Channel, _cause: int) -> None:
        """Even 486 is NOANSWER inside a queue."""
        self.switch.dial_event("DialEnd", self.caller, leg, DialStatus="NOANSWER")
        self.switch.queue_event("AgentRingNoAnswer", self.queue, self.caller, leg, RingTime=0)

    def _abandoned(self, legs: bool = True) -> None:
        """The caller hung up: the legs get their second CANCEL, the queue forgets him."""
        for leg in self.call.legs if legs else []:
            self.switch.dial_event("DialEnd", self.caller, leg, DialStatus="CANCEL")
        self._forget()
        self._leave()

    def _time_out(self) -> None:
        """The limit ran out: the same QueueCallerAbandon, then the dialplan goes on with a goodbye."""
        self._forget()
        self._leave()
        self.switch.set_variable(self.caller, "QUEUESTATUS", "TIMEOUT")
        self.switch.execute(self.caller, "Playback", "vm-goodbye")
        self.switch.set_state(self.caller, UP)

    def _forget(self) -> None:
        position = self.queue.position(self.caller)
        self.queue.abandoned += 1
        self.switch.set_variable(self.caller, "ABANDONED", "TRUE")
        hold_s = int(self.call.clock.now() - self.joined_at)
        self._caller_event("QueueCallerAbandon", OriginalPosition=position, HoldTime=hold_s)

    def _leave(self) -> None:
        if self.caller not in self.queue.waiting:
            return
        self._caller_event("QueueCallerLeave", Count=len(self.queue.waiting) - 1)
        self.queue.waiting.remove(self.caller)

    def _caller_event(self, name: str, **fields: object) -> None:
        place = {"Queue": self.queue.name, "Position": self.queue.position(self.caller)}
        self.switch.emit(name, self.caller, {**place, **fields})
