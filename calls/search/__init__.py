"""Search in what was said, each hit with the place of its first word.

Words are found in any form, numbers however they are said, and recognition errors are forgiven in a group of their own.

In: transcripts' utterances and a person's query. Out: `Hit`s, the same on both databases. Index forms are made in Python
for index and query alike; the databases only hold and find them (`sqlite_fts`, `postgres_fts`).

    text, english, figures -> matching: what the index holds of a turn -> index
    narrowing, number_terms -> query -> terms -> backend -> hits, ranking
    sounds, listed -> vocabulary, likeness -> tolerant -> backend
"""

from calls.search.backend import Order, SearchFilters, count, newest, search
from calls.search.hits import Hit
from calls.search.index import index_utterances, index_values
from calls.search.query import parse
from calls.search.terms import Narrowing, Query
from calls.search.vocabulary import forget

__all__ = [
    "Hit",
    "Narrowing",
    "Order",
    "Query",
    "SearchFilters",
    "count",
    "forget",
    "index_utterances",
    "index_values",
    "newest",
    "parse",
    "search",
]
