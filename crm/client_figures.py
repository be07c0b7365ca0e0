"""What clients are worth, kept beside them: renewed when deals or contacts change, and once a day as time goes by.

In: won deals, last contacts, the company's rules. Out: rows of `client_figures`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database, upsert
from crm import client_visibility, company_settings, deal_visibility
from crm.access import Actor, Permission
from crm.client_category import CategoryRules, Purchase, figures_of
from crm.client_visibility import LISTED
from crm.tables import Client, ClientFigures, Deal

SETTING = "categories"
BATCH = 500
MOST_BATCHES = 20
"""Of one turn: the rest waits for the next, so that no turn takes long."""
RECENT = timedelta(minutes=10)
"""Changes of so long are looked for in each turn; older ones, if any was missed, are found by the daily look."""
OLD = timedelta(hours=24)


async def rules_of(session: AsyncSession) -> CategoryRules:
    """The company's lines between kinds of clients."""
    return await company_settings.load(session, SETTING, CategoryRules)


async def save_rules(session: AsyncSession, actor: Actor, rules: CategoryRules) -> None:
    """Draw the lines anew; all clients are looked at again.

    Raises:
        Forbidden: the actor is no administrator.
    """
    await company_settings.save(session, actor, SETTING, rules)
    await session.execute(update(ClientFigures).values(computed_at=datetime.fromtimestamp(0, UTC)))


async def renew_due(db: Database, now: datetime) -> int:
    """Renew the figures of clients that need it, some batches at most; returns how many clients."""
    done = 0
    for _ in range(MOST_BATCHES):
        async with db.read() as session:
            due = await _due(session, now)
        if not due:
            break
        async with db.write() as session:
            await renew(session, due, now)
        done += len(due)
    return done


async def renew(session: AsyncSession, client_ids: Collection[int], now: datetime) -> None:
    """Compute the figures of these clients."""
    rules = await rules_of(session)
    bought = await _purchases(session, client_ids)
    rows = await session.execute(
        select(Client.id, Client.last_contact_at, Client.created_at).where(
            Client.id.in_(client_ids)
        )
    )
    values = []
    for client_id, talked_at, created_at in rows:
        found = figures_of(bought[client_id], talked_at or created_at, now, rules)
        plain = {name: getattr(found, name) for name in found.__slots__}
        values.append({"client_id": client_id, **plain, "computed_at": now})
    if values:
        await upsert(session, ClientFigures, values, ("client_id",), replace=True)


async def of_client(
    session: AsyncSession, actor: Actor, client_id: int
) -> tuple[ClientFigures | None, list[Purchase], CategoryRules]:
    """The figures of a client, and the purchases that the actor may see.

    Raises:
        Forbidden: the actor may not see deals.
        NotFound: no such client, or one that the actor may not see.
    """
    actor.require(Permission.DEALS_SEE)
    await client_visibility.require(session, actor, client_id)
    bought = await _purchases(session, [client_id], deal_visibility.seen_by(actor))
    row = await session.get(ClientFigures, client_id)
    return row, bought[client_id], await rules_of(session)


async def _purchases(
    session: AsyncSession, client_ids: Collection[int], *which: ColumnElement[bool]
) -> defaultdict[int, list[Purchase]]:
    won = select(Deal.client_id, Deal.closed_at, Deal.amount, Deal.currency).where(
        Deal.client_id.in_(client_ids),
        Deal.state == "won",
        Deal.deleted_at.is_(None),
        Deal.closed_at.is_not(None),
        *which,
    )
    found: defaultdict[int, list[Purchase]] = defaultdict(list)
    for client_id, at, amount, currency in await session.execute(won):
        if client_id is not None and at is not None:
            found[client_id].append(Purchase(at, amount, currency))
    return found


async def _due(session: AsyncSession, now: datetime) -> Sequence[int]:
    """Clients without figures, with a change since, or not looked at for a day: a batch of them at most."""
    figured = ClientFigures.client_id == Client.id
    missing = (
        select(Client.id)
        .outerjoin(ClientFigures, figured)
        .where(LISTED, ClientFigures.client_id.is_(None))
    )
    sold = (
        select(Deal.client_id)
        .join(ClientFigures, ClientFigures.client_id == Deal.client_id)
        .where(Deal.updated_at > now - RECENT, Deal.updated_at > ClientFigures.computed_at)
    )
    talked = (
        select(Client.id)
        .join(ClientFigures, figured)
        .where(
            Client.last_contact_at > now - RECENT,
            Client.last_contact_at > ClientFigures.computed_at,
        )
    )
    old = (
        select(ClientFigures.client_id)
        .join(Client, figured)
        .where(LISTED, ClientFigures.computed_at < now - OLD)
    )
    for query in (missing, sold, talked, old):
        found = (await session.scalars(query.limit(BATCH))).all()
        if found:
            return sorted({one for one in found if one is not None})
    return []
