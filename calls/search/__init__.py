"""Search in what was said: words in any form, phrases, each hit with the place of its first word.

In: transcripts' utterances and a person's query. Out: `Hit`s, the same on both databases. Normal forms are made in
Python (`text`) for index and query alike; the databases only hold and find them (`sqlite_fts`, `postgres_fts`).
"""

from calls.search.backend import Hit, SearchFilters, count, search
from calls.search.index import index_utterances
from calls.search.query import Query, parse

__all__ = ["Hit", "Query", "SearchFilters", "count", "index_utterances", "parse", "search"]
