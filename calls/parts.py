"""Rows of calls that turned out to be parts of others: they are listed nowhere, but what they hold belongs to the whole.

In: ids of calls. Out: the parts of each, over any number of steps.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call

AT_ONCE = 400


async def parts_of(session: AsyncSession, call_ids: Collection[int]) -> dict[int, int]:
    """Return part → the one of these calls that it belongs to."""
    found: dict[int, int] = {}
    waiting = {call_id: call_id for call_id in call_ids}
    while waiting:
        wholes, waiting = waiting, {}
        ordered = sorted(wholes)
        for place in range(0, len(ordered), AT_ONCE):
            some = Call.merged_into_id.in_(ordered[place : place + AT_ONCE])
            rows = await session.execute(select(Call.id, Call.merged_into_id).where(some))
            for part, whole in rows.all():
                if whole is not None and part not in found:
                    found[part] = waiting[part] = wholes[whole]
    return found
