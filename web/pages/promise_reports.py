"""Reports: /reports/promises (kept in time, by person and kind, and how right the rules are) and /reports/disputes.

In: a period. Out: numbers and bars. Only what the reader may see is counted.
"""

from __future__ import annotations

from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from crm import dispute_queries, promise_precision, promise_report
from crm.access import Permission
from web.pages.periods import USUAL_DAYS, Period
from web.pages.promises import day_asked
from web.promise_words import action_words, verdict_words
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_promises(request: Request) -> Response:
    """What became of our promises; without a period those of the last 90 days."""
    services, actor = services_of(request), actor_of(request)
    begin, end, failure = period_of(request)
    now, period = services.clock(), Period(begin, end, services.zone).times
    async with services.db.read() as session:
        found = await promise_report.report(session, actor, period, now, services.zone)
        rules = await promise_precision.by_kind(session, period)
        months = await promise_precision.by_month(session, period, services.zone)
    return render(
        request,
        "promises/report.html",
        begin=begin,
        end=end,
        failure=failure,
        found=found,
        rules=rules,
        months=months,
        kinds=action_words(),
    )


async def show_disputes(request: Request) -> Response:
    """How disputes ended; without a period in the last 90 days."""
    services, actor = services_of(request), actor_of(request)
    begin, end, failure = period_of(request)
    times = Period(begin, end, services.zone).times
    async with services.db.read() as session:
        found = await dispute_queries.report(session, actor, times)
    return render(
        request,
        "disputes/report.html",
        begin=begin,
        end=end,
        failure=failure,
        found=found,
        kinds=action_words(),
        verdicts=verdict_words(),
    )


def period_of(request: Request) -> tuple[date, date, bool]:
    """First and last day, and whether what was asked cannot be a period."""
    services, asked = services_of(request), request.query_params
    today = services.clock().astimezone(services.zone).date()
    first = day_asked(asked.get("from", "")) or today - timedelta(days=USUAL_DAYS - 1)
    last = day_asked(asked.get("to", "")) or today
    if first > last:
        return today - timedelta(days=USUAL_DAYS - 1), today, True
    return first, last, False


routes = [
    page("/reports/promises", show_promises, permission=Permission.REPORTS_SEE, name="promise_report"),
    page("/reports/disputes", show_disputes, permission=Permission.DISPUTES_SEE, name="dispute_report"),
]  # fmt: skip
