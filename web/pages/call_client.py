"""Saying which client a call was with: POST /calls/ID/client, and GET with `q` to find one.

In: a client's id, or part of a name or number. Out: the call's page again, or the clients found as a fragment.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import call_links
from crm.access import Permission
from crm.errors import Invalid
from crm.finding.search import pick
from web.ids import id_of
from web.pages.call_access import visible_call
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

MOST_FOUND = 10


async def attach(request: Request) -> Response:
    """The person's choice stands from now on, whatever the number says."""
    services, actor = services_of(request), actor_of(request)
    call_id = request.path_params["call_id"]
    async with request.form() as form:
        client_id = id_of(str(form.get("client_id", "")))
    if client_id is None:
        raise Invalid("client_id", "choose a client")
    async with services.db.write() as session:
        await call_links.link(session, actor, call_id, client_id)
    return RedirectResponse(f"/calls/{call_id}", status_code=303)


async def find(request: Request) -> Response:
    """Clients whose name or number holds what was typed, to choose from."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        call = await visible_call(session, actor, request.path_params["call_id"])
        typed = request.query_params.get("q", "").replace("\x00", "")
        found = await pick(session, actor, typed, limit=MOST_FOUND)
    return render(request, "call_client_found.html", call=call, found=found)


routes = [
    page(
        "/calls/{call_id:id}/client",
        attach,
        permission=Permission.CLIENTS_EDIT,
        methods=["POST"],
        name="attach_client",
    ),
    page(
        "/calls/{call_id:id}/client",
        find,
        permission=Permission.CLIENTS_EDIT,
        name="find_client_for_call",
    ),
]
