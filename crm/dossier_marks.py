"""What is urgent and what is at risk with each client of a dossier: counted for all of them at once.

In: a query for ids of clients. Out: `Signals` by client. Calls of `crm.dossier` give the words and details.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import company_settings, deal_visibility
from crm.access import Actor
from crm.tables import Client, Deal, Payment, Promise, Task

SETTING = "dossier"


class MarkRules(BaseModel):
    """When a client is marked as at risk."""

    silent_days: int = Field(default=30, ge=1, le=3650)
    """Nobody has talked with them for so many days."""
    lost_days: int = Field(default=90, ge=1, le=3650)
    """A deal was lost in the last so many days."""


@dataclass(slots=True)
class Signals:
    """What is known of one client at a glance."""

    last_contact_at: datetime | None = None
    overdue_tasks: int = 0
    overdue_promises: int = 0
    overdue_payments: int = 0
    open_deals: int = 0
    worth: dict[str, Decimal] = field(default_factory=dict)
    """Sum of the open deals by currency."""
    lost_deals: int = 0
    silent_days: int | None = None
    """Days since anybody talked with them, where it is longer than the rule allows; -1: never."""

    @property
    def overdue(self) -> int:
        """How many things are late."""
        return self.overdue_tasks + self.overdue_promises + self.overdue_payments

    @property
    def at_risk(self) -> bool:
        """Whether any mark is set."""
        return bool(self.overdue or self.lost_deals or self.silent_days is not None)

    @property
    def urgency(self) -> tuple[float, ...]:
        """Greater is more urgent: what was promised and is late, then money that is open, then silence."""
        late = 3 * self.overdue_promises + 3 * self.overdue_payments + 2 * self.overdue_tasks
        silent = float("inf") if self.silent_days == -1 else float(self.silent_days or 0)
        return (late, self.open_deals > 0, self.lost_deals, silent, float(sum(self.worth.values())))


async def signals_of(
    session: AsyncSession, actor: Actor, clients: Any, now: datetime, today: date
) -> dict[int, Signals]:
    """Look at these clients.

    Args:
        session: any session.
        actor: who reads it: only deals that they may see are counted.
        clients: a select of client ids.
        now: the time.
        today: the day, in the company's zone.
    """
    rules = await company_settings.load(session, SETTING, MarkRules)
    seen = select(Client.id, Client.last_contact_at).where(Client.id.in_(clients))
    found = {
        client_id: Signals(last_contact_at=last) for client_id, last in await session.execute(seen)
    }
    for signals in found.values():
        signals.silent_days = _silent(signals.last_contact_at, now, rules.silent_days)
    await _count_tasks_and_promises(session, clients, found, now, today)
    await _count_deals(session, actor, clients, found, (today, now - timedelta(rules.lost_days)))
    return found


async def _count_tasks_and_promises(
    session: AsyncSession, clients: Any, found: dict[int, Signals], now: datetime, today: date
) -> None:
    tasks = (
        select(Task.client_id, func.count())
        .where(Task.client_id.in_(clients), Task.state == "open", Task.due_at < now)
        .where(Task.deleted_at.is_(None))
        .group_by(Task.client_id)
    )
    await _each(session, tasks, found, lambda one, n: setattr(one, "overdue_tasks", n))
    promises = (
        select(Promise.client_id, func.count())
        .where(Promise.client_id.in_(clients), Promise.state == "open", Promise.due_on < today)
        .group_by(Promise.client_id)
    )
    await _each(session, promises, found, lambda one, n: setattr(one, "overdue_promises", n))


async def _count_deals(
    session: AsyncSession,
    actor: Actor,
    clients: Any,
    found: dict[int, Signals],
    since: tuple[date, datetime],
) -> None:
    today, lost_since = since
    seen = (Deal.client_id.in_(clients), deal_visibility.seen_by(actor))
    payments = (
        select(Deal.client_id, func.count())
        .join(Payment, Payment.deal_id == Deal.id)
        .where(*seen, Payment.paid_on.is_(None), Payment.due_on < today, Deal.state != "lost")
        .group_by(Deal.client_id)
    )
    await _each(session, payments, found, lambda one, n: setattr(one, "overdue_payments", n))
    lost = (
        select(Deal.client_id, func.count())
        .where(*seen, Deal.state == "lost", Deal.closed_at >= lost_since)
        .group_by(Deal.client_id)
    )
    await _each(session, lost, found, lambda one, n: setattr(one, "lost_deals", n))
    sums = (
        select(Deal.client_id, Deal.currency, func.count(), func.sum(Deal.amount))
        .where(*seen, Deal.state == "open")
        .group_by(Deal.client_id, Deal.currency)
    )
    for client_id, currency, count, amount in await session.execute(sums):
        if client_id in found:
            found[client_id].open_deals += count
            found[client_id].worth[currency] = amount or Decimal(0)


async def _each(
    session: AsyncSession,
    query: Any,
    found: dict[int, Signals],
    put: Callable[[Signals, int], None],
) -> None:
    for client_id, count in await session.execute(query):
        if client_id in found:
            put(found[client_id], count)


def _silent(last: datetime | None, now: datetime, allowed: int) -> int | None:
    if last is None:
        return -1
    days = (now - last).days
    return days if days > allowed else None
