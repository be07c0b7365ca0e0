"""Links to pieces of a call: the list beside the player, making one, revoking one. What is behind a link is `clip_link`.

In: forms. Out: fragments. The address of a new link is shown this once: the row holds only the hash of its token.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.tables import Call
from crm import shared_clips
from crm.access import Permission
from crm.errors import Forbidden
from crm.shared_clips import Shared, ShareRules, Terms
from web.error_pages import wants_page
from web.ids import id_of
from web.pages.call_access import hearable_recording, may_hear, visible_call
from web.pages.clip_link import sounds_of
from web.pages.clips import seconds_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_clips(request: Request) -> Response:
    """GET /calls/ID/clips: the links into this call, and what the administrator allows."""
    async with services_of(request).db.read() as session:
        call = await _hearable_call(session, request)
        shared, rules = await _listed(session, request, call)
    return _panel(request, call, shared, rules)


async def share(request: Request) -> Response:
    """POST /recordings/ID/clips: a new link; its address is in the answer."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        terms = _terms(form)
    async with services.db.write() as session:
        recording, call = await hearable_recording(
            session, actor, request.path_params["recording_id"]
        )
        _clip, token = await shared_clips.share(
            session, actor, recording, call, terms, services.clock()
        )
        shared, rules = await _listed(session, request, call)
    address = f"{str(request.base_url).rstrip('/')}/clips/{token}"
    return _panel(request, call, shared, rules, address)


async def revoke(request: Request) -> Response:
    """POST /shared-clips/ID/revoke: the link ends at once."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.write() as session:
        clip = await shared_clips.get(session, request.path_params["clip_id"])
        _recording, call = await hearable_recording(session, actor, clip.recording_id)
        await shared_clips.revoke(session, actor, clip, call, services.clock())
        shared, rules = await _listed(session, request, call)
    sounds_of(request).forget(clip.id)
    if wants_page(request):
        return RedirectResponse(f"/calls/{call.id}", status_code=303)
    return _panel(request, call, shared, rules)


async def _hearable_call(session: AsyncSession, request: Request) -> Call:
    actor = actor_of(request)
    call = await visible_call(session, actor, request.path_params["call_id"])
    if not await may_hear(session, actor, call):
        raise Forbidden("calls.listen")
    return call


async def _listed(
    session: AsyncSession, request: Request, call: Call
) -> tuple[Sequence[Shared], ShareRules]:
    shared = await shared_clips.of_call(session, actor_of(request), call.id)
    return shared, await shared_clips.rules_of(session)


def _panel(
    request: Request, call: Call, shared: Sequence[Shared], rules: ShareRules, address: str = ""
) -> Response:
    return render(
        request,
        "call_tools/clips_panel.html",
        call=call,
        shared=shared,
        rules=rules,
        address=address,
    )


def _terms(form: FormData) -> Terms:
    most = str(form.get("most_plays", "")).strip()
    return Terms(
        from_s=seconds_of(form, "start_s"),
        to_s=seconds_of(form, "end_s"),
        side=str(form.get("side", "both")),
        with_words=form.get("with_words") == "yes",
        for_whom=str(form.get("for_whom", "")),
        days=id_of(str(form.get("days", ""))) or 0,
        most_plays=(id_of(most) or 0) if most else None,
    )


routes = [
    page("/calls/{call_id:id}/clips", show_clips, permission=Permission.CLIPS_SHARE),
    page(
        "/recordings/{recording_id:id}/clips",
        share,
        permission=Permission.CLIPS_SHARE,
        methods=["POST"],
        name="share_clip",
    ),
    page(
        "/shared-clips/{clip_id:id}/revoke",
        revoke,
        permission=Permission.CLIPS_SHARE,
        methods=["POST"],
        name="revoke_clip",
    ),
]
