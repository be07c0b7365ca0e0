"""Reads one source of the PBX's own record, call by call, in the order in which the calls ended.

In: a source and a moment. Out: lists of `Told`, until everything was read. Only an hour of lines is held: the lines of one
call are written at its end, apart from those of legs that ended before. Blocks: call it in a thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from calls.cdr.grouping import CallRows, group
from calls.cdr.queue_entry import QueueEntry
from calls.cdr.queue_log import QueueLog
from calls.cdr.rebuild import abandoned_in_queue, rebuild
from calls.cdr.row import CdrRow, epoch_of
from calls.record import CallRecord
from pbx.events import PbxName
from pbx.numbers import Endpoints

ROWS_AT_ONCE = 5_000
HELD = timedelta(hours=1)
SAME_START = timedelta(seconds=2)
"""Lines have whole seconds."""


class CdrSource(Protocol):
    """Where rows come from."""

    name: str
    malformed: int

    def rows(self, since: datetime) -> Iterator[CdrRow]:
        """Yield the rows of calls that ended later than `since`, and some before."""
        ...

    def newest(self) -> CdrRow | None:
        """Return the newest row, None if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """One call as the PBX tells it."""

    record: CallRecord
    ids: frozenset[str]
    """Uniqueids and linkedids of its lines."""
    uniqueid: str
    """Of the channel that began it; "" where the lines leave it out."""
    joined: bool
    """A call of the same bundle with another root: only its own uniqueid names it."""

    @property
    def ended_at(self) -> datetime:
        """When its last line ended."""
        assert self.record.ended_at is not None  # noqa: S101  # rebuilt records have all times
        return self.record.ended_at


@dataclass(slots=True)
class Reading:
    """One pass through one source."""

    pbx: PbxName
    source: CdrSource
    since: datetime
    endpoints: Endpoints
    queue_log: QueueLog | None = None
    _upto: datetime | None = None
    """Beginning of the latest row read. A file is in the order of ends and a table in that of beginnings: of calls that
    ended before it, no line of either is still to come, but for those that Asterisk wrote late."""
    _rows: Iterator[CdrRow] | None = None
    _entries: Iterator[QueueEntry] | None = None
    _book: dict[str, list[QueueEntry]] = field(default_factory=dict)
    _pool: list[CdrRow] = field(default_factory=list)
    _seen: set[CdrRow] = field(default_factory=set)
    _done: bool = False

    def next(self) -> list[Told] | None:
        """Return more calls that ended later than `since`; None when all was read.

        Raises:
            CdrUnreadable: the source cannot be read.
        """
        if self._done:
            return None
        if self._rows is None:
            self._rows = self.source.rows(self.since)
        batch = list(islice(self._rows, ROWS_AT_ONCE))
        self._done = len(batch) < ROWS_AT_ONCE
        self._pool += [row for row in batch if row not in self._seen]
        self._seen.update(batch)
        self._upto = max(
            [row.start for row in batch] + ([self._upto] if self._upto else []), default=None
        )
        ready = self._ready()
        self._read_queue_log()
        calls = [told for call in ready if (told := self._told(call)) is not None]
        self._forget(ready)
        calls += self._of_queue_log_alone()
        return sorted(
            (call for call in calls if call.ended_at > self.since), key=lambda c: c.ended_at
        )

    def _ready(self) -> list[CallRows]:
        """Calls to which no more lines will come: all of them at the end."""
        calls = group(self._pool)
        if self._done or self._upto is None:
            return calls
        frontier = self._upto - HELD
        waiting = {row for call in calls if call.ended_at > frontier for row in call.rows}
        return [call for call in calls if not waiting.intersection(call.rows)]

    def _forget(self, ready: Sequence[CallRows]) -> None:
        gone = {row for call in ready for row in call.rows}
        self._pool = [row for row in self._pool if row not in gone]
        if self._upto is not None:
            self._seen = {row for row in self._seen if self._upto - row.end < 2 * HELD}

    def _read_queue_log(self) -> None:
        """Read entries as far as the rows were read."""
        if self.queue_log is None:
            return
        if self._entries is None:
            self._entries = self.queue_log.entries(self.since - HELD)
        until = None if self._done or self._upto is None else self._upto + HELD
        for entry in self._entries:
            self._book.setdefault(entry.call, []).append(entry)
            if until is not None and entry.at > until:
                return

    def _told(self, call: CallRows) -> Told | None:
        ids = call.ids or self._callers_of(call.own)
        entries = [entry for one in sorted(ids) for entry in self._book.pop(one, ())]
        if max(row.end for row in call.rows) <= self.since:
            return None  # read for the sake of its lines only, and not worth rebuilding
        record = rebuild(self.pbx, call, sorted(entries, key=lambda e: e.at), self.endpoints)
        return Told(record, ids, call.uniqueid, call.joined)

    def _callers_of(self, rows: Iterable[CdrRow]) -> frozenset[str]:
        """Return the names in queue_log of callers whose lines have no ids: who began then, and waited in that queue."""
        waited = [row for row in rows if row.app == "Queue" and not row.uniqueid]
        return frozenset(
            name
            for name, entries in (self._book.items() if waited else ())
            if any(_is_caller(row, name, entries[0]) for row in waited)
        )

    def _of_queue_log_alone(self) -> list[Told]:
        """Callers who gave up in a queue and are in no line, once no line of theirs can come any more."""
        before = None if self._done or self._upto is None else self._upto - HELD
        held = {row.uniqueid for row in self._pool} | self._callers_of(self._pool)
        calls = []
        for name in list(self._book):
            entries = self._book[name]
            if name in held or (before is not None and entries[-1].at > before):
                continue
            del self._book[name]
            record = abandoned_in_queue(self.pbx, entries, self.endpoints)
            if record is not None:
                calls.append(Told(record, frozenset({name}), name, joined=False))
        return calls


def _is_caller(row: CdrRow, name: str, entry: QueueEntry) -> bool:
    """Whether this line is of the caller that queue_log names so; `entry` is his first."""
    began = epoch_of(name)
    number = entry.data[1] if entry.event == "ENTERQUEUE" and len(entry.data) > 1 else row.src
    return (
        began is not None
        and abs(row.start - began) <= SAME_START
        and row.data.split(",")[0] == entry.queue
        and row.src == number
    )
