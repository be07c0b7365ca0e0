"""Notices of what changed: a row in the feed's table, in the transaction of the change itself.

In: a write session. Out: rows that `calls.feed` delivers after the commit. Topics: "call", "task", "client", "note",
"promise", "job", "link", "user"; the payload is `{"id": …}`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import FeedEvent


def announce(session: AsyncSession, topic: str, row_id: int) -> None:
    """Tell everybody who listens that this row changed, once the transaction is committed."""
    session.add(FeedEvent(topic=topic, payload={"id": row_id}, created_at=datetime.now(UTC)))
