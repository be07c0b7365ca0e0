"""How well a turn fits a query, as a number. Pure.

In: how many words a turn has, and which of them match. Out: a score from 0 to 1, the same on both databases: above 0.5
for exact hits, below for those that forgive an error. Words that stand together, repeat, and fill a short turn score more.
"""

from __future__ import annotations

from collections.abc import Sequence

EXACT = "exact"
TOLERANT = "tolerant"


def score(words: int, matched: Sequence[int], terms: int, match: str) -> float:
    """Return how well a turn fits.

    Args:
        words: how many words the turn has.
        matched: indexes of its words that match, ascending.
        terms: how many words the query asks for.
        match: `EXACT` or `TOLERANT`.
    """
    if not matched or not words:
        return 0.5 if match == EXACT else 0.25
    spread = matched[-1] - matched[0] + 1
    closeness = min(1.0, len(matched) / spread)
    fullness = min(1.0, len(matched) / words)
    repeated = 1 - 1 / (1 + max(0, len(matched) - terms))
    value = 0.6 * closeness + 0.3 * fullness + 0.1 * repeated
    return round(0.5 + value / 2 if match == EXACT else value / 2, 4)
