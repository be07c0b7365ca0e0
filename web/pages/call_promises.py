"""The promises of one call, as its page lists them.

In: the call's facts. Out: `ShownPromise`s in the order in which they were said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.tables import Promise

if TYPE_CHECKING:
    from web.pages.call_facts import CallFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPromise:
    """A promise, who gave it in words, and whether its day has passed."""

    promise: Promise
    who: str
    overdue: bool


async def promises_of(session: AsyncSession, facts: CallFacts) -> list[ShownPromise]:
    """Read the promises of a call."""
    found = await session.scalars(
        select(Promise)
        .where(Promise.call_id == facts.call.id)
        .order_by(Promise.start_s, Promise.id)
    )
    return [
        ShownPromise(
            promise=promise,
            who=facts.speaker(promise.by_side, promise.by_party),
            overdue=bool(
                promise.state == "open" and promise.due_on and promise.due_on < facts.today
            ),
        )
        for promise in found
    ]
