"""Tables of promises.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class Promise(Base):
    """Words marked as a promise: who gave it, what, until when, and where they stand in the transcript."""

    __tablename__ = "promises"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL"), index=True
    )
    utterance_id: Mapped[int | None] = mapped_column(
        ForeignKey("utterances.id", ondelete="SET NULL")
    )
    word_from: Mapped[int | None] = mapped_column()
    word_to: Mapped[int | None] = mapped_column()
    """Index of the first and last word in the utterance, inclusive."""
    quote: Mapped[str] = mapped_column(Text)
    """The words as transcribed when they were marked: the evidence must not change under us."""
    start_s: Mapped[float | None] = mapped_column()
    end_s: Mapped[float | None] = mapped_column()
    by_side: Mapped[str] = mapped_column(String(16), default="operator")
    by_party: Mapped[str] = mapped_column(String(128), default="")
    what: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(16), default="open")
    """"open", "kept", "broken" or "cancelled"."""
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sample: Mapped[bool] = mapped_column(default=False)
