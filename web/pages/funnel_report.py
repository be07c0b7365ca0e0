"""The funnel report: /deals/report, for a period, a funnel, and one person or all."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crm import funnel_report
from crm.access import Permission
from web.ids import id_of
from web.pages import deal_people
from web.pages.deals import ways_of
from web.pages.periods import asked_period
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_report(request: Request) -> Response:
    """The numbers; without a period of the last 90 days."""
    services, actor = services_of(request), actor_of(request)
    asked = request.query_params
    period = asked_period(request)
    ways = await ways_of(services)
    wanted = id_of(asked.get("funnel", ""))
    way = next((one for one in ways if one.id == wanted), ways[0] if ways else None)
    responsible = asked.get("responsible", "")
    async with services.db.read() as session:
        people = await deal_people.choices(session, actor)
        found = None
        if way is not None and not period.failure:
            found = await funnel_report.report(
                session, actor, way.id, period.times, id_of(responsible)
            )
    return render(
        request,
        "deals/report.html",
        ways=ways,
        way=way,
        people=people,
        responsible=responsible,
        begin=period.begin,
        end=period.end,
        failure=period.failure,
        found=found,
    )


routes = [page("/deals/report", show_report, permission=Permission.REPORTS_SEE)]
