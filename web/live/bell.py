"""The bell: how many notifications a person has not read, and the newest of them for toasts and desktop notifications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from crm import notifications
from crm.access import Actor
from web.notification_words import told
from web.services import Services

NEWS = 5
FRESH = timedelta(minutes=5)
"""What is older is read in the list: nobody wants yesterday's toasts in the morning."""


async def unread(services: Services, actor: Actor) -> Mapping[str, Any]:
    """The count, and what was told in the last minutes, oldest first."""
    now = services.clock()
    async with services.db.read() as session:
        count = await notifications.unread_count(session, actor)
        newest = await notifications.page(session, actor, limit=NEWS) if count else []
    fresh = [row for row in newest if row.read_at is None and row.at > now - FRESH]
    return {"unread": count, "news": [told(row, services.zone, now) for row in reversed(fresh)]}
