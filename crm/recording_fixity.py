"""Telling administrators of recordings that are not what they were: a row in the audit log, and a notification.

In: the looks of `calls.recordings.fixity`. Out: news of kind "recordings_changed" for every administrator, once a change.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.recordings.fixity import Looked
from crm import audit
from crm.access import SYSTEM, Role
from crm.notifications import News, tell
from crm.tables import User


async def report(session: AsyncSession, looked: Sequence[Looked]) -> int:
    """Tell of what is new; returns how many recordings that are."""
    news = [one for one in looked if one.is_news]
    for one in news:
        detail = {"call": one.call_id, "state": one.state, "files": list(one.files)}
        await audit.record(
            session, SYSTEM, "recording.altered", "recording", one.recording_id, detail
        )
    if news:
        administrators = await session.scalars(
            select(User.id).where(User.role == Role.ADMINISTRATOR)
        )
        first = news[0]
        told = News(
            "recordings_changed",
            "call" if first.call_id else "",
            first.call_id,
            {"count": len(news), "recording": first.recording_id, "state": first.state},
        )
        await tell(session, administrators.all(), told)
    return len(news)
