"""The funnel report: /deals/report, for a period, a funnel, and one person or all."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from crm import funnel_report
from crm.access import Permission
from crm.errors import Invalid
from web.ids import id_of
from web.pages import deal_people
from web.pages.deal_form import day_of
from web.pages.deals import ways_of
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

USUAL_DAYS = 90


async def show_report(request: Request) -> Response:
    """The numbers; without a period of the last 90 days."""
    services, actor = services_of(request), actor_of(request)
    asked = request.query_params
    today = services.clock().astimezone(services.zone).date()
    begin, end, failure = _days(asked.get("from", ""), asked.get("to", ""), today)
    ways = await ways_of(services)
    wanted = id_of(asked.get("funnel", ""))
    way = next((one for one in ways if one.id == wanted), ways[0] if ways else None)
    responsible = asked.get("responsible", "")
    async with services.db.read() as session:
        people = await deal_people.choices(session, actor)
        found = None
        if way is not None and not failure:
            period = (_midnight(begin, services.zone), _midnight(end + timedelta(1), services.zone))
            found = await funnel_report.report(session, actor, way.id, period, id_of(responsible))
    return render(
        request,
        "deals/report.html",
        ways=ways,
        way=way,
        people=people,
        responsible=responsible,
        begin=begin,
        end=end,
        failure=failure,
        found=found,
    )


def _days(begin: str, end: str, today: date) -> tuple[date, date, bool]:
    """First and last day, and whether what was asked cannot be a period."""
    try:
        first = day_of("from", begin) or today - timedelta(days=USUAL_DAYS - 1)
        last = day_of("to", end) or today
    except Invalid:
        return today - timedelta(days=USUAL_DAYS - 1), today, True
    possible = date(2000, 1, 1) <= first <= last <= date(9000, 1, 1)
    return first, last, not possible


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


routes = [page("/deals/report", show_report, permission=Permission.REPORTS_SEE)]
