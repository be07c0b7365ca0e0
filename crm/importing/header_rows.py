"""The row (or two) that names the columns. Pure.

In: the first rows of a sheet. Out: the header's lines and where the data begin: below titles, empty rows and a line of
column numbers. Without any header the data begin with the first row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crm.importing.cells import Cell, one_line, text_of
from crm.importing.emails import emails_of
from crm.importing.header_words import meaning_of

_LOOK = 40
"""Rows in which a header is looked for."""
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Header:
    """The texts of the columns. `upper` is the line of groups above, where the header has two lines."""

    last_line: tuple[str, ...] = ()
    upper: tuple[str, ...] = ()
    first: int = 0

    def lower(self, index: int) -> str:
        """The text of the last line alone."""
        return self.last_line[index] if index < len(self.last_line) else ""

    def text(self, index: int) -> str:
        """The column's name: its own, with that of its group where its own says too little."""
        own = self.lower(index)
        group = self.upper[index] if index < len(self.upper) else ""
        if not own or not group:
            return own or group
        alone = meaning_of(own)
        if alone is not None and alone.strength == 2 and self.last_line.count(own) == 1:
            return own
        return f"{group} {own}"

    @property
    def texts(self) -> list[str]:
        """All names."""
        return [self.text(index) for index in range(max(len(self.last_line), len(self.upper)))]


def find_header(rows: Sequence[Sequence[Cell]]) -> Header:
    """Find the header among the first rows."""
    best, at = 0, -1
    for index, row in enumerate(rows[:_LOOK]):
        score = _score(row)
        if score > best:
            best, at = score, index
    if at < 0:
        return Header(first=_first_filled(rows))
    line = _texts(rows[at])
    below = _texts(rows[at + 1]) if at + 1 < len(rows) else ()
    above = _texts(rows[at - 1]) if at > 0 else ()
    if _is_second_line(line, below):
        return Header(_padded(below, len(line)), _spread(line, below), _after(rows, at + 2))
    if _is_group_line(above, line):
        return Header(line, _spread(above, line), _after(rows, at + 1))
    return Header(line, (), _after(rows, at + 1))


def _score(row: Sequence[Cell]) -> int:
    """How much a row looks like a header; 0 = it is none."""
    texts = [text for text in _texts(row) if text]
    if not texts:
        return 0
    hits = strong = data = 0
    for text in texts:
        if _is_data(text):
            data += 1
        elif (meaning := meaning_of(text)) is not None and len(text) <= _LONGEST:
            hits += 1
            strong += meaning.strength == 2
    score = hits + strong - 2 * data
    several = hits >= 3 or (score >= 2 and hits * 5 >= len(texts) * 2)
    alone = len(texts) == 1 and strong == 1
    return max(score, 0) if several or alone else 0


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(one_line(text_of(cell)) for cell in row)


def _is_data(text: str) -> bool:
    digits = sum(character.isdigit() for character in text)
    return digits >= 5 or len(text) > _LONGEST or ("@" in text and bool(emails_of(text).found))


def _is_second_line(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the row below the header belongs to it: it names what the header leaves open."""
    filled = [text for text in lower if text]
    if not filled or any(_is_data(text) for text in filled):
        return False
    known = [meaning for text in filled if (meaning := meaning_of(text)) is not None]
    opens = any(
        text and (index >= len(upper) or not upper[index] or text != upper[index])
        for index, text in enumerate(lower)
    )
    gaps = any(
        text and (index >= len(upper) or not upper[index]) for index, text in enumerate(lower)
    )
    strong = any(meaning.strength == 2 for meaning in known)
    return opens and gaps and strong and len(known) * 2 >= len(filled)


def _is_group_line(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the row above the header names groups of its columns; a title is one cell, a group line has several."""
    filled = [text for text in upper if text]
    if len(filled) < 2 or any(_is_data(text) for text in filled):
        return False
    own = [text for text in lower if text]
    repeated = len(set(own)) < len(own)
    open_columns = any(text and (i >= len(lower) or not lower[i]) for i, text in enumerate(upper))
    return repeated or open_columns


def _spread(groups: Sequence[str], below: Sequence[str]) -> tuple[str, ...]:
    """Each group over the columns that it covers: up to the next group, as long as something stands below."""
    made: list[str] = []
    group = ""
    for index in range(max(len(groups), len(below))):
        here = groups[index] if index < len(groups) else ""
        has_below = index < len(below) and bool(below[index])
        group = here or (group if has_below else "")
        made.append(group)
    return tuple(made)


def _padded(line: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(line) + ("",) * (width - len(line))


def _after(rows: Sequence[Sequence[Cell]], index: int) -> int:
    """The first row of data: a line "1 2 3 4 …" under the header is none."""
    if index < len(rows):
        filled = [text for text in _texts(rows[index]) if text]
        if len(filled) > 1 and filled == [str(n) for n in range(1, len(filled) + 1)]:
            return index + 1
    return index


def _first_filled(rows: Sequence[Sequence[Cell]]) -> int:
    return next((at for at, row in enumerate(rows) if any(_texts(row))), 0)
