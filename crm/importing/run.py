"""An import, chunk by chunk: a check that writes nothing, or the import itself.

In: a table and how to treat duplicates. Out: a `Report`. Each chunk is one short transaction, so that calls are stored
between them; the place that was reached is part of it, so an import that was killed goes on there and makes nothing twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from crm.access import Actor
from crm.importing import matching
from crm.importing.cards import Entry
from crm.importing.columns import Layout
from crm.importing.header_words import fold
from crm.importing.known import Known
from crm.importing.plan import OnDuplicate, Planner, RowPlan
from crm.importing.report import Report
from crm.importing.resolving import Lexicon
from crm.importing.row_reader import RowReader
from crm.importing.source import Row, Table
from crm.importing.writing import Writer
from crm.number_rules import NumberRules

FIRST_CHUNK = 250
SMALLEST_CHUNK = 250
LARGEST_CHUNK = 600
CHECK_CHUNK = 1000
LONG_S = 0.25
"""A transaction that took longer is followed by smaller ones: calls wait for their turn to write."""

OnChunk = Callable[[AsyncSession, int, Sequence[RowPlan]], Awaitable[None]]
"""Called in the transaction of a chunk with the number of its last row and its plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is imported, how, and for whom."""

    table: Table
    actor: Actor
    rules: NumberRules
    zone: ZoneInfo
    on_duplicate: OnDuplicate = OnDuplicate.FILL
    fields: Mapping[int, str] = field(default_factory=dict)
    """What a person chose for columns, by their index."""
    import_id: int | None = None
    """None: a check."""

    @property
    def layout(self) -> Layout:
        """The table's columns, as chosen."""
        return self.table.layout.with_fields(self.fields)


async def custom_names(db: Database) -> dict[str, str]:
    """Folded name or key of each custom field → its key: headers are looked up in it."""
    async with db.read() as session:
        lexicon = await matching.lexicon_of(session)
    return names_of(lexicon)


def names_of(lexicon: Lexicon) -> dict[str, str]:
    """The same of a lexicon that is at hand."""
    names = {fold(one.name): key for key, one in lexicon.fields.items()}
    return {**{fold(key): key for key in lexicon.fields}, **names}


async def check(
    db: Database, job: Job, *, keep: bool = False, on_chunk: OnChunk | None = None
) -> Report:
    """Find out what an import would do; writes nothing but what `on_chunk` writes.

    Args:
        db: the database.
        job: without `import_id`.
        keep: whether the report shall name every client and problem.
        on_chunk: keeps problems and progress.
    """
    report = Report(keep=keep)
    async with db.read() as session:
        lexicon = await matching.lexicon_of(session)
    known = Known()
    planner = Planner(known, job.on_duplicate, lexicon, _headers(job.layout))
    async for rows, entries in _chunks(job, _Pace(CHECK_CHUNK)):
        async with db.read() as session:
            await matching.fetch(session, job.actor, entries, known)
        plans = await asyncio.to_thread(_plan, planner, entries)
        report.add(plans)
        if on_chunk is not None:
            async with db.write() as session:
                await on_chunk(session, rows[-1].number, plans)
    return report


async def go(
    db: Database,
    job: Job,
    *,
    after: int = 0,
    keep: bool = False,
    on_chunk: OnChunk | None = None,
) -> Report:
    """Import.

    Args:
        db: the database.
        job: with `import_id`.
        after: the last row that was imported before.
        keep: whether the report shall name every client and problem.
        on_chunk: keeps the progress, in the transaction of each chunk; what it raises undoes the chunk.
    """
    report = Report(keep=keep)
    async with db.read() as session:
        lexicon = await matching.lexicon_of(session)
    writer = Writer(
        actor=job.actor, import_id=job.import_id, rules=job.rules, lexicon=lexicon, zone=job.zone
    )
    pace = _Pace()
    async for rows, entries in _chunks(job, pace, after):
        began = time.perf_counter()
        async with db.write() as session:
            known = Known()
            await matching.fetch(session, job.actor, entries, known, job.import_id)
            planner = Planner(known, job.on_duplicate, lexicon, _headers(job.layout))
            plans = _plan(planner, entries)
            await writer.write(session, plans)
            if on_chunk is not None:
                await on_chunk(session, rows[-1].number, plans)
        report.add(plans)
        pace.took(time.perf_counter() - began)
        await asyncio.sleep(0)
    return report


@dataclass(slots=True)
class _Pace:
    """How many rows one transaction takes."""

    size: int = FIRST_CHUNK

    def took(self, seconds: float) -> None:
        """Take fewer rows after a long transaction, more after a short one."""
        if seconds > LONG_S:
            self.size = max(SMALLEST_CHUNK, int(self.size * LONG_S / seconds))
        elif seconds < LONG_S / 2:
            self.size = min(LARGEST_CHUNK, self.size * 2)


async def _chunks(
    job: Job, pace: _Pace, after: int = 0
) -> AsyncIterator[tuple[list[Row], list[Entry]]]:
    today = datetime.now(UTC).astimezone(job.zone).date()
    reader = RowReader(job.layout, job.rules, today)
    rows = job.table.rows(after)
    while chunk := await asyncio.to_thread(lambda: list(islice(rows, pace.size))):
        entries = await asyncio.to_thread(_read, reader, chunk)
        yield chunk, entries


def _read(reader: RowReader, rows: Sequence[Row]) -> list[Entry]:
    read = (reader.read(row.number, row.cells, heading=row.heading) for row in rows)
    return [entry for entry in read if entry is not None]


def _plan(planner: Planner, entries: Sequence[Entry]) -> list[RowPlan]:
    return [planner.plan(entry) for entry in entries]


def _headers(layout: Layout) -> dict[str, str]:
    return {column.field: column.header for column in layout.columns if column.field}
