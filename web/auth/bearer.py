"""`Authorization: Bearer …` of the HTTP API → who acts. Cookies count for nothing there, so no other site can use one.

In: a request below `/api/`. Out: the `Actor` of its token, and the token's id in the scope.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.types import Scope

from crm import api_tokens
from crm.access import Actor
from web.services import services_of


def is_api(scope: Scope) -> bool:
    """Whether this is a request of a program, not of a page."""
    return scope["type"] == "http" and str(scope["path"]).startswith("/api/")


async def actor_of_token(connection: HTTPConnection, address: str) -> Actor | None:
    """Who acts; None without a token that counts.

    Raises:
        DatabaseUnavailable: it cannot be looked up now.
    """
    kind, _, secret = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    found = await api_tokens.actor_of(services_of(connection).db, secret.strip(), address)
    if found is None:
        return None
    actor, connection.scope["api_token_id"] = found
    return actor
