"""A person's own day: what is overdue, what is due today by the hour, promises of today, whose birthday it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm import call_visibility, client_visibility, date_reminders
from crm.access import Actor
from crm.tables import Client, Promise
from crm.task_queries import TaskFilter, Which, Whose
from web.format import start_of_day
from web.live.task_lines import filtered_page
from web.services import Services

OVERDUE, TODAY, PROMISES, DATES = 8, 20, 8, 10


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
            "dates": await date_reminders.on_day(session, actor, today, DATES),
        }


async def promises_due(
    session: AsyncSession, actor: Actor, today: date
) -> list[tuple[Promise, str]]:
    """Our open promises until today, with the client's name: of the person's own clients and calls."""
    own = Promise.call_id.in_(select(Call.id).where(call_visibility.talked_in_by(actor)))
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
