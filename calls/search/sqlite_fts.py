"""The index on SQLite: FTS5 over `utterances.lemmas`.

In: a parsed query. Out: a condition on utterances. Nothing that a person typed reaches MATCH as syntax: forms hold
only letters, digits and marks, and each is quoted.
"""

from __future__ import annotations

from itertools import product

from sqlalchemy import ColumnElement, column, select, table
from sqlalchemy import text as sql

from calls.search.query import Query, Term
from calls.tables import Utterance

_FTS = table("utterances_fts", column("rowid"))


def match(query: Query) -> str:
    """Return the query in FTS5's language."""
    wanted = " AND ".join(_any(term) for term in query.wanted)
    if not query.unwanted:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(_any(term) for term in query.unwanted)})"


def _any(term: Term) -> str:
    """FTS5 has no alternatives inside of a phrase, so every combination is a phrase of its own."""
    return "(" + " OR ".join(f'"{" ".join(forms)}"' for forms in product(*term.places)) + ")"


def condition(query: Query) -> ColumnElement[bool]:
    """Return the condition that an utterance matches the query."""
    found = select(_FTS.c.rowid).where(sql("utterances_fts MATCH :fts_match"))
    return Utterance.id.in_(found.params(fts_match=match(query)).scalar_subquery())
