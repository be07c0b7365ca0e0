"""Segments: filters with names. Each is counted by a request of its own, so that the page does not wait for them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import agents
from crm.access import Permission
from crm.errors import Invalid
from crm.finding import lists, segments
from web.error_words import explain
from web.pages.client_list import moment_of
from web.pages.client_query import ClientQuery
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_segments(request: Request) -> Response:
    """All segments that the person may open."""
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        found = await segments.of(session, actor)
        owners = await agents.names(session, {one.owner_id or 0 for one in found})
    mine = {one.id for one in found if segments.may_change(actor, one)}
    return render(
        request,
        "clients/segments.html",
        segments=found,
        owners=owners,
        mine=mine,
    )


async def make(request: Request) -> Response:
    """Keep the filter of the list under a name."""
    data = await request.form()
    query = ClientQuery(f=str(data.get("f", "")))
    async with services_of(request).db.write() as session:
        name = str(data.get("name", ""))
        segment = await segments.make(session, actor_of(request), name, query.data)
    return RedirectResponse(f"/clients?segment={segment.id}", status_code=303)


async def change(request: Request) -> Response:
    """Rename, share or refill one; a filter comes from the list, and leads back there."""
    data = await request.form()
    number = request.path_params["segment_id"]
    name, shared, f = (str(data[key]) if key in data else None for key in ("name", "shared", "f"))
    filled = ClientQuery(f=f).data if f else None
    async with services_of(request).db.write() as session:
        await segments.change(
            session, actor_of(request), number, name=name, shared=shared, data=filled
        )
    back = f"/clients?segment={number}" if f is not None else "/segments"
    return RedirectResponse(back, status_code=303)


async def remove(request: Request) -> Response:
    """Delete one."""
    async with services_of(request).db.write() as session:
        await segments.remove(session, actor_of(request), request.path_params["segment_id"])
    return RedirectResponse("/segments", status_code=303)


async def count(request: Request) -> Response:
    """How many clients fit now, of those whom the reader may see."""
    actor = actor_of(request)
    async with services_of(request).db.read() as session:
        segment = await segments.get(session, actor, request.path_params["segment_id"])
        try:
            node = await segments.filter_of(session, actor, segment)
            many = await lists.count(session, actor, node, moment_of(request))
        except Invalid as error:
            return render(request, "clients/count.html", many=None, most=0, why=explain(error).text)
    return render(request, "clients/count.html", many=many, most=lists.COUNTED)


_SEE = Permission.CLIENTS_SEE
_one = "/segments/{segment_id:id}"
routes = [
    page("/segments", show_segments, permission=_SEE),
    page("/segments", make, permission=_SEE, methods=["POST"], name="make_segment"),
    page(_one, change, permission=_SEE, methods=["POST"], name="change_segment"),
    page(f"{_one}/delete", remove, permission=_SEE, methods=["POST"], name="remove_segment"),
    page(f"{_one}/count", count, permission=_SEE, name="count_segment"),
]
