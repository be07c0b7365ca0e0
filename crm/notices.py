"""Notices of what changed: a row in the feed's table, in the transaction of the change itself.

In: a write session. Out: rows that `calls.feed` delivers after the commit. Topics: "call", "task", "client", "note",
"mark", "promise", "dispute", "job", "link", "user"; the payload is `{"id": …}`.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from calls.feed import Notice, store


def announce(session: AsyncSession, topic: str, row_id: int) -> None:
    """Tell everybody who listens that this row changed, once the transaction is committed."""
    store(session, [Notice(topic, {"id": row_id})])
