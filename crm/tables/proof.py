"""Tables of proof packs: which were made, and with which keys.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class ProofKey(Base):
    """The public half of a key that signs, or once signed, this company's proof packs. Rows stay for ever."""

    __tablename__ = "proof_keys"

    key_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    """Its short name: the beginning of its SHA-256."""
    public: Mapped[str] = mapped_column(String(64))
    """32 bytes in hexadecimal digits."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a new one took its place; None: it signs now."""


class ProofPack(Base):
    """One pack. `state`: "waiting" (for the worker), "ready", "failed" (`error` says why), "dropped" (its file is gone).

    The row outlives the file: it says who made what, and by its hash a pack in somebody's hands can be known again.
    """

    __tablename__ = "proof_packs"
    __table_args__ = (Index("ix_proof_packs_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    subject_kind: Mapped[str] = mapped_column(String(16))
    """"dispute" or "call"."""
    subject_id: Mapped[int] = mapped_column(BigInteger)
    call_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    """The calls in it: who may not hear all of them may not have the pack."""
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    by_login: Mapped[str] = mapped_column(String(64), default="")
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    state: Mapped[str] = mapped_column(String(8), default="waiting", index=True)
    error: Mapped[str] = mapped_column(Text, default="")
    error_kind: Mapped[str] = mapped_column(String(16), default="")
    """For a sentence in the reader's language: kinds of `ProofImpossible`, "key" or "full"."""
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    key_id: Mapped[str] = mapped_column(String(16), default="")
    stamp: Mapped[str] = mapped_column(String(8), default="")
    """Of the time-stamp: "attached", "none" or "failed"."""
    absent: Mapped[int] = mapped_column(default=0)
    """How many things are missing in it; the pack itself says which, and why."""
    path: Mapped[str] = mapped_column(String(512), default="")
    """Relative to the data directory; "" where no copy is kept here."""
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
