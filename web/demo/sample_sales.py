"""Deals of invented clients: with positions, the stages they came through, and payments.

In: clients with their ids. Out: rows.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm.finding.terms import folded
from crm.tables import Deal, DealItem, DealStep, Payment
from web.demo.sample_base import SampleClient, SampleDeal
from web.demo.sample_company import Company, Pairs, Rows, insert_rows, insert_samples


async def sell(session: AsyncSession, company: Company, pairs: Pairs) -> None:
    """Write the deals of these clients."""
    sold = [(client_id, one, deal) for client_id, one in pairs for deal in one.deals]
    rows = [_deal(company, *each, place) for place, each in enumerate(sold)]
    ids = await insert_samples(session, Deal, rows)
    items: Rows = []
    steps: Rows = []
    payments: Rows = []
    for deal_id, row, (_, _, deal) in zip(ids, rows, sold, strict=True):
        items += [
            {"deal_id": deal_id, "name": item.name, "unit": item.unit, "quantity": item.quantity,
             "price": item.price, "place": place}
            for place, item in enumerate(deal.items)
        ]  # fmt: skip
        steps += _steps(company, deal_id, row)
        if row["state"] == "won":
            paid = row["closed_at"].date()
            payments.append(
                {"deal_id": deal_id, "due_on": paid, "amount": deal.amount, "paid_on": paid}
            )
        elif deal.end is None and deal.step > 1:
            due = (company.now + timedelta(days=10 - deal.began / 3)).date()
            payments.append(
                {"deal_id": deal_id, "due_on": due, "amount": deal.amount / 2, "paid_on": None}
            )
    await insert_rows(session, DealItem, items)
    await insert_rows(session, DealStep, steps)
    await insert_rows(session, Payment, payments)


def _deal(
    company: Company, client_id: int, one: SampleClient, deal: SampleDeal, place: int
) -> dict[str, Any]:
    opened = company.now - timedelta(days=deal.began)
    closed = company.now - timedelta(days=deal.end) if deal.end is not None else None
    stage = _stage(company, deal)
    lost = stage.kind == "lost" and company.reasons
    return {
        "name": deal.name,
        "search_name": folded(deal.name),
        "client_id": client_id,
        "funnel_id": company.funnel.id,
        "stage_id": stage.id,
        "state": stage.kind,
        "place": float(place),
        "amount": deal.amount,
        "currency": company.funnel.currency,
        "responsible_id": company.owner_of(one),
        "source": one.source,
        "loss_reason_id": company.reasons[one.owner % len(company.reasons)] if lost else None,
        "opened_at": opened,
        "stage_at": closed or opened,
        "closed_at": closed,
        "updated_at": closed or opened,
        "sample": True,
    }


def _stage(company: Company, deal: SampleDeal) -> Any:
    kind = "open" if deal.end is None else "won" if deal.won else "lost"
    stages = [one for one in company.funnel.stages if one.kind == kind]
    return stages[min(deal.step, len(stages) - 1) if kind == "open" else 0]


def _steps(company: Company, deal_id: int, row: dict[str, Any]) -> Rows:
    """From the first stage to where it is, at even distances."""
    stages = [one.id for one in company.funnel.stages if one.kind == "open"]
    is_open = row["state"] == "open"
    way = stages[: stages.index(row["stage_id"]) + 1] if is_open else [*stages, row["stage_id"]]
    began, ended = row["opened_at"], row["stage_at"]
    between = (ended - began) / max(len(way) - 1, 1)
    return [
        {"deal_id": deal_id, "from_stage_id": way[place - 1] if place else None, "stage_id": stage_id,
         "at": began + between * place, "user_id": row["responsible_id"]}
        for place, stage_id in enumerate(way)
    ]  # fmt: skip
