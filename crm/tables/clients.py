"""Tables of clients: their cards and what stands on them.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, Fixed, UtcDateTime, only_where


class Client(Base):
    """A person or an organisation. Never deleted by hand: a card in the bin, or merged into another, keeps its row."""

    __tablename__ = "clients"
    __table_args__ = (
        Index("ix_clients_inn", "inn"),
        Index("ix_clients_updated_at", "updated_at"),
        Index("ix_clients_last_contact_at", "last_contact_at"),
        # Only of cards that are gone: SQLite would begin every list of those that are not with this index.
        Index("ix_clients_deleted_at", "deleted_at", **only_where("deleted_at IS NOT NULL")),
        Index(
            "ix_clients_merged_into_id",
            "merged_into_id",
            **only_where("merged_into_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    """"person" or "organisation"."""
    name: Mapped[str] = mapped_column(String(255), default="")
    """May be empty for a person known only by number."""
    search_name: Mapped[str] = mapped_column(String(255), default="", index=True)
    """Folded for finding: lower case, ё as е."""
    legal_name: Mapped[str] = mapped_column(String(500), default="")
    """Of an organisation: as registered, "" = as `name`."""
    inn: Mapped[str] = mapped_column(String(12), default="")
    """Taxpayer's number, digits only; of an organisation 10, of a person 12."""
    kpp: Mapped[str] = mapped_column(String(9), default="")
    ogrn: Mapped[str] = mapped_column(String(15), default="")
    """OGRN (13 digits) or OGRNIP (15)."""
    legal_address: Mapped[str] = mapped_column(String(500), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    """Where the client is found: office, home or delivery."""
    notes: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(64), default="")
    """Channel of origin: "call", "import", "api", or as a person says: "site", "recommendation" …"""
    confirmed: Mapped[bool] = mapped_column(default=True)
    """False for a card that a call from an unknown number made by itself, until a person confirms it."""
    mailing_consent: Mapped[bool | None] = mapped_column()
    recording_consent: Mapped[bool | None] = mapped_column()
    """What the newest row of `consents` of this kind says; None: never asked."""
    responsible_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    import_id: Mapped[int | None] = mapped_column(
        ForeignKey("imports.id", ondelete="SET NULL"), index=True
    )
    last_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody last talked with them."""
    version: Mapped[int] = mapped_column(default=1)
    """Grows with each edit, so that two people at once do not overwrite each other."""
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """In the bin since then."""
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL")
    )
    """The card that has everything of this one now (`client_merges` can undo it)."""

    numbers: Mapped[list[ClientNumber]] = relationship(
        back_populates="client", order_by="ClientNumber.id", cascade="all, delete-orphan"
    )
    emails: Mapped[list[ClientEmail]] = relationship(
        back_populates="client", order_by="ClientEmail.id", cascade="all, delete-orphan"
    )
    workplaces: Mapped[list[Membership]] = relationship(
        back_populates="person",
        foreign_keys="Membership.person_id",
        order_by="Membership.id",
        cascade="all, delete-orphan",
    )
    staff: Mapped[list[Membership]] = relationship(
        back_populates="organisation",
        foreign_keys="Membership.organisation_id",
        order_by="Membership.id",
        cascade="all, delete-orphan",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def is_listed(self) -> bool:
        """Whether this card stands for somebody: neither in the bin nor merged into another."""
        return self.deleted_at is None and self.merged_into_id is None

    @property
    def organisation(self) -> Client | None:
        """Where the person works first of all."""
        return next(
            (place.organisation for place in self.workplaces if place.organisation.is_listed), None
        )

    @property
    def position(self) -> str:
        """What the person is there."""
        return next(
            (place.position for place in self.workplaces if place.organisation.is_listed), ""
        )

    @property
    def email(self) -> str:
        """The first address, "" = none."""
        return self.emails[0].address if self.emails else ""

    @property
    def contacts(self) -> list[Client]:
        """The contact persons of an organisation."""
        return [place.person for place in self.staff if place.person.is_listed]


class Membership(Base):
    """A person is a contact person of an organisation. The first of a person's is where they work first of all."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[str] = mapped_column(String(128), default="")

    person: Mapped[Client] = relationship(back_populates="workplaces", foreign_keys=[person_id])
    organisation: Mapped[Client] = relationship(
        back_populates="staff", foreign_keys=[organisation_id]
    )


class ClientNumber(Base):
    """A telephone number of a client, as typed and in E.164 where it is a real number."""

    __tablename__ = "client_numbers"
    __table_args__ = (
        UniqueConstraint("client_id", "e164"),
        Index("ix_client_numbers_e164", "e164"),
        Index("ix_client_numbers_last10", "last10"),
        # Numbers are asked for by their last digits (`crm.finding.candidates` writes the same expression).
        Index("ix_client_numbers_tail", text("substr(last10, length(last10) - 3)")),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    raw: Mapped[str] = mapped_column(String(128))
    e164: Mapped[str | None] = mapped_column(String(32))
    last10: Mapped[str] = mapped_column(String(10), default="")
    """Last ten digits, for numbers that came without their country."""
    label: Mapped[str] = mapped_column(String(64), default="")

    client: Mapped[Client] = relationship(back_populates="numbers")


class CallLink(Base):
    """Which client a call was with. `how`: "number" (found by it) or "manual"."""

    __tablename__ = "call_links"
    __table_args__ = (Index("ix_call_links_client_id_call_id", "client_id", "call_id"),)

    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    how: Mapped[str] = mapped_column(String(16), default="number")
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallNote(Base):
    """What one person typed into the card of one call, kept as typed."""

    __tablename__ = "call_notes"
    __table_args__ = (UniqueConstraint("call_id", "user_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text, default="")
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClientEmail(Base):
    """An e-mail address of a client."""

    __tablename__ = "client_emails"
    __table_args__ = (
        UniqueConstraint("client_id", "folded"),
        Index("ix_client_emails_folded", "folded"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(255))
    folded: Mapped[str] = mapped_column(String(255))
    """In lower case: by it the same address is found again."""
    label: Mapped[str] = mapped_column(String(64), default="")

    client: Mapped[Client] = relationship(back_populates="emails")


class ClientPersonal(Base):
    """Personal data of a person, kept apart: what only those see who may (`Permission.PERSONAL_SEE`)."""

    __tablename__ = "client_personal"

    client_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True
    )
    born_on: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str] = mapped_column(String(8), default="")
    """"female", "male" or ""."""
    home_address: Mapped[str] = mapped_column(String(500), default="")
    passport: Mapped[str] = mapped_column(String(255), default="")


class PersonalDate(Base):
    """A day to remember of a client: a birthday, a wedding, a professional holiday, also of a relative."""

    __tablename__ = "personal_dates"
    __table_args__ = (Index("ix_personal_dates_month_day", "month", "day"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    """What day it is: "birthday" for the client's own, else as typed."""
    day: Mapped[int] = mapped_column()
    month: Mapped[int] = mapped_column()
    year: Mapped[int | None] = mapped_column()
    """None: unknown."""
    remind_days: Mapped[int] = mapped_column(default=0)
    """So many days before the responsible person is reminded."""
    reminded_on: Mapped[date | None] = mapped_column(Date)
    """The day (of this or an earlier year) for which a reminder was given."""


class Consent(Base):
    """What a client agreed to or refused, when and how we know. Rows are only added; the newest counts."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    """"mailing" or "recording"."""
    given: Mapped[bool] = mapped_column()
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(255), default="")
    """How we know: a call, a form, a paper."""
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClientFigures(Base):
    """What a client is worth, computed from deals and calls (`crm.client_figures`)."""

    __tablename__ = "client_figures"

    client_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True
    )
    category: Mapped[str] = mapped_column(String(16), index=True)
    """"potential", "one_time", "regular" or "inactive"."""
    purchases: Mapped[int] = mapped_column(default=0)
    """Won deals."""
    spent: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    """Sum of won deals in the company's currency: the lifetime value so far."""
    average_check: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    monthly_spend: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    """Mean of the months of the window that the administrator set."""
    potential: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    """What they would spend in a year if they went on so: steady small purchases outrank one big one."""
    vip: Mapped[bool] = mapped_column(default=False, index=True)
    first_bought_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_bought_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
