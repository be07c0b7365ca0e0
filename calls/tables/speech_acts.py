"""Tables of what people bind themselves to in calls: promises, claims and refusals that the rules found.

In: nothing. Out: mapped classes for SQLite and PostgreSQL; times are aware, UTC, but for due dates, which are the call's.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from sqlalchemy import Date, ForeignKey, String, Text, Time
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, Fixed, UtcDateTime


class SpeechAct(Base):
    """One promise, claim or refusal that `calls.promises` found in a turn. Found anew when the transcript changes."""

    __tablename__ = "speech_acts"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    transcript_id: Mapped[int] = mapped_column(
        ForeignKey("transcripts.id", ondelete="CASCADE"), index=True
    )
    utterance_id: Mapped[int] = mapped_column(
        ForeignKey("utterances.id", ondelete="CASCADE"), index=True
    )
    label: Mapped[str] = mapped_column(String(8), index=True)
    """"promise", "claim" or "refusal" (`calls.promises.model.Label`)."""
    action: Mapped[str] = mapped_column(String(16))
    """A value of `calls.promises.model.ActionKind`."""
    amount_value: Mapped[Decimal | None] = mapped_column(Fixed(2))
    amount_unit: Mapped[str] = mapped_column(String(16), default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    due_time: Mapped[time | None] = mapped_column(Time)
    """Local time of the call; None: a date alone."""
    vague: Mapped[bool] = mapped_column(default=False)
    """A time was said that is no date ("next week")."""
    strength: Mapped[str] = mapped_column(String(8), default="")
    """Of a promise: "firm" or "hedged"."""
    withdrawn: Mapped[bool] = mapped_column(default=False)
    side: Mapped[str] = mapped_column(String(16))
    speaker: Mapped[str] = mapped_column(String(128), default="")
    word_from: Mapped[int] = mapped_column()
    word_to: Mapped[int] = mapped_column()
    """Index of the first and last word in the utterance, inclusive."""
    quote: Mapped[str] = mapped_column(Text)
    start_s: Mapped[float] = mapped_column()
    end_s: Mapped[float] = mapped_column()
    rules: Mapped[str] = mapped_column(String(32))
    """Version of the rules that found it."""


class UnderstoodTranscript(Base):
    """With which version of the rules a transcript was last read: acts of another version are found anew."""

    __tablename__ = "understood_transcripts"

    transcript_id: Mapped[int] = mapped_column(
        ForeignKey("transcripts.id", ondelete="CASCADE"), primary_key=True
    )
    rules: Mapped[str] = mapped_column(String(32), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
