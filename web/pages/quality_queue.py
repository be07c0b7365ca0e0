"""The listening queue: what waits to be heard, put away with one key, or put in by hand from the page of a call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import agents
from crm.access import Actor, Permission
from crm.quality import listening
from crm.tables import ListeningItem
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/quality"


async def show_queue(request: Request) -> Response:
    """What waits for the person, or for anybody; `?mine=1`, `?after=` the last one of the page before."""
    actor, asked = actor_of(request), request.query_params
    mine = bool(asked.get("mine"))
    async with services_of(request).db.read() as session:
        found = await listening.waiting(
            session, actor, mine=mine, after=id_of(asked.get("after", ""))
        )
        counts = (
            await listening.count_waiting(session, actor),
            await listening.count_waiting(session, actor, mine=True),
        )
        names = await agents.names(session, {item.operator_id or 0 for item, _ in found})
    is_full = len(found) == listening.PAGE_SIZE
    return render(
        request,
        "quality/queue.html",
        lines=found,
        counts=counts,
        mine=mine,
        names=names,
        next_after=found[-1][0].id if is_full else None,
        done=id_of(asked.get("put", "")),
    )


Step = Callable[[AsyncSession, Actor, int], Awaitable[ListeningItem]]


def _step(do: Step, *, undoable: bool) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        async with services_of(request).db.write() as session:
            item = await do(session, actor_of(request), request.path_params["item_id"])
        return RedirectResponse(f"{HOME}?put={item.id}" if undoable else HOME, status_code=303)

    endpoint.__name__ = do.__name__
    return endpoint


async def add(request: Request) -> Response:
    """Put a call in by hand."""
    call_id = request.path_params["call_id"]
    async with request.form() as form:
        assignee = id_of(str(form.get("user_id", "")))
    async with services_of(request).db.write() as session:
        await listening.add(session, actor_of(request), call_id, assignee)
    return RedirectResponse(f"/calls/{call_id}#quality", status_code=303)


_REVIEW = Permission.QUALITY_REVIEW
routes = [
    page("/quality", show_queue, permission=_REVIEW),
    *(
        page(f"/quality/items/{{item_id:id}}/{name}", _step(do, undoable=undoable), permission=_REVIEW, methods=["POST"])
        for name, do, undoable in (
            ("skip", listening.skip, True), ("done", listening.done, True), ("back", listening.take_back, False),
        )
    ),
    page("/calls/{call_id:id}/listening", add, permission=_REVIEW, methods=["POST"], name="listen_to"),
]  # fmt: skip
