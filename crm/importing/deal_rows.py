"""Deals of imported rows.

In: plans with deals. Out: deals with their first step, in the stage that the file names or the first one. A deal of the
same name and sum that the client has already is not made again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import deals, funnels
from crm.access import Actor, Permission
from crm.deals import DealFields
from crm.finding.terms import folded
from crm.importing import issues
from crm.importing.plan import RowPlan
from crm.tables import Deal

_NAMELESS = "Сделка"


async def add_deals(
    session: AsyncSession, actor: Actor, import_id: int | None, plans: Sequence[RowPlan]
) -> None:
    """Add the deals of a chunk; whoever may not edit deals imports clients only."""
    wanted = [plan for plan in plans if plan.deal is not None]
    if not wanted or not actor.may(Permission.DEALS_EDIT):
        return
    await funnels.ensure(session, "ru")
    stages = await _stages(session)
    for plan in wanted:
        assert plan.deal is not None  # noqa: S101 - chosen above
        said, client, contact = plan.deal
        name = said.name or f"{_NAMELESS}: {client.name}"[:255]
        amount = said.amount or Decimal(0)
        if await _is_there(session, client.ref, name, amount):
            continue
        stage_id = stages.get(folded(said.stage))
        if said.stage and stage_id is None:
            plan.issues.append(issues.warning(issues.UNKNOWN_STAGE, value=said.stage))
        fields = DealFields(
            name=name,
            client_id=client.ref,
            contact_id=contact.ref if contact is not None else None,
            amount=amount,
            responsible_id=client.values.get("responsible_id"),
            source="import",
        )
        deal = await deals.create(session, actor, fields, stage_id=stage_id)
        deal.import_id = import_id
        await session.flush()


async def _stages(session: AsyncSession) -> Mapping[str, int]:
    """Folded name of a stage that deals may begin in → its id; the first funnel's name counts."""
    found: dict[str, int] = {}
    for funnel in await funnels.active(session):
        for stage in funnels.stages_of(funnel):
            found.setdefault(folded(stage.name), stage.id)
    return found


async def _is_there(session: AsyncSession, client_id: int, name: str, amount: Decimal) -> bool:
    same = select(Deal.id).where(
        Deal.client_id == client_id,
        Deal.search_name == folded(name),
        Deal.amount == amount,
        Deal.deleted_at.is_(None),
    )
    return await session.scalar(same.limit(1)) is not None
