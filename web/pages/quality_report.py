"""What reviews say: the report of supervisors, and each person's own page."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm.access import Permission
from crm.quality import coaching, reviews, topics
from crm.quality import report as quality_report
from web.ids import id_of
from web.pages.periods import asked_period
from web.render import render
from web.routes import actor_of, page
from web.services import services_of

OWN_DAYS = 180


async def show_report(request: Request) -> Response:
    """Scores by operator, criterion and week, and how often words that matter were said; the last 90 days if not told."""
    services, actor = services_of(request), actor_of(request)
    period = asked_period(request)
    async with services.db.read() as session:
        found = await quality_report.report(session, actor, period.times, services.zone)
        rules = await topics.rules(session, actor)
        counts = await topics.counts(session, actor, *period.times)
    said = sorted(
        ((rule, counts[rule.id]) for rule in rules if counts.get(rule.id)), key=lambda one: -one[1]
    )
    return render(request, "quality/report.html", found=found, period=period, said=said)


async def show_mine(request: Request) -> Response:
    """The person's own reviews, the notes to them and how it went week by week."""
    services, actor = services_of(request), actor_of(request)
    now = services.clock()
    times = (now - timedelta(days=OWN_DAYS), now + timedelta(days=1))
    async with services.db.read() as session:
        found = await quality_report.report(session, actor, times, services.zone, actor.user_id)
        listed = await reviews.of_operator(session, actor, actor.user_id)
        notes = await coaching.of_operator(
            session, actor, actor.user_id, before=id_of(request.query_params.get("before", ""))
        )
        replies = await coaching.replies_to(session, notes)
    return render(
        request, "quality/mine.html", found=found, reviews=listed, notes=notes, replies=replies
    )


async def go_to_review(request: Request) -> Response:
    """Where notifications lead: the call with the review."""
    async with services_of(request).db.read() as session:
        review = await reviews.get(session, actor_of(request), request.path_params["review_id"])
    return RedirectResponse(f"/calls/{review.call_id}#quality", status_code=303)


routes = [
    page("/reports/quality", show_report, permission=Permission.QUALITY_REVIEW, name="quality_report"),
    page("/quality/mine", show_mine, permission=Permission.QUALITY_SEE_OWN, name="my_reviews"),
    page("/reviews/{review_id:id}", go_to_review, permission=Permission.QUALITY_SEE_OWN),
]  # fmt: skip
