"""Merging two cards: GET /clients/ID/merge/OTHER shows what will be, POST does it; a merge that was done, and its undo."""

from __future__ import annotations

from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import client_merge, client_visibility, clients
from crm.access import Permission
from crm.errors import Invalid, NotFound
from crm.finding import search
from crm.merge_plan import Side
from crm.merge_preview import preview
from crm.tables import Client, ClientMerge
from web.error_words import explain
from web.pages.finding_words import source_name
from web.pages.merge_words import field_name, field_names, merge_lines, moving_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PICKED = 8
_PREFIX = "side."


async def show_merge(request: Request) -> Response:
    """Both cards side by side, with a choice wherever they differ."""
    kept_id, other_id = request.path_params["client_id"], request.path_params["other_id"]
    async with services_of(request).db.read() as session:
        shown = await preview(session, actor_of(request), kept_id, other_id)
    return render(
        request,
        "duplicates/merge.html",
        shown=shown,
        moving=moving_words(shown.moving),
        field_name=field_name,
        source_name=source_name,
    )


async def merge(request: Request) -> Response:
    """Make one card of two."""
    kept_id, other_id = request.path_params["client_id"], request.path_params["other_id"]
    choices = _choices(await request.form())
    async with services_of(request).db.write() as session:
        done = await client_merge.merge(session, actor_of(request), kept_id, other_id, choices)
    return RedirectResponse(f"/clients/merges/{done.id}", status_code=303)


async def show_done(request: Request) -> Response:
    """A merge: what became of it, and the way back."""
    return await _done(request)


async def undo(request: Request) -> Response:
    """Two cards again; what could not be put back is said."""
    actor, merge_id = actor_of(request), request.path_params["merge_id"]
    try:
        async with services_of(request).db.write() as session:
            undone = await client_merge.undo(session, actor, merge_id)
    except Invalid as error:
        return await _done(request, failure=explain(error).text, status=explain(error).status)
    return await _done(request, undone=undone)


async def _done(
    request: Request,
    *,
    failure: str = "",
    undone: client_merge.Undone | None = None,
    status: int = 200,
) -> Response:
    actor, merge_id = actor_of(request), request.path_params["merge_id"]
    async with services_of(request).db.read() as session:
        row = await session.get(ClientMerge, merge_id)
        if row is None:
            raise NotFound("merge", merge_id)
        seen = select(Client.id).where(client_visibility.in_scope(actor), Client.id == row.kept_id)
        if await session.scalar(seen) is None:
            raise NotFound("merge", merge_id)
        listed = await session.scalar(seen.where(client_visibility.LISTED)) is not None
        line = (await merge_lines(session, [row]))[0]
    changed = undone.kept_fields if undone else ()
    return render(
        request,
        "duplicates/merged.html",
        status=status,
        line=line,
        is_kept_listed=listed,
        failure=failure,
        undone=undone,
        changed=field_names(changed, personal=actor.may(Permission.PERSONAL_SEE)),
    )


async def pick(request: Request) -> Response:
    """Other cards of the same kind to merge with, as links to the preview."""
    actor, client_id = actor_of(request), request.path_params["client_id"]
    asked = request.query_params.get("q", "").replace("\x00", "").strip()
    async with services_of(request).db.read() as session:
        client = await clients.get(session, actor, client_id)
        found = await search.pick(session, actor, asked, kind=client.kind, limit=PICKED + 1)
    others = [one for one in found if one.id != client_id][:PICKED]
    return render(request, "duplicates/pick.html", found=others, asked=asked, client_id=client_id)


def _choices(form: FormData) -> dict[str, Side]:
    sides = set(Side)
    return {
        key.removeprefix(_PREFIX): Side(str(value))
        for key, value in form.items()
        if key.startswith(_PREFIX) and value in sides
    }


_merge = Permission.CLIENTS_MERGE
_pair = "/clients/{client_id:id}/merge/{other_id:id}"
routes = [
    page(_pair, show_merge, permission=_merge),
    page(_pair, merge, permission=_merge, methods=["POST"], name="merge_clients"),
    page("/clients/{client_id:id}/merge", pick, permission=_merge, name="pick_merge"),
    page("/clients/merges/{merge_id:id}", show_done, permission=_merge, name="show_merge_done"),
    page(
        "/clients/merges/{merge_id:id}/undo",
        undo,
        permission=_merge,
        methods=["POST"],
        name="undo_merge",
    ),
]
