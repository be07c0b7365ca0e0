"""Tables of transcripts: what was heard, by which model, turn by turn.

In: nothing. Out: mapped classes for SQLite and PostgreSQL; times are aware, UTC.
The full-text index is made beside `utterances` by the search backends (`calls/search/*_fts.py`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, UtcDateTime, only_where


class Transcript(Base):
    """One reading of one call by one model, or an imported or prepared one.

    `origin`: "engine", "import", "sample" (prepared with the sample data, no engine heard it). A recording may have
    several readings, one per model; which of them is current is never changed silently.
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
    took_s: Mapped[float | None] = mapped_column()
    """How long the engine worked, by the clock on the wall."""
    current: Mapped[bool] = mapped_column(default=True)
    """Only the current reading of a call is shown and searched."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lang_how: Mapped[str] = mapped_column(String(16), default="", server_default="")
    """How the language was found: "recording" (it names one), "queue", "company", "detected", "only" (models of one
    language are installed), "ordered" (with the model), "" (not noted)."""
    lang_trial: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    """What each model heard of the first half minute, where languages were tried: `{"model", "lang", "conf", "words"}`."""
    left_out: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What was heard and is no person's: reason → `{"words", "seconds"}`; reasons of `calls.transcripts.attribution`."""
    ordered_by_id: Mapped[int | None] = mapped_column(BigInteger)
    """The person who ordered this reading; None: it was read by rule."""
    chosen_by_id: Mapped[int | None] = mapped_column(BigInteger)
    """The person who made it the current one; None: nobody had to."""
    chosen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    utterances: Mapped[list[Utterance]] = relationship(
        back_populates="transcript", order_by="Utterance.turn", cascade="all, delete-orphan"
    )


class Utterance(Base):
    """One speaker's turn. `lemmas` is what the full-text index holds: normal forms in order, one per word."""

    __tablename__ = "utterances"
    __table_args__ = (
        UniqueConstraint("transcript_id", "turn"),
        Index("ix_utterances_recency", "recency"),
        Index("ix_utterances_old_forms", "index_version", **only_where("index_version < 2")),
    )

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
    """`{"word", "start_s", "end_s", "conf"}` as heard; empty where only the turn's times are known. Never changed."""
    overlaps: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")
    """`[start_s, end_s]` of the times in which the other side spoke too."""
    corrected: Mapped[str | None] = mapped_column(Text)
    """What people made of the text; None: it stands as heard (`calls.transcripts.current`)."""
    corrected_words: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """The corrected words with the times of the heard ones; `conf` is None where a person wrote the word."""
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was corrected: the number of the newest row in `utterance_corrections`."""
    lemmas: Mapped[str] = mapped_column(Text, default="")
    recency: Mapped[int | None] = mapped_column(BigInteger)
    """Its place in the order of search (`calls.search.recency`), by which the full-text index on SQLite knows it."""
    index_version: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    """`calls.search.index.INDEX_VERSION` of the forms in `lemmas`."""

    transcript: Mapped[Transcript] = relationship(back_populates="utterances")


class UtteranceCorrection(Base):
    """One version of a turn by a person. Rows are only added; version 0 is what the engine heard and has no row."""

    __tablename__ = "utterance_corrections"
    __table_args__ = (UniqueConstraint("utterance_id", "version"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    utterance_id: Mapped[int] = mapped_column(ForeignKey("utterances.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column()
    text: Mapped[str | None] = mapped_column(Text)
    """None: back to what was heard."""
    words: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    restores: Mapped[int | None] = mapped_column()
    """The older version that this one brings back."""
    by_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class VocabularyWord(Base):
    """A name or product that this company's calls are about, and whether the installed models can hear it."""

    __tablename__ = "vocabulary_words"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    word: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="other")
    """"person", "product", "company" or "other"."""
    spellings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Other ways in which it is written or heard."""
    known: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Model → spelling → words of it that the model lacks (none: it knows them all); models not asked are left out."""
    added_by_id: Mapped[int | None] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
