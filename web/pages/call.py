"""The page of one call: GET /calls/ID, and attaching a client to it.

In: a call's id. Out: who called whom, how it went, its recording, its words, its promises and notes.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm.access import Permission
from web.ids import id_of
from web.pages.call_access import visible_call
from web.pages.call_reads import facts_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def call(request: Request) -> Response:
    """The page; a call that became part of another one leads to that one."""
    services, actor = services_of(request), actor_of(request)
    asked = request.path_params["call_id"]
    async with services.db.read() as session:
        found = await visible_call(session, actor, asked)
        if found.id != asked:
            return RedirectResponse(f"/calls/{found.id}", status_code=303)
        facts = await facts_of(
            session, services, actor, found, id_of(request.query_params.get("recording", ""))
        )
    return render(request, "call.html", facts=facts, promises=facts.promises)


routes = [page("/calls/{call_id:id}", call, permission=Permission.CALLS_SEE_OWN)]
