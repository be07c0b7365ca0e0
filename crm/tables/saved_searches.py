"""Tables of saved searches.

In: nothing. Out: mapped classes on the `Base` of `calls.columns`; declarations without logic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from calls.columns import BIG_ID, Base, UtcDateTime


class SavedSearch(Base):
    """What a person looks for again and again, and may want to be told of."""

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    query: Mapped[str] = mapped_column(String(500))
    """As it was typed."""
    filters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The other fields of the search page, as its address names them."""
    notify: Mapped[bool] = mapped_column(default=False)
    """Whether the person is told when it is said."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the person last opened it."""


class SavedSearchHit(Base):
    """A place of a call that a person was told of: never told again, however the transcript changes."""

    __tablename__ = "saved_search_hits"
    __table_args__ = (
        Index("ix_saved_search_hits_saved_search_id_call_id", "saved_search_id", "call_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    saved_search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_searches.id", ondelete="CASCADE")
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    start_s: Mapped[float] = mapped_column()
    end_s: Mapped[float] = mapped_column()
    at: Mapped[datetime] = mapped_column(UtcDateTime)
