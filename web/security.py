"""What stands before every page: request ids, security headers, and the check where a request comes from.

Pure ASGI middleware (a `BaseHTTPMiddleware` would break context variables and streaming). Order, outermost first:
`SecurityHeaders`, `ErrorBoundary` (web/error_pages.py), `SameOrigin`, then `web.auth.middleware.Login`.
"""

from __future__ import annotations

import re
import secrets
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.auth.bearer import is_api
from web.errors import ForeignOrigin

log = structlog.get_logger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SECRET = re.compile(r"^(/clips/)[^/]+")
_POLICY = (
    ("default-src", "'none'"),
    ("script-src", "'self'"),
    ("style-src", "'self'"),
    ("img-src", "'self' data:"),  # data: is for the icons inside Tabler's style sheet
    ("font-src", "'self'"),
    ("media-src", "'self' blob:"),
    ("connect-src", "'self'"),
    ("manifest-src", "'self'"),
    ("form-action", "'self'"),
    ("base-uri", "'none'"),
    ("frame-ancestors", "'none'"),
)


def csp_nonce(connection: HTTPConnection) -> str:
    """A nonce for style elements that a script of this page makes (wavesurfer's); it joins this page's policy."""
    scope = connection.scope
    if "csp_nonce" not in scope:
        scope["csp_nonce"] = secrets.token_urlsafe(16)
    return str(scope["csp_nonce"])


def path_for_log(path: str) -> str:
    """The path as the log may hold it: what stands behind /clips/ opens a recording, and is nobody's to read there."""
    return _SECRET.sub(r"\1…", path)


def content_security_policy(nonce: str) -> str:
    """The policy: everything from ourselves, nothing inline, but styles with this nonce if there is one."""
    extra = {"style-src": f" 'nonce-{nonce}'"} if nonce else {}
    return "; ".join(f"{name} {value}{extra.get(name, '')}" for name, value in _POLICY)


class SecurityHeaders:
    """Adds the headers that every answer carries, and logs one line per request with its id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; headers are added when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["request_id"] = secrets.token_hex(8)
        started = perf_counter()
        seen: dict[str, Any] = {"status": 0}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen["status"] = message["status"]
                _add_headers(MutableHeaders(scope=message), scope)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=scope["request_id"]):
            await self.app(scope, receive, send_with_headers)
            log.info(
                "request",
                method=scope["method"],
                path=path_for_log(scope["path"]),
                status=int(seen["status"]),
                ms=round((perf_counter() - started) * 1000, 1),
            )


def _add_headers(headers: MutableHeaders, scope: Scope) -> None:
    headers["Content-Security-Policy"] = content_security_policy(scope.get("csp_nonce", ""))
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Referrer-Policy", "same-origin")
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers["X-Request-Id"] = scope["request_id"]
    is_static = scope["path"].startswith("/static/")
    if is_static and b"v=" in scope.get("query_string", b""):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers.setdefault("Cache-Control", "no-cache" if is_static else "no-store")


class SameOrigin:
    """Refuses forms and websockets that do not come from our own pages.

    A session cookie is sent by the browser whoever asks; only the origin tells our page from a foreign one. A client
    without an Origin is no browser and is refused as well. The HTTP API looks at no cookie, so any program may call it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check unsafe methods and websockets, pass on everything else."""
        if scope["type"] == "websocket":
            if not is_same_origin(scope):
                log.warning("foreign_websocket_refused", origin=Headers(scope=scope).get("origin"))
                await send({"type": "websocket.close", "code": 1008})
                return
        elif (
            scope["type"] == "http"
            and scope["method"] not in SAFE_METHODS
            and not is_api(scope)
            and not is_same_origin(scope)
        ):
            raise ForeignOrigin(Headers(scope=scope).get("origin", ""))
        await self.app(scope, receive, send)


def is_same_origin(scope: Scope) -> bool:
    """Whether browser and page agree that this comes from ourselves."""
    headers = Headers(scope=scope)
    site = headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:  # "http://[": no browser sends it
        return False
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    return origin.netloc.lower() == headers.get("host", "").lower()
