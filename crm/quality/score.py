"""Score cards: criteria with weights, and what a call gets by them. Pure.

In: the criteria of a form and the points that a reviewer gave. Out: a score of 100, and how far several reviewers agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

MOST_CRITERIA = 60
MOST_WEIGHT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that is judged. `scale`: the most points (1 = yes or no); `fatal`: 0 points make the whole call 0."""

    key: str
    text: str
    weight: int = 1
    scale: int = 1
    fatal: bool = False
    section: str = ""

    def to_json(self) -> dict[str, Any]:
        """As `score_forms.criteria` keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Score:
    """`value` of 100, None if no criterion applied; `fatal`: one that must hold was not met."""

    value: float | None
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """How reviewers of one call judged one criterion. `spread`: greatest difference, as a part of the scale (0 to 1)."""

    criterion: Criterion
    points: tuple[int | None, ...]
    spread: float


def criteria_of(kept: Sequence[Mapping[str, Any]]) -> list[Criterion]:
    """The criteria as `score_forms.criteria` keeps them."""
    return [Criterion(**one) for one in kept]


def score(criteria: Sequence[Criterion], points: Mapping[str, int | None]) -> Score:
    """Weigh the points; criteria without points, or that did not apply, do not count.

    Args:
        criteria: of the form.
        points: by the key of the criterion, 0 to its scale; None: it did not apply.
    """
    judged = [(one, points[one.key]) for one in criteria if points.get(one.key) is not None]
    if any(one.fatal and not given for one, given in judged):
        return Score(0.0, fatal=True)
    total = sum(one.weight for one, _ in judged)
    if not total:
        return Score(None)
    got = sum(one.weight * (given or 0) / one.scale for one, given in judged)
    return Score(round(100 * got / total, 1))


def unanswered(criteria: Sequence[Criterion], points: Mapping[str, int | None]) -> list[Criterion]:
    """Criteria about which nothing was said, not even that they did not apply."""
    return [one for one in criteria if one.key not in points]


def agreements(
    criteria: Sequence[Criterion], reviews: Sequence[Mapping[str, int | None]]
) -> list[Agreement]:
    """Compare reviews, the widest disagreement first. "Did not apply" against points counts as the whole scale."""
    found = []
    for one in criteria:
        points = tuple(review.get(one.key) for review in reviews)
        given = [point for point in points if point is not None]
        if len(points) > 1 and given and len(given) < len(points):
            spread = 1.0
        else:
            spread = (max(given) - min(given)) / one.scale if given else 0.0
        found.append(Agreement(one, points, spread))
    return sorted(found, key=lambda one: -one.spread * one.criterion.weight)


def agreement_of(found: Sequence[Agreement]) -> float | None:
    """Part of the criteria, by weight, on which all agree: 0 to 1; None without criteria."""
    weights = sum(one.criterion.weight for one in found)
    if not weights:
        return None
    return 1 - sum(one.spread * one.criterion.weight for one in found) / weights


def mean(scores: Sequence[float]) -> float | None:
    """The average, None of nothing."""
    return round(fmean(scores), 1) if scores else None
