"""Nothing lost: the call log compared with Asterisk's own record, and what was missed filled in.

In: the sources of one PBX. Out: calls that we never heard of, written as live ones are (handlers, call-backs, notices)
with the source "cdr"; calls of which a part was missed, corrected; calls that were seen whole, only compared.
A call that nobody can settle any more gets its call back (`calls.unsettled`). A second pass changes nothing.

    source -> Reading (thread) -> match -> fill | amend | compare -> one transaction per call -> cursor -> windows
    all sources read -> calls of which none of them knew -> one transaction per call

A call in progress, or younger than `settle_s`, is left alone, and the cursor stops before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from calls import erased, jobs, record_json, unsettled
from calls import log as call_log
from calls.cdr import cursor, match, windows
from calls.cdr.amend import amend, differences
from calls.cdr.loose_recordings import attach_guessed, attach_loose
from calls.cdr.queue_log import QueueLog
from calls.cdr.reading import CdrSource, Reading, Told
from calls.cdr.report import Report, window_json
from calls.db import Database, exclusive
from calls.dispatch import Handler
from calls.errors import CdrUnreadable, DatabaseUnavailable, RecordUnreadable
from calls.feed import Notice, store_now
from calls.record import CallRecord
from calls.record_json import iso
from calls.recordings.check import CHECK
from calls.tables import Call
from calls.told_late import events_of
from pbx.events import CallEvent, PbxName
from pbx.numbers import Endpoints

log = structlog.get_logger(__name__)

SETTLE_S = 60.0
"""Younger records are left for the next pass: Asterisk writes the lines of a call one after the other."""
ROUNDED = timedelta(seconds=2)
"""Lines have whole seconds: a call may have ended up to one later than its line says."""
CALLS_AT_ONCE = 200
A_MOMENT = timedelta(seconds=1)
DIFFERENCES_KEPT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PbxRecord:
    """Where the own record of one PBX is, and how its endpoints are told apart."""

    pbx: PbxName
    sources: Sequence[CdrSource]
    queue_log: QueueLog | None = None
    endpoints: Endpoints = field(default_factory=Endpoints)


class _Verdict(StrEnum):
    FILL = "fill"
    CORRECT = "correct"
    SAME = "same"
    DIFFERS = "differs"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, slots=True)
class _Read:
    """A pass through one source: from when on it was read, and whether nothing before that is left to read."""

    start: datetime
    goes_on: bool


class Reconciler:
    """Compares and fills in. One pass at a time; any number of processes may hold one."""

    def __init__(
        self,
        db: Database,
        handlers: Sequence[Handler] = (),
        *,
        region: str = "RU",
        settle_s: float = SETTLE_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._db = db
        self._handlers = tuple(handlers)
        self._region = region
        self._settle = timedelta(seconds=settle_s)
        self._now = now

    async def run(self, record: PbxRecord, since: datetime | None = None) -> Report:
        """Compare one PBX's record with the call log.

        Args:
            record: of the PBX.
            since: from when on; None = from where the last pass ended.

        Raises:
            CdrUnreadable: a source cannot be read.
            DatabaseUnavailable: the database is away.
        """
        report = Report()
        settled = self._now() - self._settle
        read = []
        try:
            for source in record.sources:
                read.append(await self._source(record, source, since, report))
        except CdrUnreadable:
            # A file that nobody can read must not keep a client waiting for ever.
            await self._give_up(record.pbx, settled - cursor.WRITTEN_LATE, report)
            raise
        if all(one.goes_on for one in read):
            await self._give_up(record.pbx, settled, report)
        earliest = min((one.start for one in read), default=self._now())
        if report.filled or report.corrected:
            async with self._db.write() as session:
                await attach_guessed(session, record.pbx, earliest)
        async with self._db.read() as session:
            found = await windows.of_pass(session, record.pbx, earliest)
        report.windows = [window_json(window) for window in found]
        return report

    async def _source(
        self, record: PbxRecord, source: CdrSource, since: datetime | None, report: Report
    ) -> _Read:
        """Go through one source."""
        settled = self._now() - self._settle
        async with self._db.read() as session:
            at = await cursor.read(session, record.pbx, source.name)
        start = (since or at or settled) - ROUNDED
        reading = Reading(record.pbx, source, start, record.endpoints, record.queue_log)
        held = settled
        while (told := await asyncio.to_thread(reading.next)) is not None:
            for place in range(0, len(told), CALLS_AT_ONCE):
                some = told[place : place + CALLS_AT_ONCE]
                held = min(held, await self._compare(record.pbx, some, settled, report))
        report.malformed += source.malformed
        newest = await asyncio.to_thread(source.newest)
        goes_on = since is None or at is None or since <= at
        covered = windows.Covered(
            source=source.name,
            since=datetime.min.replace(tzinfo=UTC) if since is None else since,
            to=held,
            newest=newest.end if newest else None,
        )
        async with self._db.write() as session:
            await exclusive(session, f"reconcile:{record.pbx}")
            if goes_on:
                # Of what came after its newest line a source may still tell: a copy that is brought once an hour.
                settled_to = min(held, newest.end) if newest else held
                await cursor.move(session, record.pbx, source.name, settled_to)
            await windows.fill(session, record.pbx, covered, self._now())
            if report.filled or report.corrected:
                # Files that belonged to no call may belong to one of these.
                await jobs.again(session, CHECK, record.pbx, {"pbx": record.pbx})
            await store_now(session, [Notice("link", {"id": record.pbx})])
        return _Read(start, goes_on)

    async def _compare(
        self, pbx: PbxName, told: Sequence[Told], settled: datetime, report: Report
    ) -> datetime:
        """Settle some calls, the earliest end first; returns up to when nothing is left to do."""
        held = settled
        async with self._db.read() as session:
            calls = await match.find(session, pbx, told)
            gone = await _erased(session, pbx, told)
        for one, call in zip(told, calls, strict=True):
            verdict: _Verdict | None = _judge(one, call, settled)[0]
            if verdict is _Verdict.FILL and one.record.linkedid in gone:
                verdict = _Verdict.SAME  # it was deleted for good: that stays so
            if verdict in (_Verdict.FILL, _Verdict.CORRECT):
                verdict = await self._write_surely(pbx, one, settled)
            if verdict is None or verdict is _Verdict.UNSETTLED:
                held = min(held, one.ended_at - A_MOMENT)
            _count(report, verdict, one, call)
        return held

    async def _write_surely(self, pbx: PbxName, told: Told, settled: datetime) -> _Verdict | None:
        """Write one call; None if it could not be."""
        try:
            return await self._write(pbx, told, settled)
        except DatabaseUnavailable:
            raise
        except Exception:
            # One call that a handler chokes on must not keep the others away; the cursor waits for it.
            log.exception("call_not_reconciled", pbx=pbx, call=told.record.linkedid)
            return None

    async def _write(self, pbx: PbxName, told: Told, settled: datetime) -> _Verdict:
        async with self._db.write() as session:
            await exclusive(session, f"reconcile:{pbx}")
            # Looked up once more: another process may have written it since.
            (call,) = await match.find(session, pbx, [told])
            verdict, record = _judge(told, call, settled)
            if record is None:
                return verdict
            if verdict is _Verdict.FILL and await _erased(session, pbx, [told]):
                return _Verdict.SAME
            call_id = await self._store(session, record, corrected=verdict is _Verdict.CORRECT)
            await attach_loose(session, pbx, call_id, told.ids)
            return verdict

    async def _store(self, session: AsyncSession, record: CallRecord, *, corrected: bool) -> int:
        """Write a call and tell the handlers and the pages; returns its row's id."""
        written = await call_log.write(session, record, region=self._region)
        notices = [Notice("call", {"id": written.call_id})]
        for event in events_of(record, corrected=corrected):
            notices += await self._handle(session, event, record, written.call_id)
        await store_now(session, notices)
        return written.call_id

    async def _give_up(self, pbx: PbxName, settled: datetime, report: Report) -> None:
        """Let calls be called back whose end nobody saw and no record tells, if they ended before `settled`."""
        async with self._db.read() as session:
            waiting = await unsettled.find(session, pbx)
        for one in waiting:
            if one.ended_at is not None and one.ended_at > settled:
                report.unsettled += 1
                continue
            try:
                report.corrected += await self._given_up(pbx, one.call_id)
            except DatabaseUnavailable:
                raise
            except Exception:
                # As in `_write_surely`: the next pass tries it again.
                log.exception("call_not_given_up", pbx=pbx, call=one.call_id)
                report.failed += 1

    async def _given_up(self, pbx: PbxName, call_id: int) -> bool:
        async with self._db.write() as session:
            await exclusive(session, f"reconcile:{pbx}")
            record = await unsettled.given_up(session, call_id)
            if record is None:
                return False
            await self._store(session, record, corrected=True)
            return True

    async def _handle(
        self, session: AsyncSession, event: CallEvent, record: CallRecord, call_id: int
    ) -> list[Notice]:
        notices: list[Notice] = []
        for handler in self._handlers:
            notices += await handler(session, event, record, call_id)
            await session.flush()
        return notices


async def _erased(session: AsyncSession, pbx: PbxName, told: Sequence[Told]) -> set[str]:
    """Linkedids of those calls that were deleted as a whole, by whatever id the PBX tells of them."""
    ids = {one.record.linkedid: match.ids_of(one) for one in told}
    gone = await erased.among(session, pbx, {each for some in ids.values() for each in some})
    return {linkedid for linkedid, some in ids.items() if not gone.isdisjoint(some)}


def _judge(told: Told, call: Call | None, settled: datetime) -> tuple[_Verdict, CallRecord | None]:
    """Say what is to be done, and the record to write if any."""
    if told.ended_at > settled or (call is not None and not call.ended):
        return _Verdict.UNSETTLED, None
    if call is None:
        return _Verdict.FILL, told.record
    try:
        known = record_json.load(call.detail)
    except RecordUnreadable:
        return _Verdict.SAME, None  # imported: nothing of ours to compare with
    if call.consultation or told.record.consultation:
        return _Verdict.SAME, None
    better = amend(known, told.record)
    if better is not None:
        return _Verdict.CORRECT, better
    return (_Verdict.DIFFERS if differences(known, told.record) else _Verdict.SAME), None


def _count(report: Report, verdict: _Verdict | None, told: Told, call: Call | None) -> None:
    if verdict is None:
        report.failed += 1
    elif verdict is _Verdict.FILL:
        report.filled += 1
    elif verdict is _Verdict.CORRECT:
        report.corrected += 1
    elif verdict is _Verdict.UNSETTLED:
        report.unsettled += 1
    else:
        report.unchanged += 1
        if verdict is _Verdict.DIFFERS and call is not None:
            known = record_json.load(call.detail)
            found = {
                "pbx": call.pbx,
                "call": call.id,
                "linkedid": call.linkedid,
                "started_at": iso(call.started_at),
                "differs": differences(known, told.record),
            }
            if len(report.differences) < DIFFERENCES_KEPT:
                report.differences.append(found)


__all__ = ["CdrUnreadable", "PbxRecord", "Reconciler", "Report", "window_json"]
