"""The row of a call that a card is about."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call

MOST_MERGES = 8
"""Calls merge into one another, but never in longer chains."""


async def call_of_linkedid(session: AsyncSession, pbx: str, linkedid: str) -> Call | None:
    """The call with this linkedid, or the one that it became part of; None if it is not stored."""
    call = await session.scalar(select(Call).where(Call.pbx == pbx, Call.linkedid == linkedid))
    for _merge in range(MOST_MERGES):
        if call is None or call.merged_into_id is None:
            break
        call = await session.get(Call, call.merged_into_id)
    return call
