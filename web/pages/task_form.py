"""Making and editing a task: one form, reached from a client, deal, call, inquiry, comment or the list of tasks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import mail, reminders, task_changes, task_subjects, tasks
from crm.access import Actor, Permission
from crm.errors import Conflict, Invalid
from crm.recurrence import at_zone, next_times
from crm.series import Series
from crm.tables import Task, User
from crm.task_queries import assignee_ids
from crm.task_rules import TaskFields
from web.auth.addresses import local_address
from web.error_words import explain
from web.ids import id_of
from web.pages.task_values import TaskForm
from web.recurrence_words import series_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

PREVIEWED = 3


async def new(request: Request) -> Response:
    """The empty form; `?client=`, `deal=`, `call=`, `inquiry=` or `comment=` fills in what is known."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        wanted = await _suggested(session, actor, request)
    form = TaskForm.of_fields(wanted, actor.user_id)
    form = replace(
        form,
        day=request.query_params.get("day", "")[:10],
        clock=request.query_params.get("time", "")[:5],
    )
    return await _show(request, form)


async def create(request: Request) -> Response:
    """Keep a new task."""
    services, actor = services_of(request), actor_of(request)
    data = await request.form()
    form = TaskForm.read(data)
    try:
        fields = form.fields(services.zone, may_mail=mail.is_possible(services.settings))
        async with services.db.write() as session:
            task = await task_changes.create(session, actor, fields)
    except Invalid as error:
        return await _show(request, form, error=error)
    back = str(data.get("back", ""))
    return RedirectResponse(local_address(back) if back else f"/tasks/{task.id}", 303)


async def edit(request: Request) -> Response:
    """The form with what the task says."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        task = (await tasks.get(session, actor, request.path_params["task_id"])).task
        form = await _form_of(session, request, task)
    return await _show(request, form, task=task)


async def save(request: Request) -> Response:
    """Keep what was edited, unless somebody else was faster."""
    services, actor = services_of(request), actor_of(request)
    data = await request.form()
    task_id = request.path_params["task_id"]
    async with services.db.read() as session:
        task = (await tasks.get(session, actor, task_id)).task
    form = replace(TaskForm.read(data), kept=task.rrule)
    try:
        fields = form.fields(services.zone, may_mail=mail.is_possible(services.settings))
        async with services.db.write() as session:
            version = id_of(str(data.get("version", ""))) or 0
            await task_changes.edit(session, actor, task_id, version, fields)
    except (Invalid, Conflict) as error:
        return await _show(request, form, task=task, error=error)
    return RedirectResponse(f"/tasks/{task_id}", 303)


async def preview(request: Request) -> Response:
    """What the repetition means, in words, and its next times: a fragment beside the fields."""
    services = services_of(request)
    form = replace(TaskForm.read(request.query_params), kept="")
    return render(request, "tasks/repeat.html", **_preview(form, services.zone))


def _preview(form: TaskForm, zone: Any) -> dict[str, Any]:
    try:
        kept = form.series(zone)
    except Invalid as error:
        return {"sentence": "", "times": [], "why": explain(error).text}
    if not kept:
        return {"sentence": "", "times": [], "why": ""}
    series = Series.read(kept)
    found = next_times(series.rule, series.first, PREVIEWED)
    times = [at_zone(at, series.zone) for at in found]
    return {"sentence": series_words(kept), "times": times, "why": ""}


async def _suggested(session: AsyncSession, actor: Actor, request: Request) -> TaskFields:
    query = request.query_params
    asked = {name: id_of(query.get(name, "")) for name in ("client", "deal", "call", "inquiry")}
    comment_id = id_of(query.get("comment", ""))
    if comment_id is not None:
        return await task_subjects.of_comment(session, actor, comment_id)
    if asked["inquiry"] is not None:
        fields = await task_subjects.of_inquiry(session, actor, asked["inquiry"])
    else:
        fields = TaskFields(
            title="", client_id=asked["client"], deal_id=asked["deal"], call_id=asked["call"]
        )
    texts = {"title": query.get("title", "")[:255], "text": query.get("text", "")[:2000]}
    named: dict[str, Any] = {name: text for name, text in texts.items() if text}
    return await task_subjects.checked(session, actor, replace(fields, **named))


async def _form_of(session: AsyncSession, request: Request, task: Task) -> TaskForm:
    people = await assignee_ids(session, task)
    times = await reminders.of_task(session, task.id)
    return TaskForm.of(task, people, times, services_of(request).zone)


async def _show(
    request: Request,
    form: TaskForm,
    *,
    task: Task | None = None,
    error: Exception | None = None,
) -> Response:
    services, actor = services_of(request), actor_of(request)
    said = explain(error) if error else None
    about = Task(
        client_id=id_of(form.client_id),
        deal_id=id_of(form.deal_id),
        call_id=id_of(form.call_id),
        inquiry_id=id_of(form.inquiry_id),
    )
    async with services.db.read() as session:
        links = await task_subjects.links_of(session, actor, about)
        people = await session.scalars(
            select(User).where(User.active.is_(True)).order_by(User.name, User.login)
        )
        listed = list(people.all())
        own = next((one for one in listed if one.id == actor.user_id), None)
    return render(
        request,
        "tasks/form.html",
        status=said.status if said else 200,
        form=form,
        task=task,
        about=links,
        people=listed,
        failure=said.text if said else "",
        wrong=said.field if said else "",
        may_mail=mail.is_possible(services.settings),
        own_address=own.email if own else "",
        back=_back(request),
        **_preview(form, services.zone),
    )


def _back(request: Request) -> str:
    """Where somebody came from: a page of ours, or nowhere."""
    said = request.query_params.get("back", "")
    return local_address(said) if said else ""


_see = Permission.TASKS_SEE_OWN
_edit = "/tasks/{task_id:id}/edit"
routes = [
    page("/tasks/new", new, permission=_see, name="new_task"),
    page("/tasks/new", create, permission=_see, methods=["POST"], name="create_task"),
    page("/tasks/repeat", preview, permission=_see, name="task_repeat"),
    page(_edit, edit, permission=_see, name="edit_task"),
    page(_edit, save, permission=_see, methods=["POST"], name="save_task"),
]
