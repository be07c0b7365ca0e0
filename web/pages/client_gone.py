"""A card that stands for nobody any more: merged into another, or in the bin.

In: an id that `crm.clients` does not find. Out: the way to the card that was kept, or who put it away and whether the
reader may take it out. Whoever could not see the card learns nothing of it here either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents, client_visibility
from crm.access import Actor
from crm.bin import may_restore
from crm.tables import Client

_LONGEST_CHAIN = 20
"""A card is merged into one that is merged later …; more steps than these are no history, but a fault."""


@dataclass(frozen=True, slots=True)
class Binned:
    """A card in the bin."""

    id: int
    name: str
    deleted_at: datetime
    deleted_by: str
    may_restore: bool


async def kept_instead(session: AsyncSession, actor: Actor, client_id: int) -> int | None:
    """The listed card that has everything of this one now; None if it was not merged, or the actor may not see that."""
    kept: int | None = client_id
    for _step in range(_LONGEST_CHAIN):
        into = await session.scalar(select(Client.merged_into_id).where(Client.id == kept))
        if into is None:
            break
        kept = into
    seen = select(Client.id).where(Client.id == kept, client_visibility.seen_by(actor))
    return kept if kept != client_id and await session.scalar(seen) else None


async def binned(session: AsyncSession, actor: Actor, client_id: int) -> Binned | None:
    """The card in the bin, if it lies there and the actor could see it before."""
    query = select(Client).where(Client.id == client_id, Client.deleted_at.is_not(None))
    row = await session.scalar(query.where(client_visibility.in_scope(actor)))
    if row is None or row.deleted_at is None:
        return None
    names = await agents.names(session, [row.deleted_by_id] if row.deleted_by_id else [])
    return Binned(
        row.id,
        row.name,
        row.deleted_at,
        names.get(row.deleted_by_id or 0, ""),
        may_restore(actor, row.deleted_by_id, row.deleted_at),
    )
