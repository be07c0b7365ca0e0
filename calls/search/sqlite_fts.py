"""The index on SQLite: FTS5 over `utterances.lemmas`, its rows in the order of `utterances.recency`.

In: a parsed query. Out: its words in FTS5's language, and the rows to select from: FTS5 walks its rows from the newest on,
so the first hits of a frequent word come without sorting. Nothing that a person typed reaches MATCH as syntax: forms hold
only letters, digits and marks, and each is quoted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Join, column, table
from sqlalchemy import text as sql
from sqlalchemy.ext.compiler import compiles

from calls.search.terms import Near, Phrase, Query, Term, is_large
from calls.tables import Call, Transcript, Utterance

FTS = table("utterances_fts", column("rowid", BigInteger))


class _Ordered(Join):
    """A join whose left side SQLite reads first: CROSS JOIN keeps it from choosing another order."""

    inherit_cache = True


@compiles(_Ordered)
def _ordered(join: _Ordered, compiler: Any, **options: Any) -> str:
    options["asfrom"] = True
    left = compiler.process(join.left, **options)
    right = compiler.process(join.right, **options)
    options.pop("asfrom")
    return f"{left} CROSS JOIN {right} ON {compiler.process(join.onclause, **options)}"


def rows(*, narrow: bool) -> Join:
    """What to select from: hits first, then their turns, transcripts and calls.

    Args:
        narrow: whether few turns are looked through: then each of those is looked up in the index.
    """
    if narrow:
        read = _Ordered(Call.__table__, Transcript.__table__, Transcript.call_id == Call.id)
        said = _Ordered(read, Utterance.__table__, Utterance.transcript_id == Transcript.id)
        return _Ordered(said, FTS, Utterance.recency == FTS.c.rowid)
    turns = _Ordered(FTS, Utterance.__table__, Utterance.recency == FTS.c.rowid)
    read = _Ordered(turns, Transcript.__table__, Transcript.id == Utterance.transcript_id)
    return _Ordered(read, Call.__table__, Call.id == Utterance.call_id)


NEWEST_FIRST: Sequence[ColumnElement[Any]] = (FTS.c.rowid.asc(),)


def match(queries: Iterable[Query], without: Query | None = None) -> str:
    """Return queries in FTS5's language: any of them, but not `without`."""
    either = " OR ".join(f"({_all(query)})" for query in queries)
    return either if without is None else f"({either}) NOT ({_all(without)})"


def _all(query: Query) -> str:
    parts = [_term(term) for term in query.wanted] + [_near(near) for near in query.near]
    wanted = " AND ".join(parts)
    unwanted = [_term(term) for term in query.unwanted if not any(map(is_large, term.phrases))]
    return f"({wanted}) NOT ({' OR '.join(unwanted)})" if unwanted else wanted


def _term(term: Term) -> str:
    ways = [" AND ".join(f"({_any(phrase)})" for phrase in way) for way in term.ways]
    return "(" + " OR ".join(f"({way})" for way in ways) + ")"


def _phrases(phrase: Phrase) -> list[str]:
    """FTS5 has no alternatives inside of a phrase, so every combination is a phrase of its own."""
    return [f'"{" ".join(forms)}"' for forms in product(*(place.forms for place in phrase))]


def _any(phrase: Phrase) -> str:
    return _words(phrase) if is_large(phrase) else " OR ".join(_phrases(phrase))


def _words(phrase: Phrase) -> str:
    """All words of a phrase, wherever they stand: `Query.is_large` says that hits must be looked at."""
    places = [" OR ".join(f'"{form}"' for form in place.forms) for place in phrase]
    return " AND ".join(f"({place})" for place in dict.fromkeys(places))


def _near(near: Near) -> str:
    if near.is_large:
        return f"({_term(near.first)} AND {_term(near.second)})"
    firsts = [one for phrase in near.first.phrases for one in _phrases(phrase)]
    seconds = [one for phrase in near.second.phrases for one in _phrases(phrase)]
    pairs = [f"NEAR({a} {b}, {near.distance})" for a, b in product(firsts, seconds)]
    return "(" + " OR ".join(pairs) + ")"


def condition(queries: Iterable[Query], without: Query | None = None) -> ColumnElement[bool]:
    """Return the condition that an index row matches."""
    found = sql("utterances_fts MATCH :fts_match").bindparams(fts_match=match(queries, without))
    return found  # type: ignore[return-value]  # a text is a condition wherever WHERE takes one
