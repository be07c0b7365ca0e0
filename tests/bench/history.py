"""The history of one busy client: how long a page takes, beside one plain SQL query over its biggest table.

In a base of `--calls` calls of others one client has `--entries` entries (half of them calls, the rest comments, tasks,
deal steps, files and changed fields). Read are the first page, pages from all over, and each page after the other, once
as a supervisor and once as an operator who sees own calls only. The plain query is what a page of calls alone costs:
the newest 40 calls of the client.

    python tests/bench/history.py                    # both databases
    python tests/bench/history.py --database sqlite --json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sqlalchemy import event, insert, text  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402
from support.databases import own_cluster  # noqa: E402
from support.people import person  # noqa: E402

from calls.db import Database  # noqa: E402
from calls.tables import Call, CallLeg  # noqa: E402
from crm import history  # noqa: E402
from crm.access import SYSTEM, Actor  # noqa: E402
from crm.history import Kind, Place, Wanted  # noqa: E402
from crm.migrate import upgrade  # noqa: E402
from crm.tables import (  # noqa: E402
    CallLink,
    Change,
    Client,
    Comment,
    Deal,
    DealStep,
    Funnel,
    Stage,
    StoredFile,
    Task,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
YEARS_S = 3 * 365 * 86400
BUSY = 1
PLAIN = text(
    "SELECT c.id, c.started_at FROM call_links l JOIN calls c ON c.id = l.call_id "
    "WHERE l.client_id = 1 AND c.merged_into_id IS NULL "
    "ORDER BY c.started_at DESC, c.id DESC LIMIT 40"
)
CHUNK = 5000


async def _add(db: Database, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), CHUNK):
        async with db.write() as session:
            await session.execute(insert(table), rows[start : start + CHUNK])


async def lay(db: Database, options: argparse.Namespace) -> Actor:
    """Fill the base; returns an operator who talked in a tenth of the busy client's calls."""
    rng = random.Random(options.seed)

    def at() -> datetime:
        return NOW - timedelta(seconds=rng.randrange(YEARS_S))

    operator = await person(db, "anna", extensions=("101",))
    clients = max(2, options.calls // 20)
    stamps = {"created_at": NOW, "updated_at": NOW, "version": 1}
    named = [
        {"id": n, "kind": "person", "name": f"Client {n}", **stamps} for n in range(1, clients + 1)
    ]
    await _add(db, Client, named)
    half = options.entries // 2
    calls, legs, links = [], [], []
    for n in range(1, options.calls + half + 1):
        whose = BUSY if n <= half else rng.randrange(2, clients + 1)
        phone = str(rng.randrange(101, 111))
        began = at()
        calls.append({"id": n, "pbx": "main", "linkedid": f"1.{n}", "direction": "in", "started_at": began,
                      "ended": True, "outcome": "answered", "answered_by": phone, "final_handler": phone,
                      "remote_number": "+79161234567", "talk_s": 60.0})  # fmt: skip
        legs.append({"call_id": n, "position": 0, "uniqueid": f"1.{n}", "extension": phone, "rang": True,
                     "rang_at": began, "talked": True})  # fmt: skip
        links.append({"call_id": n, "client_id": whose, "linked_at": began})
    await _add(db, Call, calls)
    await _add(db, CallLeg, legs)
    await _add(db, CallLink, links)
    await _lay_rest(db, half, at)
    if "postgresql" in options.running:
        async with db.write() as session:
            await session.execute(text("ANALYZE"))
    return operator


async def _lay_rest(db: Database, count: int, at: Callable[[], datetime]) -> None:
    fifth = count // 5
    await _add(
        db, Comment, [{"client_id": BUSY, "text": "Called back.", "at": at()} for _ in range(fifth)]
    )
    tasks = ({"kind": "todo", "state": "done", "title": "x", "client_id": BUSY, "opened_at": (t := at()),
              "closed_at": t + timedelta(hours=3), "version": 1} for _ in range(fifth))  # fmt: skip
    await _add(db, Task, list(tasks))
    await _add(db, Funnel, [{"id": 1, "name": "Sales"}])
    await _add(db, Stage, [{"id": 1, "funnel_id": 1, "name": "New"}])
    deals = [{"id": n, "name": "Roof", "client_id": BUSY, "funnel_id": 1, "stage_id": 1, "opened_at": at(),
              "stage_at": NOW, "updated_at": NOW, "version": 1} for n in range(1, fifth // 5 + 2)]  # fmt: skip
    await _add(db, Deal, deals)
    steps = [{"deal_id": n % len(deals) + 1, "stage_id": 1, "at": at()} for n in range(fifth)]
    await _add(db, DealStep, steps)
    files = [{"client_id": BUSY, "name": "f.txt", "media_type": "text/plain", "size_bytes": 1, "sha256": "0" * 64,
              "at": at()} for _ in range(fifth)]  # fmt: skip
    await _add(db, StoredFile, files)
    changes = [{"at": at(), "subject_kind": "client", "subject_id": BUSY, "client_id": BUSY, "field": "name"}
               for _ in range(fifth)]  # fmt: skip
    await _add(db, Change, changes)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Statements that ran inside the block."""
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def timed(times: int, act: Callable[[int], Awaitable[Any]]) -> dict[str, float]:
    """Milliseconds of each, after one round to warm up."""
    await act(0)
    took = []
    for n in range(times):
        began = perf_counter()
        await act(n)
        took.append((perf_counter() - began) * 1000)
    cuts = quantiles(took, n=100)
    return {"p50_ms": round(cuts[49], 2), "p95_ms": round(cuts[94], 2)}


async def measure(db: Database, operator: Actor, options: argparse.Namespace) -> dict[str, Any]:
    """What was measured, by name."""
    wanted = Wanted(kinds=frozenset(Kind))
    rng = random.Random(options.seed + 1)
    places = [
        Place(NOW - timedelta(seconds=rng.randrange(YEARS_S)), 0, 0) for _ in range(options.times)
    ]

    async def read(actor: Actor, before: Place | None) -> history.Page:
        async with db.read() as session:
            return await history.page(session, actor, BUSY, wanted, before=before)

    async def plain(n: int) -> None:
        async with db.read() as session:
            (await session.execute(PLAIN)).all()

    with counted() as statements:
        page = await read(SYSTEM, None)
    queries, pages, rows = len(statements), 1, len(page.entries)
    began = perf_counter()
    while page.next_before is not None:
        page = await read(SYSTEM, page.next_before)
        pages, rows = pages + 1, rows + len(page.entries)
    whole_s = perf_counter() - began
    return {
        "entries": rows,
        "pages": pages,
        "queries_of_a_page": queries,
        "whole_s": round(whole_s, 2),
        "first_page": await timed(options.times, lambda n: read(SYSTEM, None)),
        "any_page": await timed(options.times, lambda n: read(SYSTEM, places[n])),
        "operator_first_page": await timed(options.times, lambda n: read(operator, None)),
        "operator_any_page": await timed(options.times, lambda n: read(operator, places[n])),
        "plain_sql": await timed(options.times, plain),
    }


async def run(url: str, options: argparse.Namespace) -> dict[str, Any]:
    """Fill one database and measure."""
    await asyncio.to_thread(upgrade, url)
    db = Database(url)
    try:
        return await measure(db, await lay(db, options), options)
    finally:
        await db.dispose()


def main() -> None:
    """Measure on the databases asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--calls", type=int, default=100_000, help="calls of other clients")
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    for name in (options.database,) if options.database else ("sqlite", "postgresql"):
        options.running = name
        if name == "sqlite":
            with tempfile.TemporaryDirectory() as folder:
                found[name] = asyncio.run(run(f"sqlite:///{Path(folder) / 'bench.db'}", options))
        else:
            with own_cluster() as cluster, cluster.database() as url:
                found[name] = asyncio.run(run(url, options))
    if options.json:
        print(json.dumps(found))
        return
    for name, figures in found.items():
        print(name)
        for key, value in figures.items():
            print(f"  {key:22} {value}")


if __name__ == "__main__":
    main()
