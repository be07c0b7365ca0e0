"""Asterisk's queue_log, file or table: what became of callers in queues.

In: a path, or a database's table. Out: `QueueEntry`s from a moment on, in order of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Protocol

from sqlalchemy import select

from calls.cdr.queue_entry import QueueEntry, entry_of_line, entry_of_row
from calls.cdr.table import connected, reflected, written
from calls.cdr.tail import lines_since
from calls.errors import CdrUnreadable


class QueueLog(Protocol):
    """Where entries come from."""

    @property
    def name(self) -> str:
        """Of the source."""
        ...

    def entries(self, since: datetime) -> Iterator[QueueEntry]:
        """Yield entries later than `since`, and some before. Blocks: call it in a thread."""
        ...


@dataclass(frozen=True, slots=True)
class QueueLogFile:
    """The file, usually /var/log/asterisk/queue_log."""

    path: Path
    setting: str = "SLOVO_QUEUE_LOG"
    name: str = "queue_log"

    def entries(self, since: datetime) -> Iterator[QueueEntry]:
        """See `QueueLog`.

        Raises:
            CdrUnreadable: the file cannot be read.
        """
        try:
            for line in lines_since(self.path, since, _time_of):
                entry = entry_of_line(line)
                if entry is not None:
                    yield entry
        except OSError as error:
            raise CdrUnreadable(
                f"{self.setting}: cannot read {self.path}: {error.strerror}"
            ) from error


def _time_of(line: str) -> datetime | None:
    """Return the time of any line, also of events that say nothing of a caller."""
    parts = line.split("|")
    if len(parts) < 5:
        return None
    entry = entry_of_line("|".join([*parts[:4], "ENTERQUEUE"]))
    return entry.at if entry else None


@dataclass(frozen=True, slots=True)
class QueueLogTable:
    """A table such as FreePBX's: time, callid, queuename, agent, event, data or data1…data5."""

    url: str
    table: str
    zone: tzinfo
    name: str = "queue_log_table"

    def entries(self, since: datetime) -> Iterator[QueueEntry]:
        """See `QueueLog`.

        Raises:
            CdrUnreadable: no such database or table.
        """
        with connected(self.url) as connection:
            table = reflected(connection, self.table, "SLOVO_QUEUE_LOG_TABLE")
            time = next((c for c in table.columns if str(c.name).lower() == "time"), None)
            if time is None:
                raise CdrUnreadable(f"SLOVO_QUEUE_LOG_TABLE: table {self.table} has no column time")
            sample = str(connection.execute(select(time).limit(1)).scalar())
            epoch = sample.replace(".", "", 1).isdigit()
            first = str(int(since.timestamp())) if epoch else written(time, since, self.zone)
            query = table.select().where(time >= first).order_by(time)
            found = connection.execution_options(yield_per=1_000).execute(query)
            for values in found.mappings():
                entry = entry_of_row({str(k): v for k, v in values.items()}, self.zone)
                if entry is not None and entry.at >= since:
                    yield entry
