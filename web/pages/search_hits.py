"""Hits of a search as the page shows them: the turn with its found words, what was said around it, who and when.

In: `calls.search` hits. Out: `ShownHit`s, read with four queries however many hits there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.search import Hit
from calls.tables import Call, Recording, Transcript, Utterance
from crm.access import Actor
from web.pages.call_rows import CallRow, rows_of
from web.pages.phone_names import PhoneNames


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """The turn before or after a hit."""

    side: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownHit:
    """One hit. `words`: (text, found); `recording_id` None where there is no sound to play."""

    hit: Hit
    row: CallRow
    who: str
    words: tuple[tuple[str, bool], ...]
    before: Neighbour | None
    after: Neighbour | None
    recording_id: int | None
    sample: bool


async def shown_hits(
    session: AsyncSession, actor: Actor, hits: Sequence[Hit], names: PhoneNames
) -> list[ShownHit]:
    """Read what stands around hits, and with whom the calls were."""
    if not hits:
        return []
    found = await session.scalars(select(Call).where(Call.id.in_({hit.call_id for hit in hits})))
    rows = {row.call.id: row for row in await rows_of(session, actor, found.all(), names)}
    places = await _places_of(session, hits)
    turns = await _turns_around(session, list(places.values()))
    shown = []
    for hit in hits:
        place = places[hit.utterance_id]
        shown.append(_shown(hit, rows[hit.call_id], place, turns, names))
    return shown


@dataclass(frozen=True, slots=True)
class _Place:
    transcript_id: int
    turn: int
    recording_id: int | None
    origin: str


async def _places_of(session: AsyncSession, hits: Sequence[Hit]) -> Mapping[int, _Place]:
    rows = await session.execute(
        select(Utterance, Transcript.origin, Recording.id)
        .join(Transcript, Transcript.id == Utterance.transcript_id)
        .outerjoin(
            Recording, and_(Recording.id == Transcript.recording_id, Recording.state == "ready")
        )
        .where(Utterance.id.in_([hit.utterance_id for hit in hits]))
    )
    return {
        utterance.id: _Place(
            utterance.transcript_id,
            utterance.turn,
            recording_id,
            origin,
        )
        for utterance, origin, recording_id in rows
    }


async def _turns_around(
    session: AsyncSession, places: Sequence[_Place]
) -> Mapping[tuple[int, int], Neighbour]:
    beside = or_(
        *(
            and_(
                Utterance.transcript_id == place.transcript_id,
                Utterance.turn.in_([place.turn - 1, place.turn + 1]),
            )
            for place in places
        )
    )
    rows = await session.execute(
        select(
            Utterance.transcript_id,
            Utterance.turn,
            Utterance.side,
            func.coalesce(Utterance.corrected, Utterance.text),
        ).where(beside)
    )
    return {(row[0], row[1]): Neighbour(side=row[2], text=row[3]) for row in rows}


def _shown(
    hit: Hit,
    row: CallRow,
    place: _Place,
    turns: Mapping[tuple[int, int], Neighbour],
    names: PhoneNames,
) -> ShownHit:
    marked = set(hit.words)
    return ShownHit(
        hit=hit,
        row=row,
        who=_who(hit, row, names),
        words=tuple((word, index in marked) for index, word in enumerate(hit.shown)),
        before=turns.get((place.transcript_id, place.turn - 1)),
        after=turns.get((place.transcript_id, place.turn + 1)),
        recording_id=place.recording_id,
        sample=place.origin == "sample",
    )


def _who(hit: Hit, row: CallRow, names: PhoneNames) -> str:
    """The speaker's name; "" where only the side is known."""
    if hit.side == "client":
        return row.client_name
    if hit.side == "operator":
        return names.of(row.call.pbx, hit.speaker) if hit.speaker else row.operator_name
    return ""
