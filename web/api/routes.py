"""The routes of the API: one per operation, and the document that describes them."""

from __future__ import annotations

import json
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from crm.access import Permission
from web.api.openapi import document
from web.api.operation import PREFIX, route_of
from web.api.resources import all_operations
from web.routes import page


@cache
def _text() -> str:
    return json.dumps(document(all_operations()), ensure_ascii=False)


async def openapi_document(request: Request) -> Response:
    """What the API can do, as OpenAPI 3.1: no secret, so it needs no token."""
    return Response(_text(), media_type="application/vnd.oai.openapi+json;version=3.1")


def api_routes() -> list[BaseRoute]:
    """All routes below `/api/v1`."""
    described = page(f"{PREFIX}/openapi.json", openapi_document, permission=Permission.PUBLIC)
    return [described, *[route_of(operation) for operation in all_operations()]]
