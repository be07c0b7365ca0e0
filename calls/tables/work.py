"""Tables of work to do later, and of the notices that something changed.

In: nothing. Out: mapped classes for SQLite and PostgreSQL; times are aware, UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class Job(Base):
    """Work to do later. The row is the truth: (`kind`, `key`) is done at most once, a lease ends by itself.

    `state`: "waiting", "running", "done", "failed" (gave up), "blocked" (waits for something a person must do, such as
    a speech model; `error` names it).
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "key"),
        Index("ix_jobs_state_run_at", "state", "run_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    priority: Mapped[int] = mapped_column(default=0)
    """Higher first."""
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    leased_by: Mapped[str] = mapped_column(String(128), default="")
    progress: Mapped[float | None] = mapped_column()
    """0 to 1 while running, if known."""
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FeedEvent(Base):
    """A notice that something changed. Readers fetch `id > last_seen`; the doorbell only says that there is more."""

    __tablename__ = "feed_events"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
