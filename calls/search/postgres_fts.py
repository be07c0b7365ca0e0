"""The index on PostgreSQL: a GIN index over `utterances.lemma_vector`, generated from `lemmas`.

In: a parsed query. Out: a condition on utterances. Forms are quoted for tsquery's own input, so no parser and no
dictionary of PostgreSQL touches them: the same words match as on SQLite. For frequent words PostgreSQL walks the index on
`recency` from the newest turn on, for rare ones it takes all hits and sorts them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Join, join, literal_column, select, type_coerce
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncSession

from calls.search.terms import Near, Phrase, Query, Term
from calls.tables import Call, Transcript, Utterance


def rows(*, narrow: bool) -> Join:
    """What to select from; PostgreSQL chooses the order by itself."""
    read = join(Utterance.__table__, Transcript.__table__, Transcript.id == Utterance.transcript_id)
    return read.join(Call.__table__, Call.id == Utterance.call_id)


WINDOWS = (6_000, 60_000)
"""The newest so many turns are looked at first, before all hits are taken from the index and sorted."""
REMEMBERED_S = 300.0
"""How long the beginnings of these windows are remembered; that they move a little does no harm."""
NEWEST_FIRST: Sequence[ColumnElement[Any]] = (Utterance.recency.asc(),)


def match(queries: Iterable[Query], without: Query | None = None) -> str:
    """Return queries in tsquery's language: any of them, but not `without`."""
    either = " | ".join(f"({_all(query)})" for query in queries)
    return either if without is None else f"({either}) & !({_all(without)})"


def _all(query: Query) -> str:
    parts = [_term(term) for term in query.wanted] + [_near(near) for near in query.near]
    parts += [f"!{_term(term)}" for term in query.unwanted]
    return " & ".join(parts)


def _term(term: Term) -> str:
    ways = [" & ".join(_phrase(phrase) for phrase in way) for way in term.ways]
    return "(" + " | ".join(f"({way})" for way in ways) + ")"


def _phrase(phrase: Phrase) -> str:
    places = [" | ".join(f"'{form}'" for form in place.forms) for place in phrase]
    return "(" + " <-> ".join(f"({place})" for place in places) + ")"


def _near(near: Near) -> str:
    """At most so many words between: every distance in both orders, measured from end to beginning."""
    if near.is_large:  # both, wherever they stand: hits are looked at then (`Query.is_large`)
        return f"({_term(near.first)} & {_term(near.second)})"
    pairs = []
    for first in near.first.phrases:
        for second in near.second.phrases:
            left, right = _phrase(first), _phrase(second)
            for apart in range(1, near.distance + 2):
                pairs += [f"({left} <{apart}> {right})", f"({right} <{apart}> {left})"]
    return "(" + " | ".join(pairs) + ")"


_windows: WeakKeyDictionary[Any, tuple[float, tuple[int, ...]]] = WeakKeyDictionary()


async def windows(session: AsyncSession) -> tuple[int, ...]:
    """Up to which `recency` the newest turns are, for each of `WINDOWS` that is smaller than all turns."""
    engine = session.get_bind()
    read_at, known = _windows.get(engine, (0.0, ()))
    if known and time.monotonic() - read_at < REMEMBERED_S:
        return known
    newest = select(Utterance.recency).where(Utterance.recency.is_not(None))
    newest = newest.order_by(Utterance.recency.asc()).limit(1)
    found = [await session.scalar(newest.offset(size)) for size in WINDOWS]
    known = tuple(since for since in found if since is not None)
    _windows[engine] = (time.monotonic(), known)
    return known


def found_first(queries: Iterable[Query], without: Query | None = None) -> ColumnElement[bool]:
    """As `condition`, but with all hits taken from the full-text index before anything else.

    PostgreSQL guesses how many turns hold several words from how many hold each: where it guesses too many, it would walk
    through all turns from the newest on.
    """
    hits = select(Utterance.id.label("id")).where(condition(queries, without))
    first = hits.cte("found").prefix_with("MATERIALIZED")
    return Utterance.id.in_(select(first.c.id))


def condition(queries: Iterable[Query], without: Query | None = None) -> ColumnElement[bool]:
    """Return the condition that an utterance matches."""
    vector = type_coerce(literal_column("utterances.lemma_vector"), TSVECTOR)
    asked = sql_cast(match(queries, without), TSQUERY)
    return vector.op("@@", is_comparison=True)(asked)
