"""Search over both databases: the one place that runs a query.

In: a query with filters. Out: `Hit`s: exact ones, newest call first and in a call in the order of its turns, and behind
them those that forgive a recognition error. Only current transcripts of calls that are listed are searched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.participation import Phone, took_part
from calls.search import postgres_fts, sqlite_fts, tolerant
from calls.search.hits import Hit, hit_of
from calls.search.query import Query, parse
from calls.search.ranking import EXACT, TOLERANT
from calls.search.terms import Place, one_of
from calls.tables import Call, Transcript, Utterance

Order = Literal["recency", "relevance"]

RANKED = 1000
"""By relevance the best of so many newest hits come first: to look through all hits of a frequent word takes too long."""
NARROW = 100
"""Up to so many calls are looked through turn by turn, instead of looking through all hits for them."""
BATCH = 250
LEAST_BATCH = 40
MOST_BATCH = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchFilters:
    """What to leave out; None = everything. An empty set leaves out everything."""

    call_ids: Collection[int] | None = None
    """Only these calls, such as those of one client."""
    transcript_id: int | None = None
    side: str | None = None
    """"client", "operator" or "unknown"."""
    speakers: Collection[str] | None = None
    """Extensions or numbers of the persons who speak."""
    since: datetime | None = None
    until: datetime | None = None
    """Calls that began at or after `since` and before `until`."""
    phones: Collection[Phone] | None = None
    """Only calls in which one of these phones of ours took part."""
    queues: Collection[str] | None = None
    """Only calls that came through one of these queues."""
    visible: ColumnElement[bool] | None = None
    """A further condition on `calls.tables.Call`: what the person may see."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the index is asked for: any of the queries, but not what `without` finds."""

    queries: Sequence[Query]
    filters: SearchFilters
    match: str = EXACT
    without: Query | None = None

    @property
    def strict(self) -> bool:
        """Whether the index alone cannot tell."""
        first = self.queries[0]
        return self.match == TOLERANT or first.confidence is not None or first.is_large


async def search(  # noqa: PLR0913  # one call for page, command line and saved searches
    session: AsyncSession,
    query: str | Query,
    filters: SearchFilters | None = None,
    *,
    limit: int | None = 50,
    offset: int = 0,
    order: Order = "recency",
    match: str | None = None,
) -> list[Hit]:
    """Find turns.

    Args:
        session: a read session.
        query: what a person typed, or its parsed form.
        filters: what to leave out.
        limit: at most so many hits; None = all.
        offset: skip so many.
        order: newest first, or the best of the newest `RANKED` first (and no others).
        match: only "exact" or only "tolerant" hits; None: exact ones and then tolerant ones.

    Raises:
        InvalidSearchQuery: the query cannot be understood.
    """
    parsed = parse(query) if isinstance(query, str) else query
    exact = Asked((parsed,), filters or SearchFilters())
    hits: list[Hit] = []
    if match != TOLERANT:
        hits = await _page(session, exact, limit, offset, order)
    if match == EXACT or (limit is not None and len(hits) >= limit):
        return hits
    forgiving = await _forgiving(session, exact)
    if forgiving is None:
        return hits
    skipped = offset
    if match is None and offset:
        skipped = max(0, offset - await _count(session, exact, offset))
    more = None if limit is None else limit - len(hits)
    return hits + await _page(session, forgiving, more, skipped, order)


async def count(
    session: AsyncSession,
    query: str | Query,
    filters: SearchFilters | None = None,
    *,
    most: int | None = None,
    match: str | None = None,
) -> int:
    """Count the turns that `search` would find without a limit, up to `most`.

    Raises:
        InvalidSearchQuery: the query cannot be understood.
    """
    parsed = parse(query) if isinstance(query, str) else query
    exact = Asked((parsed,), filters or SearchFilters())
    total = 0 if match == TOLERANT else await _count(session, exact, most)
    if match == EXACT or (most is not None and total >= most):
        return total
    forgiving = await _forgiving(session, exact)
    if forgiving is None:
        return total
    return total + await _count(session, forgiving, None if most is None else most - total)


_CALL_COLUMNS: tuple[Any, ...] = (
    Call.id, Call.pbx, Call.answered_by, Call.final_handler, Call.queue, Call.started_at,
)  # fmt: skip


async def newest(
    session: AsyncSession, query: Query, filters: SearchFilters, *, most: int
) -> list[Any]:
    """Return the calls of the newest exact hits, a row per hit: for counts by person, client, queue and month."""
    asked = Asked((query,), filters)
    if asked.strict:
        hits = await _page(session, asked, most, 0, "recency")
        ids = [hit.call_id for hit in hits]
        calls = {row.id: row for row in await session.execute(_calls(set(ids)))}
        return [calls[one] for one in ids]
    return list(await _rows(session, asked, _CALL_COLUMNS, most, 0))


def _calls(ids: Collection[int]) -> Select[Any]:
    return select(*_CALL_COLUMNS).where(Call.id.in_(ids))


async def _forgiving(session: AsyncSession, exact: Asked) -> Asked | None:
    (query,) = exact.queries
    queries = await tolerant.queries(session, query)
    return Asked(queries, exact.filters, TOLERANT, query) if queries else None


async def _count(session: AsyncSession, asked: Asked, most: int | None) -> int:
    if asked.strict:
        return len(await _strictly(session, asked, most, 0))
    statement = _statement(session, asked, (Utterance.id,))
    if most is not None:
        statement = statement.limit(most)
    return await session.scalar(select(func.count()).select_from(statement.subquery())) or 0


async def _page(
    session: AsyncSession, asked: Asked, limit: int | None, offset: int, order: Order
) -> list[Hit]:
    if order == "relevance":
        hits = await _newest_first(session, asked, RANKED, 0)
        hits.sort(key=lambda hit: -hit.score)
        return hits[offset : None if limit is None else offset + limit]
    return await _newest_first(session, asked, limit, offset)


async def _newest_first(
    session: AsyncSession, asked: Asked, limit: int | None, offset: int
) -> list[Hit]:
    if asked.strict:
        return await _strictly(session, asked, limit, offset)
    rows = await _rows(session, asked, COLUMNS, limit, offset)
    hits = (hit_of(row, asked.queries, asked.match, strict=False) for row in rows)
    return [hit for hit in hits if hit is not None]


async def _rows(
    session: AsyncSession, asked: Asked, columns: Any, limit: int | None, offset: int
) -> Sequence[Any]:
    """Return rows of the newest hits."""
    statement = _statement(session, asked, columns)
    page = _ordered(session, asked, statement).limit(limit).offset(offset)
    if limit is None or _is_narrow(asked.filters) or _backend(session) is sqlite_fts:
        return list(await session.execute(page))
    for since in await postgres_fts.windows(session):
        rows = list(await session.execute(page.where(Utterance.recency <= since)))
        if len(rows) == limit:
            return rows
    found = postgres_fts.found_first(asked.queries, asked.without)
    joined = _statement(session, asked, columns, among=found)
    page = _ordered(session, asked, joined).limit(limit).offset(offset)
    return list(await session.execute(page))


async def _strictly(
    session: AsyncSession, asked: Asked, limit: int | None, offset: int
) -> list[Hit]:
    """Look at the words of what the index finds, batch by batch, until there are enough."""
    wanted = None if limit is None else offset + limit
    statement = _ordered(session, asked, _statement(session, asked, COLUMNS))
    found: list[Hit] = []
    size, before = (BATCH if wanted is None else max(LEAST_BATCH, wanted)), None
    while wanted is None or len(found) < wanted:
        batch = statement if before is None else statement.where(Utterance.recency > before)
        rows = (await session.execute(batch.limit(size))).all()
        hits = (hit_of(row, asked.queries, asked.match, strict=True) for row in rows)
        found.extend(hit for hit in hits if hit is not None)
        if len(rows) < size:
            break
        size, before = min(size * 2, MOST_BATCH), rows[-1].recency
    return found[offset:wanted]


COLUMNS = (
    Utterance.id,
    Utterance.call_id,
    Utterance.turn,
    Utterance.side,
    Utterance.speaker,
    Utterance.start_s,
    Utterance.text,
    Utterance.words,
    Utterance.corrected,
    Utterance.corrected_words,
    Utterance.recency,
    Call.external_id,
    Call.started_at,
)


def _backend(session: AsyncSession) -> Any:
    return postgres_fts if session.get_bind().dialect.name == "postgresql" else sqlite_fts


def _is_narrow(filters: SearchFilters) -> bool:
    few = filters.call_ids is not None and len(filters.call_ids) <= NARROW
    return few or filters.transcript_id is not None


def _ordered(session: AsyncSession, asked: Asked, statement: Select[Any]) -> Select[Any]:
    if _is_narrow(asked.filters):
        return statement.order_by(Utterance.recency.asc())
    return statement.order_by(*_backend(session).NEWEST_FIRST)


def _statement(
    session: AsyncSession, asked: Asked, columns: Any, *, among: ColumnElement[bool] | None = None
) -> Select[Any]:
    """What the index is asked; `among`: another condition that says the same."""
    backend = _backend(session)
    words = backend.condition(asked.queries, asked.without) if among is None else among
    return (
        select(*columns)
        .select_from(backend.rows(narrow=_is_narrow(asked.filters)))
        .where(words)
        .where(Transcript.current, Call.merged_into_id.is_(None), Utterance.recency.is_not(None))
        .where(*_conditions(asked.queries[0], asked.filters))
    )


def _conditions(query: Query, filters: SearchFilters) -> list[ColumnElement[bool]]:
    wanted: tuple[tuple[Any, Any], ...] = (
        (query.side, lambda side: Utterance.side == side),
        (filters.side, lambda side: Utterance.side == side),
        (filters.call_ids, Utterance.call_id.in_),
        (filters.transcript_id, lambda one: Utterance.transcript_id == one),
        (filters.speakers, Utterance.speaker.in_),
        (filters.since, lambda since: Call.started_at >= since),
        (filters.until, lambda until: Call.started_at < until),
        (filters.phones, took_part),
        (filters.queues, Call.queue.in_),
        (filters.visible, lambda condition: condition),
    )
    return [make(value) for value, make in wanted if value is not None]


def holding(session: AsyncSession, form: str, *, most: int = 200) -> Select[Any]:
    """A query for the texts of some turns, of whatever transcript, that hold an index form."""
    backend = _backend(session)
    query = Query((one_of((Place((form,)),)),))
    columns: tuple[Any, ...] = (Utterance.text, Utterance.corrected)
    return (
        select(*columns)
        .select_from(backend.rows(narrow=False))
        .where(backend.condition((query,)))
        .limit(most)
    )
