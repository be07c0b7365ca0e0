"""The funnel report: its numbers for a period, reasons for losses, and who did what; of the deals that the actor may see.

In: an actor, a funnel and a period. Out: `FunnelReport`; the counting itself is in `crm.funnel_counts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents, deal_visibility, funnel_counts, funnels
from crm.access import Actor, Permission
from crm.funnel_counts import Place, StageCount, Step
from crm.tables import Deal, DealStep, LossReason, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """What became of one person's deals in the period: by who is responsible today."""

    user_id: int | None
    name: str
    """"" where nobody is responsible."""
    opened: int
    won: int
    lost: int
    won_amount: dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """How many deals were lost in the period for a reason. `name` "": none is noted any more."""

    name: str
    count: int
    amount: dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelReport:
    """The numbers of one funnel in one period."""

    stages: list[tuple[Stage, StageCount]]
    reasons: list[ReasonRow]
    people: list[PersonRow]
    deals: int
    """Deals that came into any stage in the period."""


async def report(
    session: AsyncSession,
    actor: Actor,
    funnel_id: int,
    period: tuple[datetime, datetime],
    responsible_id: int | None = None,
) -> FunnelReport:
    """Count a funnel.

    Args:
        session: any session.
        actor: who looks.
        funnel_id: which funnel.
        period: from (inclusive) and to (exclusive).
        responsible_id: only deals of this person.

    Raises:
        Forbidden: the actor may not see reports.
        NotFound: no such funnel.
    """
    actor.require(Permission.REPORTS_SEE)
    funnel = await funnels.funnel(session, funnel_id)
    stages = funnels.stages_of(funnel)
    ids = [stage.id for stage in funnel.stages]
    moved = select(DealStep.deal_id).where(
        DealStep.stage_id.in_(ids), DealStep.at >= period[0], DealStep.at < period[1]
    )
    which = [deal_visibility.seen_by(actor), Deal.id.in_(moved)]
    if responsible_id is not None:
        which.append(Deal.responsible_id == responsible_id)
    amounts = {
        deal_id: (currency, amount)
        for deal_id, currency, amount in await session.execute(
            select(Deal.id, Deal.currency, Deal.amount).where(*which)
        )
    }
    steps = await _steps(session, which)
    places = [Place(stage.id, stage.kind, rank) for rank, stage in enumerate(stages)]
    counted = funnel_counts.count(steps, places, period, amounts)
    return FunnelReport(
        stages=[(stage, counted[stage.id]) for stage in stages],
        reasons=await _reasons(session, which, funnel_id, period),
        people=await _people(session, which, funnel_id, period),
        deals=len(amounts),
    )


async def _steps(session: AsyncSession, which: Sequence[ColumnElement[bool]]) -> list[Step]:
    query = (
        select(DealStep.deal_id, DealStep.stage_id, DealStep.at)
        .join(Deal, Deal.id == DealStep.deal_id)
        .where(*which)
        .order_by(DealStep.deal_id, DealStep.at, DealStep.id)
    )
    return [Step(*row) for row in await session.execute(query)]


async def _reasons(
    session: AsyncSession,
    which: Sequence[ColumnElement[bool]],
    funnel_id: int,
    period: tuple[datetime, datetime],
) -> list[ReasonRow]:
    """Of deals that were lost in the period and still are."""
    query = (
        select(LossReason.name, Deal.currency, func.count(), func.sum(Deal.amount))
        .outerjoin(LossReason, LossReason.id == Deal.loss_reason_id)
        .where(*which, Deal.funnel_id == funnel_id, Deal.state == "lost", _closed_in(period))
        .group_by(LossReason.name, Deal.currency)
    )
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, Decimal]] = {}
    for name, currency, number, amount in await session.execute(query):
        counts[name or ""] = counts.get(name or "", 0) + number
        sums.setdefault(name or "", {})[currency] = amount
    order = sorted(counts, key=lambda name: (-counts[name], name))
    return [ReasonRow(name=name, count=counts[name], amount=sums[name]) for name in order]


async def _people(
    session: AsyncSession,
    which: Sequence[ColumnElement[bool]],
    funnel_id: int,
    period: tuple[datetime, datetime],
) -> list[PersonRow]:
    opened = (Deal.opened_at >= period[0]) & (Deal.opened_at < period[1])
    won, lost = (
        _closed_in(period) & (Deal.state == "won"),
        _closed_in(period) & (Deal.state == "lost"),
    )
    amount = func.sum(Deal.amount).filter(won).label("amount")
    query = (
        select(
            Deal.responsible_id,
            Deal.currency,
            func.count().filter(opened).label("opened"),
            func.count().filter(won).label("won"),
            func.count().filter(lost).label("lost"),
            amount,
        )
        .where(*which, Deal.funnel_id == funnel_id)
        .group_by(Deal.responsible_id, Deal.currency)
    )
    rows = (await session.execute(query)).all()
    ids = {row.responsible_id for row in rows}
    names = await agents.names(session, [user_id for user_id in ids if user_id is not None])
    found = []
    for user_id in ids:
        own = [row for row in rows if row.responsible_id == user_id]
        found.append(
            PersonRow(
                user_id=user_id,
                name=names.get(user_id or 0, ""),
                opened=sum(row.opened for row in own),
                won=sum(row.won for row in own),
                lost=sum(row.lost for row in own),
                won_amount={row.currency: row.amount for row in own if row.won},
            )
        )
    return sorted(found, key=lambda row: (-row.won, -row.opened, row.name))


def _closed_in(period: tuple[datetime, datetime]) -> ColumnElement[bool]:
    return (Deal.closed_at >= period[0]) & (Deal.closed_at < period[1])
