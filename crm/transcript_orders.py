"""What people order of transcription: another model's reading, an earlier turn in the queue, which reading counts.

In: a recording, a call or a reading. Out: jobs of the worker; the current reading of a recording, chosen by a person and
understood anew. Everything but looking is in the audit log, with ids and names of models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs, understanding
from calls.errors import CallNotFound, RecordingNotFound
from calls.recordings.task import TRANSCRIBE
from calls.tables import Call, Job, Recording, Transcript, Utterance
from calls.transcripts import second_pass
from crm import audit, call_visibility
from crm.access import Actor, Permission
from crm.errors import Conflict, Forbidden, NotFound
from crm.notices import announce
from crm.tables import User

FIRST = 10
"""Priority of a recording that a person wants read first."""
OPENED = 5
"""Of one whose call somebody opened while it waited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of a recording, for choosing. `words`, `corrected`: counts (turns, of the latter)."""

    transcript: Transcript
    turns: int
    corrected: int
    ordered_by: str
    chosen_by: str


async def order(session: AsyncSession, actor: Actor, recording_id: int, model: str) -> bool:
    """Have a recording read by another model; False: that is ordered already.

    Raises:
        Forbidden: the actor may not order, or not hear the call.
        RecordingNotFound: there is none that can be read.
        Conflict: this model has read it.
    """
    recording = await _recording(session, actor, recording_id)
    read = select(Transcript.id).where(
        Transcript.recording_id == recording.id, Transcript.model == model
    )
    if await session.scalar(read) is not None:
        raise Conflict("recording", recording_id, f"{model} has read it already")
    made = await second_pass.order(session, recording.id, model, by_id=actor.user_id)
    if made:
        detail = {"model": model, "call_id": recording.call_id}
        await audit.record(session, actor, "transcript.order", "recording", recording.id, detail)
        announce(session, "job", recording.id)
    return made


async def hurry(session: AsyncSession, actor: Actor, call_id: int) -> int:
    """Let a call's recordings be read before all others; returns how many were waiting behind.

    Raises:
        Forbidden: the actor may not order, or not hear the call.
        CallNotFound: there is none.
    """
    actor.require(Permission.TRANSCRIPTS_ORDER)
    call = await _hearable(session, actor, call_id)
    moved = await _ahead(session, call, FIRST)
    if moved:
        await audit.record(session, actor, "transcript.hurry", "call", call.id, {"jobs": moved})
        announce(session, "job", call.id)
    return moved


async def opened(session: AsyncSession, actor: Actor, call_id: int) -> int:
    """Somebody opened a call whose words are awaited: they come before those that nobody waits for."""
    return await _ahead(session, await _hearable(session, actor, call_id), OPENED)


async def choose(session: AsyncSession, actor: Actor, transcript_id: int) -> Transcript:
    """Make a reading the one that is shown, searched and understood; the others of its recording stay beside it.

    Raises:
        Forbidden: the actor may not choose, or not hear the call.
        NotFound: no such reading.
    """
    actor.require(Permission.TRANSCRIPTS_ORDER)
    chosen = await session.get(Transcript, transcript_id)
    if chosen is None:
        raise NotFound("transcript", transcript_id)
    await _hearable(session, actor, chosen.call_id)
    if chosen.current:
        return chosen
    others = update(Transcript).where(
        Transcript.call_id == chosen.call_id, Transcript.recording_id == chosen.recording_id
    )
    before = await session.scalar(
        select(Transcript.id).where(
            Transcript.call_id == chosen.call_id,
            Transcript.recording_id == chosen.recording_id,
            Transcript.current,
        )
    )
    await session.execute(others.values(current=False))
    await session.refresh(chosen)
    chosen.current, chosen.chosen_by_id = True, actor.user_id
    chosen.chosen_at = datetime.now(UTC)
    await session.flush()
    await understanding.ask(session, chosen.id)
    detail = {"call_id": chosen.call_id, "model": chosen.model, "before": before}
    await audit.record(session, actor, "transcript.choose", "transcript", chosen.id, detail)
    announce(session, "call", chosen.call_id)
    return chosen


async def readings(session: AsyncSession, recording_id: int) -> Sequence[Reading]:
    """All readings of a recording, the first one first. Whether it may be heard is the caller's question."""
    ordered, chosen = (User.__table__.alias(name) for name in ("ordered", "chosen"))
    turns = select(
        Utterance.transcript_id,
        func.count().label("turns"),
        func.sum(case((Utterance.version > 0, 1), else_=0)).cast(Integer).label("corrected"),
    ).group_by(Utterance.transcript_id)
    counts = turns.subquery()
    rows = await session.execute(
        select(
            Transcript,
            counts.c.turns,
            counts.c.corrected,
            func.coalesce(func.nullif(ordered.c.name, ""), ordered.c.login, ""),
            func.coalesce(func.nullif(chosen.c.name, ""), chosen.c.login, ""),
        )
        .outerjoin(counts, counts.c.transcript_id == Transcript.id)
        .outerjoin(ordered, ordered.c.id == Transcript.ordered_by_id)
        .outerjoin(chosen, chosen.c.id == Transcript.chosen_by_id)
        .where(Transcript.recording_id == recording_id)
        .order_by(Transcript.id)
    )
    return [
        Reading(
            transcript=one, turns=turns or 0, corrected=fixed or 0, ordered_by=by, chosen_by=who
        )
        for one, turns, fixed, by, who in rows
    ]


async def waiting(session: AsyncSession, recording_id: int) -> Sequence[Job]:
    """Readings of a recording that were ordered and are not there yet."""
    keys = Job.key.startswith(f"{recording_id}:", autoescape=True)
    found = await session.scalars(
        select(Job).where(
            Job.kind == TRANSCRIBE, keys, Job.state.in_(("waiting", "running", "blocked", "failed"))
        )
    )
    return found.all()


async def _recording(session: AsyncSession, actor: Actor, recording_id: int) -> Recording:
    actor.require(Permission.TRANSCRIPTS_ORDER)
    recording = await session.get(Recording, recording_id)
    if recording is None or recording.call_id is None or recording.state != "ready":
        raise RecordingNotFound(recording_id)
    await _hearable(session, actor, recording.call_id)
    return recording


async def _hearable(session: AsyncSession, actor: Actor, call_id: int) -> Call:
    call = await session.get(Call, call_id)
    if call is None:
        raise CallNotFound(call_id)
    await call_visibility.require(session, actor, call)
    heard = select(Call.id).where(Call.id == call.id, call_visibility.heard_by(actor))
    if await session.scalar(heard) is None:
        raise Forbidden("calls.listen")
    return call


async def _ahead(session: AsyncSession, call: Call, priority: int) -> int:
    found = await session.scalars(select(Recording.id).where(Recording.call_id == call.id))
    return await jobs.hurry(session, TRANSCRIBE, [str(one) for one in found], priority)
