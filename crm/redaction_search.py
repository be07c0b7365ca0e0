"""Finds personal data in the transcripts of a call, on request and by rule.

In: a call's transcripts. Out: pieces for `crm.redaction`; and the step that hides them by itself where the administrator
wants that. Held calls are left alone: what is evidence must not change, and the page of the call says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.personal_data.finder import Finding, Kind, Turn, find
from calls.personal_data.turns import Stretch
from calls.personal_data.ways import SILENCE
from calls.tables import Recording, Transcript, Utterance
from calls.transcripts import current
from crm import company_settings, legal_holds, redaction
from crm.access import SYSTEM
from crm.redaction import Piece, Why

log = structlog.get_logger(__name__)

SETTING = "redaction"
PAD_S = 0.15
"""So much around a word is silenced with it: the engine's times are no sharper."""


class RedactionRules(BaseModel, frozen=True):
    """What is hidden by itself as soon as a call was transcribed."""

    kinds: frozenset[Kind] = Field(default_factory=frozenset)
    how: str = SILENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Personal data in one turn, with the words as they stand: only for who may hear the call, never for a log."""

    piece: Piece
    transcript_id: int
    side: str
    words: str


async def in_call(session: AsyncSession, call_id: int) -> list[Found]:
    """What the current transcripts of a call hold, in the order of time."""
    query = select(Transcript).where(Transcript.call_id == call_id, Transcript.current)
    found = []
    for transcript in (await session.scalars(query.order_by(Transcript.id))).all():
        found += await in_transcript(session, transcript)
    return sorted(found, key=lambda one: one.piece.stretch.from_s)


async def in_transcript(session: AsyncSession, transcript: Transcript) -> list[Found]:
    """What one transcript holds."""
    query = select(Utterance).where(Utterance.transcript_id == transcript.id)
    rows = (await session.scalars(query.order_by(Utterance.turn, Utterance.id))).all()
    shown = [_words(row) for row in rows]
    findings = find([Turn(row.side, words) for row, words in zip(rows, shown, strict=True)])
    recording_id = transcript.recording_id
    if recording_id is not None:
        recording = await session.get(Recording, recording_id)
        recording_id = recording.id if recording is not None else None
    return [
        Found(
            piece=Piece(
                recording_id=recording_id,
                stretch=_stretch(rows[one.turn], one, timed=recording_id is not None),
                kind=one.kind.value,
            ),
            transcript_id=transcript.id,
            side=rows[one.turn].side,
            words=" ".join(shown[one.turn][one.word_from : one.word_to + 1]),
        )
        for one in findings
    ]


def _words(row: Utterance) -> Sequence[str]:
    timed = current.words(row)
    return [str(one["word"]) for one in timed] if timed else current.text(row).split()


def _stretch(row: Utterance, finding: Finding, *, timed: bool) -> Stretch:
    """When it was said: by its words, or the whole turn where only that is known."""
    words: list[dict[str, Any]] = current.words(row)
    corrected = row.corrected is not None
    if not words:
        only = Stretch(from_s=row.start_s, to_s=max(row.end_s, row.start_s + PAD_S))
        if corrected:
            return only
        return replace(
            only, utterance_id=row.id, word_from=finding.word_from, word_to=finding.word_to
        )
    first, last = words[finding.word_from], words[finding.word_to]
    pad = PAD_S if timed else 0.0
    return Stretch(
        from_s=max(float(first["start_s"]) - pad, 0.0),
        to_s=float(last["end_s"]) + pad,
        utterance_id=None if corrected else row.id,
        word_from=finding.word_from,
        word_to=finding.word_to,
    )


async def rules(session: AsyncSession) -> RedactionRules:
    """The rules in force.

    Raises:
        SettingInvalid: what is stored does not fit.
    """
    return await company_settings.load(session, SETTING, RedactionRules)


async def apply_rules(session: AsyncSession, transcript: Transcript) -> None:
    """Hide what the rules name in a new transcript: the first step of understanding it."""
    wanted = await rules(session)
    if not wanted.kinds:
        return
    found = await in_transcript(session, transcript)
    pieces = chosen(found, {kind.value for kind in wanted.kinds})
    if not pieces:
        return
    if await legal_holds.on_calls(session, [transcript.call_id], to_delete=False):
        log.info("not_redacted", call_id=transcript.call_id, why="held")
        return
    why = Why(how=wanted.how, found_by="rule")
    await redaction.redact(session, SYSTEM, transcript.call_id, pieces, why)


def chosen(found: Sequence[Found], kinds: Collection[str]) -> list[Piece]:
    """The pieces of these kinds."""
    return [one.piece for one in found if one.piece.kind in kinds]
