"""The simulated company: its phones, its numbers, the calls that are under way.

In: requests for calls, by scenarios, tests or AMI actions. Out: running calls, found again by their channels.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pbx import samples
from pbx.simulator.call import Call
from pbx.simulator.clock import Clock
from pbx.simulator.originate import Originate, originate
from pbx.simulator.plan import (
    Behaviour,
    Dial,
    Dialplan,
    EnterQueue,
    Plan,
    Reaction,
    Voicemail,
    chance,
)
from pbx.simulator.recording import MixMonitor
from pbx.simulator.state import NOT_IN_USE, RING, RINGING, Channel, Member, Queue
from pbx.simulator.switch import TRUNK, Switch
from pbx.simulator.thread import Thread

PHONES = {"101": "Анна", "102": "Борис", "103": "Вера", "104": "Глеб", "105": "Дина"}
"""Extension → invented name of the operator."""

SAMPLES = tuple(
    next(call for call in samples.calls() if call.name == name)
    for name in ["ru-1", "ko-1", "ru-2", "en-1", "ru-3", "ko-2", "ru-4", "en-2", "ru-5", "ru-6"]
)
"""In the order in which calls use them: a Korean one early, for it can be transcribed."""

DIRECT, VOICEMAIL, GROUP, SUPPORT, SALES, LIMITED, SERIAL = (
    f"7495123000{number}" for number in (1, 2, 3, 4, 5, 6, 7)
)
"""The company's invented numbers."""


@dataclass(slots=True)
class Phone:
    """One simulated phone."""

    extension: str
    name: str
    answer: str = "auto"
    """"auto": decides by chance; "never": rings until others end it; "manual": only `Simulator.answer` and the like."""


def dialplan(phones: Collection[str]) -> Dialplan:
    """Return what the company's numbers do."""
    return Dialplan(
        inbound={
            DIRECT: (Dial(("101",)),),
            VOICEMAIL: (Dial(("101",), 4.0), Voicemail("101")),
            GROUP: (Dial(("101", "102", "103"), 12.0),),
            SUPPORT: (EnterQueue("support"),),
            SALES: (EnterQueue("sales"),),
            LIMITED: (EnterQueue("support", 7.0),),
            SERIAL: (Dial(("101",), 3.0), Dial(("102",))),
        },
        extensions=frozenset(phones),
    )


def queues(phones: Mapping[str, Phone]) -> list[Queue]:
    """Return the company's queues: support rings all, sales one after the other."""

    def members(*extensions: str) -> list[Member]:
        return [Member(phones[item].name, item) for item in extensions]

    return [
        Queue("support", members("101", "102")),
        Queue("sales", members("101", "102", "103"), ring_all=False, ring_s=4.0),
    ]


class Exchange:
    """Starts calls and finds them again."""

    def __init__(
        self,
        clock: Clock,
        seed: int,
        publish: Callable[[bytes], None],
        recording_dir: Path | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Make the company; `names` renames or adds phones."""
        named = {**PHONES, **(names or {})}
        self.clock = clock
        self.phones = {number: Phone(number, name) for number, name in named.items()}
        self.dialplan = dialplan(self.phones)
        self.recording_dir = recording_dir
        self.switch = Switch(named, queues(self.phones), clock, random.Random(seed), publish)  # noqa: S311
        self._seed = seed
        self._count = itertools.count()
        self._samples = itertools.cycle(SAMPLES)
        self._calls: dict[asyncio.Task[None], Call] = {}

    @property
    def calls(self) -> list[Call]:
        """The calls that are under way."""
        return list(self._calls.values())

    def call_of(self, channel: Channel) -> Call | None:
        """Return the call that a channel belongs to."""
        return next(
            (call for call in self.calls if channel is call.runner or channel in call.legs), None
        )

    def ringing(self, extension: str) -> Channel | None:
        """Return the ringing channel of a phone."""
        return next(
            (
                channel
                for channel in self.switch.channels.values()
                if channel.endpoint == extension and channel.state == RINGING
            ),
            None,
        )

    def incoming(self, number: str, to: str, plan: Plan, name: str = "") -> Thread:
        """Let somebody outside call one of the company's numbers; "" hides the number."""
        caller = (number, name or number)
        call = self._thread(plan)
        call.runner = self.switch.new_channel(TRUNK, exten=to, state=RING, caller=caller)
        return self._run(call, to)

    def outgoing(self, extension: str, to: str, plan: Plan) -> Thread:
        """Let a phone dial a number or a colleague."""
        call = self._thread(plan)
        call.runner = self.switch.new_channel(extension, exten=to, state=RING)
        return self._run(call, to)

    def originate(self, request: Originate, plan: Plan) -> Thread:
        """Ring a phone for the CRM, then dial; see `pbx.simulator.originate`."""
        call = self._thread(plan)
        ids = (request.channel_id, "")
        call.runner = self.switch.new_channel(request.extension, ids=ids)
        task = asyncio.create_task(originate(call, request), name=f"originate-{request.extension}")
        return self._keep(call, task)

    async def close(self) -> None:
        """End all calls."""
        tasks = list(self._calls)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def react(self, leg: Channel, planned: Behaviour | None) -> Behaviour:
        """Decide what a phone that rings will do. Whoever holds it decides, then its other calls, then the plan."""
        phone = self.phones.get(leg.endpoint)
        if phone is None:  # the client, whom somebody of ours calls
            return planned or Behaviour(Reaction.ANSWER, 2.0)
        if phone.answer != "auto":
            return Behaviour(Reaction.IGNORE)
        channels = self.switch.channels.values()
        if any(item.endpoint == leg.endpoint and item is not leg for item in channels):
            return Behaviour(Reaction.BUSY)
        # Seeded by call, so that calls which overlap do not change each other's fate.
        return planned or chance(random.Random(f"{self._seed}/{leg.name}"))  # noqa: S311

    def with_sample(self, plan: Plan) -> Plan:
        """Give a plan the next sample call, and its length where no talking time is set."""
        plan.sample = next(self._samples)
        plan.talk_s = plan.talk_s or plan.sample.length_s + 0.8
        return plan

    def free_phone(self, but: str = "") -> str:
        """Return a phone that is not in use; the last one if all are."""
        free = [
            item for item in self.phones if item != but and self.switch.in_use(item) == NOT_IN_USE
        ]
        return free[0] if free else list(self.phones)[-1]

    def _thread(self, plan: Plan) -> Thread:
        call = Thread(self.switch, plan, self.dialplan.steps, self.react)
        if plan.record and self.recording_dir is not None:
            call.recording = MixMonitor(self._stem(plan), plan.sample, self.clock)
        return call

    def _stem(self, plan: Plan) -> Path:
        assert self.recording_dir is not None  # noqa: S101  # asked by the only caller
        when = time.strftime("%Y%m%d-%H%M%S", time.gmtime(self.clock.now()))
        name = f"{when}-{next(self._count):04d}-{self.switch.started_at}"
        return self.recording_dir / (f"{name}-{plan.sample.name}" if plan.sample else name)

    def _run(self, call: Thread, to: str) -> Thread:
        return self._keep(call, asyncio.create_task(call.run(to), name=f"call-{call.runner.name}"))

    def _keep(self, call: Thread, task: asyncio.Task[None]) -> Thread:
        self._calls[task] = call
        task.add_done_callback(self._calls.pop)
        return call


def endpoint_of(interface: str) -> str:
    """Return "101" for "PJSIP/101", "PJSIP/101-0000001a", "Local/101@internal/n"; "" for anything else."""
    found = re.match(r"(?:PJSIP|SIP|Local)/(\w+)", interface)
    return found[1] if found else ""
