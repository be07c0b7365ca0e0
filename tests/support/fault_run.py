"""One run with faults: Asterisk, a bad line, Slovo in processes of its own, a crowd of callers, faults, then the judge.

In: how many calls, how fast, which faults, which database. Out: a `Judgement` and the diary of the faults. What is needed
to look into a finding (the trace of the line, the logs, the rows) stays in the folder that was named.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from support.databases import own_cluster
from support.fault_asterisk import FaultAsterisk
from support.fault_click import click_all
from support.fault_judge import Judgement, judge
from support.fault_kinds import Fault, Faults
from support.fault_phones import CLIENT, LAST_CALL_S, Crowd, Facts
from support.fault_plan import Planned, plan
from support.fault_proxy import AmiProxy
from support.whole_way import Office

MEAN_S = 6.0
"""How long a call of the plan lasts, about."""
SETTLE_S = 120.0


@dataclass(frozen=True)
class Order:
    """What to do."""

    calls: int = 1000
    rate: float = 10.0
    together: int = 60
    seed: int = 1
    faults: tuple[str, ...] = ("cut", "kill", "restart", "lock")
    database: str = "sqlite"
    settle_s: float = 60.0
    """Slovo's own setting: how long after a call's end Asterisk's record of it is read."""


@dataclass
class Run:
    """What was done and seen."""

    order: Order
    judgement: Judgement
    diary: list[Fault]
    took_s: float
    together: int
    """How many calls went on at once, at most."""
    reconciled: str = ""
    """What `slovo reconcile` said."""
    facts: dict[str, Facts] = field(default_factory=dict)


def run(order: Order, folder: Path) -> Run:
    """Do it all.

    Args:
        order: what.
        folder: empty; the traces, logs and rows stay there.
    """
    planned = plan(order.calls, order.seed)
    with (
        _database(order.database, folder) as url,
        FaultAsterisk() as asterisk,
        AmiProxy(asterisk.ami, folder / "ami.txt") as proxy,
        _office(asterisk, proxy, folder, url, order) as office,
        Crowd(asterisk) as crowd,
    ):
        faults = Faults(office, asterisk, proxy, order.faults, order.seed)
        began = time.time()
        _let_them_call(crowd, faults, planned, order)
        took_s = time.time() - began
        asterisk.hang_up_all(30)
        reconciled = _settle(office, began)
        facts = crowd.facts()
        seen = _Seen.by(office, asterisk)
        shutil.copytree(crowd.work, folder / "sipp")
    restarts = [(f.began, f.ended) for f in faults.diary if f.kind == "restart"]
    judgement = judge(planned, facts, seen.cdr, seen.calls, seen.tasks, restarts)
    diary = sorted(faults.diary, key=lambda fault: fault.began)
    made = Run(order, judgement, diary, took_s, _most(facts), reconciled, facts)
    _keep(folder, seen, made)
    return made


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/slovo.db"
        return
    with own_cluster() as cluster, cluster.database() as url:
        yield url


def _office(
    asterisk: FaultAsterisk, proxy: AmiProxy, folder: Path, url: str, order: Order
) -> Office:
    asterisk_log = asterisk.root / "log"
    more = {
        "SLOVO_CDR_CSV": str(asterisk_log / "cdr-csv" / "Master.csv"),
        "SLOVO_QUEUE_LOG": str(asterisk_log / "queue_log"),
        "SLOVO_RECONCILE_SETTLE_S": str(order.settle_s),
    }
    return Office(asterisk, folder, url, staff=(), ami=proxy.address, more=more)


def _let_them_call(crowd: Crowd, faults: Faults, planned: Sequence[Planned], order: Order) -> None:
    """Make all calls, with the faults among them, and wait until the last one is over."""
    lasts_s = max(order.calls / order.rate, order.calls / order.together * MEAN_S)
    faults.begin(order.calls, lasts_s)
    crowd.begin(planned, order.rate, order.together)
    click_all(faults.asterisk, planned, lasts_s)
    deadline = time.monotonic() + LAST_CALL_S + lasts_s
    while crowd.calling:
        if time.monotonic() > deadline:
            raise AssertionError("the callers do not come to an end")
        time.sleep(0.2)
    faults.stop()
    faults.wait()


def _settle(office: Office, began: float) -> str:
    """Wait until Slovo has written everything down, and let it compare with Asterisk's own record."""
    deadline = time.monotonic() + SETTLE_S
    before: list[tuple[Any, Any]] = []
    while time.monotonic() < deadline:
        rows = [json.loads(line) for line in office.slovo("calls", "--json").splitlines()]
        now = [(row["linkedid"], row["ended_at"]) for row in rows]
        if now and now == before and all(ended for _, ended in now):
            break
        before = now
        time.sleep(2)
    since = datetime.fromtimestamp(began - 5, UTC).isoformat()
    while True:
        said = office.slovo("reconcile", "--since", since, "--json")
        if not json.loads(said)["unsettled"] or time.monotonic() > deadline + SETTLE_S:
            return said.strip()
        time.sleep(3)


@dataclass(frozen=True)
class _Seen:
    """What Slovo and Asterisk wrote down."""

    calls: list[dict[str, Any]]
    tasks: list[dict[str, Any]]
    cdr: set[str]
    """Clients of Asterisk's own record."""

    @classmethod
    def by(cls, office: Office, asterisk: FaultAsterisk) -> _Seen:
        calls, tasks = (
            [json.loads(line) for line in office.slovo(what, "--json").splitlines()]
            for what in ("calls", "tasks")
        )
        own = asterisk.root / "log" / "cdr-csv" / "Master.csv"
        shutil.copy(own, office.data_dir / "Master.csv")
        shutil.copy(asterisk.root / "log" / "queue_log", office.data_dir / "queue_log")
        return cls(calls, tasks, set(CLIENT.findall(own.read_text(errors="replace"))))


def _most(facts: dict[str, Facts]) -> int:
    """How many calls went on at once, at most."""
    marks = [mark for f in facts.values() for mark in ((f.span[0], 1), (f.span[1], -1))]
    now = most = 0
    for _, step in sorted(marks):
        now += step
        most = max(most, now)
    return most


def _keep(folder: Path, seen: _Seen, made: Run) -> None:
    def lines(name: str, rows: Sequence[Any]) -> None:
        text = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
        (folder / name).write_text(text)

    lines("calls.jsonl", seen.calls)
    lines("tasks.jsonl", seen.tasks)
    lines("diary.jsonl", [asdict(fault) for fault in made.diary])
    lines("findings.jsonl", [asdict(finding) for finding in made.judgement.findings])
    lines("facts.jsonl", [{"client": c, **asdict(f)} for c, f in made.facts.items()])
