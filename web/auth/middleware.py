"""Session cookie (or token of the HTTP API) → `Actor` in the scope, and the language of the request."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from crm.access import Actor
from web.auth import cookies
from web.auth.bearer import actor_of_token, is_api
from web.i18n import choose_locale, use_locale
from web.services import Services, services_of


class Login:
    """Puts the person of the session cookie into `scope["actor"]` (None without one) and sets the language.

    Static files need neither, so no page waits for a session look-up to get its style sheet.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look the session up, then pass on."""
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        services = services_of(connection)
        if is_api(scope):
            scope["actor"] = await actor_of_token(connection, address_of(connection))
            with use_locale("en"):
                await self.app(scope, receive, send)
            return
        token = cookies.session_token(connection)
        with use_locale(_locale(connection, services, None)):  # for the words of a failing look-up
            actor = await services.sessions.actor_of(token, address_of(connection))
        scope["actor"] = actor
        with use_locale(_locale(connection, services, actor)):
            await self.app(scope, receive, send)


def address_of(connection: HTTPConnection) -> str:
    """The asker's network address, as uvicorn knows it."""
    return connection.client.host if connection.client else ""


def _locale(connection: HTTPConnection, services: Services, actor: Actor | None) -> str:
    return choose_locale(
        chosen=(actor.locale if actor else "") or connection.cookies.get(cookies.LOCALE, ""),
        accept_language=connection.headers.get("accept-language", ""),
        default=services.settings.locale,
    )
