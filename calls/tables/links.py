"""Tables of the connections to PBXs: when each was heard, and up to when its own record was compared.

In: nothing. Out: mapped classes for SQLite and PostgreSQL; times are aware, UTC.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class LinkWindow(Base):
    """A time without connection to a PBX: shown as "blind", never as silence."""

    __tablename__ = "link_windows"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    pbx: Mapped[str] = mapped_column(String(64), index=True)
    lost_at: Mapped[datetime] = mapped_column(UtcDateTime)
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text, default="")
    filled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the PBX's own record had told of all calls of this time; None = still blind."""
    filled_from: Mapped[str] = mapped_column(String(64), default="", server_default="")


class ReconcileCursor(Base):
    """Up to when a source of one PBX's own record was compared with the call log."""

    __tablename__ = "reconcile_cursors"

    pbx: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str] = mapped_column(String(32), primary_key=True)
    settled_to: Mapped[datetime] = mapped_column(UtcDateTime)


class PbxHeartbeat(Base):
    """Up to when everything that a PBX told is stored: written every few seconds and at a clean stop."""

    __tablename__ = "pbx_heartbeats"

    pbx: Mapped[str] = mapped_column(String(64), primary_key=True)
    heard_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resynced: Mapped[bool] = mapped_column(default=True)
    """False: it refused to list its channels at the last login, so what a gap hid stays hidden."""
