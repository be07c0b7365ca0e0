"""Score cards: `crm.quality.score`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.quality.score import Criterion, Score, agreement_of, agreements, score, unanswered

GREETED = Criterion(key="a", text="Greeted", weight=1)
ASKED = Criterion(key="b", text="Asked what is needed", weight=3, scale=5)
CONSENT = Criterion(key="c", text="Told of the recording", weight=2, fatal=True)
CARD = (GREETED, ASKED, CONSENT)


@pytest.mark.parametrize(
    ("points", "found"),
    [
        ({"a": 1, "b": 5, "c": 1}, Score(100.0)),
        ({"a": 0, "b": 5, "c": 1}, Score(83.3)),
        ({"a": 1, "b": 2, "c": 1}, Score(70.0)),
        ({"a": 1, "b": 5, "c": 0}, Score(0.0, fatal=True)),
        ({"a": 1, "b": None, "c": None}, Score(100.0)),
        ({"a": None, "b": None, "c": None}, Score(None)),
        ({}, Score(None)),
    ],
)
def test_points_are_weighed(points: dict[str, int | None], found: Score) -> None:
    assert score(CARD, points) == found


@given(st.dictionaries(st.sampled_from("abc"), st.one_of(st.none(), st.integers(0, 1))))
def test_score_stays_between_nothing_and_all(points: dict[str, int | None]) -> None:
    value = score(CARD, points).value
    assert value is None or 0 <= value <= 100


def test_criterion_that_was_passed_over_is_named() -> None:
    assert unanswered(CARD, {"a": 1, "b": None}) == [CONSENT]


def test_widest_disagreement_stands_first() -> None:
    found = agreements(CARD, [{"a": 1, "b": 5, "c": 1}, {"a": 1, "b": 2, "c": None}])
    assert [(one.criterion.key, one.spread) for one in found] == [
        ("c", 1.0),
        ("b", 0.6),
        ("a", 0.0),
    ]
    assert agreement_of(found) == pytest.approx(1 - (2 * 1.0 + 3 * 0.6) / 6)


def test_same_marks_agree_wholly() -> None:
    same = {"a": 1, "b": 3, "c": None}
    assert agreement_of(agreements(CARD, [same, same])) == 1.0
    assert agreement_of([]) is None
