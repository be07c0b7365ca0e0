"""Notes on calls, saved while they are typed, and putting a card away."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from calls.errors import CallNotFound
from crm import call_notes
from crm.access import Permission
from web.live.stored_call import call_of_linkedid
from web.routes import actor_of, page
from web.services import services_of


async def save_note(request: Request) -> Response:
    """Keep what the person typed about the call (`pbx`, `call` = its linkedid): the whole text, as typed.

    404 as long as the call is not stored yet; the page's script tries again.
    """
    form = await request.form()
    pbx, linkedid, text = (str(form.get(name, "")) for name in ("pbx", "call", "text"))
    async with services_of(request).db.write() as session:
        call = await call_of_linkedid(session, pbx, linkedid)
        if call is None:
            raise CallNotFound(linkedid)
        await call_notes.save(session, actor_of(request), call.id, text)
    return Response(status_code=204)


async def close_pop(request: Request) -> Response:
    """Put a card away on all pages of this person; one that is gone already is no error."""
    services_of(request).hub.close_pop(actor_of(request).user_id, request.path_params["key"])
    return Response(status_code=204)


routes = [
    page("/notes", save_note, permission=Permission.NOTES_WRITE, methods=["POST"]),
    page("/pops/{key}/close", close_pop, permission=Permission.LOGGED_IN, methods=["POST"]),
]
