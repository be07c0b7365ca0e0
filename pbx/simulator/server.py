"""The simulator: a TCP server that speaks AMI as Asterisk 22 does, with a small company behind it.

In: clients on the loopback, scenarios, or a test that plays everybody's part. Out: events, answers, recordings.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pbx.simulator.call import Signal
from pbx.simulator.clock import Clock
from pbx.simulator.exchange import Exchange
from pbx.simulator.plan import Behaviour, Plan
from pbx.simulator.scenarios import Traffic, begin, until_over
from pbx.simulator.session import MAX_ACTION_BYTES, Account, Session
from pbx.simulator.state import Channel
from pbx.simulator.thread import Thread


class Handle:
    """One call in the hands of a test or a demo: it does only what it is told."""

    def __init__(self, simulator: Simulator, call: Thread) -> None:
        self._simulator = simulator
        self.call = call

    @property
    def linkedid(self) -> str:
        """The call's linkedid."""
        return self.call.runner.linkedid

    @property
    def recording(self) -> Path | None:
        """The mixed recording, if the call is recorded; "-rx" and "-tx" files stand beside it."""
        return self.call.recording.mixed if self.call.recording else None

    async def ringing(self, extension: str = "") -> None:
        """Wait until a phone (any, or this one) rings in this call.

        Raises:
            TimeoutError: none did within 30 s of real time.
        """
        await self._until(lambda: self._leg(extension) is not None)

    async def answer(self, extension: str) -> None:
        """Pick up a phone, and wait until the talk begins."""
        await self._post("answer", extension)
        async with asyncio.timeout(30):
            await self.call.answered.wait()

    async def decline(self, extension: str) -> None:
        """Press the decline key of a ringing phone."""
        await self._post("refuse", extension, "21")

    async def hangup(self, extension: str = "") -> None:
        """Hang up: the phone with that extension, or the side that called. Waits for the call's end."""
        legs = [leg for leg in self.call.legs if leg.endpoint == extension]
        channel = legs[0] if legs and extension else self.call.runner
        self.call.post(Signal("hangup", channel))
        await until_over(self.call)

    async def finished(self) -> None:
        """Wait for the end of the call."""
        await until_over(self.call)

    def _leg(self, extension: str) -> Channel | None:
        ringing = self._simulator.exchange.ringing
        channels = [
            ringing(item) for item in ([extension] if extension else self._simulator.phones)
        ]
        mine = [item for item in channels if item in self.call.legs or item is self.call.runner]
        return mine[0] if mine else None

    async def _post(self, kind: str, extension: str, value: str = "") -> None:
        await self.ringing(extension)
        leg = self._leg(extension)
        if leg is not None:
            self.call.post(Signal(kind, leg, value))

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                if self.call.over.is_set():
                    raise TimeoutError("the call is over")
                await asyncio.sleep(0.002)


class Simulator:
    """A simulated Asterisk 22. `start()` it, connect to its port, `close()` it."""

    def __init__(  # noqa: PLR0913  # all optional
        self,
        numbers: Sequence[tuple[str, str]] = (),
        *,
        extensions: Mapping[str, str] | None = None,
        recording_dir: Path | None = None,
        account: tuple[str, str] | None = None,
        seed: int = 1,
        speed: float = 1.0,
    ) -> None:
        """Prepare a simulator.

        Args:
            numbers: known clients, (number, name); unknown ones call as well.
            extensions: renames phones 101 to 105, or adds some.
            recording_dir: where recordings are left; none are made without it.
            account: AMI user and secret; "slovo" and a random one if None, see `account`.
            seed: decides what happens by chance.
            speed: how many times faster than real time.
        """
        self.account = Account(*(account or ("slovo", secrets.token_urlsafe(16))))
        clock = Clock(speed)
        self.exchange = Exchange(clock, seed, self._publish, recording_dir, extensions)
        self.port = 0
        self._numbers = list(numbers)
        self._seed = seed
        self._sessions: set[Session] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._traffic: asyncio.Task[None] | None = None

    @property
    def phones(self) -> list[str]:
        """The extensions."""
        return list(self.exchange.phones)

    async def start(self, port: int = 0, host: str = "127.0.0.1") -> int:
        """Listen; return the port.

        Raises:
            OSError: the port is taken, or the recording directory cannot be made.
        """
        if self.exchange.recording_dir is not None:
            await asyncio.to_thread(self.exchange.recording_dir.mkdir, 0o755, True, True)
        self._server = await asyncio.start_server(self._serve, host, port, limit=MAX_ACTION_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def close(self) -> None:
        """End all calls and connections."""
        if self._traffic is not None:
            self._traffic.cancel()
            await asyncio.gather(self._traffic, return_exceptions=True)
        await self.exchange.close()
        if self._server is not None:
            self._server.close()
        self.drop_clients()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def drop_clients(self) -> None:
        """Break all AMI connections; calls go on."""
        for session in list(self._sessions):
            session.drop()

    # Calls

    def run_traffic(self, calls_per_minute: float = 4.0) -> None:
        """Let calls come and go by themselves from now on."""
        traffic = Traffic(self.exchange, self._seed, self._numbers, calls_per_minute)
        self._traffic = asyncio.create_task(traffic.run(), name="simulated-traffic")

    def begin(
        self, scenario: str, caller: tuple[str, str] | None = None, talk_s: float | None = None
    ) -> Handle:
        """Begin one scenario; it runs by itself.

        Raises:
            KeyError: no such scenario, see `pbx.simulator.scenarios.SCENARIOS`.
        """
        caller = caller or (self._numbers[0] if self._numbers else ("79161234567", ""))
        return Handle(self, begin(self.exchange, scenario, caller, talk_s))

    async def call(
        self, scenario: str, caller: tuple[str, str] | None = None, talk_s: float | None = None
    ) -> Handle:
        """Run one scenario from its beginning to its end."""
        handle = self.begin(scenario, caller, talk_s)
        await handle.finished()
        return handle

    async def incoming(
        self, caller: str, to: str, name: str = "", plan: Plan | None = None
    ) -> Handle:
        """Let somebody call one of the company's numbers. Without a plan nobody does anything by himself."""
        made = plan or Plan(behaviours=dict.fromkeys(self.phones, Behaviour()))
        made.sample = made.sample or self.exchange.with_sample(Plan()).sample
        return Handle(self, self.exchange.incoming(caller, to, made, name))

    async def outgoing(self, extension: str, to: str, plan: Plan | None = None) -> Handle:
        """Let a phone dial. Without a plan the called side answers when the test says so, a client by himself."""
        made = plan or Plan(behaviours=dict.fromkeys(self.phones, Behaviour()))
        made.sample = made.sample or self.exchange.with_sample(Plan()).sample
        return Handle(self, self.exchange.outgoing(extension, to, made))

    # Phones

    def hold_phone(self, extension: str, answer: str = "manual") -> None:
        """Take a phone out of chance's hands: "manual" or "never"; "auto" gives it back.

        Raises:
            KeyError: no such phone.
            ValueError: no such way of answering.
        """
        if answer not in ("auto", "manual", "never"):
            raise ValueError(f"a phone answers auto, manual or never, not {answer!r}")
        self.exchange.phones[extension].answer = answer

    def pick_up(self, extension: str) -> bool:
        """Answer a ringing phone, in whatever call; False if it does not ring."""
        return self._press(extension, "answer")

    def decline(self, extension: str) -> bool:
        """Decline on a ringing phone; False if it does not ring."""
        return self._press(extension, "refuse", "21")

    def _press(self, extension: str, kind: str, value: str = "") -> bool:
        channel = self.exchange.ringing(extension)
        call = self.exchange.call_of(channel) if channel else None
        if channel is None or call is None:
            return False
        call.post(Signal(kind, channel, value))
        return True

    # Clients

    def _publish(self, data: bytes) -> None:
        for session in list(self._sessions):
            session.send_event(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        session = Session(self.exchange, self.account, reader, writer)
        self._sessions.add(session)
        try:
            await session.run()
        finally:
            self._sessions.discard(session)
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
