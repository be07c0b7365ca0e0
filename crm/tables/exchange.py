"""Tables of what comes and goes in bulk: imports, hand-overs.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class Import(Base):
    """A file of clients that was imported, or is being."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    file_name: Mapped[str] = mapped_column(String(255))
    path: Mapped[str] = mapped_column(String(255), default="")
    """Where the file lies below the data directory, as long as it is needed."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="mapping")
    """"mapping", "checking", "checked", "running", "done", "failed", "undoing", "undone"."""
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Sheet, columns → fields, what happens with duplicates."""
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    """Rows that were worked on so far."""
    created: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    duplicates: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(Text, default="")
    """Why it failed as a whole."""
    claimed_by: Mapped[str] = mapped_column(String(64), default="")
    """The process that works on it."""
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """If that process is not heard of by then, another one goes on."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class ImportRow(Base):
    """What became of one row of a file: enough to undo it, or why it was refused."""

    __tablename__ = "import_rows"
    __table_args__ = (Index("ix_import_rows_import_id_row", "import_id", "row"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    row: Mapped[int] = mapped_column()
    """As a spreadsheet counts: from 1, the header included."""
    action: Mapped[str] = mapped_column(String(16))
    """"created", "updated", "duplicate" (left alone), "error", "warning"."""
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id", ondelete="SET NULL"))
    column: Mapped[str] = mapped_column(String(255), default="")
    why: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Of an updated client: what was there."""


class Handover(Base):
    """Clients of one colleague given to another in one act."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    from_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))


class HandoverItem(Base):
    """One thing that changed hands: a client, deal, task, promise or inquiry."""

    __tablename__ = "handover_items"
    __table_args__ = (
        Index("ix_handover_items_handover_id_kind", "handover_id", "kind"),
        Index("ix_handover_items_kind_subject_id", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handovers.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[int] = mapped_column(BigInteger)
