"""Tables written as HTML or as "XML Spreadsheet 2003": many programs save these and call them .xls. Pure.

In: text. Out: rows. Nothing of it is executed or fetched; nested tables are flattened into the cell around them.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.parsers import expat

from crm.errors import Invalid
from crm.importing.cells import Cell

MOST_SPAN = 200
_NAMESPACE = "urn:schemas-microsoft-com:office:spreadsheet"


def is_html(text: str) -> bool:
    """Whether a text is a page with a table."""
    head = text[:200_000].lstrip("\ufeff \r\n\t").lower()
    return head.startswith(
        ("<html", "<!doctype html", "<table", "<meta", "<style", "<head", "<body")
    ) or (head.startswith("<") and "<table" in head and "<tr" in head)


def is_spreadsheet_xml(text: str) -> bool:
    """Whether a text is an XML Spreadsheet 2003."""
    return text.lstrip("\ufeff \r\n\t").startswith("<") and _NAMESPACE in text[:5000]


def html_rows(text: str) -> list[list[Cell]]:
    """Rows of the largest table of a page."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return max(parser.tables, key=len, default=[])


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[Cell]]] = []
        self._depth = 0
        self._text: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        if self._depth != 1 or not self.tables:
            return
        if tag == "tr":
            self._end_cell()
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self._end_cell()
            if not self.tables[-1]:
                self.tables[-1].append([])
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), MOST_SPAN) if span.isdigit() and len(span) < 6 else 1
            self._text = []
        elif tag in ("br", "p", "div") and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr") and self._depth == 1:
            self._end_cell()
        if tag == "table" and self._depth:
            if self._depth == 1:
                self._end_cell()
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._text is not None and self.tables and self.tables[-1]:
            text = re.sub(r"[ \t\r\f\v]+", " ", "".join(self._text)).strip()
            self.tables[-1][-1] += [text, *[""] * (max(self._span, 1) - 1)]
        self._text, self._span = None, 1


def spreadsheet_xml_sheets(data: bytes) -> dict[str, list[list[Cell]]]:
    """Sheets of an XML Spreadsheet 2003, by name.

    Raises:
        Invalid: it is broken.
    """
    reader = _SpreadsheetXml()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Invalid("file", "this file is broken: %(reason)s", reason=str(error)[:200]) from error
    return reader.sheets


class _SpreadsheetXml:
    def __init__(self) -> None:
        self.sheets: dict[str, list[list[Cell]]] = {}
        self._rows: list[list[Cell]] = []
        self._text: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self._rows = self.sheets.setdefault(plain.get("Name", str(len(self.sheets) + 1)), [])
        elif name == "Row":
            self._skip_to(plain.get("Index", ""), self._rows, [])
            self._rows.append([])
        elif name == "Cell" and self._rows:
            self._skip_to(plain.get("Index", ""), self._rows[-1], "")
            self._rows[-1].append("")
        elif name == "Data":
            self._text = []

    def end(self, tag: str) -> None:
        if (
            tag.rpartition(" ")[2] == "Data"
            and self._text is not None
            and self._rows
            and self._rows[-1]
        ):
            self._rows[-1][-1] = "".join(self._text)
            self._text = None

    def data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def entity(self, *_: object) -> None:
        raise ValueError("entities are not allowed")

    @staticmethod
    def _skip_to(
        index: str, into: list[object] | list[list[Cell]] | list[Cell], empty: object
    ) -> None:
        """Rows and cells name their place only after a gap."""
        if index.isdigit() and len(index) < 7:
            gap = min(int(index) - 1 - len(into), 10_000)
            for _ in range(max(gap, 0)):
                into.append([] if isinstance(empty, list) else "")  # type: ignore[arg-type]
