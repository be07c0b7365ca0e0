"""Rows → an xlsx file. Every cell is text: no value can be a formula, and numbers of phones keep all their digits.

In: rows of text, as they come. Out: pieces of the file. It is written to the disk row by row, so its size is no matter.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from crm.exporting.safe_cell import for_xlsx

MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PIECE = 256 * 1024
_TOGETHER = 200
_WIDTH = 22


async def written(rows: AsyncIterator[Sequence[str]], title: str) -> AsyncIterator[bytes]:
    """Write the file; when this returns it is whole, and its pieces may be sent.

    Args:
        rows: the first one is the header.
        title: name of the sheet.
    """
    folder = tempfile.TemporaryDirectory(prefix="slovo-export-")
    path = Path(folder.name) / "export.xlsx"
    try:
        book = Workbook(write_only=True)
        sheet = book.create_sheet(title[:31] or "1")
        sheet.freeze_panes = "A2"
        waiting: list[Sequence[str]] = []
        head = True
        async for row in rows:
            if head:
                _set_widths(sheet, len(row))
                sheet.append([_cell(sheet, text, bold=True) for text in row])
                head = False
                continue
            waiting.append(row)
            if len(waiting) == _TOGETHER:
                await asyncio.to_thread(_append, sheet, waiting)
                waiting = []
        _append(sheet, waiting)
        await asyncio.to_thread(book.save, path)
    except BaseException:
        folder.cleanup()
        raise
    return _pieces(folder, path)


async def _pieces(folder: Any, path: Path) -> AsyncIterator[bytes]:
    try:
        with path.open("rb") as source:
            while piece := await asyncio.to_thread(source.read, _PIECE):
                yield piece
    finally:
        folder.cleanup()


def _set_widths(sheet: Any, columns: int) -> None:
    from openpyxl.utils import get_column_letter

    for index in range(1, columns + 1):
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTH


def _append(sheet: Any, rows: Iterable[Sequence[str]]) -> None:
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=for_xlsx(text))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
