"""What one row of a table says: cards of clients, and a deal. Pure.

In: nothing. Out: the shapes that `row_reader` fills and `plan` reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from crm.custom_kinds import Value
from crm.importing.issues import Issue
from crm.importing.names import Kind
from crm.importing.phones import Phone

TEXTS = {
    "name": 255,
    "legal_name": 500,
    "inn": 12,
    "kpp": 9,
    "ogrn": 15,
    "legal_address": 500,
    "address": 500,
    "source": 64,
}
"""Fields of a card that are columns of its row in the database, and their lengths."""


@dataclass(slots=True, kw_only=True)
class Card:
    """A client as a row describes it. Empty = the row does not say."""

    kind: Kind = "person"
    name: str = ""
    legal_name: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    legal_address: str = ""
    address: str = ""
    source: str = ""
    notes: list[str] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    position: str = ""
    """Of a contact person at the organisation of the same row."""
    born_on: date | None = None
    sex: str = ""
    home_address: str = ""
    passport: str = ""
    mailing_consent: bool | None = None
    recording_consent: bool | None = None
    responsible: str = ""
    """A colleague, as the table calls him."""
    created_at: datetime | None = None
    """Local to the company, without zone."""
    custom: dict[str, str] = field(default_factory=dict)
    """Key of a custom field → text of its cell."""
    responsible_id: int | None = None
    values: dict[str, Value] = field(default_factory=dict)
    """Key of a custom field → value (`resolving`)."""
    column: int = -1
    """Where its name stands: a phone to the right of a contact person's name is his."""


@dataclass(frozen=True, slots=True)
class DealFields:
    """A deal of the row's client."""

    name: str = ""
    amount: Decimal | None = None
    stage: str = ""


@dataclass(slots=True)
class Entry:
    """A row: the organisation first, then its contact persons. No card: nothing could be made of it."""

    row: int
    """As a spreadsheet counts, from 1."""
    cards: list[Card] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    deal: DealFields | None = None
    is_heading: bool = False
    """A title or section between the rows: not counted among them."""

    @property
    def main(self) -> Card | None:
        """Whom the row is about."""
        return self.cards[0] if self.cards else None
