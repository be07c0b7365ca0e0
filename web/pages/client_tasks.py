"""The tasks of a client: a panel on the card."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crm import client_visibility
from crm.access import Permission
from crm.task_queries import TaskFilter, Which, Whose
from web.live.task_lines import filtered_page
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

OPEN, CLOSED = 20, 3


async def show_client_tasks(request: Request) -> Response:
    """Open tasks, those that are put off as well, and the last closed ones; of these what the reader may see."""
    services, actor = services_of(request), actor_of(request)
    actor.require(Permission.TASKS_SEE_OWN)
    client_id = request.path_params["client_id"]
    parts = ((Which.ANY_OPEN, OPEN), (Which.DONE, CLOSED))
    async with services.db.read() as session:
        await client_visibility.require(session, actor, client_id)
        found = [
            await filtered_page(
                session,
                actor,
                TaskFilter(which=which, whose=Whose.ALL, client_id=client_id),
                limit=limit,
            )
            for which, limit in parts
        ]
    lines = [line for one in found for line in one.lines]
    return render(request, "clients/panels/tasks.html", client_id=client_id, lines=lines)


_one = "/clients/{client_id:id}/tasks"
routes = [page(_one, show_client_tasks, permission=Permission.CLIENTS_SEE)]
