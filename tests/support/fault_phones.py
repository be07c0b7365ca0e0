"""Hundreds of calls at one test Asterisk: one sipp for all phones of a behaviour, one for all callers of a kind.

In: the plan. Out: the calls, made at the planned pace, and `Facts`: what each party said that it really did, with times.
The judge believes these, not the plan: a busy machine may keep to the plan in all calls but one.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.fault_asterisk import FaultAsterisk
from support.fault_plan import Caller, Planned
from support.real_time import hurry
from support.sipp import FRAGMENTS

SAY = '<nop><action><log message="[timestamp]|picked_up|[$me]|[$peer]"/></action></nop>'
PHONES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "answering": (("ring", "answer", SAY, "stay"), {"RING_MS": "1500"}),
    "hanging_up": (("ring", "answer", SAY, "hang_up"), {"RING_MS": "1000", "TALK_MS": "3000"}),
    "silent": (("ring", "answer", SAY, "stay"), {"RING_MS": "120000"}),
    "busy": (("refuse_at_once",), {"STATUS": "486 Busy Here"}),
    "declining": (("ring", "refuse"), {"RING_MS": "1000", "STATUS": "603 Decline"}),
    "refusing": (("ring", "refuse"), {"RING_MS": "1000", "STATUS": "486 Busy Here"}),
    "away": (("refuse_at_once",), {"STATUS": "480 Temporarily Unavailable"}),
    "handing_on": (
        ("ring", "answer", SAY, "refer"),
        {"RING_MS": "1000", "TALK_MS": "2000", "TARGET": "204"},
    ),
    "outside": (
        ("outside_rings", "answer", SAY, "outside_ends"),
        {"RING_MS": "1000", "TALK_MS": "4000", "STATUS": "486 Busy Here"},
    ),
}
CLIENT = re.compile(r"\b79\d{9}\b")
EXTENSION = re.compile(r"sip:([1-5]\d\d)@")
ENDS = frozenset({"refused", "gave_up", "hung_up", "was_left"})
PATIENCE_S = 60
"""How long any sipp waits for the next message."""
LAST_CALL_S = 90.0
"""How long the calls that were begun may last after the last one began."""


@dataclass
class Facts:
    """What became of one call, as the parties say. Times are unix."""

    said: dict[str, float] = field(default_factory=dict)
    """What the caller did or met ("called", "answered", "refused", "gave_up", "hung_up", "was_left"), and when."""
    pickups: list[tuple[float, str]] = field(default_factory=list)
    """Who picked up: extensions, or the client's number."""

    @property
    def span(self) -> tuple[float, float]:
        """From its first to its last sign; a caller who never told an end waited as long as sipp does."""
        times = [*self.said.values(), *(at for at, _ in self.pickups)]
        if not times:
            return 0.0, 0.0
        waited_s = PATIENCE_S if self.said and not ENDS & self.said.keys() else 0.0
        return min(times), max(times) + waited_s


@dataclass
class Crowd:
    """All phones and callers of one run. Use as a context manager: at its end none is left."""

    server: FaultAsterisk
    work: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="slovo-crowd-")))
    _phones: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _callers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _port: int = 5060
    _media: int = 38_000

    def __enter__(self) -> Crowd:
        try:
            self._set_up_phones()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _set_up_phones(self) -> None:
        for behaviour, (parts, values) in PHONES.items():
            outside = behaviour == "outside"
            address = self.server.net.trunk if outside else self.server.address(behaviour)
            values = {**values, "PBX": self.server.net.pbx}
            self._phones.append(self._start(behaviour, parts, values, address, 5060, []))

    def __exit__(self, *_: object) -> None:
        for process in (*self._callers, *self._phones):
            if process.poll() is None:
                process.kill()
            process.wait(10)
        shutil.rmtree(self.work, ignore_errors=True)

    def begin(self, planned: Sequence[Planned], rate: float, together: int) -> None:
        """Let the callers call, in the order of the plan, `rate` calls each second over all of them.

        Args:
            planned: calls with a caller; clicks are made by the switch.
            rate: calls per second.
            together: how many may go on at once.
        """
        kinds: dict[Caller, list[Planned]] = defaultdict(list)
        for call in planned:
            if call.shape.caller is not None:
                kinds[call.shape.caller].append(call)
        total = sum(len(calls) for calls in kinds.values())
        for caller, calls in kinds.items():
            share = len(calls) / total
            self._call(caller, calls, rate * share, max(1, round(together * share)))

    @property
    def calling(self) -> bool:
        return any(process.poll() is None for process in self._callers)

    def facts(self) -> dict[str, Facts]:
        """What all parties said so far, by the client's number."""
        found: dict[str, Facts] = defaultdict(Facts)
        for log in self.work.glob("*.said"):
            for line in log.read_text(errors="replace").splitlines():
                at, event, *rest = line.split("|")
                clients = CLIENT.findall(" ".join(rest))
                if not clients:
                    continue
                facts = found[clients[0]]
                if event != "picked_up":
                    facts.said.setdefault(event, _unix(at))
                    continue
                ours = EXTENSION.search(rest[0])
                facts.pickups.append((_unix(at), ours[1] if ours else clients[0]))
        for facts in found.values():
            facts.pickups.sort()
        return dict(found)

    def complaints(self) -> Counter[str]:
        """What went otherwise than the scenarios say, by the kind of sipp."""
        return Counter(
            {log.stem: log.read_text(errors="replace").count("\n") for log in self.work.glob("*.log")}
        )  # fmt: skip

    def _call(self, caller: Caller, calls: Sequence[Planned], rate: float, together: int) -> None:
        numbers = self.work / f"{caller.name}.csv"
        with numbers.open("w", newline="") as file:
            file.write("SEQUENTIAL\n")
            rows = csv.writer(file, delimiter=";", lineterminator="\n")
            rows.writerows((call.by, call.to, call.client) for call in calls)
        self._port += 1
        address = self.server.address("dialling") if caller.outgoing else self.server.net.trunk
        ms = str(round(caller.seconds * 1000))
        options = [
            *("-inf", str(numbers), "-m", str(len(calls)), "-l", str(together)),
            *("-r", str(max(1, round(rate * 60))), "-rp", "60000", self.server.sip),
        ]
        values = {"TALK_MS": ms, "WAIT_MS": ms}
        self._callers.append(
            self._start(caller.name, (caller.part,), values, address, self._port, options)
        )

    def _start(
        self, name: str, parts: Sequence[str], values: dict[str, str], address: str, port: int, options: list[str],
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        scenario = self.work / f"{name}.xml"
        scenario.write_text(_scenario(name, parts, values))
        self._media += 4
        command = [
            *("sipp", "-sf", str(scenario), "-i", address, "-mi", address, "-p", str(port)),
            *("-mp", str(self._media), "-nostdin", "-nd", "-recv_timeout", str(PATIENCE_S * 1000)),
            *("-default_behaviors", "all,-abortunexp", "-trace_err", "-error_file", str(scenario.with_suffix(".log"))),
            *("-trace_logs", "-log_file", str(scenario.with_suffix(".said"))),
            *options,
        ]  # fmt: skip
        process = subprocess.Popen(
            command, cwd=self.work, env={**os.environ, "TERM": "dumb", "TZ": "UTC"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        hurry(process.pid)
        time.sleep(0.05)
        if process.poll() is not None:
            log = scenario.with_suffix(".log")
            raise AssertionError(f"sipp {name}: {log.read_text() if log.exists() else process.returncode}")  # fmt: skip
        return process


def _scenario(name: str, parts: Sequence[str], values: dict[str, str]) -> str:
    text = "\n".join(p if p.startswith("<") else (FRAGMENTS / f"{p}.xml").read_text() for p in parts)  # fmt: skip
    values = {**values, "PAYLOAD": "9", "RTPMAP": "G722/8000", "AUDIO": ""}
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n'
    return f'{head}<scenario name="{name}">\n{text}\n<label id="9"/>\n<nop/>\n</scenario>\n'


def _unix(text: str) -> float:
    """A time as sipp prints it: the date, the time, and the seconds since the epoch."""
    return float(text.split("\t")[-1])
