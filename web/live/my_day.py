"""A person's own day: what is overdue, what is due today by the hour, promises of today, whose birthday it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import call_visibility, client_visibility, date_reminders
from crm.access import Actor, Permission
from crm.promise_ledger import NOT_CHECKED
from crm.tables import Client, Dispute, Promise
from crm.task_queries import TaskFilter, Which, Whose
from web.format import start_of_day
from web.live.task_lines import filtered_page
from web.services import Services

OVERDUE, TODAY, PROMISES, DATES = 8, 20, 8, 10
VERDICTS_SHOWN = timedelta(days=7)
"""How long the end of a dispute stands in the day of whoever it was about."""


async def of_person(services: Services, actor: Actor) -> Mapping[str, Any]:
    """All parts of the day."""
    now = services.clock()
    today = now.astimezone(services.zone).date()
    midnight = start_of_day(now, services.zone, -1)
    async with services.db.read() as session:
        late = TaskFilter(which=Which.OVERDUE, whose=Whose.MINE)
        due = TaskFilter(whose=Whose.MINE, due_from=now, due_until=midnight)
        return {
            "overdue": await filtered_page(session, actor, late, limit=OVERDUE),
            "today": await filtered_page(session, actor, due, limit=TODAY),
            "promises": await promises_due(session, actor, today),
            "to_confirm": await own_to_confirm(session, actor),
            "verdicts": await fresh_verdicts(session, actor, now),
            "dates": await date_reminders.on_day(session, actor, today, DATES),
        }


async def promises_due(
    session: AsyncSession, actor: Actor, today: date
) -> list[tuple[Promise, str]]:
    """Our open promises until today, with the client's name: of the person's own clients and calls."""
    talked = Promise.call_id.in_(select(Call.id).where(call_visibility.talked_in_by(actor)))
    own = or_(Promise.promiser_id == actor.user_id, and_(Promise.promiser_id.is_(None), talked))
    shown = client_visibility.seen_by(actor)
    query = (
        select(Promise, Client.name)
        .outerjoin(Client, (Client.id == Promise.client_id) & shown)
        .where(
            Promise.state == "open",
            Promise.by_side == "operator",
            Promise.due_on <= today,
            Promise.due_on > today - timedelta(days=60),
            or_(Client.responsible_id == actor.user_id, own),
        )
        .order_by(Promise.due_on, Promise.id)
        .limit(PROMISES)
    )
    return [(promise, name or "") for promise, name in (await session.execute(query)).all()]


async def own_to_confirm(session: AsyncSession, actor: Actor) -> int:
    """How many promises of the person's own wait for somebody to say that they are some."""
    if not actor.may(Permission.PROMISES_SEE):
        return 0
    query = select(func.count(Promise.id)).where(Promise.promiser_id == actor.user_id, NOT_CHECKED)
    return await session.scalar(query) or 0


async def fresh_verdicts(session: AsyncSession, actor: Actor, now: datetime) -> list[Dispute]:
    """Disputes about the person's words that were decided lately, the newest first."""
    query = select(Dispute).where(
        Dispute.respondent_id == actor.user_id,
        Dispute.state == "closed",
        Dispute.closed_at > now - VERDICTS_SHOWN,
    )
    ordered = query.order_by(Dispute.closed_at.desc()).limit(PROMISES)
    return list((await session.scalars(ordered)).all())
