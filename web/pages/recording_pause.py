"""Pausing and resuming the recording of a call that goes on: POST /calls/ID/recording/pause and …/resume."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.tables import Call
from crm import recording_pauses
from crm.access import Permission
from web.pages.call_access import visible_call
from web.routes import actor_of, page
from web.services import services_of


async def pause(request: Request) -> Response:
    """Pause it; it goes on by itself after the time that the administrator set."""
    services, call = services_of(request), await _call(request)
    switch = services.actions_on(call.pbx)
    actor, now = actor_of(request), services.clock()
    await recording_pauses.pause(services.db, actor, call, switch, now)
    return _done(request, call)


async def resume(request: Request) -> Response:
    """Let it go on."""
    services, call = services_of(request), await _call(request)
    switch = services.actions_on(call.pbx)
    actor, now = actor_of(request), services.clock()
    await recording_pauses.resume(services.db, actor, call, switch, now)
    return _done(request, call)


def _done(request: Request, call: Call) -> Response:
    """Back to the call; nothing for the card on the desk, which learns it from the notice of the call."""
    if "hx-request" in request.headers:
        return Response(status_code=204)
    return RedirectResponse(f"/calls/{call.id}#call-privacy", status_code=303)


async def _call(request: Request) -> Call:
    async with services_of(request).db.read() as session:
        return await visible_call(session, actor_of(request), request.path_params["call_id"])


_path, _may = "/calls/{call_id:id}/recording", Permission.RECORDINGS_PAUSE
routes = [
    page(f"{_path}/pause", pause, permission=_may, methods=["POST"], name="pause_recording"),
    page(f"{_path}/resume", resume, permission=_may, methods=["POST"], name="resume_recording"),
]
