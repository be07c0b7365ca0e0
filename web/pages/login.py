"""Coming in and going out."""

from __future__ import annotations

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from crm import seating
from crm.access import Permission
from crm.errors import LoginFailed
from crm.sessions import Visitor
from web.auth import cookies
from web.auth.addresses import local_address
from web.auth.middleware import address_of
from web.error_words import explain
from web.pages.seats import leave_seat
from web.render import render
from web.routes import page, visitor_of
from web.services import services_of


async def show_login(request: Request) -> Response:
    """The form; people who are logged in go on at once."""
    wanted = local_address(request.query_params.get("next", "/"))
    if visitor_of(request) is not None:
        return RedirectResponse(wanted, status_code=303)
    return render(request, "login.html", wanted=wanted, login="", failure="")


async def log_in(request: Request) -> Response:
    """Check the password, open a session, go to the page that was asked for."""
    form = await request.form()
    login, password = str(form.get("login", "")), str(form.get("password", ""))
    wanted = local_address(str(form.get("next", "/")))
    visitor = Visitor(
        address=address_of(request),
        user_agent=request.headers.get("user-agent", ""),
        old_token=cookies.session_token(request),
    )
    try:
        token = await services_of(request).sessions.login(login, password, visitor)
    except LoginFailed as error:
        said = explain(error)
        headers = {"Retry-After": str(said.retry_after_s)} if said.retry_after_s else {}
        status = HTTPStatus.TOO_MANY_REQUESTS if said.retry_after_s else HTTPStatus.UNAUTHORIZED
        return render(
            request,
            "login.html",
            status=status,
            headers=headers,
            wanted=wanted,
            login=login,
            failure=said.text,
        )
    response = RedirectResponse(await _first_page(request, token, wanted), status_code=303)
    cookies.set_session(response, request, token)
    return response


async def _first_page(request: Request, token: str, wanted: str) -> str:
    """Who has sat at desks before and sits at none now is asked where, before the day begins."""
    services = services_of(request)
    if not services.settings.free_seating or wanted != "/":
        return wanted
    actor = await services.sessions.actor_of(token)
    if actor is None or actor.extensions:
        return wanted
    async with services.db.read() as session:
        last = await seating.last_seat(session, actor.user_id)
    return "/seat" if last is not None else wanted


async def log_out(request: Request) -> Response:
    """End the session here and in the database, and leave the phone."""
    actor = visitor_of(request)
    if actor is not None:
        await leave_seat(services_of(request), actor, "logout")
    await services_of(request).sessions.logout(cookies.session_token(request))
    response = RedirectResponse("/login", status_code=303)
    cookies.clear_session(response, request)
    return response


routes = [
    page("/login", show_login, permission=Permission.PUBLIC),
    page("/login", log_in, permission=Permission.PUBLIC, methods=["POST"]),
    page("/logout", log_out, permission=Permission.PUBLIC, methods=["POST"]),
]
