"""Readings beyond the first: ordered by a person, or by the company's rule for the night.

In: a recording and a model's name. Out: a job "transcribe" with a key of its own. Its reading is stored beside the first
one and becomes current only when a person chooses it (`crm.transcript_orders`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs
from calls.recordings.task import TRANSCRIBE
from calls.tables import Transcript, Utterance
from calls.transcripts.rules import SpeechRules

PRIORITY = -10
"""Behind every first reading."""
ORDERED = 1
"""Of one that a person waits for: before first readings that nobody asked for."""


def key_of(recording_id: int, model: str) -> str:
    """The job's key: each model reads a recording once."""
    return f"{recording_id}:{model}"


async def order(session: AsyncSession, recording_id: int, model: str, *, by_id: int) -> bool:
    """Have a recording read by a model, for a person; False: that waits or runs already."""
    payload = {"recording_id": recording_id, "model": model, "by": by_id}
    key = key_of(recording_id, model)
    if await jobs.enqueue(session, TRANSCRIBE, key, payload, priority=ORDERED):
        return True
    return await jobs.again(session, TRANSCRIBE, key, payload)


async def by_rule(
    session: AsyncSession, reading: Transcript, rules: SpeechRules, now: datetime, zone: ZoneInfo
) -> bool:
    """Have a first reading followed by the second one where the rules say so; whether they did."""
    if reading.recording_id is None:
        return False
    words = [
        word
        for spoken in await session.scalars(
            select(Utterance.words).where(Utterance.transcript_id == reading.id)
        )
        for word in spoken
    ]
    if not rules.wants_second(words, reading.model):
        return False
    payload: dict[str, Any] = {
        "recording_id": reading.recording_id, "model": rules.second_model, "night": True
    }  # fmt: skip
    return await jobs.enqueue(
        session,
        TRANSCRIBE,
        key_of(reading.recording_id, rules.second_model),
        payload,
        priority=PRIORITY,
        run_at=rules.next_night(now, zone),
    )
