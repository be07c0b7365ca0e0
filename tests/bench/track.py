"""AMI events per second, from bytes to folded calls (and rows), beside panoramisk alone on the same stream.

The stream is made of the recorded traces, shuffled and repeated with fresh ids, handed over in pieces as a socket would.
panoramisk's part is its own protocol and manager with one callback for every event, fed the same bytes in this process.

    python tests/bench/track.py --events 100000 --seed 1 --json

Then (`track_load`) with 10, 1,000 and 5,000 calls in progress: one event must cost as much as with few; and a day of
100,000 calls, after which nothing may be left of them. Exit code 1 if any of the three aims is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

import track_load  # noqa: E402
from panoramisk import Manager  # noqa: E402
from panoramisk.ami_protocol import AMIProtocol  # noqa: E402
from support.traces import scenarios  # noqa: E402

from calls.model import CallRecord, fold  # noqa: E402
from pbx.events import CallEnded, CallEvent, Linkedid, PbxEvent, PbxName  # noqa: E402
from pbx.protocol import SlovoProtocol  # noqa: E402
from pbx.tracker import CallTracker  # noqa: E402

PIECE_BYTES = 4096
AIM = 0.5
"""Of panoramisk's own rate, without the database."""


class _Transport:
    """A socket that takes everything and says nothing."""

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def main() -> None:
    """Run, print, and exit with 1 if the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100_000, help="at least so many")
    parser.add_argument("--database-events", type=int, default=10_000, help="with rows; 0 = not")
    parser.add_argument("--together", default="10,1000,5000", help="calls at once; '' = not")
    parser.add_argument("--day", type=int, default=100_000, help="calls of a day; 0 = not")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many runs counts")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    report = _measure(args)
    print(json.dumps(report, indent=2) if args.json else _as_text(report))
    sys.exit(0 if report["passed"] else 1)


def stream(events: int, seed: int) -> tuple[bytes, int]:
    """Return bytes with at least so many events, and how many they hold."""
    chance = random.Random(seed)
    parts = [[path.read_bytes().partition(b"\r\n")[2] for path in s.files] for s in scenarios()]
    made, count, turn = [], 0, 1000
    while count < events:
        chance.shuffle(parts)
        for connections in parts:
            turn += 1
            for (
                data
            ) in connections:  # channel ids begin with the time of day: give each turn its own
                made.append(data.replace(b": 1795", b": %d" % turn))
                count += data.count(b"Event: ")
    return b"".join(made), count


def pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), PIECE_BYTES):
        yield data[start : start + PIECE_BYTES]


def panoramisk_alone(data: bytes) -> int:
    """Feed panoramisk; return how many events its callback saw."""
    seen = 0

    def callback(manager: Any, event: Any) -> None:
        nonlocal seen
        seen += 1

    manager = Manager(loop=asyncio.get_running_loop())
    manager.register_event("*", callback)
    protocol = AMIProtocol()
    protocol.connection_made(_Transport())
    protocol.factory, protocol.encoding = manager, "utf-8"
    protocol.connection_lost = lambda exc: None  # a recorded Shutdown must not end the run
    for piece in pieces(data):
        protocol.data_received(piece)
    return seen


def slovo(data: bytes, emit: Callable[[PbxEvent], object]) -> int:
    """Feed our protocol and tracker; return how many events came through."""
    tracker = CallTracker(PbxName("bench"))

    def take(headers: Any) -> None:
        for event in tracker.feed(headers, None):
            emit(event)

    protocol = SlovoProtocol(take, lambda why: None)
    for piece in pieces(data):
        protocol.data_received(piece)
    return tracker.counters.messages


def folding() -> tuple[Callable[[PbxEvent], object], dict[Linkedid, CallRecord]]:
    """Return a reader of events that folds them, and its live records."""
    records: dict[Linkedid, CallRecord] = {}

    def take(event: PbxEvent) -> None:
        if isinstance(event, CallEvent):
            records[event.call] = fold(records.get(event.call), event)
            if isinstance(event, CallEnded):
                del records[event.call]

    return take, records


async def with_database(data: bytes) -> float:
    """Return seconds from the first byte to the last row, on SQLite."""
    from calls.db import Database
    from calls.dispatch import Dispatcher
    from crm.migrate import upgrade

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.db"
        await asyncio.to_thread(upgrade, url)
        db = Database(url)
        dispatcher = Dispatcher(db)
        storing = asyncio.create_task(dispatcher.run())
        began = time.perf_counter()
        slovo(data, dispatcher.put)
        await dispatcher.drain()
        took_s = time.perf_counter() - began
        storing.cancel()
        await asyncio.gather(storing, return_exceptions=True)
        await db.dispose()
    return took_s


def _best_s(repeat: int, run: Callable[[], int], events: int) -> float:
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        seen = run()
        times.append(time.perf_counter() - began)
        if seen < events * 0.99:
            raise SystemExit(f"only {seen} of {events} events came through")
    return min(times)


def _measure(args: argparse.Namespace) -> dict[str, Any]:
    data, events = stream(args.events, args.seed)

    async def compare() -> tuple[float, float, float]:
        bare_s = _best_s(args.repeat, lambda: panoramisk_alone(data), events)
        tracked_s = _best_s(args.repeat, lambda: slovo(data, lambda event: None), events)
        folded_s = _best_s(args.repeat, lambda: slovo(data, folding()[0]), events)
        return bare_s, tracked_s, folded_s

    bare_s, tracked_s, folded_s = asyncio.run(compare())
    report: dict[str, Any] = {
        "events": events,
        "seed": args.seed,
        "panoramisk_per_s": round(events / bare_s),
        "tracker_per_s": round(events / tracked_s),
        "folded_per_s": round(events / folded_s),
        "ratio": round(bare_s / folded_s, 3),
        "aim": AIM,
        "passed": bare_s / folded_s >= AIM,
    }
    if args.database_events:
        data, stored = stream(args.database_events, args.seed)
        report["database_per_s"] = round(stored / asyncio.run(with_database(data)))
        report["database_events"] = stored
    sizes = [int(size) for size in args.together.split(",") if size]
    _measure_load(report, sizes, args)
    return report


def _measure_load(report: dict[str, Any], sizes: list[int], args: argparse.Namespace) -> None:
    """Add what many calls at once and a whole day of calls cost."""
    if sizes:
        loads = [track_load.under_load(size, args.events // 2, args.seed) for size in sizes]
        costs = [load["us_per_event"] for load in loads]
        report["together"] = loads
        report["cost_growth"] = round(costs[-1] / costs[0], 2)
        report["passed"] &= costs[-1] <= costs[0] * track_load.FLAT
        report["passed"] &= not any(load["left_calls"] for load in loads)
    if args.day:
        day = report["day"] = track_load.a_day(args.day, args.seed)
        report["passed"] &= not (day["left_calls"] or day["left_channels"] or day["left_bridges"])
        report["passed"] &= day["held_after_all"] <= day["held_warm"] * track_load.GROWTH


def _as_text(report: dict[str, Any]) -> str:
    lines = []
    for name, value in report.items():
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            said = (
                ", ".join(f"{k} {v}" for k, v in part.items()) if isinstance(part, dict) else part
            )
            lines.append(f"{name:20} {said}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
