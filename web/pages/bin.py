"""The bin: GET /bin, with what was put away, by whom and when; putting away and taking out.

In: a kind and an id. Out: the page, or the way back to where somebody came from.
"""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import bin as the_bin
from crm import clients
from crm.access import Permission
from crm.bin_kinds import Kind
from web.auth.addresses import local_address
from web.i18n import gettext as _
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/bin"


async def show_bin(request: Request) -> Response:
    """What lies there, newest first."""
    kind = request.query_params.get("kind", "")
    asked = Kind(kind) if kind in list(Kind) else None
    async with services_of(request).db.read() as session:
        entries = await the_bin.page(
            session, actor_of(request), kind=asked, before=_moment(request)
        )
    return render(
        request,
        "bin/bin.html",
        entries=entries,
        kind=asked,
        kinds=_kinds(),
        has_more=len(entries) == the_bin.PAGE_SIZE,
        said=request.query_params.get("said", ""),
    )


async def confirm_client(request: Request) -> Response:
    """What it means to put this client into the bin, before it is done."""
    client_id = request.path_params["client_id"]
    async with services_of(request).db.read() as session:
        client = await clients.get(session, actor_of(request), client_id)
        await the_bin.check(session, actor_of(request), Kind.CLIENT, client_id)
        belongings = await the_bin.belongings(session, client_id)
    return render(request, "bin/confirm.html", client=client, belongings=belongings)


async def put(request: Request) -> Response:
    """Put a thing into the bin."""
    kind, subject_id = _asked(request)
    async with request.form() as form:
        back = local_address(str(form.get("back", "")) or f"{HOME}?said=put")
    async with services_of(request).db.write() as session:
        await the_bin.put(session, actor_of(request), kind, subject_id)
    return RedirectResponse(back, status_code=303)


async def restore(request: Request) -> Response:
    """Take a thing out of the bin, with everything."""
    kind, subject_id = _asked(request)
    async with services_of(request).db.write() as session:
        await the_bin.restore(session, actor_of(request), kind, subject_id)
    leads = {Kind.CLIENT: f"/clients/{subject_id}", Kind.DEAL: f"/deals/{subject_id}"}
    return RedirectResponse(leads.get(kind, f"{HOME}?said=restored"), status_code=303)


def _asked(request: Request) -> tuple[Kind, int]:
    kind = request.path_params["kind"]
    if kind not in list(Kind):
        raise HTTPException(404)
    return Kind(kind), request.path_params["subject_id"]


def _moment(request: Request) -> datetime | None:
    try:
        moment = datetime.fromisoformat(request.query_params.get("before", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _kinds() -> dict[Kind, str]:
    return {
        Kind.CLIENT: _("clients"),
        Kind.DEAL: _("deals"),
        Kind.FILE: _("files"),
        Kind.COMMENT: _("comments"),
        Kind.TASK: _("tasks"),
    }


routes = [
    page(HOME, show_bin, permission=Permission.LOGGED_IN),
    page("/clients/{client_id:id}/delete", confirm_client, permission=Permission.CLIENTS_DELETE),
    page(
        f"{HOME}/{{kind:str}}/{{subject_id:id}}",
        put,
        permission=Permission.LOGGED_IN,
        methods=["POST"],
        name="put_into_bin",
    ),
    page(
        f"{HOME}/{{kind:str}}/{{subject_id:id}}/restore",
        restore,
        permission=Permission.LOGGED_IN,
        methods=["POST"],
        name="restore_from_bin",
    ),
]
