"""Tables of transcripts: what was heard, by which model, turn by turn.

In: nothing. Out: mapped classes for SQLite and PostgreSQL; times are aware, UTC.
The full-text index is made beside `utterances` by the search backends (`calls/search/*_fts.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, UtcDateTime


class Transcript(Base):
    """One reading of one call by one model, or an imported or prepared one.

    `origin`: "engine", "import", "sample" (prepared with the sample data, no engine heard it).
    `state`: "ready", or "partial" while it grows.
    """

    __tablename__ = "transcripts"
    __table_args__ = (UniqueConstraint("recording_id", "model"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    recording_id: Mapped[int | None] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE")
    )
    origin: Mapped[str] = mapped_column(String(16))
    engine: Mapped[str] = mapped_column(String(64), default="")
    engine_version: Mapped[str] = mapped_column(String(32), default="")
    model: Mapped[str] = mapped_column(String(128))
    lang: Mapped[str] = mapped_column(String(8), default="")
    duration_s: Mapped[float | None] = mapped_column()
    cpu_s: Mapped[float | None] = mapped_column()
    current: Mapped[bool] = mapped_column(default=True)
    """Only the current reading of a call is shown and searched."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    utterances: Mapped[list[Utterance]] = relationship(
        back_populates="transcript", order_by="Utterance.turn", cascade="all, delete-orphan"
    )


class Utterance(Base):
    """One speaker's turn. `lemmas` is what the full-text index holds: normal forms in order, one per word."""

    __tablename__ = "utterances"
    __table_args__ = (UniqueConstraint("transcript_id", "turn"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    transcript_id: Mapped[int] = mapped_column(ForeignKey("transcripts.id", ondelete="CASCADE"))
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    turn: Mapped[int] = mapped_column()
    side: Mapped[str] = mapped_column(String(16))
    """"client", "operator" or "unknown"."""
    speaker: Mapped[str] = mapped_column(String(128), default="")
    """Extension or number of the person, where known."""
    start_s: Mapped[float] = mapped_column()
    end_s: Mapped[float] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """`{"word", "start_s", "end_s", "conf"}`; empty where only the turn's times are known."""
    lemmas: Mapped[str] = mapped_column(Text, default="")

    transcript: Mapped[Transcript] = relationship(back_populates="utterances")
