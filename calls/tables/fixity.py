"""Table of the last look at each kept recording: are its files still what they were when they were found?

In: nothing. Out: a mapped class for SQLite and PostgreSQL; times are aware, UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import Base, UtcDateTime


class RecordingFixity(Base):
    """The newest comparison of a recording's files with the SHA-256 that was noted when they were found.

    `state`: "good", "changed" (a file has other bytes) or "gone" (a file cannot be read).
    """

    __tablename__ = "recording_fixity"

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(8), index=True)
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Those that are not as they were: `{"role", "path", "sha256", "found"}`; `found` is "" for one that is gone."""
