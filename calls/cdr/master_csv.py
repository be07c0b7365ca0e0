"""Asterisk's `cdr-csv/Master.csv`, read while Asterisk goes on writing it.

In: its path. Out: `CdrRow`s from a moment on. Lines that are none are counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from pathlib import Path

from calls.cdr.csv_lines import values_of
from calls.cdr.row import CdrRow, row_of, zone_of
from calls.cdr.tail import lines_since
from calls.errors import CdrUnreadable

SAMPLE_BYTES = 65_536
MARGIN = timedelta(hours=1)
"""Lines are written in order of the calls' ends, but for calls of several lines and with `batch=yes`."""


@dataclass(slots=True)
class MasterCsv:
    """One Master.csv. `zone` None = found by the uniqueids, else `local` is taken."""

    path: Path
    zone: tzinfo | None
    local: tzinfo
    setting: str = "SLOVO_CDR_CSV"
    """How an administrator names the path."""
    name: str = "cdr_csv"
    malformed: int = 0

    def rows(self, since: datetime) -> Iterator[CdrRow]:
        """Yield the rows of calls that ended later than `since`, and some before. Blocks: call it in a thread.

        Raises:
            CdrUnreadable: the file cannot be read.
        """
        try:
            zone = self.zone or self._zone()

            def ended(line: str) -> datetime | None:
                try:
                    return row_of(values_of(line), zone).end
                except CdrUnreadable:
                    return None

            for line in lines_since(self.path, since - MARGIN, ended):
                try:
                    yield row_of(values_of(line), zone)
                except CdrUnreadable:
                    self.malformed += 1
        except OSError as error:
            raise CdrUnreadable(
                f"{self.setting}: cannot read {self.path}: {error.strerror}"
            ) from error

    def newest(self) -> CdrRow | None:
        """Return the last whole line's row; None for an empty file.

        Raises:
            CdrUnreadable: the file cannot be read, or its end is no call record.
        """
        zone = self.zone or self._zone()
        found, wrong = None, None
        for line in self._last_lines():
            try:
                found = row_of(values_of(line), zone)
            except CdrUnreadable as error:
                wrong = error
        if found is None and wrong is not None:
            raise wrong
        return found

    def _zone(self) -> tzinfo:
        readable = []
        for line in islice(self._last_lines(), 1_000):
            try:
                readable.append(values_of(line))
            except CdrUnreadable:
                continue
        return zone_of(readable, self.local)

    def _last_lines(self) -> Iterator[str]:
        try:
            with self.path.open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - SAMPLE_BYTES))
                lines = file.read(SAMPLE_BYTES).split(b"\n")
        except OSError as error:
            raise CdrUnreadable(
                f"{self.setting}: cannot read {self.path}: {error.strerror}"
            ) from error
        whole = lines[1:-1] if size > SAMPLE_BYTES else lines[:-1]
        return (line.decode("utf-8", "replace") for line in whole)
