"""The index on PostgreSQL: a GIN index over `utterances.lemma_vector`, generated from `lemmas`.

In: a parsed query. Out: a condition on utterances. Forms are quoted for tsquery's own input, so no parser and no
dictionary of PostgreSQL touches them: the same words match as on SQLite.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal_column, type_coerce
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from calls.search.query import Query, Term


def match(query: Query) -> str:
    """Return the query in tsquery's language."""
    parts = [_any(term) for term in query.wanted]
    parts += [f"!{_any(term)}" for term in query.unwanted]
    return " & ".join(parts)


def _any(term: Term) -> str:
    places = [" | ".join(f"'{form}'" for form in forms) for forms in term.places]
    return "(" + " <-> ".join(f"({place})" for place in places) + ")"


def condition(query: Query) -> ColumnElement[bool]:
    """Return the condition that an utterance matches the query."""
    vector = type_coerce(literal_column("utterances.lemma_vector"), TSVECTOR)
    return vector.op("@@", is_comparison=True)(sql_cast(match(query), TSQUERY))
