"""What a rule says about one clause. Pure.

In: nothing. Out: `Verdict`.
"""

from __future__ import annotations

from dataclasses import dataclass

from calls.promises.model import Label


@dataclass(frozen=True, slots=True)
class Verdict:
    """The label of one clause, how firm, and the rule's name."""

    label: Label
    why: str
    hedged: bool = False
    favour: bool = False
    """A promise by a negation: «не возьмём»."""


def promise(why: str, *, hedged: bool = False, favour: bool = False) -> Verdict:
    """A promise."""
    return Verdict(Label.PROMISE, why, hedged, favour)


def refusal(why: str) -> Verdict:
    """A refusal."""
    return Verdict(Label.REFUSAL, why)
