"""Tables of fields: custom ones, which are obligatory, and settings that administrators change in the page.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, Fixed, UtcDateTime


class CustomField(Base):
    """A field that the administrator added to clients or deals."""

    __tablename__ = "custom_fields"
    __table_args__ = (UniqueConstraint("subject", "key"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    subject: Mapped[str] = mapped_column(String(16))
    """"client" (persons and organisations), "person", "organisation" or "deal"."""
    key: Mapped[str] = mapped_column(String(64))
    """Its name in filters, imports and the API: small Latin letters, digits and _."""
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16))
    """text, number, money, date, flag, list, many, link, file, client."""
    options: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Of kinds list and many: what may be chosen."""
    obligatory: Mapped[bool] = mapped_column(default=False)
    place: Mapped[int] = mapped_column(default=0)
    """Order in the form."""
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Not asked for any more; its values are kept."""


class CustomValue(Base):
    """A value of a custom field. Of kind "many" a row for each choice. Only the column of its kind is set."""

    __tablename__ = "custom_values"
    __table_args__ = (
        Index("ix_custom_values_field_id_folded", "field_id", "folded"),
        Index("ix_custom_values_field_id_number", "field_id", "number"),
        Index("ix_custom_values_field_id_day", "field_id", "day"),
        Index("ix_custom_values_client_id_field_id", "client_id", "field_id"),
        Index("ix_custom_values_deal_id_field_id", "deal_id", "field_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id", ondelete="CASCADE"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    """Whose: of a client or of a deal."""
    text: Mapped[str] = mapped_column(Text, default="")
    """text, list, many, link."""
    folded: Mapped[str] = mapped_column(String(255), default="")
    """`text` as it is searched and filtered, cut."""
    number: Mapped[Decimal | None] = mapped_column(Fixed(4))
    """number, money."""
    day: Mapped[date | None] = mapped_column(Date)
    flag: Mapped[bool | None] = mapped_column()
    linked_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), index=True
    )
    """client."""
    file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="CASCADE"), index=True
    )


class FieldRule(Base):
    """A field of ours that the administrator made obligatory."""

    __tablename__ = "field_rules"

    subject: Mapped[str] = mapped_column(String(16), primary_key=True)
    """"person", "organisation" or "deal"."""
    field: Mapped[str] = mapped_column(String(64), primary_key=True)
    obligatory: Mapped[bool] = mapped_column(default=True)


class CompanySetting(Base):
    """A rule of the company that the administrator sets in the page: JSON by name."""

    __tablename__ = "company_settings"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    """"intake", "categories", "files", "cleaning" …: the module that reads it gives its shape and its defaults."""
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
