"""Any error → the page, fragment or JSON that the asker can use.

A browser that navigates gets a page, htmx and scripts get JSON `{"error": {"id", "title", "text", "field"}}` (the live
script shows it as a message), programs of the HTTP API get `application/problem+json`, and whoever is not logged in is led
to the login form.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api.problems import problem_response
from web.auth.bearer import is_api
from web.error_words import Explanation, explain
from web.errors import NotLoggedIn
from web.render import render
from web.security import path_for_log

log = structlog.get_logger(__name__)


def wants_page(request: Request) -> bool:
    """Whether a person navigates (and so wants a page), rather than a script that fetches."""
    if "hx-request" in request.headers:
        return False
    return "text/html" in request.headers.get("accept", "")


async def error_response(request: Request, error: Exception) -> Response:
    """What to answer instead of the page that failed."""
    said = explain(error)
    if said.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error(
            "request_failed", path=path_for_log(request.url.path), error=repr(error), exc_info=error
        )
    if is_api(request.scope):
        return problem_response(request, error)
    headers = {"Retry-After": str(said.retry_after_s)} if said.retry_after_s else {}
    if not wants_page(request):
        return _as_json(request, error, said, headers)
    if isinstance(error, NotLoggedIn):
        return RedirectResponse(_login_address(request), status_code=303)
    return render(request, "errors/error.html", status=said.status, headers=headers, said=said)


def _as_json(
    request: Request, error: Exception, said: Explanation, headers: dict[str, str]
) -> Response:
    if isinstance(error, NotLoggedIn) and "hx-request" in request.headers:
        headers["HX-Redirect"] = "/login"
    body = {
        "error": {
            "id": said.error_id,
            "title": said.title,
            "text": said.text,
            "field": said.field,
        }
    }
    return JSONResponse(body, status_code=said.status, headers=headers)


def _login_address(request: Request) -> str:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return "/login" if asked == "/" else f"/login?{urlencode({'next': asked})}"


class ErrorBoundary:
    """Turns what escapes from inside into an answer, so that even those pass the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; an error before the answer began becomes an error page, a later one ends the connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def noticing_send(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noticing_send)
        except ClientDisconnect:
            log.info(
                "client_went_away", path=scope["path"]
            )  # in the middle of a form: nobody to answer
        except Exception as error:  # the outermost edge of a request: nothing may pass unanswered
            if started:
                raise
            response = await error_response(Request(scope, receive), error)
            await response(scope, receive, send)
