"""The numbers of a funnel. Pure.

In: the steps of deals, as rows, and a period. Out: for each stage how many came, how many went on and were won, how long
they stayed. What the numbers mean, also when deals skip stages, go back or come twice:

- *came*: deals that came into the stage in the period, each counted once, however often it came;
- *went on*: of these, the deals that at any later time came to a stage further on (an open one behind it, or won): a
  skipped stage in between does not matter;
- *won*: of these, the deals that at any later time came to the won stage;
- *lost*: of these, the deals that at any later time came to a lost stage, and are not won afterwards;
- *days*: the mean length of the stays that began in the period and are over; what still lasts is not guessed;
- sums are today's sums of these deals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby, pairwise

DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Step:
    """A deal came into a stage. Rows are in order of deal, time and id."""

    deal_id: int
    stage_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """A stage of the funnel: `rank` grows along the way; kinds as in `crm.tables.Stage`."""

    stage_id: int
    kind: str
    rank: int


@dataclass(slots=True)
class StageCount:
    """The numbers of one stage."""

    came: int = 0
    went_on: int = 0
    won: int = 0
    lost: int = 0
    stays: int = 0
    """Stays that began in the period and are over."""
    stayed_s: float = 0.0
    amount: dict[str, Decimal] = field(default_factory=dict)
    """Currency → sum of the deals that came."""

    @property
    def days(self) -> float | None:
        """Mean length of a stay in days, None if none is over."""
        return self.stayed_s / self.stays / DAY_S if self.stays else None


def count(
    steps: Iterable[Step],
    places: Sequence[Place],
    period: tuple[datetime, datetime],
    amounts: Mapping[int, tuple[str, Decimal]],
) -> dict[int, StageCount]:
    """Count a funnel.

    Args:
        steps: all steps of the deals concerned, in order of deal, time and id; those into other funnels as well.
        places: the stages of the funnel.
        period: from (inclusive) and to (exclusive).
        amounts: deal → currency and sum.

    Returns:
        Id of a stage → its numbers; of every stage of `places`.
    """
    ranks = {place.stage_id: place for place in places}
    found = {place.stage_id: StageCount() for place in places}
    for deal_id, rows in groupby(steps, key=lambda step: step.deal_id):
        _count_deal(list(rows), ranks, period, found, amounts.get(deal_id))
    return found


def _count_deal(
    rows: Sequence[Step],
    ranks: Mapping[int, Place],
    period: tuple[datetime, datetime],
    found: Mapping[int, StageCount],
    amount: tuple[str, Decimal] | None,
) -> None:
    _count_stays(rows, period, found)
    seen: set[int] = set()
    for index, row in enumerate(rows):
        if row.stage_id in seen or row.stage_id not in found or not _within(row.at, period):
            continue
        seen.add(row.stage_id)
        here, later = ranks[row.stage_id], [ranks.get(step.stage_id) for step in rows[index + 1 :]]
        numbers = found[row.stage_id]
        _count_fate(numbers, here, [place for place in later if place is not None])
        if amount is not None:
            currency, value = amount
            numbers.amount[currency] = numbers.amount.get(currency, Decimal(0)) + value


def _count_fate(numbers: StageCount, here: Place, later: Sequence[Place]) -> None:
    numbers.came += 1
    numbers.went_on += any(
        place.kind == "won" or (place.kind == "open" and place.rank > here.rank) for place in later
    )
    closings = [place.kind for place in later if place.kind in ("won", "lost")]
    numbers.won += "won" in closings
    numbers.lost += bool(closings) and closings[-1] == "lost"


def _count_stays(
    rows: Sequence[Step],
    period: tuple[datetime, datetime],
    found: Mapping[int, StageCount],
) -> None:
    for row, following in pairwise(rows):
        if row.stage_id in found and _within(row.at, period):
            found[row.stage_id].stays += 1
            found[row.stage_id].stayed_s += (following.at - row.at).total_seconds()


def _within(at: datetime, period: tuple[datetime, datetime]) -> bool:
    return period[0] <= at < period[1]
