"""Rows → a csv file as Russian and English Excel open it: UTF-8 with its mark, separator by language.

In: rows of text, as they come. Out: pieces of the file, as they are ready.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence

from crm.exporting.safe_cell import for_csv

MEDIA = "text/csv; charset=utf-8"
_PIECE = 64 * 1024


async def written(
    rows: AsyncIterator[Sequence[str]], *, separator: str = ";"
) -> AsyncIterator[bytes]:
    """The file, piece by piece."""
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    async for row in rows:
        writer.writerow([for_csv(cell) for cell in row])
        if out.tell() > _PIECE:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()
