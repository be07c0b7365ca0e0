"""The first page, as each role needs it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from crm.access import Permission
from web.render import render
from web.routes import page


async def show_home(request: Request) -> Response:
    """Operators get their own day, everybody else the board of the whole company."""
    return render(request, "home.html")


routes = [page("/", show_home, permission=Permission.LOGGED_IN)]
