"""A reading becomes rows of words that search finds.

In: what an engine heard of a kept recording. Out: a `Transcript` with its utterances, indexed, in the caller's
transaction: the one that marks the job done. Idempotent by (recording, model).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import record_json, understanding
from calls.errors import RecordUnreadable
from calls.model import CallRecord
from calls.recordings import audio_time
from calls.search.index import index_utterances
from calls.tables import Call, Recording, Transcript, Utterance
from calls.transcripts.engine import SideSource, sides_of
from calls.transcripts.segments import ChannelTranscript, Side, TranscriptResult
from calls.transcripts.speakers import speaker_at


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


async def store(
    session: AsyncSession, recording: Recording, result: TranscriptResult, lang: str
) -> Transcript:
    """Write a reading in the caller's transaction; the same model's reading before is replaced.

    Args:
        session: a write session.
        recording: whose words they are; it must belong to a call.
        result: what the engine heard.
        lang: of the model.
    """
    assert recording.call_id is not None  # noqa: S101 - only calls' recordings have jobs
    call = await session.get_one(Call, recording.call_id)
    model = result.engine.model
    await _forget(session, recording.id, model)
    # A prepared sample, or another model's reading, is kept but no longer the one that is shown and searched.
    older = update(Transcript).where(Transcript.recording_id == recording.id)
    await session.execute(older.values(current=False))
    prepared = update(Transcript).where(
        Transcript.call_id == call.id, Transcript.origin == "sample"
    )
    await session.execute(prepared.values(current=False))
    transcript = Transcript(
        call_id=call.id,
        recording_id=recording.id,
        origin="engine",
        engine=result.engine.name,
        engine_version=result.engine.version,
        model=model,
        lang=lang,
        duration_s=result.duration_s,
        cpu_s=result.cpu_s,
        current=True,
        created_at=datetime.now(UTC),
    )
    session.add(transcript)
    await session.flush()
    rows = _rows(transcript, call, recording, result.channels)
    session.add_all(rows)
    await index_utterances(session, rows)
    await understanding.ask(session, transcript.id)
    return transcript


async def _forget(session: AsyncSession, recording_id: int, model: str) -> None:
    same = select(Transcript.id).where(
        Transcript.recording_id == recording_id, Transcript.model == model
    )
    await session.execute(delete(Utterance).where(Utterance.transcript_id.in_(same)))
    await session.execute(delete(Transcript).where(Transcript.id.in_(same)))


def _rows(
    transcript: Transcript,
    call: Call,
    recording: Recording,
    channels: Sequence[ChannelTranscript],
) -> list[Utterance]:
    """One row per turn, both sides in the order of time."""
    record = _record_of(call)
    turns = sorted(
        ((turn, channel.side) for channel in channels for turn in channel.utterances),
        key=lambda found: (found[0].start_s, found[1].value),
    )
    return [
        Utterance(
            transcript_id=transcript.id,
            call_id=call.id,
            turn=number,
            side=side.value,
            speaker=_speaker(record, recording, side, turn.start_s) if record else "",
            start_s=turn.start_s,
            end_s=turn.end_s,
            text=turn.text,
            words=[asdict(word) for word in turn.words],
            lemmas="",
        )
        for number, (turn, side) in enumerate(turns)
    ]


def _speaker(record: CallRecord, recording: Recording, side: Side, second_s: float) -> str:
    at = audio_time.moment(recording.source or {}, record, recording.started_at, second_s)
    return speaker_at(record, side, at, 0.0)


def _record_of(call: Call) -> CallRecord | None:
    try:
        return record_json.load(call.detail) if call.detail else None
    except RecordUnreadable:
        return None  # an older version's row: the sides are known all the same, only the persons are not
