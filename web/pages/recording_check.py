"""Recordings that should be there and are not, and files that belong to no call: GET /recordings/check.

In: the worker's looks at the recording directories. Out: both lists, with what can be done about each entry: look again,
attach to the call that is meant, put aside.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.recordings.loose import loose
from calls.recordings.missing import missing
from calls.tables import RecordingCheck
from crm import recording_care
from crm.access import Actor, Permission
from crm.errors import Invalid
from web.ids import id_of
from web.pages.phone_names import phone_names
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/recordings/check"
SHOWN = 100
"""Entries of each list."""
MISSING_FOR = timedelta(days=30)
"""Calls of this time are looked at for recordings that should be there."""


async def show_check(request: Request) -> Response:
    """Both lists, and when each PBX was last looked at."""
    services = services_of(request)
    aside = request.query_params.get("show") == "aside"
    async with services.db.read() as session:
        gone = await missing(session, services.clock() - MISSING_FOR, SHOWN)
        files = await loose(session, SHOWN, "aside" if aside else "loose")
        looks = (await session.scalars(select(RecordingCheck).order_by(RecordingCheck.pbx))).all()
        names = await phone_names(session)
    placed = [pbx.name for pbx in services.settings.pbxs if pbx.recording_dir or pbx.recording_url]
    return render(
        request,
        "recordings/check.html",
        missing=gone,
        files=files,
        aside=aside,
        looks=looks,
        placed=placed,
        waiting=[name for name in placed if name not in {look.pbx for look in looks}],
        several=len(services.settings.pbxs) > 1,
        names=names,
        shown=SHOWN,
    )


async def check_now(request: Request) -> Response:
    """Have every PBX looked at at once."""
    pbxs = [pbx.name for pbx in services_of(request).settings.pbxs]

    async def ask(session: AsyncSession, actor: Actor) -> None:
        for pbx in pbxs:
            await recording_care.check_now(session, actor, pbx)

    return await _do(request, ask, "looking")


async def look_again(request: Request) -> Response:
    """Have one recording's files looked for again."""
    recording_id = request.path_params["recording_id"]
    return await _do(
        request, lambda s, actor: recording_care.look_again(s, actor, recording_id), "looking"
    )


async def attach(request: Request) -> Response:
    """Give a file to a call.

    Raises:
        Invalid: no call is named.
    """
    data = await request.form()
    call_id = id_of(str(data.get("call", "")).strip().removeprefix("/calls/"))
    if call_id is None:
        raise Invalid("call", "the number of the call, as in its address /calls/NUMBER")
    file_id = request.path_params["file_id"]

    async def give(session: AsyncSession, actor: Actor) -> None:
        await recording_care.attach(session, actor, file_id, call_id)

    return await _do(request, give, "attached")


async def set_aside(request: Request) -> Response:
    """Show a file no more, or again."""
    data = await request.form()
    aside = data.get("aside") == "1"
    file_id = request.path_params["file_id"]
    return await _do(
        request, lambda s, actor: recording_care.set_aside(s, actor, file_id, aside=aside), "done"
    )


async def _do(
    request: Request, deed: Callable[[AsyncSession, Actor], Awaitable[None]], said: str
) -> Response:
    async with services_of(request).db.write() as session:
        await deed(session, actor_of(request))
    return RedirectResponse(f"{HOME}?said={said}", status_code=303)


_may = Permission.RECORDINGS_CHECK
_file = "/recordings/files/{file_id:id}"
routes = [
    page(HOME, show_check, permission=_may),
    page(f"{HOME}/now", check_now, permission=_may, methods=["POST"], name="check_recordings_now"),
    page("/recordings/{recording_id:id}/look-again", look_again, permission=_may, methods=["POST"]),
    page(f"{_file}/attach", attach, permission=_may, methods=["POST"], name="attach_recording"),
    page(f"{_file}/aside", set_aside, permission=_may, methods=["POST"], name="set_file_aside"),
]
