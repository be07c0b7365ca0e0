"""A family of words. Pure.

In: words parted by spaces. Out: a frozen set.
"""

from __future__ import annotations


def family(text: str) -> frozenset[str]:
    """The words of a text, with е for ё as everywhere in these rules."""
    return frozenset(text.replace("ё", "е").split())
