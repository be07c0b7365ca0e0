"""Which words a dictionary has: what is no word was probably misheard, what is one probably was not. Pure.

In: a plain word. Out: whether it is listed.
"""

from __future__ import annotations

from functools import lru_cache

from calls.search import english, text
from calls.search.english_listed import LISTED


@lru_cache(maxsize=100_000)
def is_listed(word: str) -> bool:
    """Whether the dictionary of its language has the word; English words of up to three letters always count as listed."""
    if text.CYRILLIC.fullmatch(word):
        return text.is_known(word)
    if not text.LATIN.fullmatch(word):
        return True
    return any(len(stem) < 4 or stem in LISTED for stem in english.stems(word))
