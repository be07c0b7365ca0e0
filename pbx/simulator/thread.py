"""The thread of a simulated call: it runs the dialplan of the channel that called.

In: a dialled number and its steps. Out: a life of the call from the first event to the last Hangup.
"""

from __future__ import annotations

from collections.abc import Callable

from pbx.simulator.call import SETUP_S, Call, CallOver, Moved, React, Signal
from pbx.simulator.plan import Dial, DialOut, EnterQueue, Plan, Step, Voicemail
from pbx.simulator.queue_call import wait_in_queue
from pbx.simulator.state import UP
from pbx.simulator.switch import TRUNK, Switch

OWN_NUMBER = "74951230000"
"""What the called see when the company calls."""


class Thread(Call):
    """A call that runs by itself."""

    def __init__(
        self,
        switch: Switch,
        plan: Plan,
        route: Callable[[str], tuple[Step, ...]],
        react: React,
    ) -> None:
        super().__init__(switch, plan, react)
        self._route = route

    async def run(self, exten: str) -> None:
        """Live through the call that `runner` began by dialling `exten`."""
        if self.plan.give_up_s is not None:
            self.later(self.plan.give_up_s, Signal("hangup", self.runner))
        try:
            while True:
                try:
                    await self._follow(exten)
                    break
                except Moved as moved:
                    self.runner, exten = moved.channel, moved.exten
        except CallOver:
            pass
        finally:
            await self.tidy()

    async def _follow(self, exten: str) -> None:
        """Go through the steps of a number; raises when the call ends or moves."""
        steps = self._route(exten)
        self._record(steps)
        cause = 16 if steps else 1
        for step in steps:
            match step:
                case Dial():
                    cause = await self.dial(step.extensions, step.ring_s)
                case DialOut():
                    cause = await self._dial_out(step)
                case EnterQueue():
                    cause = await wait_in_queue(self, step)
                case Voicemail():
                    cause = await self._voicemail(step)
        self.switch.emit("SoftHangupRequest", self.runner, {"Cause": 16})
        self.hang_up_legs(0)
        self.switch.hang_up(self.runner, cause)
        raise CallOver

    def _record(self, steps: tuple[Step, ...]) -> None:
        if self.recording is None or not steps or self.recorded is not None:
            return
        self.recorded = self.runner
        self.recording.operator_leg = self.runner.endpoint != TRUNK
        self.switch.execute(self.runner, "MixMonitor", self.recording.data)
        self.switch.set_variable(self.runner, "MIXMONITOR_FILENAME", self.recording.mixed)
        self.switch.emit("MixMonitorStart", self.runner)
        self.recording.start()

    async def dial(self, endpoints: tuple[str, ...], ring_s: float) -> int:
        """Ring phones, talk with the first that answers. Returns the cause for the caller if none did."""
        runner, switch = self.runner, self.switch
        data = "&".join(f"PJSIP/{endpoint}" for endpoint in endpoints)
        switch.execute(runner, "Dial", f"{data},{ring_s:g},tTkK")
        for endpoint in endpoints:
            leg = self.new_leg(endpoint)
            switch.execute(leg, "AppDial", "(Outgoing Line)")
            switch.set_connected(leg, runner.caller_number, runner.caller_name)
        for leg in self.legs:
            switch.dial_event("DialBegin", runner, leg, DialString=leg.endpoint)
        return await self._ring_and_talk(ring_s)

    async def _dial_out(self, step: DialOut) -> int:
        runner, switch = self.runner, self.switch
        if runner.endpoint != TRUNK:
            switch.execute(runner, "Set", f"CALLERID(num)={OWN_NUMBER}")
            switch.set_caller(runner, OWN_NUMBER, runner.caller_name)
        switch.execute(runner, "Dial", f"PJSIP/{step.number}@{TRUNK},{step.ring_s:g},tTkK")
        leg = self.new_leg(TRUNK)
        switch.set_caller(leg, step.number, runner.connected_name)
        switch.set_connected(leg, runner.caller_number, runner.caller_name)
        switch.dial_event("DialBegin", runner, leg, DialString=f"{step.number}@{TRUNK}")
        return await self._ring_and_talk(step.ring_s)

    async def _ring_and_talk(self, ring_s: float) -> int:
        """Let the dialled legs ring; talk with the one that answers."""
        if len(self.legs) == 1:
            self.meet(self.legs[0])
        await self.clock.sleep(SETUP_S)
        for leg in self.legs:
            self.ring(leg, self.runner)
        answered, cause = await self.first_answer(self.clock.now() + ring_s)
        if answered is None:
            for leg in self.legs:
                self.switch.dial_event("DialEnd", self.runner, leg, DialStatus="NOANSWER")
            self.hang_up_legs(0)
            return cause
        others = [leg for leg in self.legs if leg is not answered]
        self.switch.set_state(answered, UP)
        self.meet(answered)
        for leg in others:
            self.switch.dial_event("DialEnd", self.runner, leg, DialStatus="CANCEL")
        self.switch.dial_event("DialEnd", self.runner, answered, DialStatus="ANSWER")
        self.switch.set_state(self.runner, UP)
        for leg in others:
            self.switch.hang_up(leg, 26)
        answered.exten = ""
        await self.talk(answered)
        return 16

    async def _voicemail(self, step: Voicemail) -> int:
        """Answer with the mailbox until the caller hangs up. Returns the cause."""
        self.switch.execute(self.runner, "VoiceMail", f"{step.mailbox}@default,u")
        self.switch.set_state(self.runner, UP)
        signal = await self.next(self.clock.now() + 60)
        if signal is not None and signal.kind == "redirect":
            raise Moved(self.elsewhere(signal.channel, signal.value), signal.value)
        if signal is None:
            return 16
        self.switch.emit("HangupRequest", self.runner)
        return 0

    async def tidy(self) -> None:
        """Leave nothing behind, whatever happened."""
        self.stop_timers()
        self.hang_up_legs(16)
        self.switch.hang_up(self.runner, 16)
        if self.recording is not None:
            await self.recording.end()
        self.over.set()
