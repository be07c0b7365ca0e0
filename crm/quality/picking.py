"""Which calls go to the listening queue: conditions, and a draw that nobody can steer. Pure.

In: what a rule asks for, and the calls of a time. Out: the chosen ones. The draw orders calls by a hash of rule and call:
the same calls always give the same draw, whoever runs it and however often, and no operator can foresee it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

MOST_S = 24 * 3600.0


class Conditions(BaseModel):
    """Which calls a rule is about; what is not said does not matter. Times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    queues: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    min_talk_s: float = Field(default=20.0, ge=0, le=MOST_S)
    min_hold_s: float = Field(default=0.0, ge=0, le=MOST_S)
    transferred: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that fits. `operator_id` None: nobody knows whose work it is."""

    call_id: int
    operator_id: int | None


def draw(
    seed: str,
    candidates: Sequence[Candidate],
    already: Mapping[int | None, int],
    per_operator: int,
) -> list[Candidate]:
    """Choose calls, so many of each operator at most.

    Args:
        seed: names the rule and the week; secret from operators.
        candidates: calls that fit.
        already: how many of each operator were chosen before in this week.
        per_operator: the most of one operator in a week.
    """
    taken = Counter(already)
    chosen = []
    for one in sorted(candidates, key=lambda one: _place(seed, one.call_id)):
        if taken[one.operator_id] < per_operator:
            taken[one.operator_id] += 1
            chosen.append(one)
    return chosen


def _place(seed: str, call_id: int) -> bytes:
    return hashlib.sha256(f"{seed}:{call_id}".encode()).digest()
