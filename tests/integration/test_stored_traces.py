"""Real traces through dispatcher and database: what is kept is what a replay says, on both databases."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from calls import queries
from calls.db import Database
from calls.dispatch import Dispatcher
from calls.replay import Replay, call_json
from pbx.events import PbxName
from pbx.trace import read_trace

TRACES = Path(__file__).resolve().parents[1] / "traces"


async def test_stored_calls_are_those_of_a_replay(db: Database) -> None:
    every = 1 if os.environ.get("SLOVO_TEST_LONG") else 6
    paths = [path for path in sorted(TRACES.glob("*.txt")) if ".part" not in path.name][::every]
    assert paths
    expected: dict[tuple[str, str], Any] = {}
    dispatcher = Dispatcher(db)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(dispatcher.run())
        for path in paths:
            replay = Replay()
            for event in replay.connection(read_trace(path)):
                dispatcher.put(replace(event, pbx=PbxName(path.stem)))
            expected |= {
                (path.stem, key): call_json(call.record, call.decision)
                for key, call in replay.calls.items()
            }
        await asyncio.wait_for(dispatcher.drain(), 120)
        running.cancel()
    async with db.read() as session:
        stored = {
            (row.pbx, row.linkedid): queries.call_json(row)
            async for row in queries.every_call(session)
        }
    assert stored.keys() == expected.keys()
    for key, call in expected.items():
        left_out = {"pops"} if stored[key]["outcome"] else {"pops", "outcome", "reason"}
        kept = {name: stored[key][name] for name in call.keys() - left_out}
        assert kept == {name: call[name] for name in call.keys() - left_out}, key
