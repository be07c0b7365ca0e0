"""Tasks in a month or a week: a grid made on the server, each day a list that tasks are dragged between."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, get_day_names
from starlette.requests import Request
from starlette.responses import Response

from crm.access import Permission
from crm.recurrence import at_zone
from crm.tables import Task
from crm.task_queries import TaskFilter, Which, Whose
from web.i18n import current_locale
from web.live.task_lines import TaskLine, filtered_page
from web.render import render
from web.routes import actor_of, page
from web.services import Services, services_of

MOST = 500
IN_A_DAY = 4
"""So many tasks of a day a month shows; the week shows all."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the grid."""

    on: date
    in_month: bool
    is_today: bool
    lines: list[TaskLine]
    more: int
    """How many the month has no room for."""
    label: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Which days are shown, and where the arrows lead."""

    view: str
    on: date
    first: date
    days: int
    before: date
    after: date
    title: str


async def show_calendar(request: Request) -> Response:
    """The month or the week around `?on=`; `?part=grid` gives the grid alone."""
    services, actor = services_of(request), actor_of(request)
    today = services.clock().astimezone(services.zone).date()
    shown = _shown(request, today)
    whose = request.query_params.get("whose", "")
    only = TaskFilter(
        which=Which.ANY_OPEN,
        whose=Whose(whose) if whose in tuple(Whose) else Whose.MINE,
        due_from=_midnight(services, shown.first),
        due_until=_midnight(services, shown.first + timedelta(days=shown.days)),
    )
    async with services.db.read() as session:
        found = await filtered_page(session, actor, only, limit=MOST)
    weeks = _weeks(services, shown, found.lines, today)
    template = (
        "tasks/calendar_grid.html" if request.query_params.get("part") else "tasks/calendar.html"
    )
    return render(
        request,
        template,
        shown=shown,
        weeks=weeks,
        whose=only.whose.value,
        today=today,
        is_cut=found.next_before is not None,
        day_names=[
            get_day_names("abbreviated", "stand-alone", current_locale())[n] for n in range(7)
        ],
    )


def _shown(request: Request, today: date) -> Shown:
    query = request.query_params
    try:
        on = date.fromisoformat(query.get("on", ""))
        if not 1990 < on.year < 2200:
            on = today
    except ValueError:
        on = today
    if query.get("view") == "week":
        first = on - timedelta(days=on.weekday())
        last = first + timedelta(days=6)
        title = f"{_words(first, 'd MMMM')} – {_words(last, 'd MMMM y')}"
        week = timedelta(days=7)
        return Shown("week", on, first, 7, on - week, on + week, title)
    days = list(Calendar().itermonthdates(on.year, on.month))
    first_of = on.replace(day=1)
    before = (first_of - timedelta(days=1)).replace(day=1)
    after = (first_of + timedelta(days=31)).replace(day=1)
    title = _words(on, "LLLL y")
    return Shown("month", on, days[0], len(days), before, after, title[:1].upper() + title[1:])


def _weeks(services: Services, shown: Shown, lines: list[TaskLine], today: date) -> list[list[Day]]:
    by_day: dict[date, list[TaskLine]] = {}
    for line in lines:
        by_day.setdefault(_day_of(services, line.task), []).append(line)
    most = MOST if shown.view == "week" else IN_A_DAY
    days = []
    for number in range(shown.days):
        on = shown.first + timedelta(days=number)
        listed = by_day.get(on, [])
        in_month = shown.view == "week" or on.month == shown.on.month
        label = _words(on, "EEEE, d MMMM")
        more = max(0, len(listed) - most)
        days.append(Day(on, in_month, on == today, listed[:most], more, label))
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _day_of(services: Services, task: Task) -> date:
    assert task.due_at is not None  # noqa: S101 - the filter asks for tasks with a time
    return task.due_at.astimezone(services.zone).date()


def _midnight(services: Services, on: date) -> datetime:
    return at_zone(datetime.combine(on, datetime.min.time()), services.zone)


def _words(on: date, pattern: str) -> str:
    return format_date(on, pattern, locale=current_locale())


routes = [page("/tasks/calendar", show_calendar, permission=Permission.TASKS_SEE_OWN)]
