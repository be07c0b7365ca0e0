"""What may happen to the company on an ordinary day, by name, and an endless seeded mix of it.

In: a name, or dice. Out: calls on the exchange. The names are those of the real traces that the events are compared with.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence

from pbx.simulator import exchange as company
from pbx.simulator.exchange import Exchange
from pbx.simulator.plan import Behaviour, Plan, Reaction
from pbx.simulator.state import NOT_IN_USE
from pbx.simulator.switch import TRUNK
from pbx.simulator.thread import Thread

ANSWER, DECLINE, REJECT = Reaction.ANSWER, Reaction.DECLINE, Reaction.REJECT
IGNORE, BUSY = Behaviour(Reaction.IGNORE), Behaviour(Reaction.BUSY)
Begin = Callable[[Exchange, str, str, float], Thread]
"""(exchange, the client's number, his name, seconds of talk) → the call."""


def _in(to: str, **behaviours: Behaviour) -> Begin:
    """Somebody calls a number of the company; `p101=…` says what phone 101 does."""
    return _incoming(to, Plan, behaviours)


def _gives_up(to: str, after_s: float, **behaviours: Behaviour) -> Begin:
    return _incoming(to, lambda: Plan(give_up_s=after_s), behaviours)


def _incoming(to: str, plan: Callable[[], Plan], behaviours: dict[str, Behaviour]) -> Begin:
    def begin(exchange: Exchange, number: str, name: str, talk_s: float) -> Thread:
        made = plan()
        made.talk_s = talk_s
        made.behaviours = {key.removeprefix("p"): value for key, value in behaviours.items()}
        return exchange.incoming(number, to, exchange.with_sample(made), name)

    return begin


def _hidden(to: str, after_s: float, **behaviours: Behaviour) -> Begin:
    begin = _gives_up(to, after_s, **behaviours)
    return lambda exchange, _number, _name, talk_s: begin(exchange, "", "", talk_s)


def _transferred(to: str, target: str, **behaviours: Behaviour) -> Begin:
    return _incoming(to, lambda: Plan(transfer=(4.0, target)), behaviours)


def _called_ends(to: str, **behaviours: Behaviour) -> Begin:
    return _incoming(to, lambda: Plan(called_hangs_up=True), behaviours)


def _out(reaction: Behaviour, give_up_s: float | None = None) -> Begin:
    def begin(exchange: Exchange, number: str, _name: str, talk_s: float) -> Thread:
        plan = Plan(talk_s=talk_s, give_up_s=give_up_s, behaviours={TRUNK: reaction})
        return exchange.outgoing(exchange.free_phone(), number, exchange.with_sample(plan))

    return begin


def _internal(reaction: Behaviour, give_up_s: float | None = None) -> Begin:
    def begin(exchange: Exchange, _number: str, _name: str, talk_s: float) -> Thread:
        caller = exchange.free_phone()
        called = exchange.free_phone(but=caller)
        plan = Plan(talk_s=talk_s, give_up_s=give_up_s, behaviours={called: reaction}, record=False)
        return exchange.outgoing(caller, called, plan)

    return begin


def _after(reaction: Reaction, seconds: float) -> Behaviour:
    return Behaviour(reaction, seconds)


SCENARIOS: dict[str, tuple[int, Begin]] = {
    "in-direct-answered": (10, _in(company.DIRECT, p101=_after(ANSWER, 2))),
    "in-direct-answered-op-hangs-up": (5, _called_ends(company.DIRECT, p101=_after(ANSWER, 3))),
    "in-direct-gave-up": (4, _gives_up(company.DIRECT, 5, p101=IGNORE)),
    "in-direct-busy": (2, _in(company.DIRECT, p101=BUSY)),
    "in-direct-rejected-603": (2, _in(company.DIRECT, p101=_after(DECLINE, 2))),
    "in-direct-rejected-486": (1, _in(company.DIRECT, p101=_after(REJECT, 2))),
    "in-direct-voicemail": (2, _gives_up(company.VOICEMAIL, 11, p101=IGNORE)),
    "in-serial-second-answers": (
        3,
        _in(company.SERIAL, p101=IGNORE, p102=_after(ANSWER, 2)),
    ),
    "group-answered-by-one": (
        8,
        _in(company.GROUP, p101=IGNORE, p102=_after(ANSWER, 3), p103=IGNORE),
    ),
    "group-nobody": (3, _in(company.GROUP, p101=IGNORE, p102=IGNORE, p103=IGNORE)),
    "group-gave-up": (2, _gives_up(company.GROUP, 5, p101=IGNORE, p102=IGNORE, p103=IGNORE)),
    "queue-answered": (10, _in(company.SUPPORT, p101=_after(ANSWER, 2), p102=IGNORE)),
    "queue-answered-by-second": (
        6,
        _in(company.SALES, p101=IGNORE, p102=_after(ANSWER, 2), p103=_after(ANSWER, 2)),
    ),
    "queue-agent-rejects-then-answered": (
        2,
        _in(company.SALES, p101=_after(DECLINE, 1.5), p102=_after(ANSWER, 2), p103=IGNORE),
    ),
    "queue-abandoned": (5, _gives_up(company.SUPPORT, 6, p101=IGNORE, p102=IGNORE)),
    "queue-timeout": (3, _in(company.LIMITED, p101=IGNORE, p102=IGNORE)),
    "xfer-blind-ami": (
        4,
        _transferred(company.DIRECT, "102", p101=_after(ANSWER, 2), p102=_after(ANSWER, 2)),
    ),
    "out-answered": (7, _out(_after(ANSWER, 3))),
    "out-busy": (2, _out(BUSY)),
    "out-unanswered": (3, _out(IGNORE, 8)),
    "internal-answered": (3, _internal(_after(ANSWER, 2))),
    "internal-no-answer": (1, _internal(IGNORE, 5)),
    "hidden-no-user": (2, _hidden(company.DIRECT, 5, p101=IGNORE)),
}
"""Name → (how often in the mix, how it begins)."""


def begin(exchange: Exchange, name: str, caller: tuple[str, str], talk_s: float | None) -> Thread:
    """Begin one scenario.

    Args:
        exchange: where.
        name: one of `SCENARIOS`.
        caller: number and name of the client.
        talk_s: seconds of talk once answered; None: as long as its sample call lasts.

    Raises:
        KeyError: no such scenario.
    """
    _, act = SCENARIOS[name]
    return act(exchange, caller[0], caller[1], talk_s if talk_s is not None else 0.0)


AT_ONCE = 4
"""Calls of the mix at one time; more than five phones could not take."""


class Traffic:
    """An endless day: calls overlap, most are answered, the seed decides which."""

    def __init__(
        self, exchange: Exchange, seed: int, callers: Sequence[tuple[str, str]], per_minute: float
    ) -> None:
        self._exchange = exchange
        self._dice = random.Random(seed)  # noqa: S311
        self._callers = list(callers)
        self._per_minute = per_minute

    def draws(self) -> Iterator[tuple[str, tuple[str, str], float]]:
        """Give scenario, caller and the pause behind it in seconds, for ever; the seed alone decides."""
        names, weights = list(SCENARIOS), [weight for weight, _ in SCENARIOS.values()]
        while True:
            name = self._dice.choices(names, weights)[0]
            yield name, self._caller(), self._dice.expovariate(self._per_minute / 60)

    async def run(self) -> None:
        """Begin calls until cancelled; what does not fit just now is left out."""
        for name, caller, pause_s in self.draws():
            if len(self._exchange.calls) < AT_ONCE and self._fits(name):
                begin(self._exchange, name, caller, None)
                await self._exchange.clock.sleep(pause_s)
            else:
                await self._exchange.clock.sleep(min(pause_s, 1.0))

    def _fits(self, name: str) -> bool:
        """Whether those phones are free without which the scenario would end as busy."""
        if name.startswith(("group", "queue")):
            return True
        needed = (
            "101" if name.startswith(("in-", "xfer", "hidden")) else self._exchange.free_phone()
        )
        return self._exchange.switch.in_use(needed) == NOT_IN_USE

    def _caller(self) -> tuple[str, str]:
        """Return a known client mostly, else a number nobody knows."""
        if self._callers and self._dice.random() < 0.75:
            return self._dice.choice(self._callers)
        return f"7900{self._dice.randrange(10**7):07d}", ""


async def until_over(call: Thread) -> None:
    """Wait for the end of a call, at most two minutes of real time."""
    async with asyncio.timeout(120):
        await call.over.wait()
