"""What makes an utterance findable: its index forms and its place in the order of search.

Both are written in the transaction of the utterance itself.

In: utterances, new or changed. Out: their `lemmas`, `recency` and `index_version`, and the words of the vocabulary; the
databases keep their full-text index in step with those columns, also when utterances are deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from calls.search import vocabulary
from calls.search.matching import SEPARATOR, indexed
from calls.search.recency import BLOCK, BLOCKS, recency
from calls.tables import Call, Transcript, Utterance

INDEX_VERSION = 2
"""Raised when index forms change: `index_anew` then writes those of all turns again."""
ANEW_BATCH = 500
_IDS = 500


async def index_utterances(session: AsyncSession, utterances: Iterable[Utterance]) -> None:
    """Make utterances findable once the caller's transaction is committed. They need not be flushed yet."""
    rows = list(utterances)
    if any(row.transcript_id is None for row in rows):
        await session.flush()
    places = await _Places.of(session, {row.transcript_id for row in rows})
    for row in rows:
        row.lemmas = index_text(row.text, row.corrected)
        row.recency = places.of_turn(row.transcript_id, row.turn)
        row.index_version = INDEX_VERSION
    await vocabulary.learn(session, _texts((row.text, row.corrected) for row in rows))
    await session.flush()


async def index_values(session: AsyncSession, values: Iterable[MutableMapping[str, Any]]) -> None:
    """Make utterances findable that are inserted as values: adds what `index_utterances` sets.

    Args:
        session: the write session in which their transcripts stand already.
        values: with "transcript_id", "turn" and "text".
    """
    rows = list(values)
    places = await _Places.of(session, {row["transcript_id"] for row in rows})
    for row in rows:
        row["lemmas"] = index_text(row["text"], None)
        row["recency"] = places.of_turn(row["transcript_id"], row["turn"])
        row["index_version"] = INDEX_VERSION
    await vocabulary.learn(session, (row["text"] for row in rows))


def index_text(text: str, corrected: str | None = None) -> str:
    """Return what the index holds of a turn: what was heard and, behind it, what people made of it."""
    heard = indexed(text).text
    if corrected is None or corrected == text:
        return heard
    return f"{heard} {SEPARATOR} {indexed(corrected).text}"


def _texts(versions: Iterable[tuple[str, str | None]]) -> Iterable[str]:
    for text, corrected in versions:
        yield text
        if corrected is not None:
            yield corrected


async def is_behind(session: AsyncSession) -> bool:
    """Whether turns wait to be indexed anew: what is said in numbers or misheard is not found in them yet."""
    old = select(Utterance.id).where(Utterance.index_version < INDEX_VERSION).limit(1)
    return await session.scalar(old) is not None


async def index_anew(db: Database) -> int:
    """Index some turns again whose forms are those of an older version; returns how many there were."""
    old = select(Utterance.id).where(Utterance.index_version < INDEX_VERSION).limit(ANEW_BATCH)
    async with db.read() as session:
        if not await is_behind(session):
            return 0
    async with db.write() as session:
        ids = list(await session.scalars(old))
        rows = list(await session.scalars(select(Utterance).where(Utterance.id.in_(ids))))
        await index_utterances(session, rows)
        return len(rows)


class _Places:
    """Where the turns of some transcripts stand in the order of search."""

    def __init__(self, began: Mapping[int, datetime | None], blocks: Mapping[int, int]) -> None:
        self._began = began
        self._blocks = blocks

    @classmethod
    async def of(cls, session: AsyncSession, transcript_ids: Collection[int]) -> _Places:
        """Read when the calls of these transcripts began."""
        ids = sorted(transcript_ids)
        began: dict[int, datetime | None] = {}
        for start in range(0, len(ids), _IDS):
            query = (
                select(Transcript.id, Call.started_at)
                .join(Call, Call.id == Transcript.call_id)
                .where(Transcript.id.in_(ids[start : start + _IDS]))
            )
            began |= {row[0]: row[1] for row in await session.execute(query)}
        late = [one for one in ids if one >= BLOCKS and began.get(one) is not None]
        return cls(began, {one: await _free_block(session, one, began[one]) for one in late})

    def of_turn(self, transcript_id: int, turn: int) -> int:
        """The number of one turn."""
        block = self._blocks.get(transcript_id, 0)
        return recency(self._began.get(transcript_id), transcript_id, turn, block=block)


async def _free_block(session: AsyncSession, transcript_id: int, began: datetime | None) -> int:
    """Find a place in the same second that no other transcript has: needed from the 524,288th transcript on."""
    for block in range(BLOCKS):
        first = recency(began, transcript_id, 0, block=block)
        taken = select(Utterance.id).where(
            Utterance.recency >= first,
            Utterance.recency < first + BLOCK,
            Utterance.transcript_id != transcript_id,
        )
        if await session.scalar(taken.limit(1)) is None:
            return block
    return 0
