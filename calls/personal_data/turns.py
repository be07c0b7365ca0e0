"""Masks words of a call's transcripts: as heard, as corrected, in every version, and in the index.

In: a stretch of time, or words of one turn. Out: `MASK` in the place of each word, and the words that were there (to find
them again in quotes). Words keep their number and times, so that whatever points to a word still points to the same one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.personal_data.mask import MASK, aligned, mask_places, places_like
from calls.search import index_utterances
from calls.tables import Transcript, Utterance, UtteranceCorrection

TOUCHES_S = 0.02
"""A word that reaches so far into the stretch is a part of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Seconds of a recording; or of a transcript without sound. With words: only these of that turn."""

    from_s: float
    to_s: float
    utterance_id: int | None = None
    word_from: int = 0
    word_to: int = -1


@dataclass(slots=True)
class Masked:
    """What was masked: pieces of words, how many words in all, and which transcripts changed."""

    pieces: list[list[str]] = field(default_factory=list)
    words: int = 0
    transcripts: set[int] = field(default_factory=set)


async def mask(
    session: AsyncSession, call_id: int, recording_id: int | None, stretch: Stretch
) -> Masked:
    """Mask a stretch in all readings of a recording, and in transcripts of its call that have no sound.

    Args:
        session: a write session.
        call_id: whose.
        recording_id: the recording whose time the stretch is; None: of transcripts without sound.
        stretch: what.
    """
    of: ColumnElement[bool] = Transcript.recording_id.is_(None)
    if recording_id is not None:
        of = or_(of, Transcript.recording_id == recording_id)
    query = (
        select(Utterance)
        .join(Transcript, Transcript.id == Utterance.transcript_id)
        .where(Transcript.call_id == call_id, of)
        .where(Utterance.start_s < stretch.to_s, Utterance.end_s > stretch.from_s)
        .order_by(Utterance.id)
    )
    turns = list((await session.scalars(query)).all())
    done = Masked()
    places = {turn.id: _places(turn, stretch) for turn in turns}
    for turn in turns:
        done.pieces += list(_pieces(_heard(turn), places[turn.id]))
        if turn.corrected is not None:
            corrected = aligned(_heard(turn), turn.corrected.split(), places[turn.id])
            done.pieces += list(_pieces(turn.corrected.split(), corrected))
    for turn in turns:
        # Where only the turn's times are known, its words are recognised by those that were hidden elsewhere.
        hidden = places[turn.id] or (
            set() if turn.words else places_like(_heard(turn), done.pieces)
        )
        if hidden:
            done.words += len(hidden)
            done.transcripts.add(turn.transcript_id)
            await _mask_turn(session, turn, hidden)
    return done


def _heard(turn: Utterance) -> list[str]:
    return [str(one["word"]) for one in turn.words] if turn.words else turn.text.split()


def _places(turn: Utterance, stretch: Stretch) -> set[int]:
    """Which words as heard lie in the stretch; empty where nobody knows."""
    if stretch.utterance_id == turn.id and stretch.word_to >= stretch.word_from:
        count = len(_heard(turn))
        return {at for at in range(stretch.word_from, stretch.word_to + 1) if at < count}
    if not turn.words:
        whole = turn.start_s >= stretch.from_s and turn.end_s <= stretch.to_s
        return set(range(len(_heard(turn)))) if whole and stretch.utterance_id is None else set()
    return {
        at
        for at, word in enumerate(turn.words)
        if min(float(word["end_s"]), stretch.to_s) - max(float(word["start_s"]), stretch.from_s)
        > TOUCHES_S
    }


def _pieces(words: Sequence[str], places: Collection[int]) -> Iterable[list[str]]:
    """Words that stand side by side; what was masked before is none."""
    piece: list[str] = []
    for at, word in enumerate(words):
        if at in places and word != MASK:
            piece.append(word)
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


async def _mask_turn(session: AsyncSession, turn: Utterance, hidden: set[int]) -> None:
    heard = _heard(turn)
    versions = await session.scalars(
        select(UtteranceCorrection).where(UtteranceCorrection.utterance_id == turn.id)
    )
    for version in versions.all():
        version.text, version.words = _masked(heard, version.text, version.words, hidden)
    corrected = _masked(heard, turn.corrected, turn.corrected_words, hidden)
    turn.corrected, turn.corrected_words = corrected
    text, words = _masked(heard, turn.text, turn.words, hidden)
    turn.text, turn.words = text or "", words or []
    await index_utterances(session, [turn])


def _masked(
    heard: Sequence[str], text: str | None, words: list[Any] | None, hidden: set[int]
) -> tuple[str | None, list[Any] | None]:
    """A text and its words with the same hidden as in the heard ones."""
    if words:
        said = [str(one["word"]) for one in words]
        places = hidden if said == list(heard) else aligned(heard, said, hidden)
        words = [{**one, "word": MASK} if at in places else one for at, one in enumerate(words)]
    if text is not None:
        parts = text.split()
        same = len(parts) == len(heard) and words is not None and len(words) == len(parts)
        places = hidden if same and _like(parts, heard) else aligned(heard, parts, hidden)
        if places:
            text = " ".join(mask_places(parts, places))
    return text, words


def _like(parts: Sequence[str], heard: Sequence[str]) -> bool:
    return aligned(heard, parts, set(range(len(heard)))) == set(range(len(parts)))
