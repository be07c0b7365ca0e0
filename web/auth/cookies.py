"""The two cookies: the session's random token, and the language of people who are not logged in."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION = "slovo_session"
LOCALE = "slovo_locale"
LOCALE_MAX_AGE_S = 365 * 24 * 3600


def session_cookie_name(connection: HTTPConnection) -> str:
    """`__Host-` over https, so that no other host or path can set it; browsers refuse that prefix without https."""
    return f"__Host-{SESSION}" if is_https(connection) else SESSION


def is_https(connection: HTTPConnection) -> bool:
    """Whether the browser speaks https; uvicorn reads a trusted proxy's headers for this."""
    return connection.url.scheme in ("https", "wss")


def session_token(connection: HTTPConnection) -> str:
    """The token that the browser sent, or ""."""
    return connection.cookies.get(session_cookie_name(connection), "")


def set_session(response: Response, connection: HTTPConnection, token: str) -> None:
    """Give the browser a session; it ends with the browser, or when the server says so."""
    response.set_cookie(
        session_cookie_name(connection),
        token,
        path="/",
        secure=is_https(connection),
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, connection: HTTPConnection) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        session_cookie_name(connection),
        path="/",
        secure=is_https(connection),
        httponly=True,
        samesite="lax",
    )


def set_locale(response: Response, connection: HTTPConnection, locale: str) -> None:
    """Remember the language that somebody chose."""
    response.set_cookie(
        LOCALE,
        locale,
        max_age=LOCALE_MAX_AGE_S,
        path="/",
        secure=is_https(connection),
        httponly=True,
        samesite="lax",
    )
