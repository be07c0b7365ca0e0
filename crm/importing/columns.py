"""Where the table begins, and which column is what. Pure.

In: the first rows of a sheet. Out: a `Layout`. The header may stand below titles and empty rows, may have two lines, or
may be missing: then the contents tell. A column nobody understands has the field "" and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crm.importing import presets
from crm.importing.cells import Cell, one_line, text_of
from crm.importing.column_contents import Contents, contents_of
from crm.importing.header_rows import Header, find_header
from crm.importing.header_words import SEVERAL, Meaning, Owner, fold, meaning_of, names_firms

SAMPLE_ROWS = 400
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table and what it is."""

    index: int
    """From 0."""
    header: str
    """As in the file; a column without header is named by its letter."""
    field: str
    """One of `header_words.FIELDS`, "custom:KEY", or "" for left out."""
    owner: Owner = ""
    """Whose phone or e-mail it is, where the header says so."""
    label: str = ""
    firm: bool = False
    """Of a name: it is an organisation's where the name itself does not say."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The table in a sheet."""

    columns: tuple[Column, ...]
    first: int
    """Index (from 0) of the first row that may hold data."""
    header: tuple[str, ...] = ()
    """Folded texts of the header's last line: a row that repeats them is no client."""
    preset: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """Header → field."""
        return {column.header: column.field for column in self.columns}

    def with_fields(self, chosen: Mapping[int, str]) -> Layout:
        """The same table with the fields that a person chose, by index of the column."""
        columns = [
            replace(column, field=chosen.get(column.index, column.field)) for column in self.columns
        ]
        return replace(self, columns=tuple(columns))


def find_layout(rows: Sequence[Row], custom: Mapping[str, str] | None = None) -> Layout:
    """Find the table in the first rows of a sheet.

    Args:
        rows: the sheet's first rows (`SAMPLE_ROWS` are enough), beginning with its first.
        custom: folded name or key of a custom field → its key.
    """
    sample = rows[:SAMPLE_ROWS]
    header = find_header(sample)
    width = max((len(row) for row in sample), default=0)
    data = sample[header.first :]
    contents = [
        contents_of([row[i] if i < len(row) else None for row in data]) for i in range(width)
    ]
    preset = presets.find([fold(text) for text in header.texts])
    columns = []
    for index in range(width):
        text = header.text(index)
        if not text and contents[index].filled == 0:
            continue
        columns.append(_column(index, header, contents[index], preset, custom or {}))
    _settle(columns, contents)
    return Layout(
        _unique(columns), header.first, tuple(fold(t) for t in header.last_line), preset.name
    )


def letter_of(index: int) -> str:
    """A column as spreadsheets name it: A, B … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _column(
    index: int,
    header: Header,
    contents: Contents,
    preset: presets.Preset,
    custom: Mapping[str, str],
) -> Column:
    text = header.text(index)
    if not text:
        return Column(index, letter_of(index), contents.guess, firm=contents.firms)
    folded = fold(text)
    if folded in preset.fields:
        meaning = meaning_of(text) or Meaning("", 0)
        return Column(index, text, preset.fields[folded], meaning.owner, meaning.label)
    if folded in custom:
        return Column(index, text, f"custom:{custom[folded]}")
    known = meaning_of(text) or meaning_of(header.lower(index))
    if known is None:
        return Column(index, text, contents.sure_guess, firm=contents.firms)
    field = _by_contents(known, text, contents)
    firm = contents.firms or (names_firms(text) and not contents.people)
    return Column(index, text, field, known.owner, known.label, firm)


def _by_contents(known: Meaning, header: str, contents: Contents) -> str:
    """What a header says, unless the cells plainly say something else."""
    if (
        known.field in ("name", "contact", "organisation", "first_name")
        and contents.bare_phones > 0.6
    ):
        return "phone"
    if known.field in ("name", "contact", "organisation") and contents.emails > 0.6:
        return "email"
    if known.field == "email" and contents.filled >= 3 and contents.emails == 0:
        if contents.phones > 0.6:
            return "phone"
        return "address" if "почт" in fold(header) else "email"
    if (
        known.field == "phone"
        and contents.people
        and contents.phones == 0
        and "контакт" in fold(header)
    ):
        return "contact"
    if known.field == "inn" and contents.kpps > 0.6:
        return "kpp"
    return known.field


def _settle(columns: list[Column], contents: Sequence[Contents]) -> None:
    """Make one column of each field that a card has only once."""
    _settle_names(columns, contents)
    if not {"deal_name", "deal_stage"} & {column.field for column in columns}:
        # A sum alone is what somebody spent, or owes: no deal.
        _rename(columns, "deal_amount", "")
    seen: set[str] = set()
    for at, column in enumerate(columns):
        if not column.field or column.field in SEVERAL:
            continue
        if column.field in seen:
            spare = "legal_name" if column.field == "organisation" else ""
            field = "" if spare in seen else spare
            columns[at] = column = replace(column, field=field)
        seen.add(column.field)


def _settle_names(columns: list[Column], contents: Sequence[Contents]) -> None:
    fields = {column.field for column in columns}
    if "last_name" not in fields:
        _rename(columns, "first_name", "name" if "name" not in fields else "first_name")
    names = [at for at, column in enumerate(columns) if column.field == "name"]
    if len(names) > 1:
        best = max(names, key=lambda at: _person_score(columns[at], contents))
        for at in names:
            if at != best:
                columns[at] = replace(
                    columns[at], field=_other_name(columns[at], columns, contents)
                )
    fields = {column.field for column in columns}
    if not fields & {"name", "last_name"}:
        first = next((at for at, column in enumerate(columns) if column.field == "contact"), None)
        if first is not None and not columns[first].label:
            columns[first] = replace(columns[first], field="name")
    _name_beside_parts(columns, contents)


def _name_beside_parts(columns: list[Column], contents: Sequence[Contents]) -> None:
    """A name beside "Фамилия" and "Имя" is the organisation's, or says the same once more."""
    fields = {column.field for column in columns}
    if "last_name" not in fields or "name" not in fields:
        return
    for at, column in enumerate(columns):
        if column.field == "name" and column.firm and "organisation" not in fields:
            columns[at] = replace(column, field="organisation")


def _rename(columns: list[Column], old: str, new: str) -> None:
    for at, column in enumerate(columns):
        if column.field == old:
            columns[at] = replace(column, field=new)
            return


def _person_score(column: Column, contents: Sequence[Contents]) -> tuple[bool, float, int]:
    words = fold(column.header).split()
    is_full = "фио" in words or "ф и о" in fold(column.header) or "фамилия" in words
    return (is_full, contents[column.index].full_names, -column.index)


def _other_name(column: Column, columns: Sequence[Column], contents: Sequence[Contents]) -> str:
    fields = {one.field for one in columns}
    inside = contents[column.index]
    if inside.firms or names_firms(column.header):
        return "organisation" if "organisation" not in fields else "legal_name"
    return "contact" if inside.people else ""


def _unique(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Headers that stand twice get a number, so that each can be named."""
    counts: dict[str, int] = {}
    made = []
    for column in columns:
        count = counts[column.header] = counts.get(column.header, 0) + 1
        made.append(replace(column, header=f"{column.header} ({count})") if count > 1 else column)
    return tuple(made)


def header_text(cell: Cell) -> str:
    """A header's cell in one line."""
    return one_line(text_of(cell))
