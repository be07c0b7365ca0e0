"""Tables of inquiries: who made contact, and is not sorted yet.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class Inquiry(Base):
    """A request (обращение) of somebody who made contact: to be sorted before it becomes a deal, or nothing."""

    __tablename__ = "inquiries"
    __table_args__ = (Index("ix_inquiries_state_opened_at", "state", "opened_at"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    client_id: Mapped[int | None] = mapped_column(
        ForeignKey("clients.id", ondelete="SET NULL"), index=True
    )
    channel: Mapped[str] = mapped_column(String(32), default="call")
    """"call", "form", "mail", "api", "manual"."""
    call_id: Mapped[int | None] = mapped_column(
        ForeignKey("calls.id", ondelete="SET NULL"), index=True
    )
    number: Mapped[str] = mapped_column(String(128), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    """What is wanted, in the words of who took it."""
    state: Mapped[str] = mapped_column(String(16), default="new")
    """"new", "deal" (became one), "attached" (belongs to a client or deal that was there), "closed" (not ours)."""
    reason: Mapped[str] = mapped_column(String(255), default="")
    """Why it was closed."""
    deal_id: Mapped[int | None] = mapped_column(
        ForeignKey("deals.id", ondelete="SET NULL"), index=True
    )
    responsible_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    contacts: Mapped[int] = mapped_column(default=1)
    """How often they made contact about it."""
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_contact_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    last_step: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was done with it last, and how it was before: enough to take that back (`crm.inquiry_steps`)."""
    version: Mapped[int] = mapped_column(default=1)
    sample: Mapped[bool] = mapped_column(default=False)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class InquiryCall(Base):
    """A call about an inquiry: makes counting of contacts idempotent."""

    __tablename__ = "inquiry_calls"

    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    inquiry_id: Mapped[int] = mapped_column(
        ForeignKey("inquiries.id", ondelete="CASCADE"), index=True
    )
