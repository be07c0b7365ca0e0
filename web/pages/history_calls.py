"""What a client's history tells of calls: who talked, what was recorded, the first words, what was noted.

In: calls that the reader may see. Out: a `CallTold` for each; words and recordings only of those that he may hear.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Recording, Transcript, Utterance
from crm.access import Actor
from crm.call_notes import Note
from crm.tables import CallNote, User
from web.pages.call_access import hearable_calls
from web.pages.call_rows import operator_of
from web.pages.phone_names import PhoneNames, phone_names

WORDS_SHOWN = 180
_FIRST_TURNS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTold:
    """What is told of a call beside its row."""

    colleague: str = ""
    is_heard: bool = False
    """Whether the reader may hear it."""
    has_recording: bool = False
    has_transcript: bool = False
    first_words: str = ""
    notes: Sequence[Note] = ()


async def calls_told(
    session: AsyncSession, actor: Actor, calls: Sequence[Call]
) -> dict[int, CallTold]:
    """What is told of these calls, by their ids, with a query for each kind of thing."""
    if not calls:
        return {}
    heard = await hearable_calls(session, actor, calls)
    ready = select(Recording.call_id).where(
        Recording.call_id.in_(heard), Recording.state == "ready"
    )
    recorded = set((await session.scalars(ready)).all())
    words = await _first_words(session, heard)
    notes = await _notes(session, [call.id for call in calls])
    names = await phone_names(session, calls)
    return {
        call.id: CallTold(
            colleague=_colleague(call, names),
            is_heard=call.id in heard,
            has_recording=call.id in recorded,
            has_transcript=call.id in words,
            first_words=words.get(call.id, ""),
            notes=notes.get(call.id, ()),
        )
        for call in calls
    }


def _colleague(call: Call, names: PhoneNames) -> str:
    return names.of(call.pbx, operator_of(call), call.answered_at or call.started_at)


async def _first_words(session: AsyncSession, call_ids: Iterable[int]) -> dict[int, str]:
    query = (
        select(Utterance.call_id, Utterance.text)
        .join(Transcript, Transcript.id == Utterance.transcript_id)
        .where(
            Utterance.call_id.in_(set(call_ids)),
            Transcript.current.is_(True),
            Utterance.turn < _FIRST_TURNS,
        )
        .order_by(Utterance.call_id, Utterance.turn)
    )
    said: dict[int, list[str]] = {}
    for call_id, text in await session.execute(query):
        said.setdefault(call_id, []).append(text)
    return {call_id: _cut(" — ".join(turns)) for call_id, turns in said.items()}


def _cut(text: str) -> str:
    if len(text) <= WORDS_SHOWN:
        return text
    return text[:WORDS_SHOWN].rpartition(" ")[0] + "…"


async def _notes(session: AsyncSession, call_ids: Sequence[int]) -> dict[int, list[Note]]:
    query = (
        select(CallNote, User.name, User.login)
        .join(User, User.id == CallNote.user_id)
        .where(CallNote.call_id.in_(call_ids), CallNote.text != "")
        .order_by(CallNote.id)
    )
    found: dict[int, list[Note]] = {}
    for note, name, login in await session.execute(query):
        author = name or login
        told = Note(note.call_id, note.user_id, author, note.text, note.updated_at)
        found.setdefault(note.call_id, []).append(told)
    return found
