"""The application: all routes, each with its permission, behind the middleware that guards them.

In: `Services`. Out: a Starlette application for uvicorn. Building it fails when a route declares no permission.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from calls.errors import CallsError
from crm.access import Permission
from crm.errors import CrmError
from pbx.errors import PbxError
from web.api.routes import api_routes
from web.auth.middleware import Login
from web.error_pages import ErrorBoundary, error_response
from web.errors import WebError
from web.live.session import live_routes
from web.pages import all_routes
from web.routes import check_routes, files
from web.security import SameOrigin, SecurityHeaders
from web.services import Services
from web.static_files import STATIC_DIR

MAX_BODY_BYTES = 1024 * 1024
"""A security limit: forms are small."""

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def create_app(
    services: Services,
    *,
    extra_routes: Sequence[BaseRoute] = (),
    lifespan: Lifespan | None = None,
) -> Starlette:
    """Build the application.

    Args:
        services: What pages use; kept as `app.state.services`.
        extra_routes: Further routes, made by `web.routes` as well.
        lifespan: What has to run beside the pages; the hub's own pump always does.

    Raises:
        RouteWithoutPermission: Names the route.
    """
    routes = [
        *all_routes(),
        *api_routes(),
        *live_routes,
        files("/static", STATIC_DIR, permission=Permission.PUBLIC, name="static"),
        *extra_routes,
    ]
    check_routes(routes)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(ErrorBoundary),
            Middleware(SameOrigin),
            Middleware(Login),
        ],
        exception_handlers=dict.fromkeys(
            (HTTPException, WebError, CrmError, CallsError, PbxError), _on_error
        ),
        lifespan=_with_hub(services, lifespan),
        max_body_size=MAX_BODY_BYTES,
    )
    app.state.services = services
    return app


async def _on_error(request: Request, error: Exception) -> Response:
    return await error_response(request, error)


def _with_hub(services: Services, inner: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with services.hub.running(services.feed):
            if inner is None:
                yield
            else:
                async with inner(app):
                    yield

    return lifespan
