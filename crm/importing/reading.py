"""A file of clients → rows of cells, whatever kind of file it is.

In: a path. Out: a `Book` with its sheets. What a file is, is told from its first bytes, never from its name: exports
called .xls are often HTML, XML or csv. The 2nd row of a `Sheet` is row 2 of the spreadsheet: empty rows are kept.

Raises everywhere `Invalid("file", …)` with words that say what to do, for files that cannot be read.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from crm.errors import Invalid
from crm.importing.cells import Cell, text_of
from crm.importing.columns import SAMPLE_ROWS, find_layout
from crm.importing.marked_up import html_rows, is_html, is_spreadsheet_xml, spreadsheet_xml_sheets
from crm.importing.text_files import decoded, rows_of

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 200_000
"""Rows with anything in them."""
MOST_COLUMNS = 500
_MOST_UNPACKED = 1024 * 1024 * 1024
_SHEETS_TRIED = 20
_WHO = frozenset(
    ["name", "last_name", "first_name", "organisation", "phone", "email", "inn", "contact"]
)
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"{\\rtf",
    b"GIF8",
)
"""Beginnings of PDF, pictures, archives, texts: no tables."""

Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class Sheet:
    """Rows of one sheet, from its row 1."""

    name: str
    rows: list[list[Cell]]
    merges: Sequence[Merge] = ()
    """((row, column), (row, column)) of merged cells, from 0."""

    def is_empty(self) -> bool:
        """Whether no cell holds anything."""
        return not any(text_of(cell) for row in self.rows for cell in row)


@dataclass(slots=True)
class Book:
    """An opened file."""

    kind: str
    """"spreadsheet", "html", "xml" or "csv"."""
    sheets: list[str]
    read: Callable[[str], Sheet]
    encoding: str = ""
    separator: str = ""
    hidden: frozenset[str] = field(default_factory=frozenset)

    def sheet(self, name: str = "") -> Sheet:
        """One sheet; "" = the first that holds a table of clients, else the first that holds anything.

        Raises:
            Invalid: no such sheet, nothing in any, or too many rows.
        """
        if name:
            if name not in self.sheets:
                raise Invalid("sheet", "this file has no sheet %(name)s", name=name[:80])
            return _checked(self.read(name))
        shown = [one for one in self.sheets if one not in self.hidden] or self.sheets
        first: Sheet | None = None
        for one in shown[:_SHEETS_TRIED]:
            sheet = self.read(one)
            if sheet.is_empty():
                continue
            first = first or sheet
            fields = {column.field for column in find_layout(sheet.rows[:SAMPLE_ROWS]).columns}
            if fields & _WHO:
                return _checked(sheet)
        if first is None:
            raise Invalid("file", "there is nothing in this file")
        return _checked(first)


def open_book(path: Path) -> Book:
    """Open a file.

    Raises:
        Invalid: it is too large, broken, locked with a password, or no table at all.
    """
    if not path.is_file():
        raise Invalid("file", "there is no file %(name)s", name=path.name)
    if path.stat().st_size > MOST_BYTES:
        raise Invalid("file", "larger than 50 MB: split the file, or save it as csv")
    return book_of(path.read_bytes())


def book_of(data: bytes) -> Book:
    """The same from bytes."""
    if not data.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Invalid("file", "there is nothing in this file")
    if data.startswith(_OTHERS):
        raise Invalid("file", "this is no table: save it as xlsx or csv")
    if data.startswith((_ZIP, _OLE)):
        return _calamine(data)
    text, encoding = decoded(data)
    if is_spreadsheet_xml(text):
        sheets = spreadsheet_xml_sheets(data)
        return Book("xml", list(sheets), lambda name: Sheet(name, sheets[name]), encoding)
    if is_html(text):
        rows = html_rows(text)
        return Book("html", ["1"], lambda name: Sheet(name, rows), encoding)
    lines, separator = rows_of(text)
    cells: list[list[Cell]] = [list(row) for row in lines]
    return Book("csv", ["1"], lambda name: Sheet(name, cells), encoding, separator)


def _calamine(data: bytes) -> Book:
    if data.startswith(_ZIP):
        _check_archive(data)
    elif b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e" in data:
        raise _locked()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError as error:
        raise _locked() from error
    except (CalamineError, OSError, ValueError) as error:
        raise _broken(error) from error
    meta = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    hidden = frozenset(one.name for one in meta if one.visible != SheetVisibleEnum.Visible)

    def read(name: str) -> Sheet:
        try:
            sheet = book.get_sheet_by_name(name)
            rows = cast(list[list[Cell]], sheet.to_python(skip_empty_area=False))
            merges = sheet.merged_cell_ranges or []
        except (CalamineError, OSError, ValueError) as error:
            raise _broken(error) from error
        return Sheet(name, rows, merges)

    if not meta:
        raise Invalid("file", "there is no sheet with a table in this file")
    return Book("spreadsheet", [one.name for one in meta], read, hidden=hidden)


def _check_archive(data: bytes) -> None:
    """Refuse archives that are no spreadsheets, or that would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = archive.infolist()
            names = {one.filename for one in files}
            if any(one.flag_bits & 1 for one in files):
                raise _locked()
            if sum(one.file_size for one in files) > _MOST_UNPACKED:
                raise Invalid("file", "too large when unpacked: split the file, or save it as csv")
            if "META-INF/manifest.xml" in names:
                manifest = archive.read("META-INF/manifest.xml")
                if b"encryption-data" in manifest:
                    raise _locked()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise _broken(error) from error
    known = names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}
    if not known and not any(name.endswith("workbook.xml") for name in names):
        raise Invalid("file", "this is an archive and no spreadsheet: unpack it first")


def _checked(sheet: Sheet) -> Sheet:
    filled = sum(1 for row in sheet.rows if any(cell not in ("", None) for cell in row))
    if filled > MOST_ROWS:
        raise Invalid("file", "%(rows)d rows are more than 200,000: split the file", rows=filled)
    if max((len(row) for row in sheet.rows), default=0) > MOST_COLUMNS:
        sheet.rows = [row[:MOST_COLUMNS] for row in sheet.rows]
    while sheet.rows and not any(text_of(cell) for cell in sheet.rows[-1]):
        sheet.rows.pop()
    return sheet


def _locked() -> Invalid:
    return Invalid("file", "this file is locked with a password: save it without one")


def _broken(error: Exception) -> Invalid:
    return Invalid("file", "this file is broken: %(reason)s", reason=str(error)[:200])
