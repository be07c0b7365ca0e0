"""What the rules find: promises, claims and refusals. Pure.

In: nothing. Out: plain values that `extract` gives and `slovo promises` prints. A *promise* binds its speaker or the
speaker's company to a future act or condition; a *claim* says that the other side promised; a *refusal* declines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum


class Label(StrEnum):
    """What a sentence is. Of several in one sentence the first of this list counts."""

    PROMISE = "promise"
    CLAIM = "claim"
    REFUSAL = "refusal"
    NONE = "none"


class ActionKind(StrEnum):
    """What the act is about."""

    CALLBACK = "callback"
    DISCOUNT = "discount"
    REFUND = "refund"
    DELIVERY = "delivery"
    DOCUMENT = "document"
    PRICE = "price"
    """Fixed or held."""
    REPLACEMENT = "replacement"
    PAYMENT = "payment"
    VISIT = "visit"
    """Either side comes; an appointment."""
    REPAIR = "repair"
    WAIVER = "waiver"
    """A fee or fine is dropped."""
    TRANSFER = "transfer"
    """A call or case is handed on."""
    GUARANTEE = "guarantee"
    OTHER = "other"


class Strength(StrEnum):
    """How firmly a promise was given."""

    FIRM = "firm"
    HEDGED = "hedged"


@dataclass(frozen=True, slots=True)
class Amount:
    """How much. `unit`: an ISO currency, "percent", "pieces", "minutes", "hours", "days", "months", "km" and so on."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Due:
    """Until when, in the call's own local time; `at` None: a date alone."""

    on: date
    at: time | None = None

    def __str__(self) -> str:
        """As in `slovo promises --json`: "2026-11-22" or "2026-11-22T14:30"."""
        return self.on.isoformat() + (f"T{self.at:%H:%M}" if self.at else "")


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's turn as transcribed. `side`: "client", "operator" or "unknown"."""

    side: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One act.

    `turn`: index of the turn that names it; `word_from`, `word_to`: its words there, split at spaces, inclusive. `vague`:
    a time was said that is no date.
    """

    label: Label
    action: ActionKind | None = None
    amount: Amount | None = None
    due: Due | None = None
    vague: bool = False
    strength: Strength | None = None
    withdrawn: bool = False
    turn: int = 0
    word_from: int = 0
    word_to: int = 0
    side: str = ""
    """Of a dialogue: who binds himself. "Will you send it? - Yes" is named by one side and promised by the other."""
    why: str = ""
    """Name of the rule that decided, for people who mend the rules."""


NOTHING = Found(label=Label.NONE)
"""A sentence that binds nobody."""
