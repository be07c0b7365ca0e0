"""Tables of the call log, recordings, transcripts, jobs and the feed.

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
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, UtcDateTime


class Call(Base):
    """One call. (`pbx`, `linkedid`) is its natural key: writing the same call twice changes nothing."""

    __tablename__ = "calls"
    __table_args__ = (
        UniqueConstraint("pbx", "linkedid"),
        Index("ix_calls_started_at_id", "started_at", "id"),
        Index("ix_calls_pbx_started_at_id", "pbx", "started_at", "id"),
        Index("ix_calls_remote_e164_started_at", "remote_e164", "started_at"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    pbx: Mapped[str] = mapped_column(String(64))
    linkedid: Mapped[str] = mapped_column(String(128))
    linkedids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    external_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Id of an imported transcript's call, as the importing file had it."""
    direction: Mapped[str] = mapped_column(String(16))
    consultation: Mapped[bool] = mapped_column(default=False)
    click_to_call: Mapped[bool] = mapped_column(default=False)
    caller: Mapped[str] = mapped_column(String(128), default="")
    """Extension or number of the calling side as received; "" for a hidden caller."""
    caller_name: Mapped[str] = mapped_column(String(255), default="")
    caller_hidden: Mapped[bool] = mapped_column(default=False)
    called: Mapped[str] = mapped_column(String(128), default="")
    remote_number: Mapped[str] = mapped_column(String(128), default="")
    """The outside party's number as received; "" for internal calls and hidden callers."""
    remote_e164: Mapped[str | None] = mapped_column(String(32))
    trunk: Mapped[str] = mapped_column(String(128), default="")
    queue: Mapped[str] = mapped_column(String(128), default="")
    voicemail: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended: Mapped[bool] = mapped_column(default=False, index=True)
    end_seen: Mapped[bool] = mapped_column(default=True)
    answered_by: Mapped[str] = mapped_column(String(128), default="")
    """Extension (or outside number) of the person who talked first."""
    final_handler: Mapped[str] = mapped_column(String(128), default="")
    outcome: Mapped[str | None] = mapped_column(String(16), index=True)
    """A value of `calls.model.Outcome`; None while the call lasts."""
    reason_key: Mapped[str] = mapped_column(String(64), default="")
    reason_args: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    needs_callback: Mapped[bool] = mapped_column(default=False)
    wait_s: Mapped[float | None] = mapped_column()
    talk_s: Mapped[float | None] = mapped_column()
    hold_s: Mapped[float | None] = mapped_column()
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("calls.id", ondelete="SET NULL"))
    """Set when this call turned out to be part of another one; such rows are never listed."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The whole folded record (`calls.log`), so that a restart can go on with the same call."""
    pop_ms: Mapped[float | None] = mapped_column()
    """From the event's arrival to the pop's send, worst of the call's pops."""
    sample: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(8), default="live", server_default="live")
    """How we know of it: "live", "resync" (events were missed), "cdr" (told or corrected by the PBX's own record)."""

    legs: Mapped[list[CallLeg]] = relationship(
        back_populates="call", order_by="CallLeg.position", cascade="all, delete-orphan"
    )
    transfers: Mapped[list[CallTransfer]] = relationship(
        back_populates="call", order_by="CallTransfer.position", cascade="all, delete-orphan"
    )
    recordings: Mapped[list[Recording]] = relationship(back_populates="call")


class CallLeg(Base):
    """One offer of a call to one party, and what became of it."""

    __tablename__ = "call_legs"
    __table_args__ = (
        UniqueConstraint("call_id", "position"),
        Index("ix_call_legs_extension_call_id", "extension", "call_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    uniqueid: Mapped[str] = mapped_column(String(128))
    extension: Mapped[str] = mapped_column(String(64), default="")
    number: Mapped[str] = mapped_column(String(128), default="")
    queue: Mapped[str] = mapped_column(String(128), default="")
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rang: Mapped[bool] = mapped_column(default=False)
    rang_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[str | None] = mapped_column(String(32))
    talked: Mapped[bool] = mapped_column(default=False)
    """Whether this extension talked in this call; legs that were not offered are kept for this too."""

    call: Mapped[Call] = relationship(back_populates="legs")


class CallTransfer(Base):
    """A conversation handed on."""

    __tablename__ = "call_transfers"
    __table_args__ = (UniqueConstraint("call_id", "position"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(128))
    target: Mapped[str] = mapped_column(String(128))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    call: Mapped[Call] = relationship(back_populates="transfers")


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
