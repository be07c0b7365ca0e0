"""Sample calls: sound and text of ten invented conversations, for the simulator and for tests.

In: the files beside this module. Out: `calls()`. Made by `python -m pbx.samples.speak` (Russian and English); the Korean
ones are described in `calls/README.md`. Left channel: client, right channel: operator.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CALLS = Path(__file__).parent / "calls"
RATE_HZ = 16_000


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says in one go."""

    side: str
    """"client" or "operator"."""
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True)
class SampleCall:
    """One conversation. `path` is a stereo sound file of 16 kHz: left client, right operator."""

    name: str
    lang: str
    path: Path
    turns: tuple[Turn, ...]
    about: str = ""

    @property
    def length_s(self) -> float:
        """Seconds until the last word."""
        return self.turns[-1].end_s


@cache
def calls() -> tuple[SampleCall, ...]:
    """Return all sample calls, by name ("en-1" … "ru-6")."""
    found = []
    for path in sorted(CALLS.glob("*.json")):
        text = json.loads(path.read_text(encoding="utf-8"))
        turns = tuple(Turn(**turn) for turn in text["turns"])
        sound = path.with_name(text["file"])
        found.append(SampleCall(path.stem, text["lang"], sound, turns, text.get("about", "")))
    return tuple(found)


def sample_named_in(file_name: str) -> SampleCall | None:
    """Return the sample call that a recording of the simulator holds, known by its name ("…-ru-2-rx.wav16")."""
    return next((call for call in calls() if f"-{call.name}." in _plain(file_name)), None)


def _plain(file_name: str) -> str:
    return Path(file_name).name.replace("-rx.", ".").replace("-tx.", ".")
