"""What the operator's own page shows live: own tasks, own last calls, and the count of tasks in the navigation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm.access import Actor
from web.live.call_lines import call_lines
from web.live.task_lines import open_count, task_page
from web.services import Services

TASKS = 12
CALLS = 10


async def task_badge(services: Services, actor: Actor) -> Mapping[str, Any]:
    """How many open tasks wait."""
    async with services.db.read() as session:
        return {"open_tasks": await open_count(session, actor)}


async def tasks(services: Services, actor: Actor) -> Mapping[str, Any]:
    """The open call-backs, oldest first; what else is to do stands in `web.live.my_day`."""
    async with services.db.read() as session:
        shown = await task_page(session, actor, kind="callback", limit=TASKS)
        return {"lines": shown.lines, "open_tasks": await open_count(session, actor, "callback")}


async def calls(services: Services, actor: Actor) -> Mapping[str, Any]:
    """The last calls on the person's phones."""
    async with services.db.read() as session:
        return {"lines": await call_lines(session, actor, limit=CALLS)}
