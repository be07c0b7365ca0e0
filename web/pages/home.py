"""The first page, as each role needs it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crm.access import Permission
from web.i18n import current_locale
from web.live.regions import render_view
from web.render import render
from web.routes import actor_of, page
from web.services import services_of


async def show_home(request: Request) -> Response:
    """Operators get their own day, everybody else the board of the whole company."""
    actor = actor_of(request)
    view = "board" if actor.may(Permission.LIVE_SEE_ALL) else "day"
    regions = await render_view(services_of(request), actor, view, current_locale())
    return render(request, "home.html", view=view, regions=regions)


routes = [page("/", show_home, permission=Permission.LOGGED_IN)]
