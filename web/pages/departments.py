"""Departments: GET /admin/departments, and adding, moving and removing them.

In: forms of an administrator. Out: the page again, with what was wrong with what was typed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import departments
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid
from web.error_words import explain
from web.i18n import gettext as _
from web.ids import id_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

HOME = "/admin/departments"


async def show_departments(request: Request) -> Response:
    """The tree, with how many people are in each."""
    return await _page(request)


async def add(request: Request) -> Response:
    """A new department."""
    name, parent_id = await _typed(request)
    return await _do(request, lambda s, actor: departments.add(s, actor, name, parent_id))


async def edit(request: Request) -> Response:
    """Another name, or another place in the tree."""
    name, parent_id = await _typed(request)
    one = request.path_params["department_id"]
    return await _do(request, lambda s, actor: departments.edit(s, actor, one, name, parent_id))


async def remove(request: Request) -> Response:
    """Gone; what was below it belongs to its parent then."""
    one = request.path_params["department_id"]
    return await _do(request, lambda s, actor: departments.remove(s, actor, one))


async def _typed(request: Request) -> tuple[str, int | None]:
    async with request.form() as form:
        return str(form.get("name", "")), id_of(str(form.get("parent_id", "")))


async def _do(request: Request, deed: Callable[[AsyncSession, Actor], Awaitable[Any]]) -> Response:
    try:
        async with services_of(request).db.write() as session:
            await deed(session, actor_of(request))
    except Invalid as error:
        said = explain(error)
        return await _page(request, said.text, said.status)
    except Conflict as error:
        words = {
            "people are in it: move them first": _("People are in it: move them first."),
            "this name is taken": _("There is a department of this name already."),
        }
        return await _page(request, words.get(error.why, error.why), 409)
    return RedirectResponse(HOME, status_code=303)


async def _page(request: Request, failure: str = "", status: int = 200) -> Response:
    async with services_of(request).db.read() as session:
        branches = await departments.tree(session)
        below = {one.id: await departments.reach(session, one.id) for one in branches}
    return render(
        request,
        "admin/departments.html",
        status=status,
        branches=branches,
        below=below,
        failure=failure,
    )


_one = f"{HOME}/{{department_id:id}}"
routes = [
    page(HOME, show_departments, permission=Permission.ADMINISTER),
    page(HOME, add, permission=Permission.ADMINISTER, methods=["POST"], name="add_department"),
    page(_one, edit, permission=Permission.ADMINISTER, methods=["POST"], name="edit_department"),
    page(
        f"{_one}/remove",
        remove,
        permission=Permission.ADMINISTER,
        methods=["POST"],
        name="remove_department",
    ),
]
