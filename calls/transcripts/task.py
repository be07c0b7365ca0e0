"""A reading becomes rows of words that search finds.

In: what an engine heard of a kept recording. Out: a `Transcript` with its utterances, indexed, in the caller's
transaction: the one that marks the job done. Idempotent by (recording, model). A recording's first reading is its current
one; later ones, by other models, are kept beside it until a person chooses (`crm.transcript_orders`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import record_json, understanding
from calls.errors import RecordUnreadable
from calls.model import CallRecord
from calls.search.index import index_utterances
from calls.tables import Call, Recording, Transcript, Utterance
from calls.transcripts.attribution import Attribution
from calls.transcripts.engine import SideSource, sides_of
from calls.transcripts.segments import Side, TranscriptResult
from calls.transcripts.turns import Turn, turns_of
from pbx.events import Direction, Linkedid, Party, PbxName


def sources_of(recording: Recording, data_dir: Path) -> Sequence[SideSource]:
    """What the engine hears of a kept recording: both sides apart, or one of which nobody knows the speaker.

    Raises:
        RecordingUnreadable: the kept file is gone or damaged.
    """
    path = data_dir / recording.path
    sources = sides_of(path)
    if recording.sides != "two":
        return tuple(SideSource(Side.UNKNOWN, source.path, source.channel) for source in sources)
    return sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Why a recording was read, and in which language: kept with the reading (`calls.tables.Transcript`).

    `model`: its installed name; "" = as the engine names it.
    """

    model: str = ""
    lang: str = ""
    lang_how: str = ""
    lang_trial: Sequence[dict[str, Any]] = field(default_factory=list)
    by_id: int | None = None
    took_s: float | None = None


async def store(
    session: AsyncSession, recording: Recording, result: TranscriptResult, order: Order
) -> Transcript:
    """Write a reading in the caller's transaction; the same model's one before is replaced, unless people corrected it.

    Args:
        session: a write session.
        recording: whose words they are; it must belong to a call.
        result: what the engine heard.
        order: in which language, and for whom.
    """
    assert recording.call_id is not None  # noqa: S101 - only calls' recordings have jobs
    call = await session.get_one(Call, recording.call_id)
    readings = await _readings(session, recording)
    same = next((one for one in readings if one.model == _model(result, order)), None)
    if same is not None and await _is_corrected(session, same):
        return same
    heard = [one for one in readings if one is not same and one.origin != "sample"]
    current = same.current if same is not None else not any(one.current for one in heard)
    await _make_way(session, same, call, current=current)
    transcript = _new(recording, result, order)
    transcript.call_id, transcript.current = call.id, current
    session.add(transcript)
    await session.flush()
    attribution = Attribution(
        record=_record_of(call, recording),
        source=recording.source or {},
        started_at=recording.started_at,
    )
    found = turns_of(result.channels, attribution)
    transcript.left_out = dict(found.left_out)
    rows = [_row(transcript, number, turn) for number, turn in enumerate(found.turns)]
    session.add_all(rows)
    await index_utterances(session, rows)
    await understanding.ask(session, transcript.id)
    return transcript


def _model(result: TranscriptResult, order: Order) -> str:
    return order.model or result.engine.model


def _new(recording: Recording, result: TranscriptResult, order: Order) -> Transcript:
    return Transcript(
        recording_id=recording.id,
        origin="engine",
        engine=result.engine.name,
        engine_version=result.engine.version,
        model=_model(result, order),
        lang=order.lang,
        lang_how=order.lang_how,
        lang_trial=list(order.lang_trial),
        ordered_by_id=order.by_id,
        duration_s=result.duration_s,
        cpu_s=result.cpu_s,
        took_s=order.took_s,
        created_at=datetime.now(UTC),
    )


async def _readings(session: AsyncSession, recording: Recording) -> Sequence[Transcript]:
    found = await session.scalars(
        select(Transcript).where(Transcript.recording_id == recording.id).order_by(Transcript.id)
    )
    return found.all()


async def _is_corrected(session: AsyncSession, transcript: Transcript) -> bool:
    corrected = select(Utterance.id).where(
        Utterance.transcript_id == transcript.id, Utterance.version > 0
    )
    return await session.scalar(corrected.limit(1)) is not None


async def _make_way(
    session: AsyncSession, same: Transcript | None, call: Call, *, current: bool
) -> None:
    """Delete the same model's reading; a prepared sample is kept, but no longer shown and searched."""
    if same is not None:
        await session.execute(delete(Utterance).where(Utterance.transcript_id == same.id))
        await session.delete(same)
        await session.flush()
    if current:
        prepared = update(Transcript).where(
            Transcript.call_id == call.id, Transcript.origin == "sample"
        )
        await session.execute(prepared.values(current=False))


def _row(transcript: Transcript, number: int, turn: Turn) -> Utterance:
    return Utterance(
        transcript_id=transcript.id,
        call_id=transcript.call_id,
        turn=number,
        side=turn.side.value,
        speaker=turn.speaker,
        start_s=turn.start_s,
        end_s=turn.end_s,
        text=turn.text,
        words=[asdict(word) for word in turn.words],
        overlaps=[list(span) for span in turn.overlaps],
        lemmas="",
    )


def _record_of(call: Call, recording: Recording) -> CallRecord | None:
    if not call.detail and (recording.source or {}).get("imported"):
        return _told_by_name(call)
    try:
        return record_json.load(call.detail) if call.detail else None
    except RecordUnreadable:
        return None  # an older version's row: the sides are known all the same, only the persons are not


def _told_by_name(call: Call) -> CallRecord:
    """What the name of an old recording tells: who called whom, and no talks; so the one who was called has no name."""

    def party(label: str, *, ours: bool) -> Party:
        return Party(extension=label) if ours else Party(number=label)

    direction = Direction(call.direction)
    return CallRecord(
        pbx=PbxName(call.pbx),
        linkedid=Linkedid(call.linkedid),
        linkedids=(Linkedid(call.linkedid),),
        direction=direction,
        caller=party(call.caller, ours=direction is not Direction.IN),
        called=party(call.called, ours=direction is Direction.INTERNAL),
    )
