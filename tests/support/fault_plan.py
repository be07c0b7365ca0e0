"""The plan of a run with faults: which calls come, what each party does, and what therefore must be written down.

In: how many, a seed. Out: `Planned` calls, each with a client number that no other call has, so that it can be found again
in Slovo, in Asterisk's own record and in what the phones say that they did. Pure.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

TOWN = "7495124"
"""Our numbers from outside: this and four digits; the last three name the phone, group or queue."""
ANSWERING, HANGING_UP, SILENT = range(201, 213), range(221, 229), range(231, 239)
WITH_VOICEMAIL = range(239, 241)
BUSY, DECLINING, REFUSING, AWAY = range(241, 245), range(251, 255), range(255, 259), range(261, 265)
HANDING_ON = range(271, 279)
AGENTS, CLICKING, DIALLING = range(281, 293), range(311, 321), range(301, 309)
QUEUES = {
    "quick": (610, (281, 282, 283, 284, 285, 286)),
    "second": (611, (235, 287, 288, 289, 290)),
    "vain": (612, (236, 237)),
    "short": (613, (233, 234)),
}
"""Name, short number, members."""
SHORT_QUEUE_S = 6
GROUPS = {600: (231, 201, 232), 601: (202, 231), 602: (232, 238), 603: (233, 238)}
MENU = f"{TOWN}3001"
OUTSIDE_ANSWERS, OUTSIDE_BUSY, OUTSIDE_SILENT, OUTSIDE_HANGS_UP = "1234"
"""The third digit of a client's number says what his phone does when we call it."""


@dataclass(frozen=True)
class Caller:
    """What one kind of caller does. Times in seconds."""

    part: str
    seconds: float
    outgoing: bool = False

    @property
    def name(self) -> str:
        return f"{self.part}-{self.seconds:g}{'-out' if self.outgoing else ''}"


TALKS = Caller("fault_call", 4)
TALKS_ON = Caller("fault_call", 30)
"""Waits for the other side to end it."""
TALKS_LONGER = Caller("fault_call", 8)
GIVES_UP = Caller("fault_give_up", 3)
TALKS_OUT = Caller("fault_call", 4, outgoing=True)
GIVES_UP_OUT = Caller("fault_give_up", 4, outgoing=True)


@dataclass(frozen=True)
class Shape:
    """One kind of call."""

    name: str
    weight: int
    caller: Caller | None
    """None: a click to call."""
    dialled: tuple[str, ...]
    """Numbers to choose from; of outgoing calls, the third digit of the client's."""
    outcome: str
    caller_saw: str
    """What the caller's phone must say: "answered" (by a machine, too), "gave_up", "refused"."""
    pickups: int = 0
    """How many phones pick up in this call."""
    transferred: bool = False

    @property
    def outgoing(self) -> bool:
        return self.caller is None or self.caller.outgoing


def _phones(numbers: range) -> tuple[str, ...]:
    return tuple(f"{TOWN}0{number}" for number in numbers)


def _groups(*numbers: int) -> tuple[str, ...]:
    return tuple(f"{TOWN}1{number}" for number in numbers)


def _queue(name: str) -> tuple[str, ...]:
    return (f"{TOWN}2{QUEUES[name][0]}",)


SHAPES = (
    Shape("direct answered", 14, TALKS, _phones(ANSWERING), "answered", "answered", 1),
    Shape("direct, operator ends", 8, TALKS_ON, _phones(HANGING_UP), "answered", "answered", 1),
    Shape("direct given up", 6, GIVES_UP, _phones(SILENT), "abandoned", "gave_up"),
    Shape("direct no answer", 5, TALKS_ON, _phones(SILENT), "missed", "refused"),
    Shape("direct busy", 4, TALKS_ON, _phones(BUSY), "busy", "refused"),
    Shape("direct declined 603", 3, TALKS_ON, _phones(DECLINING), "rejected", "refused"),
    Shape("direct declined 486", 3, TALKS_ON, _phones(REFUSING), "rejected", "refused"),
    Shape("direct away 480", 3, TALKS_ON, _phones(AWAY), "missed", "refused"),
    Shape("group answered", 8, TALKS, _groups(600, 601), "answered", "answered", 1),
    Shape("group nobody", 4, TALKS_ON, _groups(602, 603), "missed", "refused"),
    Shape("group given up", 4, GIVES_UP, _groups(602, 603), "abandoned", "gave_up"),
    Shape("queue answered", 8, TALKS, _queue("quick"), "answered", "answered", 1),
    Shape("queue second agent", 5, TALKS, _queue("second"), "answered", "answered", 1),
    Shape("queue abandoned", 5, GIVES_UP, _queue("vain"), "abandoned", "gave_up"),
    Shape("queue timeout", 4, TALKS_ON, _queue("short"), "missed", "refused"),
    Shape("voicemail", 4, TALKS, _phones(WITH_VOICEMAIL), "missed", "answered"),
    Shape("menu abandoned", 4, TALKS, (MENU,), "abandoned", "answered"),
    Shape("blind transfer", 6, TALKS_LONGER, _phones(HANDING_ON), "answered", "answered", 2, True),
    Shape("out answered", 5, TALKS_OUT, (OUTSIDE_ANSWERS,), "answered", "answered", 1),
    Shape("out busy", 4, TALKS_OUT, (OUTSIDE_BUSY,), "busy", "refused"),
    Shape("out unanswered", 4, GIVES_UP_OUT, (OUTSIDE_SILENT,), "abandoned", "gave_up"),
    Shape("click to call", 5, None, (OUTSIDE_HANGS_UP,), "answered", "", 2),
)


@dataclass(frozen=True)
class Planned:
    """One call of the plan."""

    client: str
    """The client's number: his alone."""
    shape: Shape
    by: str
    """The number that calls: the client's, or the extension's."""
    to: str
    """The number that is dialled."""


def plan(count: int, seed: int) -> list[Planned]:
    """Return the calls in the order in which they are made; every shape comes, if there are as many calls."""
    chance = random.Random(seed)
    shapes = list(SHAPES[:count])
    shapes += chance.choices(SHAPES, [s.weight for s in SHAPES], k=count - len(shapes))
    chance.shuffle(shapes)
    return [_call(number, shape, chance) for number, shape in enumerate(shapes, 1)]


def _call(number: int, shape: Shape, chance: random.Random) -> Planned:
    chosen = chance.choice(shape.dialled)
    if not shape.outgoing:
        client = f"79{OUTSIDE_ANSWERS}{number:08}"
        return Planned(client, shape, client, chosen)
    client = f"79{chosen}{number:08}"
    ours = chance.choice(CLICKING if shape.caller is None else DIALLING)
    return Planned(client, shape, str(ours), client)
