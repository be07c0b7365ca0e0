"""Text files with columns: csv in any of the usual codes and with any separator. Pure.

In: bytes. Out: rows. The code is told by its mark or guessed from the letters: UTF-8 cannot be mistaken; between the
Russian ones of one byte the ordinary distribution of letters decides.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence

from charset_normalizer import from_bytes

from crm.errors import Invalid

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_RUSSIAN = ("cp1251", "cp866", "koi8-r", "mac_cyrillic")
_GUESS_BYTES = 200_000
_SEPARATORS = (";", "\t", ",", "|")
_SNIFF_LINES = 60
_MOST_LINES_OF_A_FIELD = 25
_FREQUENT = frozenset("оеаинтсрвлкмдпу")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_ODD_CASE = re.compile(r"[а-яё][А-ЯЁ]")
_ODD_SIGN = re.compile(r"[\u2500-\u25ff\u0080-\u009f†‡‰ЂЃѓЉЊЌЋЏђ‹љ›њќћџЎўЈҐЅѕѐѝ√≈≤≥⌠⌡°²·÷∞≠∆«»]")
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
csv.field_size_limit(1_000_000)


def decoded(data: bytes) -> tuple[str, str]:
    """The text of a file and its code.

    Raises:
        Invalid: these bytes are no text.
    """
    for mark, code in _MARKS:
        if data.startswith(mark):
            return data.decode(code, "replace"), code.removesuffix("-sig")
    if code := _wide(data[:4000]):
        return data.decode(code, "replace"), code
    if data[:4000].count(0) > len(data[:4000]) // 50:
        raise Invalid("file", "this file is neither a spreadsheet nor a text with columns")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        # A file that was cut in the middle of a letter is still UTF-8.
        if error.start >= len(data) - 4 and error.reason.startswith("unexpected end"):
            return data[: error.start].decode("utf-8"), "utf-8"
    code = _guessed(data[:_GUESS_BYTES])
    return data.decode(code, "replace"), code


def rows_of(text: str) -> tuple[list[list[str]], str]:
    """Rows of a text with columns, and its separator; a line "sep=;" is no row, as in spreadsheets."""
    text = text.replace("\x00", "")
    separator = ""
    if said := _SEP_LINE.match(text):
        separator, text = said[1], text[said.end() :]
    separator = separator or _separator(text)
    rows = _parsed(text, separator, csv.QUOTE_MINIMAL)
    if rows is None or _swallowed(rows, separator):
        # A quotation mark that is never closed would make one cell of the rest of the file.
        rows = _parsed(text, separator, csv.QUOTE_NONE) or []
        rows = [[_unquoted(cell) for cell in row] for row in rows]
    return rows, separator


def _wide(sample: bytes) -> str:
    """Which code of two bytes a text without a mark has: every other byte is that of Latin (0) or of Russian (4)."""
    for code, high, low in (
        ("utf-16-le", sample[1::2], sample[::2]),
        ("utf-16-be", sample[::2], sample[1::2]),
    ):
        of_letters = high.count(0) + high.count(4)
        if (
            high
            and of_letters > len(high) * 0.9
            and low.count(0) < len(low) * 0.02
            and len(high) > 3
        ):
            return code
    return ""


def _guessed(sample: bytes) -> str:
    best, score = "cp1251", float("-inf")
    for code in _RUSSIAN:
        try:
            text = sample.decode(code)
        except UnicodeDecodeError:
            text = sample.decode(code, "replace")
        points = _plausibility(text)
        if points > score:
            best, score = code, points
    if score <= 0:
        other = from_bytes(sample[:50_000]).best()
        return other.encoding if other is not None else best
    return best


def _plausibility(text: str) -> float:
    """How much a text looks like Russian: frequent letters, capitals only at beginnings, no frames."""
    letters = _CYRILLIC.findall(text)
    frequent = sum(letter.lower() in _FREQUENT for letter in letters)
    lower = sum(letter.islower() for letter in letters)
    odd = (
        len(_ODD_CASE.findall(text)) * 2
        + len(_ODD_SIGN.findall(text)) * 3
        + text.count("\ufffd") * 5
    )
    points: float = len(letters) * 0.2 + frequent + lower * 0.3 - odd
    return points


def _separator(text: str) -> str:
    """The separator that cuts most lines into the same number of columns."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()][:_SNIFF_LINES]
    sample = "\n".join(lines)
    best, score = ";", 0.0
    for separator in _SEPARATORS:
        rows = _parsed(sample, separator, csv.QUOTE_MINIMAL) or []
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        points = count / max(len(rows), 1) + min(width, 10) / 20
        if points > score:
            best, score = separator, points
    return best


def _parsed(text: str, separator: str, quoting: int) -> list[list[str]] | None:
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        quoting=quoting,  # type: ignore[arg-type]
        quotechar='"',
        skipinitialspace=False,
    )
    try:
        return list(reader)
    except csv.Error:
        return None


def _swallowed(rows: Sequence[Sequence[str]], separator: str) -> bool:
    return any(
        cell.count("\n") > _MOST_LINES_OF_A_FIELD and cell.count(separator) > _MOST_LINES_OF_A_FIELD
        for row in rows
        for cell in row
    )


def _unquoted(cell: str) -> str:
    whole = len(cell) > 1 and cell[0] == cell[-1] == '"'
    return cell[1:-1].replace('""', '"') if whole else cell
