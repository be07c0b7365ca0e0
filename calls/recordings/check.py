"""The look for files without a call: what lies where a PBX leaves its recordings, and belongs to no recording.

In: a `Source` and the rows. Out: a row for each file that is finished: "kept" (a recording names it), "loose" with the
call that it most likely belongs to, or "early" (older than all calls). A file that fits by its id a call without any
recording is taken for that call, by number and time one that the PBX's own record told of (nobody could name its files);
a recording that was missing is collected when its file has come.

Cheap on large directories: names that have a row are not even asked for their size. What may still be written is left
for a later look: a file that changed a moment ago, or since the oldest call in progress began.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import load_only

from calls import jobs
from calls.db import Database
from calls.durations import LONGEST_CALL
from calls.errors import RecordingSourceFailed
from calls.log import COLLECT
from calls.recordings import names, seen
from calls.recordings.attach import add_recording
from calls.recordings.names import CallKey, Guesses, SeenFile
from calls.recordings.on_disk import key_of, sources_of
from calls.recordings.paths import candidates
from calls.recordings.source import Looked, Source
from calls.tables import Call, CallLeg, Recording, RecordingCheck, RecordingFile

CHECK = "check_recordings"
"""Kind of the job; its key is the PBX's name."""
SETTLED = timedelta(seconds=60)
"""A file that changed within this time may still be written."""
BATCH = 500
"""Files of one transaction."""
MOST_BATCHES = 10
"""Of one look: what is left over is sorted by the next one."""
ROUND_ID = timedelta(minutes=10)
"""A call began at most so long after the second that the id in a file's name tells."""
LOOK_AGAIN_AFTER = timedelta(hours=1)
LOOK_AGAIN_FOR = timedelta(days=2)
"""Missing recordings of sources that nobody can look into are asked for by name, this often and this long."""


_OF_CALLS = (
    Call.pbx,
    Call.linkedid,
    Call.linkedids,
    Call.direction,
    Call.caller,
    Call.called,
    Call.remote_number,
    Call.remote_e164,
    Call.started_at,
    Call.ended_at,
    Call.source,
)
"""A day's calls are read for it: not with their whole records."""


@dataclass(slots=True)
class Memory:
    """Names of a PBX that have a row, kept by a worker from look to look."""

    paths: set[str] | None = None


@dataclass(slots=True)
class _Batch:
    """What is known round the files of one batch."""

    keys: list[CallKey]
    calls: dict[int, Call]
    legs: dict[int, list[CallLeg]]
    named: dict[str, Recording]
    recorded: set[int] = field(default_factory=set)
    """Calls that have recordings."""


async def check(
    db: Database,
    pbx: str,
    source: Source,
    memory: Memory | None = None,
    now: datetime | None = None,
) -> RecordingCheck:
    """Look once at one PBX and keep what was found.

    Args:
        db: the database.
        pbx: its name.
        source: where its recordings are.
        memory: of the looks before; None reads it from the rows.
        now: the time, for tests.

    Returns:
        The row of this look; its `error` says why nobody could look.
    """
    now = now or datetime.now(UTC)
    memory = memory if memory is not None else Memory()
    try:
        looked = await _look(db, pbx, source, memory)
    except RecordingSourceFailed as error:
        if error.kind == "no_listing":
            await _ask_again(db, pbx, now)
        return await _note(
            db, RecordingCheck(pbx=pbx, checked_at=now, error=error.why, mend=error.mend)
        )
    settled = await _settled(db, pbx, looked.new, now)
    sorted_now = settled[: BATCH * MOST_BATCHES]
    for start in range(0, len(sorted_now), BATCH):
        await _sort(db, pbx, sorted_now[start : start + BATCH], now, memory)
    await _forget_gone(db, pbx, looked.names, memory)
    return await _note(
        db,
        RecordingCheck(
            pbx=pbx,
            checked_at=now,
            files=len(looked.names),
            writing=len(looked.new) - len(settled),
            unsorted=looked.more + len(settled) - len(sorted_now),
        ),
    )


async def _look(db: Database, pbx: str, source: Source, memory: Memory) -> Looked:
    if memory.paths is None:
        async with db.read() as session:
            memory.paths = await seen.known_paths(session, pbx)
    return await source.look(memory.paths, BATCH * MOST_BATCHES)


async def _settled(
    db: Database, pbx: str, files: Sequence[SeenFile], now: datetime
) -> list[SeenFile]:
    """Files that nobody writes any more, oldest first."""
    in_progress = select(func.min(Call.started_at)).where(
        Call.pbx == pbx, Call.ended.is_(False), Call.merged_into_id.is_(None)
    )
    async with db.read() as session:
        oldest_call = await session.scalar(in_progress)
    until = now - SETTLED
    if oldest_call is not None:
        until = min(until, oldest_call)
    return await asyncio.to_thread(_oldest_first, files, until)


def _oldest_first(files: Sequence[SeenFile], until: datetime) -> list[SeenFile]:
    return sorted((f for f in files if f.changed_at < until), key=lambda f: (f.changed_at, f.path))


async def _sort(
    db: Database, pbx: str, files: Sequence[SeenFile], now: datetime, memory: Memory
) -> None:
    """Write the rows of some files."""
    async with db.read() as session:
        first_call = await session.scalar(select(func.min(Call.started_at)).where(Call.pbx == pbx))
        batch = await _surroundings(session, pbx, files)
    rows = await asyncio.to_thread(_rows, files, batch, first_call)
    loose: dict[int, list[SeenFile]] = {}
    async with db.write() as session:
        for file, row in rows.items():
            recording = batch.named.get(file.path)
            if recording is not None and recording.state == "missing":
                payload = {"recording_id": recording.id}
                await jobs.again(session, COLLECT, str(recording.id), payload)
            call_id = row["call_id"]
            sure = row["how"] == "id" or (call_id and batch.calls[call_id].source == "cdr")
            if sure and call_id not in batch.recorded:
                loose.setdefault(call_id, []).append(file)
        for call_id, found in loose.items():
            await _take(session, batch, call_id, found, rows)
        await seen.note(session, pbx, rows)
    if memory.paths is not None:
        memory.paths.update(file.path for file in files)


def _rows(
    files: Sequence[SeenFile], batch: _Batch, first_call: datetime | None
) -> dict[SeenFile, dict[str, Any]]:
    """What is to be written for each file."""
    guesses = Guesses(batch.keys)
    rows: dict[SeenFile, dict[str, Any]] = {}
    for file in files:
        row: dict[str, Any] = {"state": "loose", "recording_id": None, "call_id": None, "how": ""}
        recording = batch.named.get(file.path)
        if recording is not None:
            row |= {"state": "kept", "recording_id": recording.id}
        elif found := guesses.of(file):
            row |= {"call_id": found[0], "how": found[1]}
        elif first_call is None or file.changed_at < first_call:
            row["state"] = "early"
        rows[file] = row
    return rows


async def _take(
    session: AsyncSession,
    batch: _Batch,
    call_id: int,
    files: Sequence[SeenFile],
    rows: dict[SeenFile, dict[str, Any]],
) -> None:
    """Give a call without any recording the files that are surely its own: nobody told us of them in time."""
    by_path = {file.path: file for file in files}
    for source in sources_of(files, batch.calls[call_id], batch.legs.get(call_id, ())):
        recording = await add_recording(session, call_id, source)
        for kind in ("mixed", "receive", "transmit"):
            if source[kind]:
                rows[by_path[source[kind]]] |= {
                    "state": "kept", "recording_id": recording.id, "call_id": None, "how": "",
                }  # fmt: skip


async def _surroundings(session: AsyncSession, pbx: str, files: Sequence[SeenFile]) -> _Batch:
    """Calls and recordings of the time of these files."""
    since = min(file.changed_at for file in files) - LONGEST_CALL
    until = max(file.changed_at for file in files) + ROUND_ID
    calls = await session.scalars(
        select(Call)
        .where(
            Call.pbx == pbx,
            Call.started_at.between(since, until),
            Call.merged_into_id.is_(None),
        )
        .options(load_only(*_OF_CALLS, raiseload=True))
    )
    by_id = {call.id: call for call in calls}
    legs: dict[int, list[CallLeg]] = {}
    of_time = select(Call.id).where(Call.pbx == pbx, Call.started_at.between(since, until))
    for leg in await session.scalars(select(CallLeg).where(CallLeg.call_id.in_(of_time))):
        legs.setdefault(leg.call_id, []).append(leg)
    recordings = await session.scalars(select(Recording).where(Recording.call_id.in_(of_time)))
    named: dict[str, Recording] = {}
    recorded: set[int] = set()
    for recording in recordings:
        recorded.add(recording.call_id or 0)
        for path in paths_of(recording):
            named.setdefault(path, recording)
    keys = [key_of(call, legs.get(call.id, ())) for call in by_id.values()]
    return _Batch(keys, by_id, legs, named, recorded)


def paths_of(recording: Recording) -> list[str]:
    """Where the files of a recording may be, below the recording directory."""
    named = names.named_in(recording.source or {"mixed": recording.source_key})
    return [path.as_posix() for one in named for path in candidates(one)]


async def _forget_gone(db: Database, pbx: str, present: frozenset[str], memory: Memory) -> None:
    """Forget files that somebody removed; what was put aside stays so, for it may come back.

    A directory without any file is rather a share that is not mounted: then nothing is forgotten.
    """
    known = memory.paths
    if not present or known is None:
        return
    gone = sorted(await asyncio.to_thread(known.difference, present))
    for start in range(0, len(gone), BATCH):
        some = gone[start : start + BATCH]
        this = delete(RecordingFile).where(
            RecordingFile.pbx == pbx,
            RecordingFile.path.in_(some),
            RecordingFile.state != "aside",
        )
        async with db.write() as session:
            await session.execute(this, execution_options={"synchronize_session": False})
    known.difference_update(gone)


async def _ask_again(db: Database, pbx: str, now: datetime) -> None:
    """Where nobody can look around, have missing recordings fetched by name once more."""
    of_pbx = select(Call.id).where(Call.pbx == pbx, Call.merged_into_id.is_(None))
    query = select(Recording.id).where(
        Recording.state == "missing",
        Recording.call_id.in_(of_pbx),
        Recording.created_at > now - LOOK_AGAIN_FOR,
        Recording.looked_at < now - LOOK_AGAIN_AFTER,
    )
    async with db.write() as session:
        for recording_id in (await session.scalars(query.limit(BATCH))).all():
            await jobs.again(session, COLLECT, str(recording_id), {"recording_id": recording_id})
            looked = update(Recording).where(Recording.id == recording_id)
            await session.execute(looked.values(looked_at=now))


async def _note(db: Database, row: RecordingCheck) -> RecordingCheck:
    row.error, row.mend = row.error or "", row.mend or ""
    row.files, row.writing, row.unsorted = row.files or 0, row.writing or 0, row.unsorted or 0
    async with db.write() as session:
        return await session.merge(row)
