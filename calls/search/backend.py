"""Search over both databases: the one place that runs a query.

In: a query with filters. Out: `Hit`s, newest call first and in a call in the order of its turns. Only current
transcripts of calls that are listed are searched.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.participation import Phone, took_part
from calls.search import postgres_fts, sqlite_fts
from calls.search.highlight import highlight
from calls.search.query import Query, parse
from calls.tables import Call, Transcript, Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """What to leave out; None = everything. An empty set leaves out everything."""

    call_ids: Collection[int] | None = None
    """Only these calls, such as those of one client."""
    side: str | None = None
    """"client", "operator" or "unknown"."""
    speakers: Collection[str] | None = None
    """Extensions or numbers of the persons who speak."""
    since: datetime | None = None
    until: datetime | None = None
    """Calls that began at or after `since` and before `until`."""
    phones: Collection[Phone] | None = None
    """Only calls in which one of these phones of ours took part."""
    visible: ColumnElement[bool] | None = None
    """A further condition on `calls.tables.Call`: what the person may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One turn that matches."""

    call_id: int
    external_id: str | None
    """The imported transcript's own id."""
    call_at: datetime | None
    utterance_id: int
    turn: int
    side: str
    speaker: str
    start_s: float
    """Where the first matched word begins, in seconds; the turn's beginning where words have no times."""
    text: str
    words_from: int
    words_to: int
    """The first match: indexes into the turn's words, inclusive."""
    words: tuple[int, ...]
    """Indexes of all matched words: into the transcript's words, or into the text split at spaces."""
    score: float
    """How sure it is that this was searched for: 1 for exact matches."""
    match: str
    """"exact"; later also "tolerant" (of recognition errors)."""


async def search(
    session: AsyncSession,
    query: str | Query,
    filters: SearchFilters | None = None,
    *,
    limit: int | None = 50,
    offset: int = 0,
) -> list[Hit]:
    """Find turns.

    Args:
        session: a read session.
        query: what a person typed, or its parsed form.
        filters: what to leave out.
        limit: at most so many hits; None = all.
        offset: skip so many.

    Raises:
        InvalidSearchQuery: the query cannot be understood.
    """
    parsed = parse(query) if isinstance(query, str) else query
    statement = _statement(session, parsed, filters or SearchFilters(), _COLUMNS)
    newest_first = (Call.started_at.is_(None), Call.started_at.desc(), Call.id.desc())
    statement = statement.order_by(*newest_first, Utterance.turn, Utterance.id)
    rows = await session.execute(statement.limit(limit).offset(offset))
    return [_hit(row, parsed) for row in rows]


async def count(
    session: AsyncSession, query: str | Query, filters: SearchFilters | None = None
) -> int:
    """Count the turns that `search` would find without a limit.

    Raises:
        InvalidSearchQuery: the query cannot be understood.
    """
    parsed = parse(query) if isinstance(query, str) else query
    statement = _statement(session, parsed, filters or SearchFilters(), (func.count(),))
    return await session.scalar(statement) or 0


_COLUMNS = (
    Utterance.id,
    Utterance.call_id,
    Utterance.turn,
    Utterance.side,
    Utterance.speaker,
    Utterance.start_s,
    Utterance.text,
    Utterance.words,
    Call.external_id,
    Call.started_at,
)


def _statement(
    session: AsyncSession, query: Query, filters: SearchFilters, columns: Any
) -> Select[Any]:
    postgresql = session.get_bind().dialect.name == "postgresql"
    backend = postgres_fts if postgresql else sqlite_fts
    return (
        select(*columns)
        .select_from(Utterance)
        .join(Transcript, Transcript.id == Utterance.transcript_id)
        .join(Call, Call.id == Utterance.call_id)
        .where(backend.condition(query), Transcript.current, Call.merged_into_id.is_(None))
        .where(*_conditions(query, filters))
    )


def _conditions(query: Query, filters: SearchFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for side in (query.side, filters.side):
        if side is not None:
            conditions.append(Utterance.side == side)
    if filters.call_ids is not None:
        conditions.append(Utterance.call_id.in_(filters.call_ids))
    if filters.speakers is not None:
        conditions.append(Utterance.speaker.in_(filters.speakers))
    if filters.since is not None:
        conditions.append(Call.started_at >= filters.since)
    if filters.until is not None:
        conditions.append(Call.started_at < filters.until)
    if filters.phones is not None:
        conditions.append(took_part(filters.phones))
    if filters.visible is not None:
        conditions.append(filters.visible)
    return conditions


def _hit(row: Any, query: Query) -> Hit:
    timed = row.words
    words = [word["word"] for word in timed] if timed else row.text.split()
    found = highlight(words, query)
    if found is None and timed:
        # The transcript was corrected, or words and text were split differently: the text is what was indexed.
        timed, found = [], highlight(row.text.split(), query)
    first = timed[found.first] if timed and found else None
    return Hit(
        call_id=row.call_id,
        external_id=row.external_id,
        call_at=row.started_at,
        utterance_id=row.id,
        turn=row.turn,
        side=row.side,
        speaker=row.speaker,
        start_s=first["start_s"] if first else row.start_s,
        text=row.text,
        words_from=found.first if found else 0,
        words_to=found.last if found else 0,
        words=found.words if found else (),
        score=1.0,
        match="exact",
    )
