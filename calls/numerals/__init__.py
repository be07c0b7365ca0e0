"""Spoken numbers and times of day, Russian and English: «две с половиной тысячи» is 2500, "quarter to two" is 1:45. Pure.

In: words in lower case with е for ё, as a turn has them; digits, "2.5" and "10:30" count as words. Out: spans of words
with their values. `russian.parse` and `english.parse` know one language each, `parse` knows both.
"""

from __future__ import annotations

from collections.abc import Sequence

from calls.numerals import clock, english, russian
from calls.numerals.lexicon import Lexicon
from calls.numerals.numbers import Numeral
from calls.numerals.spans import spans

__all__ = ["BOTH", "Numeral", "clock", "parse"]

BOTH: Lexicon = russian.LEXICON | english.LEXICON


def parse(tokens: Sequence[str]) -> list[Numeral]:
    """Find all numbers and times of a turn in either language, from left to right; spans never overlap."""
    return spans(tokens, BOTH)
