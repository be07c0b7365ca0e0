"""Tasks: who waits for a call back, and what else is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.cdr import windows
from crm import tasks
from crm.access import Permission
from web.ids import id_of
from web.live.task_lines import open_count, task_page
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PAGE_SIZE = 50
BLIND_SHOWN = timedelta(days=1)
"""Older blind times are in the list of calls only."""


async def show_tasks(request: Request) -> Response:
    """Open tasks, longest waiting first; or closed ones, newest first. `?part=list` gives the list alone."""
    services, actor = services_of(request), actor_of(request)
    state: Literal["open", "done"] = (
        "done" if request.query_params.get("state") == "done" else "open"
    )
    before = request.query_params.get("before", "")
    async with services.db.read() as session:
        found = await task_page(
            session,
            actor,
            state=state,
            before=id_of(before),
            limit=PAGE_SIZE,
        )
        waiting = await open_count(session, actor)
        blind = (
            await windows.unfilled(session, services.clock() - BLIND_SHOWN)
            if actor.may(Permission.TASKS_SEE_ALL)
            else []
        )
    template = "tasks/list.html" if request.query_params.get("part") else "tasks/tasks.html"
    return render(
        request,
        template,
        state=state,
        found=found,
        open_tasks=waiting,
        before=before,
        blind=blind,
    )


async def take(request: Request) -> Response:
    """Say "I do this"."""
    async with services_of(request).db.write() as session:
        await tasks.take(session, actor_of(request), request.path_params["task_id"])
    return _back()


async def release(request: Request) -> Response:
    """Give the task back to everybody responsible."""
    async with services_of(request).db.write() as session:
        await tasks.release(session, actor_of(request), request.path_params["task_id"])
    return _back()


async def close(request: Request) -> Response:
    """Close the task by hand, with a word on what came of it."""
    form = await request.form()
    result = str(form.get("result", ""))[:500]
    async with services_of(request).db.write() as session:
        await tasks.close(session, actor_of(request), request.path_params["task_id"], result)
    return _back()


async def reopen(request: Request) -> Response:
    """Open it again: it was not done after all."""
    async with services_of(request).db.write() as session:
        await tasks.reopen(session, actor_of(request), request.path_params["task_id"])
    return _back()


async def add(request: Request) -> Response:
    """Note something to do, for oneself."""
    form = await request.form()
    client_id = id_of(str(form.get("client_id", "")))
    async with services_of(request).db.write() as session:
        await tasks.add(
            session,
            actor_of(request),
            str(form.get("title", "")),
            client_id,
        )
    return _back() if client_id is None else RedirectResponse(f"/clients/{client_id}", 303)


def _back() -> Response:
    return RedirectResponse("/tasks", status_code=303)


_one = "/tasks/{task_id:id}"
routes = [
    page("/tasks", show_tasks, permission=Permission.TASKS_SEE_OWN),
    page("/tasks", add, permission=Permission.TASKS_SEE_OWN, methods=["POST"], name="add_task"),
    page(f"{_one}/take", take, permission=Permission.TASKS_CLOSE, methods=["POST"]),
    page(f"{_one}/release", release, permission=Permission.TASKS_CLOSE, methods=["POST"]),
    page(f"{_one}/close", close, permission=Permission.TASKS_CLOSE, methods=["POST"]),
    page(f"{_one}/reopen", reopen, permission=Permission.TASKS_CLOSE, methods=["POST"]),
]
