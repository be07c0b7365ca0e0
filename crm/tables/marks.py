"""Tables of what people note at times of a recording, and of pieces of recordings that are shared by link.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class RecordingMark(Base):
    """A place or a stretch of a recording that somebody marked, with his words; for colleagues only."""

    __tablename__ = "recording_marks"
    __table_args__ = (Index("ix_recording_marks_recording_id_from_s", "recording_id", "from_s"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    recording_id: Mapped[int] = mapped_column(ForeignKey("recordings.id", ondelete="CASCADE"))
    from_s: Mapped[float] = mapped_column()
    to_s: Mapped[float | None] = mapped_column()
    """None: a moment, no stretch."""
    kind: Mapped[str] = mapped_column(String(16), default="note")
    """"note", "question", "good" or "bad": gives its colour."""
    text: Mapped[str] = mapped_column(Text, default="")
    """May be empty: a mark without words."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sample: Mapped[bool] = mapped_column(default=False)


class MarkMention(Base):
    """A colleague named in the words of a mark."""

    __tablename__ = "mark_mentions"

    mark_id: Mapped[int] = mapped_column(
        ForeignKey("recording_marks.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SharedClip(Base):
    """A piece of a recording behind a link. It is cut anew for each play: what was silenced since, is silent there too."""

    __tablename__ = "shared_clips"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the token; the token itself is in the link only."""
    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), index=True
    )
    from_s: Mapped[float] = mapped_column()
    to_s: Mapped[float] = mapped_column()
    side: Mapped[str] = mapped_column(String(16), default="both")
    """"both", "client" or "operator"."""
    with_words: Mapped[bool] = mapped_column(default=False)
    for_whom: Mapped[str] = mapped_column(String(16), default="colleagues")
    """"colleagues" (logged in, and may hear the call) or "anyone" (whoever has the link)."""
    recording_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of the recording when the link was made."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    most_plays: Mapped[int | None] = mapped_column()
    """None: as often as one likes."""
    plays: Mapped[int] = mapped_column(default=0)
    last_played_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
