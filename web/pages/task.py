"""One task: what it says, its checklist, its reminders, what led to it, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import agents, checklists, reminders, task_changes, task_subjects, tasks
from crm.access import Actor, Permission
from crm.errors import Invalid
from crm.recurrence import at_zone
from crm.series import Series
from crm.tables import Change, ChecklistItem, Reminder, Task
from crm.task_queries import Page, TaskView
from crm.task_rules import Due, due_of
from crm.task_subjects import Links
from web.format import start_of_day
from web.live.task_lines import TaskLine, lines_of
from web.pages.tasks import back
from web.recurrence_words import series_words
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

CHANGES_SHOWN = 100
FOLLOWING = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFacts:
    """What the page shows."""

    task: Task
    line: TaskLine
    links: Links
    steps: list[ChecklistItem]
    reminders: list[tuple[Reminder, str]]
    changes: list[Change]
    names: dict[int, str]
    """Name of everybody whom the page names, by id."""
    repeats: str
    following: list[datetime]
    due: Due


async def show_task(request: Request) -> Response:
    """The page; `?part=body` gives what changes alone."""
    services, actor = services_of(request), actor_of(request)
    async with services.db.read() as session:
        view = await tasks.get(session, actor, request.path_params["task_id"])
        facts = await _facts(session, services, actor, view)
    template = "tasks/task_body.html" if request.query_params.get("part") else "tasks/task.html"
    return render(request, template, facts=facts, task=facts.task)


async def move(request: Request) -> Response:
    """Do it on another day, or at another minute: from the calendar and the task's own page."""
    services, form = services_of(request), await request.form()
    task_id = request.path_params["task_id"]
    async with services.db.write() as session:
        task = (await tasks.get(session, actor_of(request), task_id)).task
        at = _new_time(services, task, str(form.get("day", "")), str(form.get("clock", "")))
        await task_changes.move(session, actor_of(request), task_id, at)
    if "hx-request" in request.headers or "x-requested-with" in request.headers:
        return Response(status_code=204)
    return await back(request)


async def add_step(request: Request) -> Response:
    """One more line of the checklist."""
    form = await request.form()
    task_id = request.path_params["task_id"]
    async with services_of(request).db.write() as session:
        await checklists.add(session, actor_of(request), task_id, str(form.get("step", "")))
    return await _checklist(request, task_id)


async def tick_step(request: Request) -> Response:
    """Say that a step is done, or not."""
    form = await request.form()
    task_id, step_id = request.path_params["task_id"], request.path_params["step_id"]
    async with services_of(request).db.write() as session:
        done = bool(form.get("done"))
        await checklists.tick(session, actor_of(request), task_id, step_id, done=done)
    return await _checklist(request, task_id)


async def remove_step(request: Request) -> Response:
    """Take a step away."""
    task_id, step_id = request.path_params["task_id"], request.path_params["step_id"]
    async with services_of(request).db.write() as session:
        await checklists.remove(session, actor_of(request), task_id, step_id)
    return await _checklist(request, task_id)


async def _checklist(request: Request, task_id: int) -> Response:
    if "hx-request" not in request.headers:
        return RedirectResponse(f"/tasks/{task_id}", 303)
    async with services_of(request).db.read() as session:
        task = (await tasks.get(session, actor_of(request), task_id)).task
        steps = await checklists.of_task(session, task_id)
    return render(request, "tasks/checklist.html", task=task, steps=steps)


def _new_time(services: Services, task: Task, day: str, clock: str) -> datetime:
    """That day, at the hour that was typed or at the task's own."""
    zone = services.zone
    known = task.due_at.astimezone(zone).strftime("%H:%M") if task.due_at else "09:00"
    try:
        wall = datetime.fromisoformat(f"{day}T{clock or known}")
        return at_zone(wall.replace(tzinfo=None), zone)
    except (ValueError, OverflowError) as error:
        raise Invalid("due_at", "this is no day and time") from error


async def _facts(
    session: AsyncSession, services: Services, actor: Actor, view: TaskView
) -> TaskFacts:
    task = view.task
    (line,) = (await lines_of(session, Page([view], None))).lines
    kept = await reminders.of_task(session, task.id)
    query = select(Change).where(Change.subject_kind == "task", Change.subject_id == task.id)
    changed = await session.scalars(query.order_by(Change.id.desc()).limit(CHANGES_SHOWN))
    rows = list(changed.all())
    ids = {row.user_id for row in rows} | {row.user_id for row in kept} | {task.created_by_id}
    names = await agents.names(session, [one for one in ids if one])
    now = services.clock()
    values: dict[str, Any] = {"changes": rows, "names": names}
    return TaskFacts(
        task=task,
        line=line,
        links=await task_subjects.links_of(session, actor, task),
        steps=await checklists.of_task(session, task.id),
        reminders=[(one, names.get(one.user_id, "")) for one in kept],
        repeats=series_words(task.rrule),
        following=_following(task),
        due=due_of(task.due_at, now, start_of_day(now, services.zone, -1))
        if task.kind == "todo"
        else Due.NONE,
        **values,
    )


def _following(task: Task) -> list[datetime]:
    if not task.rrule or task.occurrence_at is None:
        return []
    series, at = Series.read(task.rrule), task.occurrence_at
    found: list[datetime] = []
    while len(found) < FOLLOWING:
        later = series.next_after(at, at)
        if later is None:
            break
        found.append(later)
        at = later
    return found


_one = "/tasks/{task_id:id}"
_see = Permission.TASKS_SEE_OWN
routes = [
    page(_one, show_task, permission=_see),
    page(f"{_one}/move", move, permission=_see, methods=["POST"], name="move_task"),
    page(f"{_one}/steps", add_step, permission=_see, methods=["POST"]),
    page(f"{_one}/steps/{{step_id:id}}", tick_step, permission=_see, methods=["POST"]),
    page(f"{_one}/steps/{{step_id:id}}/remove", remove_step, permission=_see, methods=["POST"]),
]
