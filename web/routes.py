"""Routes that cannot exist without a permission.

In: a path, an endpoint and one `Permission`. Out: a Starlette route that asks the permission before the endpoint runs.
`check_routes` refuses the start when any route of the application was made in another way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from starlette.convertors import register_url_convertor
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from crm.access import Actor, Permission
from crm.errors import Forbidden
from web.errors import NotLoggedIn, RouteWithoutPermission
from web.ids import IdConvertor

R = TypeVar("R", bound=BaseRoute)
Endpoint = Callable[[Request], Awaitable[Response]]
SocketEndpoint = Callable[[WebSocket], Awaitable[None]]

CLOSE_LOG_IN_AGAIN = 4401
"""Our close code for "the session is over": the page goes to the login form. htmx never reconnects after 4xxx."""
CLOSE_FORBIDDEN = 4403

register_url_convertor("id", IdConvertor())


def page(  # noqa: PLR0913 (what a route has)
    path: str,
    endpoint: Endpoint,
    *,
    permission: Permission,
    methods: Sequence[str] = ("GET",),
    name: str | None = None,
    most_bytes: int | None = None,
) -> Route:
    """A page or an action that people with `permission` may call.

    Args:
        path: With Starlette's parameters, such as "/clients/{client_id:id}".
        endpoint: Called with the request once the permission is there.
        permission: What the person needs; `Permission.PUBLIC` needs no login.
        methods: HTTP methods; HEAD comes with GET.
        name: For `url_for`; the endpoint's own name if missing.
        most_bytes: The largest body, where it is not that of all forms (`web.app`).
    """

    async def guarded(request: Request) -> Response:
        require(request, permission)
        return await endpoint(request)

    route = Route(
        path,
        guarded,
        methods=list(methods),
        name=name or _name_of(endpoint),
        max_body_size=most_bytes,
    )
    return _declare(route, permission)


def socket(path: str, endpoint: SocketEndpoint, *, permission: Permission) -> WebSocketRoute:
    """A websocket that people with `permission` may open; others get a close code that says why."""

    async def guarded(websocket: WebSocket) -> None:
        try:
            require(websocket, permission)
        except NotLoggedIn:
            await _refuse(websocket, CLOSE_LOG_IN_AGAIN)
        except Forbidden:
            await _refuse(websocket, CLOSE_FORBIDDEN)
        else:
            await endpoint(websocket)

    return _declare(WebSocketRoute(path, guarded, name=_name_of(endpoint)), permission)


def files(path: str, directory: Path, *, permission: Permission, name: str) -> Mount:
    """A folder of files as they are."""
    served: ASGIApp = StaticFiles(directory=directory)

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        require(HTTPConnection(scope), permission)
        await served(scope, receive, send)

    return _declare(Mount(path, app=guarded, name=name), permission)


def require(connection: HTTPConnection, permission: Permission) -> None:
    """Let through whoever holds the permission.

    Raises:
        NotLoggedIn: Nobody is logged in and the permission is not `PUBLIC`.
        Forbidden: Somebody is, but may not.
    """
    if permission is Permission.PUBLIC:
        return
    actor = visitor_of(connection)
    if actor is None:
        raise NotLoggedIn
    if not actor.may(permission):
        raise Forbidden(permission.value)


def visitor_of(connection: HTTPConnection) -> Actor | None:
    """Who is logged in on this connection, or None."""
    actor = connection.scope.get("actor")
    return actor if isinstance(actor, Actor) else None


def actor_of(connection: HTTPConnection) -> Actor:
    """Who is logged in, on a route that needs a login.

    Raises:
        NotLoggedIn: Nobody is.
    """
    actor = visitor_of(connection)
    if actor is None:
        raise NotLoggedIn
    return actor


def permission_of(route: BaseRoute) -> Permission | None:
    """What the route declares, or None if it was not made by this module."""
    found: Any = getattr(route, "slovo_permission", None)
    return found if isinstance(found, Permission) else None


def check_routes(routes: Iterable[BaseRoute]) -> None:
    """Refuse routes that declare no permission.

    Raises:
        RouteWithoutPermission: Names the first such route.
    """
    for route in routes:
        if permission_of(route) is None:
            raise RouteWithoutPermission(str(getattr(route, "path", route)))


def _declare(route: R, permission: Permission) -> R:
    route.slovo_permission = permission  # type: ignore[attr-defined]
    return route


async def _refuse(websocket: WebSocket, code: int) -> None:
    # Accepted first: a browser shows the page's script the close code only of a socket that was open.
    await websocket.accept()
    await websocket.close(code)


def _name_of(endpoint: Any) -> str:
    return str(getattr(endpoint, "__name__", type(endpoint).__name__))
