"""Tables of tags; those of deals stand with the deals.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class Tag(Base):
    """A word that people put on clients, deals, calls and inquiries."""

    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    folded: Mapped[str] = mapped_column(String(64), unique=True)
    """Lower case, ё as е: one tag however it is typed."""
    colour: Mapped[str] = mapped_column(String(16), default="")
    """One of `crm.tags.COLOURS`, "" = none."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClientTag(Base):
    """A tag on a client."""

    __tablename__ = "client_tags"

    client_id: Mapped[int] = mapped_column(
        ForeignKey("clients.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class CallTag(Base):
    """A tag on a call."""

    __tablename__ = "call_tags"

    call_id: Mapped[int] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class InquiryTag(Base):
    """A tag on an inquiry."""

    __tablename__ = "inquiry_tags"

    inquiry_id: Mapped[int] = mapped_column(
        ForeignKey("inquiries.id", ondelete="CASCADE"), primary_key=True
    )
    tag_id: Mapped[int] = mapped_column(
        ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True
    )
