"""Tables of personal data: what must not be deleted, what was deleted or made unheard, and pauses of recording.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic. What these tables say of
something deleted stays when it is gone: they hold ids, counts and hashes, and no words of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class LegalHold(Base):
    """Somebody forbade to delete or redact a call, all of a client, or what a dispute rests on."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        Index("ix_legal_holds_subject_kind_subject_id", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    """"call", "client" or "dispute"."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """None: until somebody lifts it."""
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Base):
    """Something that was deleted for good. No foreign key to it: the row outlives what it tells of."""

    __tablename__ = "erasures"
    __table_args__ = (Index("ix_erasures_subject_kind_subject_id", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    """"call" or "client"."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(String(16))
    """"audio", "words", "call" or "client"."""
    rule: Mapped[str] = mapped_column(String(64), default="")
    """Name of the retention rule; "" = a person decided it."""
    reason: Mapped[str] = mapped_column(String(255), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Counts of rows by table, and SHA-256 of each file."""
    files: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """Files that are still to be removed from the disk, relative to the data directory; empty when it is done."""
    cleaned_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the free room of the database was cleaned of it as well; None: not yet."""


class Redaction(Base):
    """A piece of a recording that was silenced and masked, for good."""

    __tablename__ = "redactions"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    recording_id: Mapped[int | None] = mapped_column(
        ForeignKey("recordings.id", ondelete="SET NULL"), index=True
    )
    """None: an imported transcript without sound."""
    kind: Mapped[str] = mapped_column(String(16))
    """A value of `calls.personal_data.finder.Kind`, or "other"."""
    from_s: Mapped[float] = mapped_column()
    to_s: Mapped[float] = mapped_column()
    how: Mapped[str] = mapped_column(String(8), default="silence")
    """"silence", "tone", or "text" where there is no sound."""
    words: Mapped[int] = mapped_column(default=0)
    """How many words of transcripts were masked."""
    found_by: Mapped[str] = mapped_column(String(8), default="person")
    """"person" or "rule"."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(255), default="")
    old_sha256: Mapped[str] = mapped_column(String(64), default="")
    new_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Of the playable file; "" while the sound waits for the worker, and where there is none."""
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the sound was silenced and the old file was gone; None: the worker has not come to it yet."""


class RecordingPause(Base):
    """A time of a call that was not recorded because somebody paused it."""

    __tablename__ = "recording_pauses"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(160))
    """The recorded leg, as the PBX calls it."""
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it goes on by itself."""
    until_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    ended_by: Mapped[str] = mapped_column(String(8), default="")
    """"person", "time" or "call" (it was over); "" while it lasts."""
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    trouble: Mapped[str] = mapped_column(Text, default="")
    """Why the PBX did not go on recording when it should have."""


class CallAnnouncement(Base):
    """The dialplan told a party of a call that it is recorded."""

    __tablename__ = "call_announcements"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(16), default="recording")
    name: Mapped[str] = mapped_column(String(128), default="")
    """What was played, as the dialplan names it."""
