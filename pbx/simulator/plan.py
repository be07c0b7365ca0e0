"""What people will do in a simulated call, and what the switch does with a dialled number. Plain data.

In: a scenario, a test, or chance. Out: plans that `pbx.simulator.call` lives through.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum

from pbx.samples import SampleCall


class Reaction(StrEnum):
    """What a phone does when it is called."""

    ANSWER = "answer"
    DECLINE = "decline"
    """Rings, then 603: cause 21."""
    REJECT = "reject"
    """Rings, then 486: cause 17, as many phones do for their reject key."""
    BUSY = "busy"
    """486 at once, without ringing."""
    IGNORE = "ignore"
    """Rings until somebody else ends it."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A reaction and when it comes, in seconds after the phone began to ring."""

    reaction: Reaction = Reaction.IGNORE
    after_s: float = 2.0


@dataclass(slots=True, kw_only=True)
class Plan:
    """What the people of one call will do. Times in simulated seconds; None: nothing by itself."""

    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    """By extension, or "trunk" for the client who is called; a phone that is not named decides itself."""
    give_up_s: float | None = None
    """The calling side hangs up then, unless somebody has answered."""
    talk_s: float | None = None
    called_hangs_up: bool = False
    transfer: tuple[float, str] | None = None
    """After so many seconds of talk the operator sends the client to that extension."""
    sample: SampleCall | None = None
    record: bool = True


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring phones together."""

    extensions: tuple[str, ...]
    ring_s: float = 20.0


@dataclass(frozen=True, slots=True)
class EnterQueue:
    """Wait in a queue, for at most `limit_s` seconds."""

    queue: str
    limit_s: float = 60.0


@dataclass(frozen=True, slots=True)
class DialOut:
    """Call a number through the trunk."""

    number: str
    ring_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Voicemail:
    """Let the caller speak to the mailbox."""

    mailbox: str


Step = Dial | EnterQueue | DialOut | Voicemail


@dataclass(frozen=True, slots=True)
class Dialplan:
    """Number → steps. A step that ends without an answer leads to the next; after the last the switch hangs up."""

    inbound: dict[str, tuple[Step, ...]]
    extensions: frozenset[str]

    def steps(self, number: str) -> tuple[Step, ...]:
        """Return what happens with a dialled number; () for one that does not exist."""
        if number in self.inbound:
            return self.inbound[number]
        if number in self.extensions:
            return (Dial((number,)),)
        digits = number.removeprefix("+")
        return (DialOut(number),) if digits.isdigit() and len(digits) >= 7 else ()


def chance(dice: random.Random) -> Behaviour:
    """Return what an operator does who is left to chance: mostly answer."""
    roll = dice.random()
    if roll < 0.8:
        return Behaviour(Reaction.ANSWER, dice.uniform(1.5, 6.0))
    if roll < 0.9:
        return Behaviour(Reaction.DECLINE, dice.uniform(2.0, 5.0))
    return Behaviour(Reaction.IGNORE)
