"""What people order about their own state, and supervisors about others': pause, come back, away, ready.

In: a form. Out: an order to the PBX, or a row. A page shows a pause when the PBX has confirmed it, never because it was
asked for: nothing here changes what is shown.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crm import audit
from crm.access import Actor, Permission
from crm.errors import Invalid, NotFound, NothingToPause
from crm.state_facts import checked_reason, facts_of, set_away, set_ready
from pbx.errors import PbxError
from web.routes import actor_of, page
from web.services import Services, services_of

DONE = 204


async def pause(request: Request) -> Response:
    """Pause oneself in all queues."""
    await _order(request, actor_of(request).user_id, paused=True)
    return Response(status_code=DONE)


async def resume(request: Request) -> Response:
    """Come back into all queues; whoever was away is back, too."""
    await _order(request, actor_of(request).user_id, paused=False)
    return Response(status_code=DONE)


async def pause_other(request: Request) -> Response:
    """Pause somebody else."""
    await _order(request, request.path_params["user_id"], paused=True)
    return Response(status_code=DONE)


async def resume_other(request: Request) -> Response:
    """Bring somebody else back."""
    await _order(request, request.path_params["user_id"], paused=False)
    return Response(status_code=DONE)


async def away(request: Request) -> Response:
    """Say that one is away from the desk, or back."""
    services, actor = services_of(request), actor_of(request)
    form = await request.form()
    is_away = form.get("away") == "1"
    async with services.db.write() as session:
        reason = str(form.get("reason", ""))
        await set_away(session, actor.user_id, is_away, reason, services.clock())
    return Response(status_code=DONE)


async def ready(request: Request) -> Response:
    """End one's wrap-up."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.write() as session:
        await set_ready(session, actor.user_id, services.clock())
    return Response(status_code=DONE)


async def _order(request: Request, user_id: int, *, paused: bool) -> None:
    services, actor = services_of(request), actor_of(request)
    reason = _reason(services, str((await request.form()).get("reason", "")))
    try:
        await order_pause(services, user_id, paused=paused, reason=reason if paused else "")
    except PbxError:
        await _note(services, actor, user_id, paused, reason)  # another PBX may have done it
        raise
    await _note(services, actor, user_id, paused, reason)


async def order_pause(services: Services, user_id: int, *, paused: bool, reason: str = "") -> None:
    """Tell every PBX of the person to pause their phones in all queues, or to unpause them.

    Raises:
        NotFound: no such person.
        NothingToPause: the person's phones are in no queue.
        PbxError: a PBX refused or is away. The others were told all the same, and the page shows what came of it.
    """
    async with services.db.read() as session:
        facts = (await facts_of(session, [user_id])).get(user_id)
    if facts is None:
        raise NotFound("user", user_id)
    phones = sorted({(one.pbx, one.interface) for one in facts.memberships})
    if not phones:
        raise NothingToPause(user_id)
    failures: list[PbxError] = []
    for pbx, interface in phones:
        try:
            actions = services.actions_on(pbx)
            await actions.queue_pause(interface, paused=paused, reason=reason)
        except PbxError as error:
            failures.append(error)
    if failures:
        raise failures[0]


def _reason(services: Services, typed: str) -> str:
    settings = services.settings
    reason = checked_reason(typed)
    if reason and not settings.pause_free_text and reason not in settings.pause_reasons:
        raise Invalid("reason", "choose one of the reasons of the list")
    return reason


async def _note(services: Services, actor: Actor, user_id: int, paused: bool, reason: str) -> None:
    if user_id == actor.user_id:
        return
    action = "agent.pause" if paused else "agent.resume"
    async with services.db.write() as session:
        await audit.record(session, actor, action, "user", user_id, {"reason": reason})


_other = "/agents/{user_id:id}"
_post = ["POST"]
routes = [
    page("/agent/pause", pause, permission=Permission.CALLS_MAKE, methods=_post),
    page("/agent/resume", resume, permission=Permission.CALLS_MAKE, methods=_post),
    page("/agent/away", away, permission=Permission.CALLS_MAKE, methods=_post),
    page("/agent/ready", ready, permission=Permission.CALLS_MAKE, methods=_post),
    page(f"{_other}/pause", pause_other, permission=Permission.AGENTS_PAUSE, methods=_post),
    page(f"{_other}/resume", resume_other, permission=Permission.AGENTS_PAUSE, methods=_post),
]
