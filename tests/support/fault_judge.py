"""Compares what Slovo wrote down with what the parties of the calls did. Pure.

In: the plan, what the parties said (`Facts`), Asterisk's own record, Slovo's calls and tasks as its command line prints
them, when Asterisk was restarted. Out: `Judgement`: every call put under one truth, and every fault found, by name.

A call is judged by its plan if its parties say that they kept to it. One that a restart of Asterisk cut is judged by what
the phones had done until then. One that went otherwise for no such reason is counted as "plan not kept", and still must
not be lost or doubled.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support.fault_phones import Facts
from support.fault_plan import Planned

Row = Mapping[str, Any]
FAULTS = (
    "lost",
    "doubled",
    "strangers",
    "never ended",
    "false task",
    "missing task",
    "wrong outcome",
    "wrong person",
)
BEFORE_S, AFTER_S = 1.0, 3.0
"""How near to a restart a call's sign counts as touched by it."""

AT_ONCE_S = 0.3


@dataclass(frozen=True)
class Truth:
    """What became of one call."""

    kind: str
    """"kept", "cut" (by a restart of Asterisk), "not kept", "not made"."""
    outcome: str | None
    """None: not answered, and nobody can say more."""
    answered_by: str | None


@dataclass(frozen=True)
class Finding:
    """One fault of Slovo."""

    fault: str
    client: str
    shape: str
    truth: Truth | None
    source: str
    row: Row | None


@dataclass
class Judgement:
    """What a run showed."""

    truths: Counter[str] = field(default_factory=Counter)
    """How many calls were kept, cut, not kept, not made."""
    not_kept: Counter[str] = field(default_factory=Counter)
    """By shape."""
    sources: Counter[str] = field(default_factory=Counter)
    """Judged calls by `source`."""
    gone: int = 0
    """Cut calls that neither Asterisk nor anybody else kept a record of."""
    in_cdr: int = 0
    """Clients that Asterisk's own record knows."""
    findings: list[Finding] = field(default_factory=list)

    def count(self, fault: str, *sources: str) -> int:
        """How many findings of one fault, among calls of these sources (none named: of all)."""
        return sum(f.fault == fault and (not sources or f.source in sources) for f in self.findings)


def truth_of(call: Planned, facts: Facts | None, restarts: Sequence[tuple[float, float]]) -> Truth:
    """Say what became of a call, as far as its parties know."""
    shape = call.shape
    if facts is None or not (facts.said or facts.pickups):
        return Truth("not made", None, None)
    persons = [who for _, who in facts.pickups]
    heard = persons[1:] if shape.caller is None else persons
    kept = len(persons) == shape.pickups and (
        not shape.caller_saw or shape.caller_saw in facts.said
    )
    if shape.outcome != "answered":
        kept = kept and not persons
    answered = bool(heard)
    if kept and not _touched(facts, restarts):
        return Truth("kept", shape.outcome, heard[0] if answered else None)
    if any(_at_once(at, restarts) for at, _ in facts.pickups):
        return Truth("not kept", None, None)
    kind = "cut" if _touched(facts, restarts) else "not kept"
    return Truth(kind, "answered" if answered else None, heard[0] if answered else None)


def _at_once(at: float, restarts: Sequence[tuple[float, float]]) -> bool:
    """Whether a phone was picked up in the moment of a restart: who knows whether Asterisk still took it."""
    return any(began - AT_ONCE_S <= at <= end for began, end in restarts)


def _touched(facts: Facts, restarts: Sequence[tuple[float, float]]) -> bool:
    first, last = facts.span
    return any(first <= end + AFTER_S and last >= began - BEFORE_S for began, end in restarts)


def judge(
    planned: Sequence[Planned],
    facts: Mapping[str, Facts],
    cdr_clients: set[str],
    calls: Sequence[Row],
    tasks: Sequence[Row],
    restarts: Sequence[tuple[float, float]],
) -> Judgement:
    """Judge a whole run."""
    found = Judgement(in_cdr=len(cdr_clients))
    rows, left = _by_client(calls, {call.client for call in planned})
    tasks_of: dict[str, list[Row]] = defaultdict(list)
    for task in tasks:
        tasks_of[task["number"] or ""].append(task)
    for call in planned:
        truth = truth_of(call, facts.get(call.client), restarts)
        found.truths[truth.kind] += 1
        if truth.kind == "not kept":
            found.not_kept[call.shape.name] += 1
        for fault, row in _faults(call, truth, rows[call.client], tasks_of[call.client]):
            if fault == "lost" and call.client not in cdr_clients and truth.kind != "kept":
                found.gone += truth.kind == "cut"
                continue
            found.findings.append(_finding(fault, call, truth, row))
        found.sources.update(
            _source(row) for row in rows[call.client][:1] if truth.kind != "not made"
        )
    found.findings += [_stranger(row) for row in left]
    return found


def _by_client(calls: Sequence[Row], clients: set[str]) -> tuple[dict[str, list[Row]], list[Row]]:
    """Slovo's calls by the client of the plan, and those of nobody."""
    rows: dict[str, list[Row]] = defaultdict(list)
    left = []
    for row in calls:
        client = next((n for n in (row["caller"], row["called"]) if n in clients), None)
        if client is None:
            left.append(row)
        else:
            rows[client].append(row)
    return rows, left


def _faults(
    call: Planned, truth: Truth, rows: Sequence[Row], tasks: Sequence[Row]
) -> list[tuple[str, Row | None]]:
    if not rows:
        return [("lost", None)]
    row = rows[0]
    faults: list[tuple[str, Row | None]] = []
    if len(rows) > 1:
        faults.append(("doubled", rows[1]))
    if row["outcome"] is None or row["ended_at"] is None:
        return [*faults, ("never ended", row)]
    if truth.kind in ("not made", "not kept"):
        return faults
    if _wrong_outcome(truth, row):
        faults.append(("wrong outcome", row))
    elif (row["answered_by"] or None) != truth.answered_by:
        faults.append(("wrong person", row))
    return faults + [(fault, row) for fault in _task_faults(call, truth, tasks)]


def _wrong_outcome(truth: Truth, row: Row) -> bool:
    if truth.outcome is None:
        return row["outcome"] == "answered"
    return bool(row["outcome"] != truth.outcome)


def _task_faults(call: Planned, truth: Truth, tasks: Sequence[Row]) -> list[str]:
    due = not call.shape.outgoing and truth.outcome != "answered"
    if tasks and not due:
        return ["false task"]
    if due and not tasks:
        return ["missing task"]
    return ["doubled"] if len(tasks) > 1 or any(t["missed_calls"] != 1 for t in tasks) else []


def _source(row: Row) -> str:
    return str(row.get("source") or "unknown")


def _finding(fault: str, call: Planned, truth: Truth, row: Row | None) -> Finding:
    return Finding(fault, call.client, call.shape.name, truth, _source(row) if row else "", row)


def _stranger(row: Row) -> Finding:
    return Finding("strangers", str(row["caller"] or row["called"]), "", None, _source(row), row)
