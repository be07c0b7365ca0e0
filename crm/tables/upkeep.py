"""Tables of keeping cards in order: merges, duplicates, cleaning.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class ClientMerge(Base):
    """Two cards that were made one: which rows moved, so that it can be undone."""

    __tablename__ = "client_merges"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    gone_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    moved: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Table → ids of the rows that moved, and the kept card's fields as they were."""
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class NotDuplicates(Base):
    """Two cards that a person looked at and said: not the same client. `first_id` < `second_id`."""

    __tablename__ = "not_duplicates"

    first_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class DuplicatePair(Base):
    """Two cards that may be one client, as `crm.duplicates` found them last. `first_id` < `second_id`."""

    __tablename__ = "duplicate_pairs"
    __table_args__ = (Index("ix_duplicate_pairs_score", "score"),)

    first_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    score: Mapped[int] = mapped_column()
    """How sure, of 100."""
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Keys of `crm.likeness.Reason`."""


class CleaningIgnored(Base):
    """A record of the cleaning list that a person put aside for a time."""

    __tablename__ = "cleaning_ignored"

    subject_kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    """"client" or "inquiry"."""
    subject_id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
