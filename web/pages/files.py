"""Files of clients and deals: the panel, taking them in, giving them out.

In: one file per request, as the body (`POST /clients/ID/files?name=…&place=…`), written to the disk as it comes, refused
as soon as it is too large. Out: downloads, always as attachments; small pictures that we drew ourselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from crm import agents, company_settings, files, previews
from crm.access import Action, Permission
from crm.errors import Forbidden, Invalid
from crm.file_kinds import UNKNOWN, Group, group_of, has_preview
from crm.file_store import Incoming, place_of, too_large
from crm.files import MOST_MB, FileRules, NewFile
from crm.previews import Size
from crm.subjects import Subject, SubjectKind, require
from web.format import file_size
from web.i18n import current_locale
from web.ids import id_of
from web.media import PRIVATE, kept_file
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PLACES = {SubjectKind.CLIENT: "clients", SubjectKind.DEAL: "deals"}
_KINDS = {place: kind for kind, place in PLACES.items()}
PIECE_BYTES = 2**20
"""Collected before a thread writes it."""


async def show_files(request: Request) -> Response:
    """The panel of a client's or a deal's files."""
    services, actor, subject = services_of(request), actor_of(request), _subject(request)
    async with services.db.read() as session:
        shown = await files.of(session, actor, subject)
        away = await files.in_bin(session, actor, subject)
        rules = await files.rules(session)
        may_add = actor.may(Permission.FILES_ADD)
        if may_add:
            try:
                await require(session, actor, subject, Action.EDIT)
            except Forbidden:
                may_add = False
        names = await agents.names(session, {f.user_id for f in shown if f.user_id is not None})
        is_firm = await files.has_core_files(session, subject)
    return render(
        request,
        "clients/panels/files.html",
        subject=subject,
        place=PLACES[subject.kind],
        core=[file for file in shown if file.place == "core"],
        files=[file for file in shown if file.place != "core"],
        away=away,
        names=names,
        rules=rules,
        may_add=may_add,
        is_firm=is_firm,
        has_preview=has_preview,
        file_size=lambda size: file_size(size, current_locale()),
    )


async def upload(request: Request) -> Response:
    """Take one file in."""
    services, actor, subject = services_of(request), actor_of(request), _subject(request)
    query = request.query_params
    async with services.db.read() as session:
        rules = await files.require_add(session, actor, subject)
    said = id_of(request.headers.get("content-length", ""))
    if said is not None and said > rules.most_bytes:
        raise too_large(rules.most_bytes)
    async with _received(request, rules.most_bytes) as incoming:
        new = NewFile(query.get("name", ""), incoming.received(), query.get("place", "relation"))
        files.check_kind(rules, new)
        await asyncio.to_thread(incoming.keep)
    async with services.db.write() as session:
        file = await files.add(session, actor, subject, new)
    return JSONResponse({"id": file.id, "name": file.name}, status_code=201)


@asynccontextmanager
async def _received(request: Request, most_bytes: int) -> AsyncIterator[Incoming]:
    """The request's body on the disk; gone at the end of the block unless it was kept."""
    incoming = Incoming(services_of(request).settings.data_dir, most_bytes)
    await asyncio.to_thread(incoming.open)
    try:
        piece = bytearray()
        async for chunk in request.stream():
            piece += chunk
            if len(piece) >= PIECE_BYTES:
                await asyncio.to_thread(incoming.write, bytes(piece))
                piece.clear()
        await asyncio.to_thread(incoming.write, bytes(piece))
        yield incoming
    finally:
        await asyncio.to_thread(incoming.close)


async def download(request: Request) -> Response:
    """The file, to be saved; written into the audit log first. 410 if its bytes are gone."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        file = await files.get(session, actor, request.path_params["file_id"])
    path = kept_file(services.settings.data_dir, place_of(file.sha256))
    if request.method == "GET":
        async with services.db.write() as session:
            await files.note_download(session, actor, file)
    group = group_of(file.media_type, file.name)
    # What a browser might run is given out as bytes without a meaning.
    kind = UNKNOWN if group in (Group.WEB, Group.PROGRAM, Group.OTHER) else file.media_type
    headers = {
        "Cache-Control": PRIVATE,
        "Content-Disposition": attachment(file.name),
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(path, media_type=kind, headers=headers)


async def preview(request: Request) -> Response:
    """A small picture of the file (`?size=large`: a larger one); 404 if there is none."""
    services = services_of(request)
    async with services.db.read() as session:
        file = await files.get(session, actor_of(request), request.path_params["file_id"])
    size = Size.LARGE if request.query_params.get("size") == "large" else Size.SMALL
    async with _drawing(request):
        path = await asyncio.to_thread(
            previews.preview_of, services.settings.data_dir, file.sha256, file.media_type, size
        )
    if path is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return FileResponse(path, media_type="image/webp", headers=headers)


def _drawing(request: Request) -> asyncio.Semaphore:
    """One at a time: threads that wait for each other would keep all other work from its threads."""
    state = request.app.state
    if not hasattr(state, "drawing"):
        state.drawing = asyncio.Semaphore(1)
    drawing = state.drawing
    assert isinstance(drawing, asyncio.Semaphore)  # noqa: S101 - set two lines above
    return drawing


async def edit(request: Request) -> Response:
    """Give it another name or note."""
    form = await request.form()
    async with services_of(request).db.write() as session:
        await files.edit(
            session,
            actor_of(request),
            request.path_params["file_id"],
            name=str(form.get("name", "")),
            note=str(form.get("note", "")),
        )
    return Response(status_code=204)


async def put_away(request: Request) -> Response:
    """Put it into the bin."""
    async with services_of(request).db.write() as session:
        await files.put_away(session, actor_of(request), request.path_params["file_id"])
    return Response(status_code=204)


async def restore(request: Request) -> Response:
    """Take it out of the bin."""
    async with services_of(request).db.write() as session:
        await files.restore(session, actor_of(request), request.path_params["file_id"])
    return Response(status_code=204)


async def show_rules(request: Request) -> Response:
    """What the administrator allows."""
    async with services_of(request).db.read() as session:
        rules = await files.rules(session)
    return _rules_page(request, rules)


async def save_rules(request: Request) -> Response:
    """Keep what the administrator allows."""
    form = await request.form()
    known = {group.value for group in Group}
    groups = frozenset(Group(str(one)) for one in form.getlist("group") if str(one) in known)
    max_mb = id_of(str(form.get("max_mb", "")).strip())
    if max_mb is None or not 1 <= max_mb <= MOST_MB:
        raise Invalid("max_mb", "give a size between 1 and %(most)s MB", most=MOST_MB)
    rules = FileRules(max_mb=max_mb, groups=groups)
    async with services_of(request).db.write() as session:
        await company_settings.save(session, actor_of(request), files.SETTING, rules)
    return RedirectResponse("/admin/files?saved=1", status_code=303)


def _rules_page(request: Request, rules: FileRules) -> Response:
    saved = bool(request.query_params.get("saved"))
    return render(
        request, "admin/files.html", rules=rules, groups=tuple(Group), most_mb=MOST_MB, saved=saved
    )


def attachment(name: str) -> str:
    """The header that has a file saved under this name, whatever letters it has (RFC 6266)."""
    plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\%' else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _subject(request: Request) -> Subject:
    return Subject(_KINDS[request.url.path.split("/")[1]], request.path_params["subject_id"])


def _routes_of(place: str, permission: Permission) -> list[BaseRoute]:
    own = f"/{place}/{{subject_id:id}}/files"
    return [
        page(own, show_files, permission=permission, name=f"files_of_{place}"),
        page(
            own,
            upload,
            permission=Permission.FILES_ADD,
            methods=["POST"],
            name=f"upload_to_{place}",
            most_bytes=(MOST_MB + 1) * 2**20,
        ),
    ]


_one = "/files/{file_id:id}"
routes = [
    *_routes_of("clients", Permission.CLIENTS_SEE),
    *_routes_of("deals", Permission.DEALS_SEE),
    page(_one, download, permission=Permission.CLIENTS_SEE, name="download_file"),
    page(f"{_one}/preview", preview, permission=Permission.CLIENTS_SEE, name="preview_file"),
    page(_one, edit, permission=Permission.FILES_ADD, methods=["POST"], name="edit_file"),
    page(f"{_one}/delete", put_away, permission=Permission.FILES_ADD, methods=["POST"],
         name="delete_file"),
    page(f"{_one}/restore", restore, permission=Permission.FILES_ADD, methods=["POST"],
         name="restore_file"),
    page("/admin/files", show_rules, permission=Permission.ADMINISTER, name="file_rules"),
    page("/admin/files", save_rules, permission=Permission.ADMINISTER, methods=["POST"],
         name="save_file_rules"),
]  # fmt: skip
