"""A row of a table → what it says. Pure.

In: a row's cells and the table's layout. Out: an `Entry`, or None for a row that is no data (empty, a total, a header once
more). Which name, phone and address belongs to whom is decided in `row_cards`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from crm.importing import issues, row_cards
from crm.importing.cards import DealFields, Entry
from crm.importing.cells import Cell, is_nothing, one_line, text_of, value_of
from crm.importing.columns import Column, Layout
from crm.importing.emails import emails_of
from crm.importing.header_words import fold
from crm.importing.issues import Issue
from crm.importing.phones import Phone, looks_like_phone, phones_of
from crm.importing.values import amount_of
from crm.number_rules import NumberRules

_TOTAL = re.compile(
    r"(?:итого|всего|общий итог|total|grand total|subtotal|промежуточный итог)(?:\b|$)",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(?:страница|стр\.|page)\s*\d+|(?:отч[её]т|файл|выгрузка|документ) (?:сформирован|создан|выгружен)|исполнитель:|"
    r"составил:|подпись|конец (?:отч[её]та|списка)|дата печати|сформирован",
    re.IGNORECASE,
)
_NAMES = frozenset(["name", "last_name", "first_name", "organisation", "contact", "legal_name"])


@dataclass(slots=True)
class Reach:
    """A phone or an address, and where it stood."""

    value: Phone | str
    column: Column


@dataclass(slots=True)
class Read:
    """The cells of one row by field, before anybody is made of them."""

    texts: dict[str, str] = field(default_factory=dict)
    """Field → text, of fields that a card has once."""
    cells: dict[str, Cell] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    contacts: list[tuple[Column, str]] = field(default_factory=list)
    phones: list[Reach] = field(default_factory=list)
    emails: list[Reach] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    custom: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    today: date = date.max

    def say(self, issue: Issue, column: Column) -> None:
        """Keep an issue, with the header of its column."""
        self.issues.append(Issue(issue.severity, issue.text, issue.values, column.header))

    def keep(self, column: Column, text: str) -> None:
        """Keep what could not be used: in the notes, with the header of its column."""
        self.notes.append(f"{column.header}: {one_line(text)}")


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, layout: Layout, rules: NumberRules, today: date = date.max) -> None:
        self._today = today
        self._columns = [column for column in layout.columns if column.field]
        self._header = tuple(text for text in layout.header if text)
        self._wide = len(layout.columns) >= 3
        self._rules = rules
        self._traits = row_cards.traits_of(self._columns)

    def read(self, row: int, cells: Sequence[Cell], *, heading: bool = False) -> Entry | None:
        """Read one row.

        Args:
            row: its number, as a spreadsheet counts.
            cells: its cells.
            heading: whether one merged cell goes over the whole row.
        """
        texts = [text_of(cell) for cell in cells]
        filled = [text for text in texts if text]
        if not filled or self._is_no_data(texts, filled):
            return None
        if self._is_heading(texts, filled, heading):
            return Entry(row, issues=[issues.warning(issues.HEADING)], is_heading=True)
        read = Read(today=self._today)
        for column in self._columns:
            if column.index < len(cells):
                self._take(read, column, cells[column.index], texts[column.index])
        entry = Entry(row, issues=read.issues)
        entry.cards = row_cards.cards_of(read, self._traits)
        entry.deal = _deal(read)
        if not entry.cards:
            entry.issues = [*read.issues, issues.error(issues.NOTHING_KNOWN)]
        return entry

    def _is_no_data(self, texts: Sequence[str], filled: Sequence[str]) -> bool:
        if _TOTAL.match(filled[0]) and not any(
            "@" in text or looks_like_phone(text) for text in filled
        ):
            return True
        if len(filled) == 1 and _FOOTER.match(filled[0]):
            return True
        if self._header and len(filled) >= min(2, len(self._header)):
            return tuple(filter(None, (fold(text) for text in texts))) == self._header
        return False

    def _is_heading(self, texts: Sequence[str], filled: Sequence[str], merged: bool) -> bool:
        if len(filled) != 1 or not self._wide:
            return False
        at = next(index for index, text in enumerate(texts) if text)
        field_of = {column.index: column.field for column in self._columns}
        known = field_of.get(at, "")
        if known in ("phone", "email", "inn"):
            return False
        return merged or (known not in _NAMES and not looks_like_phone(filled[0]))

    def _take(self, read: Read, column: Column, cell: Cell, text: str) -> None:
        name = column.field
        if name == "phone":
            self._take_phones(read, column, "" if is_nothing(text) else text)
        elif name == "email":
            self._take_emails(read, column, "" if is_nothing(text) else text)
        elif name in ("mailing_consent", "recording_consent") or name.startswith("custom:"):
            # Here "-" and "нет" say something.
            if text:
                self._put(read, column, cell, text)
        elif not is_nothing(text):
            self._put(read, column, cell, text)

    def _put(self, read: Read, column: Column, cell: Cell, text: str) -> None:
        name = column.field
        if name in _NAMES:
            text = self._without_phones(read, column, text)
        if not text:
            return
        if name == "contact":
            read.contacts.append((column, one_line(text)))
        elif name == "notes":
            several = any(other.field == "notes" for other in self._columns if other is not column)
            read.notes.append(f"{column.header}: {text}" if several else text)
        elif name in ("website", "messenger", "requisites"):
            self._put_aside(read, column, text)
        elif name in ("address", "city", "region"):
            read.addresses.append(one_line(text))
        elif name == "tags":
            read.tags += [
                tag.strip(" #")[:64] for tag in re.split(r"[,;|\n]", text) if tag.strip(" #")
            ]
        elif name.startswith("custom:"):
            read.custom[name.removeprefix("custom:")] = text
        else:
            read.texts[name], read.cells[name], read.columns[name] = text, cell, column

    def _put_aside(self, read: Read, column: Column, text: str) -> None:
        """Messengers that are numbers, and details out of free text; the rest goes into the notes."""
        if column.field == "messenger" and looks_like_phone(text, self._rules.region):
            self._take_phones(read, column, text)
            return
        if column.field == "requisites":
            for name, value in row_cards.requisites_of(text).items():
                read.texts.setdefault(name, value)
                read.columns.setdefault(name, column)
                read.cells.setdefault(name, value)
        read.keep(column, text)

    def _without_phones(self, read: Read, column: Column, text: str) -> str:
        """A name without the phone and the address that somebody wrote beside it."""
        whole = text
        if "@" in text:
            emails = emails_of(text)
            read.emails += [Reach(address, column) for address in emails.found]
            text = emails.without if emails.found else text
        if sum(character.isdigit() for character in text) >= 10 and looks_like_phone(text):
            phones = phones_of(text, self._rules.region)
            read.phones += [Reach(Phone(p.e164, p.raw), column) for p in phones.found]
            for phone in phones.found:
                text = text.replace(phone.raw, " ")
            text = re.sub(r"\b(?:тел|моб|т|сот)\b\.?:?", " ", text, flags=re.IGNORECASE)
        return one_line(text) if text == whole else one_line(text).strip(" ,;:-()")

    def _take_phones(self, read: Read, column: Column, text: str) -> None:
        emails = emails_of(text) if "@" in text else None
        if emails is not None:
            self._keep_emails(read, column, emails.found, emails.issues, emails.rest)
            text = emails.without
        self._read_phones(read, column, text)

    def _read_phones(self, read: Read, column: Column, text: str) -> None:
        phones = phones_of(text, self._rules.region, column.label)
        for phone in phones.found:
            if self._rules.own and self._rules.is_own(phone.e164):
                read.say(issues.warning(issues.OWN_NUMBER, value=phone.raw), column)
            else:
                read.phones.append(Reach(phone, column))
        for issue in phones.issues:
            read.say(issue, column)
        for piece in phones.rest:
            read.keep(column, piece)

    def _take_emails(self, read: Read, column: Column, text: str) -> None:
        if not text:
            return
        emails = emails_of(text)
        self._keep_emails(read, column, emails.found, emails.issues, emails.rest)
        if looks_like_phone(emails.without, self._rules.region):
            self._read_phones(read, column, emails.without)
        elif not emails.found and not emails.issues and not is_nothing(emails.without):
            read.say(issues.error(issues.NO_EMAIL, value=text), column)
            read.keep(column, text)

    def _keep_emails(
        self,
        read: Read,
        column: Column,
        found: Collection[str],
        said: Collection[Issue],
        rest: Collection[str],
    ) -> None:
        read.emails += [Reach(address, column) for address in found]
        for issue in said:
            read.say(issue, column)
        for piece in rest:
            read.keep(column, piece)


def _deal(read: Read) -> DealFields | None:
    name, amount = read.texts.get("deal_name", ""), read.texts.get("deal_amount", "")
    stage = read.texts.get("deal_stage", "")
    if not name and not amount:
        return None
    number = amount_of(read.cells.get("deal_amount"), amount) if amount else None
    if amount and number is None:
        column = read.columns["deal_amount"]
        read.say(issues.error(issues.NO_AMOUNT, value=amount), column)
    return DealFields(one_line(name)[:255], number, one_line(stage))


def plain(cell: Cell) -> str:
    """A cell's text in one line, "" for what says nothing: for previews."""
    return one_line(value_of(cell))
