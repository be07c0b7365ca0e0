"""Everything of the demonstration says that it is a sample; prepared texts stand in where no model is installed.

In: call events of the simulated PBX, in their own transaction; recordings that were collected. Out: `sample` marks, the
language of each recording, and transcripts of origin "sample": the text that the simulator's voices were given. No engine
heard them. When a model of that language is installed, its reading takes their place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import record_json, understanding
from calls.db import Database
from calls.errors import DatabaseUnavailable
from calls.feed import Notice, store
from calls.model import CallRecord
from calls.search.index import index_utterances
from calls.tables import Call, Recording, Transcript, Utterance
from calls.transcripts.attribution import Attribution
from calls.transcripts.segments import Side
from crm.tables import Task
from pbx.events import PbxEvent, RecordingNamed
from pbx.samples import SampleCall, sample_named_in

log = structlog.get_logger(__name__)

HEARD_BY_ENGINE = frozenset({"ko"})
"""The language whose model comes as a Python package: these samples are really transcribed."""
PREPARED = "prepared"
LOOK_EVERY_S = 5.0


async def mark(
    session: AsyncSession, event: PbxEvent, record: CallRecord | None, call_row_id: int | None
) -> Sequence[Notice]:
    """Handler of call events: mark the rows as samples."""
    if call_row_id is None:
        return ()
    for table, column in (
        (Call, Call.id),
        (Recording, Recording.call_id),
        (Task, Task.last_call_id),
    ):
        await session.execute(
            update(table).where(column == call_row_id, table.sample.is_(False)).values(sample=True)
        )
    if isinstance(event, RecordingNamed):
        await _name_language(session, call_row_id)
    return ()


async def _name_language(session: AsyncSession, call_id: int) -> None:
    unnamed = select(Recording).where(Recording.call_id == call_id, Recording.lang == "")
    for recording in await session.scalars(unnamed):
        sample = sample_named_in(recording.source_key)
        recording.lang = sample.lang if sample else ""


async def keep_prepared(db: Database) -> None:
    """Give every collected sample recording its prepared text, as long as nothing better is there."""
    while True:
        try:
            await _prepare(db)
        except DatabaseUnavailable as error:
            log.warning("samples_not_prepared", why=str(error))
        await asyncio.sleep(LOOK_EVERY_S)


async def _prepare(db: Database) -> None:
    async with db.read() as session:
        waiting = (
            await session.scalars(
                select(Recording.id)
                .where(Recording.sample.is_(True), Recording.state == "ready")
                .where(Recording.lang.not_in(HEARD_BY_ENGINE))
                .where(~exists().where(Transcript.call_id == Recording.call_id))
            )
        ).all()
    for recording_id in waiting:
        async with db.write() as session:
            recording = await session.get_one(Recording, recording_id)
            sample = sample_named_in(recording.source_key)
            if sample is not None and recording.call_id is not None:
                await _attach(session, recording, recording.call_id, sample)
                store(session, [Notice("call", {"id": recording.call_id})])


async def _attach(
    session: AsyncSession, recording: Recording, call_id: int, sample: SampleCall
) -> None:
    call = await session.get_one(Call, call_id)
    transcript = Transcript(
        call_id=call_id,
        recording_id=recording.id,
        origin="sample",
        model=PREPARED,
        lang=sample.lang,
        duration_s=recording.duration_s,
        created_at=datetime.now(UTC),
    )
    session.add(transcript)
    await session.flush()
    attribution = Attribution(
        record=record_json.load(call.detail),
        source=recording.source or {},
        started_at=recording.started_at,
    )
    heard = recording.duration_s if recording.duration_s is not None else sample.length_s
    rows = [
        Utterance(
            transcript_id=transcript.id,
            call_id=call_id,
            turn=number,
            side=turn.side,
            speaker=attribution.voice(Side(turn.side), turn.start_s).speaker,
            start_s=turn.start_s,
            end_s=turn.end_s,
            text=turn.text,
            words=_words(turn.text, turn.start_s, turn.end_s),
            lemmas="",
        )
        for number, turn in enumerate(sample.turns)
        if turn.end_s <= heard + 0.5
    ]
    session.add_all(rows)
    await index_utterances(session, rows)
    await understanding.ask(session, transcript.id)


def _words(text: str, start_s: float, end_s: float) -> list[dict[str, object]]:
    """Spread the words over their turn by their length: nobody heard them, so there are no better times."""
    words = text.split()
    letters = sum(len(word) + 1 for word in words)
    placed, passed = [], 0
    for word in words:
        begin = start_s + (end_s - start_s) * passed / letters
        passed += len(word) + 1
        end = start_s + (end_s - start_s) * passed / letters
        placed.append(
            {"word": word, "start_s": round(begin, 2), "end_s": round(end, 2), "conf": 1.0}
        )
    return placed
