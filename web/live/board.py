"""What managers and supervisors see live: who talks with whom, today's figures, tasks, last calls, the speech backlog."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from calls import jobs
from calls.tables import Call
from crm import call_visibility
from crm.access import Actor
from web.format import start_of_day
from web.live.call_lines import call_lines
from web.live.task_lines import open_count, task_page
from web.services import Services

LIVE = 30
CALLS = 12
TASKS = 8
OLDEST_LIVE = timedelta(hours=12)
"""A call that seems to last longer lost its end; the list of calls still has it."""


async def numbers(services: Services, actor: Actor) -> Mapping[str, Any]:
    """Today's figures, internal calls left out."""
    today = start_of_day(services.clock(), services.zone)
    query = (
        select(Call.outcome, func.count())
        .where(
            call_visibility.seen_by(actor),
            Call.started_at >= today,
            Call.direction != "internal",
            Call.consultation.is_(False),
        )
        .group_by(Call.outcome)
    )
    unanswered = select(func.count()).where(
        call_visibility.seen_by(actor), Call.started_at >= today, Call.needs_callback.is_(True)
    )
    async with services.db.read() as session:
        by_outcome = {outcome: count for outcome, count in await session.execute(query)}
        return {
            "calls_today": sum(by_outcome.values()),
            "answered_today": by_outcome.get("answered", 0),
            "unanswered_today": await session.scalar(unanswered) or 0,
            "open_callbacks": await open_count(session, actor, "callback"),
        }


async def live_calls(services: Services, actor: Actor) -> Mapping[str, Any]:
    """Calls that go on now."""
    since = services.clock() - OLDEST_LIVE
    async with services.db.read() as session:
        lines = await call_lines(
            session, actor, Call.ended.is_(False), Call.started_at >= since, limit=LIVE
        )
        return {"lines": lines}


async def tasks(services: Services, actor: Actor) -> Mapping[str, Any]:
    """The open call-backs of everybody, oldest first."""
    async with services.db.read() as session:
        shown = await task_page(session, actor, kind="callback", limit=TASKS)
        return {"lines": shown.lines, "open_tasks": await open_count(session, actor, "callback")}


async def calls(services: Services, actor: Actor) -> Mapping[str, Any]:
    """The newest calls that are over."""
    async with services.db.read() as session:
        return {"lines": await call_lines(session, actor, Call.ended.is_(True), limit=CALLS)}


async def backlog(services: Services, actor: Actor) -> Mapping[str, Any]:
    """What the speech engine has still to do."""
    found = await jobs.backlog(services.db)
    return {
        "waiting": found.count("waiting"),
        "running": found.count("running"),
        "blocked": found.count("blocked"),
        "failed": found.count("failed"),
        "reasons": found.blocked_reasons,
        "oldest": found.oldest_waiting_at,
    }
