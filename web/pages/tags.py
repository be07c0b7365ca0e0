"""Tags: on clients, deals, calls and inquiries where they are shown, and the page that arranges them for everybody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from crm import tags
from crm.access import Action, Actor, Permission
from crm.errors import Forbidden, Invalid, NotFound
from crm.tags import Tagged
from web.error_words import explain
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

Endpoint = Callable[[Request], Awaitable[Response]]


async def show_tags(request: Request) -> Response:
    """All tags with how often they are used."""
    async with services_of(request).db.read() as session:
        found = await tags.all_tags(session)
        uses = await tags.uses(session)
    return render(
        request,
        "tags/tags.html",
        found=found,
        uses=uses,
        colours=tags.COLOURS,
        typed_as=tags.typed_as,
    )


async def change(request: Request) -> Response:
    """Another name or colour."""
    data = await request.form()
    name, colour = str(data.get("name", "")), str(data.get("colour", ""))
    async with services_of(request).db.write() as session:
        await tags.change(session, actor_of(request), request.path_params["tag_id"], name, colour)
    return RedirectResponse("/tags", status_code=303)


async def merge(request: Request) -> Response:
    """Two tags become one."""
    data = await request.form()
    kept = id_of(str(data.get("into", "")))
    if kept is None:
        raise Invalid("tag", "choose another tag")
    async with services_of(request).db.write() as session:
        await tags.merge(session, actor_of(request), request.path_params["tag_id"], kept)
    return RedirectResponse("/tags", status_code=303)


async def remove(request: Request) -> Response:
    """Delete one."""
    async with services_of(request).db.write() as session:
        await tags.remove(session, actor_of(request), request.path_params["tag_id"])
    return RedirectResponse("/tags", status_code=303)


def _of_kind(kind: Tagged, see: Permission, edit: Permission) -> list[Route]:
    """The tags of one thing: shown, put on, taken off; each answer is the fragment as it stands then."""

    async def shown(request: Request) -> Response:
        return await _fragment(request, kind, edit)

    async def put(request: Request) -> Response:
        data = await request.form()
        name, thing = str(data.get("name", "")), request.path_params["thing_id"]
        try:
            async with services_of(request).db.write() as session:
                await tags.put(session, actor_of(request), kind, thing, name)
        except Invalid as error:
            return await _fragment(request, kind, edit, failure=explain(error).text, typed=name)
        return await _fragment(request, kind, edit)

    async def take_off(request: Request) -> Response:
        thing, tag = request.path_params["thing_id"], request.path_params["tag_id"]
        async with services_of(request).db.write() as session:
            await tags.take_off(session, actor_of(request), kind, thing, tag)
        return await _fragment(request, kind, edit)

    one = f"/tagged/{kind}/{{thing_id:id}}"
    off = f"{one}/{{tag_id:id}}/off"
    return [
        page(one, shown, permission=see, name=f"tags_of_{kind}"),
        page(one, put, permission=edit, methods=["POST"], name=f"tag_{kind}"),
        page(off, take_off, permission=edit, methods=["POST"], name=f"untag_{kind}"),
    ]


async def _fragment(
    request: Request, kind: Tagged, edit: Permission, *, failure: str = "", typed: str = ""
) -> Response:
    actor, thing = actor_of(request), request.path_params["thing_id"]
    async with services_of(request).db.read() as session:
        await tags.require(session, actor, kind, thing, Action.SEE)
        may_edit = actor.may(edit) and await _may(session, actor, kind, thing)
        found = (await tags.of_many(session, kind, [thing]))[thing]
        names = [one.name for one in await tags.all_tags(session)] if may_edit else []
    return render(
        request,
        "tags/of.html",
        status=422 if failure else 200,
        kind=str(kind),
        thing=thing,
        found=found,
        names=names,
        may_edit=may_edit,
        failure=failure,
        typed=typed,
    )


async def _may(session: AsyncSession, actor: Actor, kind: Tagged, thing: int) -> bool:
    try:
        await tags.require(session, actor, kind, thing, Action.EDIT)
    except (Forbidden, NotFound):
        return False
    return True


_ARRANGE = Permission.TAGS_ARRANGE
_one = "/tags/{tag_id:id}"
routes = [
    page("/tags", show_tags, permission=_ARRANGE),
    page(_one, change, permission=_ARRANGE, methods=["POST"], name="change_tag"),
    page(f"{_one}/merge", merge, permission=_ARRANGE, methods=["POST"], name="merge_tag"),
    page(f"{_one}/delete", remove, permission=_ARRANGE, methods=["POST"], name="remove_tag"),
    *_of_kind(Tagged.CLIENT, Permission.CLIENTS_SEE, Permission.CLIENTS_EDIT),
    *_of_kind(Tagged.DEAL, Permission.DEALS_SEE, Permission.DEALS_EDIT),
    *_of_kind(Tagged.CALL, Permission.CALLS_SEE_OWN, Permission.NOTES_WRITE),
    *_of_kind(Tagged.INQUIRY, Permission.INQUIRIES_SORT, Permission.INQUIRIES_SORT),
]
