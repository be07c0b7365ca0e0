"""Errors of the API in the one shape of RFC 9457 (application/problem+json).

In: any exception. Out: `{"type", "title", "status", "detail", "instance", "errors"}`; `type` is a URN that stays the same
in every language. Titles and details are English: programs and their makers read them.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crm.errors import Conflict, Forbidden, Invalid
from web.api.operation import Schema
from web.error_words import explain
from web.errors import ApiRefused, NotLoggedIn
from web.i18n import use_locale

MEDIA_TYPE = "application/problem+json"


class FieldProblem(Schema):
    """One value that cannot be accepted."""

    pointer: str = Field(description="JSON pointer to the value.")
    detail: str


class Problem(Schema):
    """An error (RFC 9457)."""

    type: str = Field(description='"urn:slovo:problem:" and what kind it is.')
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldProblem] = Field(default_factory=list)


def problem_response(request: Request, error: Exception) -> Response:
    """The answer to a request that failed."""
    with use_locale("en"):
        said = explain(error)
    problem = Problem(
        type=f"urn:slovo:problem:{said.error_id}",
        title=said.title,
        status=said.status,
        detail=_detail(error) or said.text,
        instance=request.url.path,
        errors=_errors(error),
    )
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException) and error.headers:
        headers |= dict(error.headers)
    if isinstance(error, NotLoggedIn):
        headers["WWW-Authenticate"] = 'Bearer realm="Slovo"'
    if said.retry_after_s:
        headers["Retry-After"] = str(said.retry_after_s)
    text = json.dumps(problem.model_dump(), ensure_ascii=False)
    return Response(text, status_code=said.status, media_type=MEDIA_TYPE, headers=headers)


def _detail(error: Exception) -> str:
    match error:
        case Invalid() | Conflict():
            return error.why
        case Forbidden():
            return f"this needs the permission {error.permission}"
        case NotLoggedIn():
            return "send the header Authorization: Bearer TOKEN with a valid token"
        case HTTPException() if error.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return "send the body as application/json"
    return ""


def _errors(error: Exception) -> list[FieldProblem]:
    found: list[Any] = []
    if isinstance(error, ApiRefused):
        found = error.problems
    elif isinstance(error, Invalid) and error.field:
        found = [{"pointer": f"/{error.field}", "detail": error.why}]
    return [FieldProblem.model_validate(one) for one in found]
