"""How lists of words are written here: as lines of text. Pure."""

from __future__ import annotations


def listed(*lines: str) -> frozenset[str]:
    """The words of some lines, as a set."""
    return frozenset(" ".join(lines).split())
