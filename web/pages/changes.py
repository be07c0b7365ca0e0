"""The change history of a client: GET /clients/ID/changes, who changed which field from what to what.

In: a client that the person may see. Out: a page, or with `part=panel` the newest few for the client's card. What is
changed about deals that the person may not see is left out, and what is guarded is not shown (`crm.client_changes`).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

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


async def show_version(request: Request) -> Response:
    """Which version of the card is kept now, and who changed it last: asked by a page that is editing it."""
    actor, client_id = actor_of(request), request.path_params["client_id"]
    async with services_of(request).db.read() as session:
        client = await clients.get(session, actor, client_id)
        rows = await client_changes.page(session, actor, client_id, None, 1)
        changes = await shown_changes(session, actor, rows)
    who = changes[0].who if changes else ""
    return JSONResponse({"version": client.version, "who": who})


routes = [
    page("/clients/{client_id:id}/changes", show_changes, permission=Permission.CLIENTS_SEE),
    page("/clients/{client_id:id}/version", show_version, permission=Permission.CLIENTS_SEE),
]
