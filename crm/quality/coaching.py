"""Coaching notes: a word of a supervisor about a moment of a call to the operator, who may answer.

In: a call, a moment, words. Out: rows of `coaching_notes` and `coaching_replies`; the other one is told each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Utterance
from crm import audit, call_visibility, notifications
from crm.access import Actor, Permission
from crm.errors import Invalid, NotFound
from crm.notices import announce
from crm.notifications import News
from crm.quality.reviews import hearable_call, operator_of
from crm.tables import CoachingNote, CoachingReply

LONGEST = 4000
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where in a call; all None: the call as a whole. Seconds from the recording's beginning."""

    utterance_id: int | None = None
    start_s: float | None = None
    end_s: float | None = None


NO_MOMENT = Moment()


async def write(
    session: AsyncSession, actor: Actor, call_id: int, text: str, moment: Moment = NO_MOMENT
) -> CoachingNote:
    """Write a note to whoever had the call.

    Raises:
        Forbidden: the actor coaches nobody, or may not hear the call.
        CallNotFound: there is none.
        Invalid: no words, too many, or a turn of another call.
    """
    actor.require(Permission.QUALITY_REVIEW)
    call = await hearable_call(session, actor, call_id)
    words = _checked(text)
    turn = await session.get(Utterance, moment.utterance_id) if moment.utterance_id else None
    if moment.utterance_id and (turn is None or turn.call_id != call.id):
        raise Invalid("utterance_id", "this turn is not of the call")
    note = CoachingNote(
        call_id=call.id,
        utterance_id=moment.utterance_id,
        start_s=moment.start_s,
        end_s=moment.end_s,
        operator_id=await operator_of(session, call),
        author_id=actor.user_id or None,
        text=words,
        at=datetime.now(UTC),
    )
    session.add(note)
    await session.flush()
    await audit.record(session, actor, "coaching.write", "coaching", note.id, {"call": call.id})
    await _tell(session, note, note.operator_id, actor)
    return note


async def reply(session: AsyncSession, actor: Actor, note_id: int, text: str) -> CoachingReply:
    """Answer a note: the operator, its author, or another supervisor.

    Raises:
        NotFound: no such note, or none that the actor may read.
        Invalid: no words, or too many.
    """
    note, words = await get(session, actor, note_id), _checked(text)
    answer = CoachingReply(note_id=note.id, by_id=actor.user_id, text=words, at=datetime.now(UTC))
    session.add(answer)
    await session.flush()
    for other in {note.operator_id, note.author_id} - {actor.user_id}:
        await _tell(session, note, other, actor)
    return answer


async def get(session: AsyncSession, actor: Actor, note_id: int) -> CoachingNote:
    """A note that the actor may read.

    Raises:
        NotFound: there is none, or none that the actor may read.
    """
    query = select(CoachingNote).join(Call).where(CoachingNote.id == note_id, readable(actor))
    note = await session.scalar(query)
    if note is None:
        raise NotFound("coaching note", note_id)
    return note


def readable(actor: Actor) -> ColumnElement[bool]:
    """A condition on `CoachingNote` joined with `Call`: to or by the actor, or of a call that a supervisor may hear."""
    own = or_(CoachingNote.operator_id == actor.user_id, CoachingNote.author_id == actor.user_id)
    if actor.may(Permission.QUALITY_REVIEW):
        return own | call_visibility.heard_by(actor)
    return own


async def of_call(session: AsyncSession, actor: Actor, call_id: int) -> list[CoachingNote]:
    """Notes about a call that the actor may read, in the order of the sound."""
    query = select(CoachingNote).join(Call).where(CoachingNote.call_id == call_id, readable(actor))
    order = (CoachingNote.start_s.nulls_first(), CoachingNote.id)
    return list(await session.scalars(query.order_by(*order)))


async def of_operator(
    session: AsyncSession, actor: Actor, operator_id: int, *, before: int | None = None
) -> list[CoachingNote]:
    """Notes to one operator that the actor may read, newest first."""
    query = select(CoachingNote).join(Call)
    query = query.where(CoachingNote.operator_id == operator_id, readable(actor))
    if before is not None:
        query = query.where(CoachingNote.id < before)
    return list(await session.scalars(query.order_by(CoachingNote.id.desc()).limit(PAGE_SIZE)))


async def replies_to(
    session: AsyncSession, notes: Sequence[CoachingNote]
) -> dict[int, list[CoachingReply]]:
    """The answers under these notes, oldest first."""
    found: dict[int, list[CoachingReply]] = {note.id: [] for note in notes}
    query = select(CoachingReply).where(CoachingReply.note_id.in_(found)).order_by(CoachingReply.id)
    for answer in await session.scalars(query):
        found[answer.note_id].append(answer)
    return found


async def look(session: AsyncSession, actor: Actor, notes: Sequence[CoachingNote]) -> None:
    """Note that the operator has seen these."""
    now = datetime.now(UTC)
    for note in notes:
        if note.operator_id == actor.user_id and note.seen_at is None:
            note.seen_at = now
    await session.flush()


async def _tell(
    session: AsyncSession, note: CoachingNote, user_id: int | None, actor: Actor
) -> None:
    if user_id is not None and user_id != actor.user_id:
        news = News("coaching", "coaching", note.id, {"by": actor.name})
        await notifications.tell(session, [user_id], news)
    announce(session, "call", note.call_id)


def _checked(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if not words:
        raise Invalid("text", "write something")
    if len(words) > LONGEST:
        raise Invalid("text", "at most %(most)d characters", most=LONGEST)
    return words
