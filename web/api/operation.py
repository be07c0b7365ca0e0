"""One operation of the API: what it takes, what it answers, what it needs. Routes and OpenAPI are made from it.

In: an `Operation`. Out: a route that reads and checks query and body, opens a session (one transaction for everything that
changes something), runs the operation, and answers with JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm import idempotency
from crm.access import Actor, Permission
from crm.number_rules import NumberRules
from web.errors import ApiRefused
from web.ids import MOST_DIGITS
from web.routes import actor_of, page
from web.services import Services, services_of

PREFIX = "/api/v1"
MOST_BODY_BYTES = 1024 * 1024


class Schema(BaseModel):
    """Base of everything that the API takes and gives: unknown fields are refused, not ignored."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class Nothing(Schema):
    """No query, no body, no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request of a program, read and checked."""

    request: Request
    services: Services
    session: AsyncSession
    actor: Actor
    query: Any
    """An instance of the operation's `query`."""
    body: Any
    """An instance of the operation's `body`."""

    def id(self, name: str) -> int:
        """An id of the path."""
        return int(self.request.path_params[name])

    @property
    def rules(self) -> NumberRules:
        """How numbers are read."""
        return NumberRules.of(self.services.settings)


Run = Callable[[Asked], Awaitable[BaseModel | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a program can ask for. `path` is relative to `/api/v1`, ids as `{client_id:id}`."""

    method: str
    path: str
    name: str
    """Its operationId."""
    summary: str
    permission: Permission
    run: Run
    query: type[Schema] = Nothing
    body: type[Schema] = Nothing
    answer: type[BaseModel] = Nothing
    status: int = HTTPStatus.OK
    errors: tuple[int, ...] = ()
    """Statuses beside those that every operation may answer."""
    tags: tuple[str, ...] = field(default=())

    @property
    def changes(self) -> bool:
        """Whether it writes."""
        return self.method != "GET"

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it."""
        return PREFIX + self.path.replace(":id}", "}")


def route_of(operation: Operation) -> Route:
    """The route of an operation."""

    async def endpoint(request: Request) -> Response:
        return await _answer(operation, request)

    return page(
        PREFIX + operation.path,
        endpoint,
        permission=operation.permission,
        methods=[operation.method],
        name=operation.name,
    )


async def _answer(operation: Operation, request: Request) -> Response:
    services, actor = services_of(request), actor_of(request)
    raw = await request.body() if operation.changes else b""
    query = _checked(operation.query, dict(request.query_params), "query")
    body = _checked(operation.body, _json(operation, request, raw), "body")

    async def run(session: AsyncSession) -> idempotency.Answer:
        asked = Asked(
            request=request, services=services, session=session, actor=actor, query=query, body=body
        )
        said = await operation.run(asked)
        text = said.model_dump_json() if said is not None else ""
        return idempotency.Answer(operation.status, text)

    if not operation.changes:
        async with services.db.read() as session:
            return _response(await run(session))
    repeated = _repeatable(request, raw)
    async with services.db.write() as session:
        kept = await idempotency.earlier(session, repeated) if repeated else None
        if kept is not None:
            return _response(kept, {"Idempotent-Replayed": "true"})
        answer = await run(session)
        if repeated:
            idempotency.keep(session, repeated, answer)
    return _response(answer)


def _response(answer: idempotency.Answer, headers: Mapping[str, str] | None = None) -> Response:
    if not answer.body:
        return Response(status_code=answer.status, headers=dict(headers or {}))
    return Response(
        answer.body,
        status_code=answer.status,
        media_type="application/json",
        headers=dict(headers or {}),
    )


def _json(operation: Operation, request: Request, raw: bytes) -> Any:
    if operation.body is Nothing:
        if raw:
            raise ApiRefused(HTTPStatus.UNPROCESSABLE_ENTITY, "", "this operation takes no body")
        return {}
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ApiRefused(HTTPStatus.BAD_REQUEST, "", f"the body is no JSON: {error}") from error
    if _has_zero(found):
        raise ApiRefused(HTTPStatus.UNPROCESSABLE_ENTITY, "", "a text has a zero character")
    return found


def _has_zero(value: Any) -> bool:
    """PostgreSQL keeps no text with a zero character or half a surrogate pair: refused on both databases."""
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return any(_has_zero(key) or _has_zero(one) for key, one in value.items())
    return isinstance(value, list) and any(_has_zero(one) for one in value)


def _checked(model: type[Schema], value: Any, where: str) -> Schema:
    if where == "query" and _has_zero(value):
        raise ApiRefused(HTTPStatus.UNPROCESSABLE_ENTITY, "", "a text has a zero character")
    try:
        if where == "body":  # strictly: true is no number, "1" neither
            return model.model_validate_json(json.dumps(value), strict=True)
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)
        problems = [
            {"pointer": "/" + "/".join(str(part) for part in one["loc"]), "detail": one["msg"]}
            for one in first
        ]
        raise ApiRefused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            str(first[0]["loc"][0]) if first and first[0]["loc"] else "",
            f"the {where} is not as it should be",
            problems,
        ) from error


def _repeatable(request: Request, raw: bytes) -> idempotency.Request | None:
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        why = f"Idempotency-Key has 1 to {idempotency.LONGEST_KEY} visible ASCII characters"
        raise ApiRefused(HTTPStatus.BAD_REQUEST, "", why)
    target = request.url.path + ("?" + request.url.query if request.url.query else "")
    token_id = int(request.scope["api_token_id"])
    return idempotency.Request(token_id, key, request.method, target, raw)


KEY_PATTERN = f"^[!-~]{{1,{idempotency.LONGEST_KEY}}}$"
_KEY = re.compile(KEY_PATTERN)
ID_PATTERN = rf"^[0-9]{{1,{MOST_DIGITS}}}$"
