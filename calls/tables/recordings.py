"""Tables of recordings: what the PBX named, what was found, and the outline of the sound.

In: nothing. Out: mapped classes for SQLite and PostgreSQL; times are aware, UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, UtcDateTime

if TYPE_CHECKING:
    from calls.tables.call_log import Call


class Recording(Base):
    """One recording of a call: what the PBX named, what was found, what is kept.

    `state`: "expected" (named, call goes on), "ready" (copied in), "empty" (no sound: nobody talked), "missing",
    "failed" (`error` says why). `sides`: "two" (client and operator apart) or "mono" (speaker unknown).
    """

    __tablename__ = "recordings"
    __table_args__ = (
        UniqueConstraint("call_id", "source_key"),
        Index("ix_recordings_started_at", "started_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), index=True
    )
    source_key: Mapped[str] = mapped_column(String(512))
    """The mixed (or only) file as the PBX named it: makes collecting idempotent."""
    source: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`mixed`, `receive`, `transmit`, `recorded_party`, `bridged_only`, `client_side` ("receive"/"transmit")."""
    state: Mapped[str] = mapped_column(String(16), default="expected", index=True)
    error: Mapped[str] = mapped_column(Text, default="")
    sides: Mapped[str] = mapped_column(String(8), default="")
    path: Mapped[str] = mapped_column(String(512), default="")
    """Playable stereo file (left client, right operator), or mono; relative to the data directory."""
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Kept originals: `{"role": "mixed|client|operator", "path", "sha256", "bytes", "source"}`."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    duration_s: Mapped[float | None] = mapped_column()
    rate_hz: Mapped[int | None] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When audio second 0 was."""
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its files were last looked for."""
    lang: Mapped[str] = mapped_column(String(8), default="")
    """Language to transcribe in; "" = the installation's default."""
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    call: Mapped[Call | None] = relationship(back_populates="recordings")


class RecordingFile(Base):
    """A sound file that was seen where a PBX leaves its recordings, so that the next look passes over it.

    `state`: "kept" (belongs to a recording), "loose" (to none), "aside" (a person put it aside), "early" (older than the
    first call that we know).
    """

    __tablename__ = "recording_files"
    __table_args__ = (
        UniqueConstraint("pbx", "path"),
        Index("ix_recording_files_state_changed_at", "state", "changed_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    pbx: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(1000))
    """Relative to the PBX's recording directory."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8))
    recording_id: Mapped[int | None] = mapped_column(
        ForeignKey("recordings.id", ondelete="SET NULL")
    )
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    """The call that a loose file most likely belongs to."""
    how: Mapped[str] = mapped_column(String(8), default="")
    """How that call was found: "id" or "number" (number and time)."""
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RecordingCheck(Base):
    """The last look for files without a call at one PBX. `error` says why it failed, `mend` how to mend that."""

    __tablename__ = "recording_checks"

    pbx: Mapped[str] = mapped_column(String(64), primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    files: Mapped[int] = mapped_column(default=0)
    """How many sound files are there."""
    writing: Mapped[int] = mapped_column(default=0)
    """Of them: not touched, for they may still be written."""
    unsorted: Mapped[int] = mapped_column(default=0)
    """Of them: left for the next look."""
    error: Mapped[str] = mapped_column(Text, default="")
    mend: Mapped[str] = mapped_column(Text, default="")


class PeakCache(Base):
    """Waveform peaks of a recording, so that no browser has to decode an hour of sound."""

    __tablename__ = "recording_peaks"

    recording_id: Mapped[int] = mapped_column(
        ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True
    )
    step_ms: Mapped[int] = mapped_column(default=10)
    channels: Mapped[int] = mapped_column()
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    """int8 pairs (min, max) per step, channel after channel."""
