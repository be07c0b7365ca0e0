"""The change history of a client: GET /clients/ID/changes, who changed which field from what to what.

In: a client that the person may see. Out: a page, or with `part=panel` the newest few for the client's card. What is
changed about deals that the person may not see is left out, and what is guarded is not shown (`crm.client_changes`).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crm import client_changes, clients
from crm.access import Permission
from web.ids import id_of
from web.pages.change_words import shown_changes
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

IN_PANEL = 5
ON_PAGE = 50


async def show_changes(request: Request) -> Response:
    """Newest first."""
    services, actor = services_of(request), actor_of(request)
    client_id = request.path_params["client_id"]
    is_panel = request.query_params.get("part") == "panel"
    limit = IN_PANEL if is_panel else ON_PAGE
    async with services.db.read() as session:
        client = await clients.get(session, actor, client_id)
        before = id_of(request.query_params.get("before", ""))
        rows = await client_changes.page(session, actor, client_id, before, limit + 1)
        changes = await shown_changes(session, actor, rows[:limit])
    return render(
        request,
        "clients/panels/changes.html" if is_panel else "clients/changes.html",
        client=client,
        changes=changes,
        has_more=len(rows) > limit,
    )


routes = [page("/clients/{client_id:id}/changes", show_changes, permission=Permission.CLIENTS_SEE)]
