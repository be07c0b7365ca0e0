"""The judge of `tests/bench/faults.py` finds each kind of fault, and none where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from support.fault_judge import judge, truth_of
from support.fault_phones import Facts
from support.fault_plan import SHAPES, Planned, plan

BY_NAME = {shape.name: shape for shape in SHAPES}
ANSWERED = Planned("79100000001", BY_NAME["direct answered"], "79100000001", "74951240201")
MISSED = Planned("79100000002", BY_NAME["direct no answer"], "79100000002", "74951240231")
FACTS = {
    ANSWERED.client: Facts(
        {"called": 100.0, "answered": 101.5, "hung_up": 105.0}, [(101.5, "201")]
    ),
    MISSED.client: Facts({"called": 100.0, "refused": 106.0}),
}
CLIENTS = {ANSWERED.client, MISSED.client}


def row(call: Planned, **changed: Any) -> dict[str, Any]:
    values = {
        "caller": call.by,
        "called": call.to,
        "outcome": call.shape.outcome,
        "answered_by": "201" if call is ANSWERED else None,
        "ended_at": "2026-11-22T09:00:00Z",
        "source": "live",
    }
    return values | changed


def task(call: Planned) -> dict[str, Any]:
    return {"number": call.client, "missed_calls": 1}


GOOD = [row(ANSWERED), row(MISSED)]


@pytest.mark.parametrize(
    ("calls", "tasks", "found"),
    [
        (GOOD, [task(MISSED)], []),
        ([row(MISSED)], [task(MISSED)], ["lost"]),
        ([*GOOD, row(ANSWERED)], [task(MISSED)], ["doubled"]),
        ([*GOOD, row(ANSWERED, caller="999", called="998")], [task(MISSED)], ["strangers"]),
        ([row(ANSWERED, outcome=None), row(MISSED)], [task(MISSED)], ["never ended"]),
        ([row(ANSWERED, outcome="missed"), row(MISSED)], [task(MISSED)], ["wrong outcome"]),
        ([row(ANSWERED, answered_by="202"), row(MISSED)], [task(MISSED)], ["wrong person"]),
        (GOOD, [task(MISSED), task(ANSWERED)], ["false task"]),
        (GOOD, [], ["missing task"]),
        (GOOD, [task(MISSED), task(MISSED)], ["doubled"]),
    ],
)
def test_each_fault_is_found_by_its_name(
    calls: list[dict[str, Any]], tasks: list[dict[str, Any]], found: list[str]
) -> None:
    judged = judge([ANSWERED, MISSED], FACTS, CLIENTS, calls, tasks, [])
    assert [finding.fault for finding in judged.findings] == found
    assert judged.truths == {"kept": 2}


def test_call_cut_by_a_restart_is_judged_by_what_the_phones_had_done() -> None:
    refused = Facts({"called": 100.0, "refused": 100.1})
    assert truth_of(ANSWERED, refused, [(102.0, 105.0)]).kind == "not kept"
    assert truth_of(ANSWERED, refused, [(100.5, 105.0)]).kind == "cut"
    forgotten = Facts({"called": 100.0})
    assert truth_of(ANSWERED, forgotten, [(130.0, 135.0)]).kind == "cut"
    picked_up = Facts({"called": 100.0, "answered": 101.0}, [(101.0, "201")])
    truth = truth_of(ANSWERED, picked_up, [(101.5, 105.0)])
    assert (truth.kind, truth.outcome, truth.answered_by) == ("cut", "answered", "201")
    assert truth_of(ANSWERED, picked_up, [(101.1, 105.0)]).kind == "not kept"


def test_cut_call_that_no_record_knows_is_not_lost_by_slovo() -> None:
    facts = {ANSWERED.client: Facts({"called": 100.0})}
    assert judge([ANSWERED], facts, set(), [], [], [(100.5, 105.0)]).findings == []
    known = judge([ANSWERED], facts, {ANSWERED.client}, [], [], [(100.5, 105.0)])
    assert [finding.fault for finding in known.findings] == ["lost"]


def test_plan_has_every_shape_once_and_each_client_his_own_number() -> None:
    planned = plan(200, seed=1)
    assert {call.shape.name for call in planned} == set(BY_NAME)
    assert len({call.client for call in planned}) == len(planned)
    assert planned == plan(200, seed=1)
