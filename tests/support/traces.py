"""The recorded AMI traffic in tests/traces and what truly happened in it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from calls.replay import Replay, call_json
from pbx.events import PbxEvent
from pbx.trace import TimedMessage, read_trace

TRACES = Path(__file__).resolve().parents[1] / "traces"


@dataclass(frozen=True)
class Scenario:
    """One recorded scenario: its connections and its truth."""

    name: str

    @property
    def files(self) -> list[Path]:
        return sorted(TRACES.glob(f"{self.name}.part[0-9].txt")) or [TRACES / f"{self.name}.txt"]

    @property
    def truth(self) -> list[dict]:
        return json.loads((TRACES / f"{self.name}.json").read_text("utf-8"))["calls"]

    def connections(self) -> list[list[TimedMessage]]:
        return [list(read_trace(path)) for path in self.files]


def scenarios() -> list[Scenario]:
    return [Scenario(path.stem) for path in sorted(TRACES.glob("*.json"))]


def replayed(connections: Iterable[Iterable[TimedMessage]]) -> tuple[Replay, list[PbxEvent]]:
    """Return the replay and every event that it emitted."""
    run = Replay()
    return run, [event for messages in connections for event in run.connection(messages)]


def calls_of(run: Replay) -> list[dict]:
    return [call_json(call.record, call.decision) for call in run.calls.values()]


def ami(event: str, at: datetime | None = None, **headers: str) -> TimedMessage:
    """A message made by hand."""
    return TimedMessage({"Event": event, **headers}, at)


def all_messages() -> Iterator[TimedMessage]:
    for scenario in scenarios():
        for connection in scenario.connections():
            yield from connection
