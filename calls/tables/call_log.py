"""Tables of the call log: calls, their legs and their transfers.

In: nothing. Out: mapped classes for SQLite and PostgreSQL; times are aware, UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from calls.columns import BIG_ID, Base, UtcDateTime

if TYPE_CHECKING:
    from calls.tables.recordings import Recording


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
