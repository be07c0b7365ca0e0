"""What goes wrong in a run with faults, and when: the line is cut, Slovo or Asterisk dies, the database is locked.

In: an installation, a seed, how long the run takes. Out: each fault at its moment, in threads beside the calls,
so that faults of different kinds may fall together; a diary of them.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from support.fault_asterisk import FaultAsterisk
from support.fault_proxy import AmiProxy
from support.whole_way import Office

PER_THOUSAND = {"cut": 6, "kill": 2, "restart": 2, "lock": 3}
"""How many of each kind in a thousand calls; at least one in any run."""
LOCK_S = 5.0
SILENCE_S = 14.0
"""Longer than the watchdog's patience."""


@dataclass(frozen=True)
class Fault:
    """One line of the diary. Times are unix."""

    kind: str
    what: str
    began: float
    ended: float


@dataclass
class Faults:
    """The faults of one run. `begin`, then `wait`."""

    office: Office
    asterisk: FaultAsterisk
    proxy: AmiProxy
    kinds: Sequence[str]
    seed: int
    diary: list[Fault] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    """What went wrong in the rig itself."""
    _threads: list[threading.Thread] = field(default_factory=list)
    _stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def begin(self, calls: int, lasts_s: float) -> None:
        """Spread the faults over so many seconds from now."""
        for kind in self.kinds:
            count = max(1, round(PER_THOUSAND[kind] * calls / 1000))
            slot = lasts_s * 0.9 / count
            at = [lasts_s * 0.05 + slot * (i + self.chance.random()) for i in range(count)]
            make = getattr(self, f"_{kind}")
            plans = [(moment, make(number)) for number, moment in enumerate(at)]
            thread = threading.Thread(target=self._play, args=(kind, plans), daemon=True)
            self._threads.append(thread)
            thread.start()

    def wait(self) -> None:
        """Wait until the last one is over.

        Raises:
            BaseException: what the rig could not do.
        """
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]

    def stop(self) -> None:
        """Begin no further fault."""
        self._stopped.set()

    def _play(
        self, kind: str, plans: Sequence[tuple[float, tuple[str, Callable[[], None]]]]
    ) -> None:
        start = time.monotonic()
        for moment, (what, strike) in plans:
            if self._stopped.wait(max(0.0, start + moment - time.monotonic())):
                return
            began = time.time()
            try:
                strike()
            except BaseException as error:
                self.failures.append(error)
                return
            self.diary.append(Fault(kind, what, began, time.time()))

    def _cut(self, number: int) -> tuple[str, Callable[[], None]]:
        if number % 5 == 4:
            return "silent", lambda: self.proxy.fall_silent(SILENCE_S)
        reset, inside = self.chance.random() < 0.5, self.chance.randrange(300)
        away_s = self.chance.choice([0.0, 0.0, 0.0, 1.0, 4.0])
        return (
            f"{'reset' if reset else 'closed'}, away {away_s:g} s",
            lambda: self.proxy.cut(reset=reset, inside_after=inside, away_s=away_s),
        )

    def _kill(self, number: int) -> tuple[str, Callable[[], None]]:
        down_s = self.chance.choice([0.0, 2.0])

        def strike() -> None:
            self.office.kill()
            time.sleep(down_s)
            self.office.start()

        return f"kill -9 of Slovo, down {down_s:g} s", strike

    def _restart(self, number: int) -> tuple[str, Callable[[], None]]:
        kill = (number + self.seed) % 2 == 1
        what = "kill -9 of Asterisk" if kill else "core restart now"
        return what, lambda: self.asterisk.restart(kill=kill)

    def _lock(self, number: int) -> tuple[str, Callable[[], None]]:
        return f"locked {LOCK_S:g} s", lambda: lock_for(self.office, LOCK_S)


def lock_for(office: Office, seconds: float) -> None:
    """Let nobody write to the database of an installation for a while."""
    if office.database_url.startswith("postgresql"):
        with psycopg.connect(office.database_url) as connection:
            connection.execute("LOCK TABLE calls IN ACCESS EXCLUSIVE MODE")
            time.sleep(seconds)
            connection.rollback()
        return
    path = Path(office.database_url.removeprefix("sqlite:///"))
    with sqlite3.connect(path, timeout=30, isolation_level=None) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
    connection.close()
