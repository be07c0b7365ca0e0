"""Rows to be imported, one after the other, from memory or from a file of their own.

In: a sheet. Out: a `Table`: the layout, and rows with their numbers from any place on. `convert` writes a sheet as lines
of JSON, so that a large file is read once, in a process of its own, and an import can go on where it stopped.

    python -m crm.importing.source FILE FOLDER [SHEET]
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol

from crm.errors import Invalid
from crm.importing.cells import Cell, text_of
from crm.importing.columns import SAMPLE_ROWS, Layout, find_layout
from crm.importing.reading import Sheet, open_book

META = "meta.json"
ROWS = "rows.jsonl"
_MEMORY_BYTES = 4 * 1024**3
_CPU_S = 300
_MOST_FILLED = 500_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a sheet."""

    number: int
    """As the spreadsheet counts, from 1."""
    cells: Sequence[Cell]
    heading: bool = False
    """One merged cell goes over it."""


class Table(Protocol):
    """Rows of a table, from any place on."""

    layout: Layout

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Rows of data with a number greater than `after`; empty ones are left out."""

    def count(self) -> int:
        """How many rows hold anything."""


class SheetTable:
    """A table in memory."""

    def __init__(self, sheet: Sheet, custom: Mapping[str, str] | None = None) -> None:
        self._sheet = sheet
        fill_merged(sheet)
        self._headings = headings_of(sheet)
        self.layout = find_layout(sheet.rows[:SAMPLE_ROWS], custom)

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Rows of data."""
        for index in range(max(self.layout.first, after), len(self._sheet.rows)):
            cells = self._sheet.rows[index]
            if any(cell not in ("", None) for cell in cells):
                yield Row(index + 1, cells, index in self._headings)

    def count(self) -> int:
        """Rows with anything in them."""
        return sum(1 for _ in self.rows())


class StoredTable:
    """A table that `convert` wrote."""

    def __init__(self, folder: Path, custom: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self.meta: dict[str, Any] = json.loads((folder / META).read_text("utf-8"))
        self._custom = custom
        self.layout = find_layout(self.first_rows(), custom)

    def first_rows(self, most: int = SAMPLE_ROWS) -> list[list[Cell]]:
        """The sheet's first rows, empty ones included."""
        made: list[list[Cell]] = []
        for row in self._read():
            if row.number > most:
                break
            made += [[] for _ in range(row.number - 1 - len(made))]
            made.append(list(row.cells))
        return made

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Rows of data."""
        first = max(self.layout.first, after)
        return (row for row in self._read() if row.number > first)

    def count(self) -> int:
        """Rows with anything in them."""
        return sum(1 for _ in self.rows())

    def _read(self) -> Iterator[Row]:
        with (self._folder / ROWS).open(encoding="utf-8") as lines:
            for line in lines:
                number, heading, cells = json.loads(line)
                yield Row(number, [_cell(one) for one in cells], bool(heading))


def convert(path: Path, folder: Path, sheet: str = "") -> None:
    """Write a sheet of a file as lines of JSON, and what is known of the file beside it.

    Raises:
        Invalid: the file cannot be read.
    """
    book = open_book(path)
    chosen = book.sheet(sheet)
    fill_merged(chosen)
    headings = headings_of(chosen)
    first = find_layout(chosen.rows[:SAMPLE_ROWS]).first
    count = 0
    with (folder / ROWS).open("w", encoding="utf-8") as out:
        for index, cells in enumerate(chosen.rows):
            if any(cell not in ("", None) for cell in cells):
                line = [index + 1, int(index in headings), [_json(cell) for cell in cells]]
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
                count += index >= first
    meta = {
        "kind": book.kind,
        "sheets": book.sheets,
        "sheet": chosen.name,
        "encoding": book.encoding,
        "separator": book.separator,
        "rows": count,
    }
    (folder / META).write_text(json.dumps(meta, ensure_ascii=False), "utf-8")


def fill_merged(sheet: Sheet) -> None:
    """Give the value of a cell that is merged downwards to every row that it covers: they all have this company."""
    filled = 0
    for (top, left), (bottom, _right) in sheet.merges:
        if bottom <= top or top >= len(sheet.rows) or left >= len(sheet.rows[top]):
            continue
        value = sheet.rows[top][left]
        for row in sheet.rows[top + 1 : bottom + 1]:
            if left < len(row) and row[left] in ("", None):
                row[left] = value
                filled += 1
        if filled > _MOST_FILLED:
            return


def headings_of(sheet: Sheet) -> frozenset[int]:
    """Indexes of rows over which one merged cell goes: titles and sections."""
    width = max((len(row) for row in sheet.rows[:SAMPLE_ROWS]), default=0)
    return frozenset(
        top
        for (top, left), (bottom, right) in sheet.merges
        if top == bottom and right - left + 1 >= max(3, width // 2)
    )


def _json(cell: Cell) -> Any:
    if isinstance(cell, datetime):
        return ["t", cell.replace(tzinfo=None).isoformat()]
    if isinstance(cell, date):
        return ["d", cell.isoformat()]
    if isinstance(cell, time | timedelta):
        return text_of(cell)
    if isinstance(cell, float) and not -1e300 < cell < 1e300:
        return ""
    return cell


def _cell(value: Any) -> Cell:
    if isinstance(value, list):
        kind, text = value
        return datetime.fromisoformat(text) if kind == "t" else date.fromisoformat(text)
    return value  # type: ignore[no-any-return]


def main(arguments: Sequence[str]) -> int:
    """Run as a process of its own: a broken or hostile file can take no more than this."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    path, folder, *sheet = arguments
    try:
        convert(Path(path), Path(folder), sheet[0] if sheet else "")
    except Invalid as error:
        said = {"error": {"template": error.template, "values": error.values, "field": error.field}}
        sys.stdout.write(json.dumps(said, default=str))
        return 1
    except MemoryError:
        said = {"error": {"template": "this file needs too much memory: split it", "values": {}}}
        sys.stdout.write(json.dumps(said))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
