"""A clause to judge, with all that judging needs. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from calls.promises.english import phrases
from calls.promises.english.clause import Clause, Who
from calls.promises.english.listed import listed
from calls.promises.model import ActionKind as Kind
from calls.promises.model import Strength

CONCESSIONS = frozenset({Kind.DISCOUNT, Kind.REFUND, Kind.WAIVER, Kind.PRICE})


CLIENT_ACTS = frozenset(
    {
        Kind.CALLBACK,
        Kind.PAYMENT,
        Kind.DOCUMENT,
        Kind.VISIT,
        Kind.DELIVERY,
        Kind.REFUND,
        Kind.TRANSFER,
    }
)


RECEIVING = listed("get receive have hear see")


BOUND = frozenset({Who.I, Who.WE, Who.IMPLIED, Who.MINE})


OF_MACHINES = re.compile(
    r" (?:car|bike|watch|boiler|machine|laptop|phone|van|bicycle|engine|violin|piano|"
    r"guitar|shoes|boots|washer|dryer|dishwasher|fridge|oven|computer|tablet|screen|"
    r"vehicle|motorbike|scooter|mower|clock|camera) "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A clause to judge. `text`: what it says, with what completes it; `rest`: from its verb on."""

    clause: Clause
    text: str
    rest: str
    whole: str
    kind: Kind
    timed: bool
    side: str
    conditional: bool = False
    """A real condition stands beside it."""

    @property
    def client(self) -> bool:
        """Whether the client speaks."""
        return self.side == "client"

    @property
    def to_you(self) -> bool:
        """Whether the other side is named."""
        return re.search(r" (?:you|your|yours|you've) ", self.text) is not None


def strength_of(case: Case) -> Strength:
    """Hedged if a word says so, else firm."""
    return Strength.HEDGED if phrases.HEDGES.search(case.text) else Strength.FIRM
