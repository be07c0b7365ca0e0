"""Tables of the audit log.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class AuditEntry(Base):
    """One thing somebody did or heard. Rows are only ever added; each holds the hash of the one before."""

    __tablename__ = "audit_log"
    __table_args__ = (Index("ix_audit_log_subject_kind_subject_id", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column()
    """No foreign key on purpose: the log outlives the user."""
    login: Mapped[str] = mapped_column(String(64), default="", index=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    """"recording.play", "recording.export", "search", "login", "client.edit" …"""
    subject_kind: Mapped[str] = mapped_column(String(32), default="")
    subject_id: Mapped[str] = mapped_column(String(64), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    address: Mapped[str] = mapped_column(String(64), default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditWords(Base):
    """Words that belong to a row of the log and may have to be deleted one day: beside it, not in it.

    The row itself holds only their seal (a hash of these words and of `salt`), so that the chain stays whole without them.
    """

    __tablename__ = "audit_words"

    audit_id: Mapped[int] = mapped_column(
        ForeignKey("audit_log.id", ondelete="CASCADE"), primary_key=True
    )
    salt: Mapped[str] = mapped_column(String(32))
    """Random: without it nobody can find out by trying which words were sealed."""
    words: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
