"""Old recordings become calls with sound: one by one, each whole or not at all.

In: a `Plan` of a directory. Out: calls, recordings copied in with their hashes and outlines, and jobs to read them, behind
those of new calls. Importing the same files again changes nothing; a broken-off import is simply run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs
from calls.db import Database
from calls.errors import RecordingIncomplete
from calls.model import Outcome
from calls.phone_number import to_e164
from calls.recordings.collect import Collected, Request, collect
from calls.recordings.import_plan import OldCall, Plan, Refused
from calls.recordings.task import TRANSCRIBE, keep
from calls.tables import Call, CallLeg, Recording

PBX = "import"
"""Stands for the PBX of calls that only a directory knows."""
PRIORITY = -5
"""Of reading them: new calls come first."""
ALREADY = "already"

Link = Callable[[AsyncSession, Call], Awaitable[bool]]
"""Links a call to its client, where one is known; whether it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One directory to import. `lang`: of the recordings, "" = by the company's rules. `region`: of local numbers."""

    folder: Path
    data_dir: Path
    link: Link
    region: str = "RU"
    lang: str = ""


@dataclass(slots=True)
class Imported:
    """What was done. `calls`: new recordings; `known`: of them, at calls that the call log had; `already`: were there."""

    calls: int = 0
    known: int = 0
    already: int = 0
    linked: int = 0
    seconds: float = 0.0
    refused: list[Refused] = field(default_factory=list)


async def run(
    db: Database, plan: Plan, order: Import, progress: Callable[[], None] = lambda: None
) -> Imported:
    """Import the calls of a plan; `progress` is told after each.

    Raises:
        StorageFull: no room; what was imported so far stays.
        DatabaseUnavailable: the database is away; run it again.
    """
    done = Imported(refused=list(plan.refused))
    for old in plan.calls:
        why = await _one(db, old, order, done)
        if why == ALREADY:
            done.already += 1
        elif why:
            done.refused += [Refused(path, why) for path in old.files.values()]
        progress()
    return done


async def _one(db: Database, old: OldCall, order: Import, done: Imported) -> str:
    """Import one call; why not, or ""."""
    async with db.write() as session:
        call, why = await _call_of(session, old, order)
        if call is None:
            return why
        recording = await _recording_of(session, call, old, order)
        if recording.state == "ready":
            return ALREADY
        ids = (call.id, recording.id, call.pbx != PBX)
    try:
        collected = await asyncio.to_thread(_collect, old, ids[1], order)
    except RecordingIncomplete:
        collected = Collected(state="failed", error="it changed a moment ago: is it still written?")
    async with db.write() as session:
        call = await session.get_one(Call, ids[0])
        recording = await session.get_one(Recording, ids[1])
        if collected.state != "ready":
            await _forget(session, call, recording)
            return collected.error or "there is no sound in it"
        await keep(session, recording, collected)
        _ended(call, recording)
        await session.flush()
        await jobs.enqueue(
            session,
            TRANSCRIBE,
            str(recording.id),
            {"recording_id": recording.id},
            priority=PRIORITY,
        )
        done.linked += await order.link(session, call)
        done.seconds += recording.duration_s or 0.0
    done.calls += 1
    done.known += ids[2]
    return ""


def _collect(old: OldCall, recording_id: int, order: Import) -> Collected:
    request = Request(
        recording_id=recording_id, source=old.source, at=old.named.at.astimezone(UTC), data_dir=order.data_dir
    )  # fmt: skip
    return collect(request, order.folder, str(order.folder))


async def _call_of(session: AsyncSession, old: OldCall, order: Import) -> tuple[Call | None, str]:
    """The call that the file's id names, else one of its own; None and the reason where it cannot be said."""
    known = await _logged(session, old.named.uniqueid) if old.named.uniqueid else []
    if len(known) > 1:
        return None, "several calls of the call log have this id"
    if known:
        ready = select(Recording.id).where(
            Recording.call_id == known[0].id, Recording.state == "ready"
        )
        own = ready.where(Recording.source_key == _key(old))
        if await session.scalar(ready.limit(1)) and not await session.scalar(own.limit(1)):
            return None, "the call log has another recording of this call"
        return known[0], ""
    same = select(Call).where(Call.pbx == PBX, Call.linkedid == old.key)
    call = await session.scalar(same)
    if call is None:
        call = _new(old, order.region)
        session.add(call)
        await session.flush()
    return call, ""


async def _logged(session: AsyncSession, uniqueid: str) -> list[Call]:
    legs = select(CallLeg.call_id).where(CallLeg.uniqueid == uniqueid)
    found = await session.scalars(
        select(Call).where(
            (Call.linkedid == uniqueid) | Call.id.in_(legs),
            Call.pbx != PBX,
            Call.merged_into_id.is_(None),
        )
    )
    return list(found)


def _new(old: OldCall, region: str) -> Call:
    at = old.named.at.astimezone(UTC)
    return Call(
        pbx=PBX,
        linkedid=old.key,
        linkedids=[old.named.uniqueid] if old.named.uniqueid else [],
        direction=old.direction.value,
        caller=old.named.caller,
        caller_hidden=not old.named.caller,
        called=old.named.called,
        remote_number=old.remote,
        remote_e164=to_e164(old.remote, region) if old.remote else None,
        started_at=at,
        answered_at=at,
        ended_at=at,
        ended=True,
        outcome=Outcome.ANSWERED.value,
    )


def _key(old: OldCall) -> str:
    return f"import:{old.key}"


async def _recording_of(
    session: AsyncSession, call: Call, old: OldCall, order: Import
) -> Recording:
    same = select(Recording).where(Recording.call_id == call.id, Recording.source_key == _key(old))
    found = await session.scalar(same)
    if found is None:
        found = Recording(
            call_id=call.id,
            source_key=_key(old),
            source=old.source,
            state="expected",
            started_at=old.named.at.astimezone(UTC),
            lang=order.lang,
            created_at=datetime.now(UTC),
        )
        session.add(found)
        await session.flush()
    return found


def _ended(call: Call, recording: Recording) -> None:
    """Of a call that only the directory knows, the talk is as long as its sound."""
    if call.pbx == PBX and call.started_at is not None and recording.duration_s is not None:
        call.ended_at = call.started_at + timedelta(seconds=recording.duration_s)
        call.talk_s = recording.duration_s


async def _forget(session: AsyncSession, call: Call, recording: Recording) -> None:
    """A file without sound leaves no call behind."""
    await session.delete(recording)
    await session.flush()
    if call.pbx == PBX:
        await session.delete(call)
