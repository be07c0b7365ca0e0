"""Cells that no spreadsheet takes for formulas. Pure.

In: a value as text. Out: the same text, harmless: a spreadsheet runs what begins with = + - @, a tab or a line end when a
csv file is opened. There an apostrophe goes before it, which shows it as text; in xlsx a cell says itself that it is text.
"""

from __future__ import annotations

import re

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
MOST_CHARACTERS = 32_767
"""Of one cell of xlsx."""


def for_csv(text: str) -> str:
    """Text of a csv cell; what would be a formula gets an apostrophe (the import takes it away again)."""
    text = _CONTROL.sub(" ", text).strip()
    # A text that begins with an apostrophe gets one more, so that the import gives back what was there.
    if text.startswith(_DANGEROUS) or text.startswith("'"):
        return f"'{text}"
    return text


def for_xlsx(text: str) -> str:
    """Text of an xlsx cell that is written as text; characters that XML cannot hold become spaces."""
    return _CONTROL.sub(" ", text)[:MOST_CHARACTERS]
