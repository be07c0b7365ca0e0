"""Tasks: who waits for a call back, and what else is to be done; and what one does with one of them from any page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from calls.cdr import windows
from crm import snooze, task_changes, tasks
from crm.access import Permission
from crm.errors import Invalid
from crm.recurrence import at_zone
from crm.task_queries import TaskFilter, Which, Whose
from crm.task_rules import Priority
from web.auth.addresses import local_address
from web.format import start_of_day
from web.ids import id_of
from web.live.task_lines import filtered_page, open_count
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

PAGE_SIZE = 50
BLIND_SHOWN = timedelta(days=1)
"""Older blind times are in the list of calls only."""
WEEK_DAYS = 7
PARTS = ("open", "overdue", "today", "week", "snoozed", "done")
MORNING = 9
"""The hour to which a task is put off that is put off to another day."""


@dataclass(frozen=True, slots=True)
class TaskListing:
    """What the address of the list says; anything else in it means the default."""

    part: str
    whose: Whose
    priority: str
    search: str
    urgent_first: bool

    @classmethod
    def read(cls, query: QueryParams) -> TaskListing:
        """From the query of an address."""
        part, whose = query.get("state", ""), query.get("whose", "")
        priority = query.get("priority", "")
        return cls(
            part if part in PARTS else "open",
            Whose(whose) if whose in tuple(Whose) else Whose.MINE,
            priority if priority in tuple(Priority) else "",
            query.get("q", "")[:100],
            query.get("sort") == "urgent",
        )

    def filter(self, services: Services) -> TaskFilter:
        """What it asks of the database, with the days of the company's zone."""
        now, zone = services.clock(), services.zone
        days = {"today": 1, "week": WEEK_DAYS}.get(self.part)
        is_part = self.part in tuple(Which)
        return TaskFilter(
            which=Which(self.part) if is_part else Which.OPEN,
            whose=self.whose,
            priority=self.priority,
            search=self.search,
            due_from=start_of_day(now, zone) if days else None,
            due_until=start_of_day(now, zone, -days) if days else None,
            urgent_first=self.urgent_first,
        )

    def query(self, **changed: str) -> str:
        """The query of this list with something changed, for links."""
        values = {
            "state": self.part,
            "whose": self.whose.value,
            "priority": self.priority,
            "q": self.search,
            "sort": "urgent" if self.urgent_first else "",
        } | changed
        usual = {"state": "open", "whose": "mine"}
        return urlencode({k: v for k, v in values.items() if v and usual.get(k) != v})

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the part is chosen."""
        return not (self.priority or self.search or self.whose is not Whose.MINE)


async def show_tasks(request: Request) -> Response:
    """Tasks by the time that they wait for; closed ones newest first. `?part=list` gives the list alone."""
    services, actor = services_of(request), actor_of(request)
    listing = TaskListing.read(request.query_params)
    before = request.query_params.get("before", "")
    async with services.db.read() as session:
        found = await filtered_page(
            session, actor, listing.filter(services), before=id_of(before), limit=PAGE_SIZE
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
        listing=listing,
        state=listing.part,
        found=found,
        open_tasks=waiting,
        before=before,
        blind=blind,
        here=f"/tasks?{listing.query()}".rstrip("?"),
    )


async def take(request: Request) -> Response:
    """Say "I do this"."""
    async with services_of(request).db.write() as session:
        await tasks.take(session, actor_of(request), request.path_params["task_id"])
    return await back(request)


async def release(request: Request) -> Response:
    """Give the task back to everybody responsible."""
    async with services_of(request).db.write() as session:
        await tasks.release(session, actor_of(request), request.path_params["task_id"])
    return await back(request)


async def close(request: Request) -> Response:
    """Close the task by hand, with a word on what came of it."""
    form = await request.form()
    result = str(form.get("result", ""))
    async with services_of(request).db.write() as session:
        await tasks.close(session, actor_of(request), request.path_params["task_id"], result)
    return await back(request)


async def reopen(request: Request) -> Response:
    """Open it again: it was not done after all."""
    async with services_of(request).db.write() as session:
        await tasks.reopen(session, actor_of(request), request.path_params["task_id"])
    return await back(request)


async def put_off(request: Request) -> Response:
    """Out of sight until a time, or until the client makes contact."""
    services, form = services_of(request), await request.form()
    until = snooze_time(services, form)
    async with services.db.write() as session:
        await snooze.snooze(session, actor_of(request), request.path_params["task_id"], until)
    return await back(request)


async def bring_back(request: Request) -> Response:
    """In sight again at once."""
    async with services_of(request).db.write() as session:
        await snooze.unsnooze(session, actor_of(request), request.path_params["task_id"])
    return await back(request)


async def skip(request: Request) -> Response:
    """Leave this one of a series out."""
    async with services_of(request).db.write() as session:
        await tasks.skip(session, actor_of(request), request.path_params["task_id"])
    return await back(request)


async def end_series(request: Request) -> Response:
    """This one stays, no further one comes."""
    async with services_of(request).db.write() as session:
        await task_changes.end_series(session, actor_of(request), request.path_params["task_id"])
    return await back(request)


async def put_away(request: Request) -> Response:
    """Into the bin."""
    async with services_of(request).db.write() as session:
        await task_changes.put_away(session, actor_of(request), request.path_params["task_id"])
    return RedirectResponse("/tasks", 303)


async def restore(request: Request) -> Response:
    """Out of the bin."""
    async with services_of(request).db.write() as session:
        await task_changes.restore(session, actor_of(request), request.path_params["task_id"])
    return await back(request)


async def add(request: Request) -> Response:
    """Note something to do, for oneself."""
    form = await request.form()
    client_id = id_of(str(form.get("client_id", "")))
    async with services_of(request).db.write() as session:
        await tasks.add(session, actor_of(request), str(form.get("title", "")), client_id)
    if client_id is not None and "back" not in form:
        return RedirectResponse(f"/clients/{client_id}", 303)
    return await back(request)


def snooze_time(services: Services, form: FormData) -> datetime:
    """Until when, as the form says: one of the usual times, or a day and an hour.

    Raises:
        Invalid: neither.
    """
    now, zone = services.clock(), services.zone
    preset = str(form.get("preset", ""))
    if preset == "hour":
        return now + timedelta(hours=1)
    local = now.astimezone(zone).replace(tzinfo=None)
    days = {"tomorrow": 1, "monday": 7 - local.weekday(), "week": WEEK_DAYS}.get(preset)
    if days is not None:
        morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
        return at_zone(morning + timedelta(days=days), zone)
    try:
        return at_zone(datetime.fromisoformat(str(form.get("until", ""))), zone)
    except (ValueError, OverflowError) as error:
        raise Invalid("snoozed_until", "choose a time that is still to come") from error


async def back(request: Request) -> Response:
    """To the page that the form stood on."""
    form = await request.form()
    return RedirectResponse(local_address(str(form.get("back", "/tasks"))), status_code=303)


_one = "/tasks/{task_id:id}"
_see, _close = Permission.TASKS_SEE_OWN, Permission.TASKS_CLOSE
routes = [
    page("/tasks", show_tasks, permission=_see),
    page("/tasks", add, permission=_see, methods=["POST"], name="add_task"),
    page(f"{_one}/take", take, permission=_close, methods=["POST"]),
    page(f"{_one}/release", release, permission=_close, methods=["POST"]),
    page(f"{_one}/close", close, permission=_close, methods=["POST"], name="close_task"),
    page(f"{_one}/reopen", reopen, permission=_close, methods=["POST"], name="reopen_task"),
    page(f"{_one}/snooze", put_off, permission=_close, methods=["POST"], name="snooze_task"),
    page(f"{_one}/wake", bring_back, permission=_close, methods=["POST"], name="wake_task"),
    page(f"{_one}/skip", skip, permission=_close, methods=["POST"], name="skip_task"),
    page(f"{_one}/end-series", end_series, permission=_close, methods=["POST"]),
    page(f"{_one}/delete", put_away, permission=_see, methods=["POST"], name="delete_task"),
    page(f"{_one}/restore", restore, permission=_see, methods=["POST"], name="restore_task"),
]
