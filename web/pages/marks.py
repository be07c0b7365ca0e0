"""Marks and comments at times of a recording: the list beside the player, adding, editing, deleting, whom one can mention.

In: forms. Out: the list as a fragment for scripts, the call's page again for a browser without.
"""

from __future__ import annotations

import math

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from calls.tables import Call
from crm import recording_marks
from crm.access import Permission
from crm.errors import Invalid
from crm.recording_marks import Draft
from crm.tables import RecordingMark
from web.error_pages import wants_page
from web.pages.call_access import hearable_recording
from web.pages.comment_text import comment_html
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_marks(request: Request) -> Response:
    """GET /recordings/ID/marks: the marks of a recording, in the order of its time."""
    async with services_of(request).db.read() as session:
        recording, _call = await hearable_recording(
            session, actor_of(request), request.path_params["recording_id"]
        )
        marks = await recording_marks.of(session, recording.id)
    return render(request, "call_tools/marks_list.html", marks=marks, comment_html=comment_html)


async def add(request: Request) -> Response:
    """POST /recordings/ID/marks: `from_s`, `to_s` (may be empty), `kind`, `text`."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        draft = _draft(form)
    async with services.db.write() as session:
        recording, call = await hearable_recording(
            session, actor, request.path_params["recording_id"]
        )
        await recording_marks.add(session, actor, recording, call, draft)
    return await _done(request, recording.id, call)


async def edit(request: Request) -> Response:
    """POST /marks/ID: other words or another kind of an own mark; its time stays."""
    services, actor = services_of(request), actor_of(request)
    async with request.form() as form:
        kind, text = str(form.get("kind", "note")), str(form.get("text", ""))
    async with services.db.write() as session:
        mark, call = await _mark(session, request)
        draft = Draft(from_s=mark.from_s, to_s=mark.to_s, kind=kind, text=text)
        await recording_marks.edit(session, actor, mark, call, draft)
    return await _done(request, mark.recording_id, call)


async def delete(request: Request) -> Response:
    """POST /marks/ID/delete: an own mark, with its words."""
    async with services_of(request).db.write() as session:
        mark, call = await _mark(session, request)
        recording_id = mark.recording_id
        await recording_marks.delete(session, actor_of(request), mark, call)
    return await _done(request, recording_id, call)


async def colleagues(request: Request) -> Response:
    """GET /recordings/ID/colleagues?q=: whom one can mention, `[{"login", "name"}]`."""
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        _recording, call = await hearable_recording(
            session, actor, request.path_params["recording_id"]
        )
        typed = request.query_params.get("q", "")
        found = await recording_marks.colleagues(session, actor, call, typed)
    return JSONResponse([{"login": one.login, "name": one.name} for one in found])


async def _mark(session: AsyncSession, request: Request) -> tuple[RecordingMark, Call]:
    """The mark and its call, for a person who may hear it."""
    mark = await recording_marks.get(session, request.path_params["mark_id"])
    _recording, call = await hearable_recording(session, actor_of(request), mark.recording_id)
    return mark, call


async def _done(request: Request, recording_id: int, call: Call) -> Response:
    if wants_page(request):
        return RedirectResponse(f"/calls/{call.id}?recording={recording_id}", status_code=303)
    async with services_of(request).db.read() as session:
        marks = await recording_marks.of(session, recording_id)
    return render(request, "call_tools/marks_list.html", marks=marks, comment_html=comment_html)


def _draft(form: FormData) -> Draft:
    ends = str(form.get("to_s", "")).strip()
    return Draft(
        from_s=_seconds("from_s", str(form.get("from_s", ""))),
        to_s=_seconds("to_s", ends) if ends else None,
        kind=str(form.get("kind", "note")),
        text=str(form.get("text", "")),
    )


def _seconds(name: str, typed: str) -> float:
    try:
        seconds = float(typed)
    except ValueError as error:
        raise Invalid(name, "must be a number of seconds") from error
    if not math.isfinite(seconds):
        raise Invalid(name, "must be a number of seconds")
    return seconds


_HEAR, _WRITE = Permission.RECORDINGS_PLAY_OWN, Permission.COMMENTS_WRITE
_of = "/recordings/{recording_id:id}"
routes = [
    page(f"{_of}/marks", show_marks, permission=_HEAR),
    page(f"{_of}/marks", add, permission=_WRITE, methods=["POST"], name="add_mark"),
    page(f"{_of}/colleagues", colleagues, permission=_WRITE, name="colleagues_of_recordings"),
    page("/marks/{mark_id:id}", edit, permission=_WRITE, methods=["POST"], name="edit_mark"),
    page(
        "/marks/{mark_id:id}/delete",
        delete,
        permission=_WRITE,
        methods=["POST"],
        name="delete_mark",
    ),
]
