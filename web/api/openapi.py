"""The OpenAPI 3.1 document, made from the operations themselves.

In: operations. Out: a plain dictionary. Source: OpenAPI Specification 3.1.0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api.operation import ID_PATTERN, KEY_PATTERN, PREFIX, Nothing, Operation
from web.api.problems import MEDIA_TYPE, Problem

VERSION = "1.0.0"
_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\w+):id}")
_DESCRIPTION = """\
Clients, deals, tasks, inquiries and calls of Slovo for other programs. Send `Authorization: Bearer TOKEN` with a token of
Administration → HTTP API. A token may no more than its person and its scopes. Times are ISO 8601 in UTC, sums are decimal
numbers as text. Lists are paged: pass `next_cursor` as `cursor`. Errors are `application/problem+json` (RFC 9457). What
changes something may carry `Idempotency-Key`: sent again within 24 hours, it gets the first answer and does nothing twice.
"""


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole document."""
    wanted: list[tuple[type[BaseModel], Any]] = [(Problem, "serialization")]
    for operation in operations:
        wanted += [(m, "validation") for m in (operation.body,) if m is not Nothing]
        wanted += [(m, "serialization") for m in (operation.answer,) if m is not Nothing]
    by_mode, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.template, {})[operation.method.lower()] = _operation(
            operation, by_mode
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "Slovo", "version": VERSION, "description": _DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(operation: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": list(operation.tags),
        "parameters": [*_ids(operation), *_query(operation), *_headers(operation)],
        "responses": _responses(operation, schemas),
    }
    if operation.permission.value == "public":
        said["security"] = []
    if operation.body is not Nothing:
        schema = schemas[(operation.body, "validation")]
        said["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return said


def _ids(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": ID_PATTERN},
        }
        for name in _PARAMETER.findall(operation.path)
    ]


def _query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is Nothing:
        return []
    schema = operation.query.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    parameters = []
    for name, value in schema.get("properties", {}).items():
        # Left out means none: a query knows no null.
        kinds = [kind for kind in value.pop("anyOf", []) if kind.get("type") != "null"]
        cleaned = {**(kinds[0] if kinds else {}), **value}
        cleaned.pop("default", None) if cleaned.get("default") is None else None
        parameters.append(
            {"name": name, "in": "query", "required": name in required, "schema": cleaned}
        )
    return parameters


def _headers(operation: Operation) -> list[dict[str, Any]]:
    if not operation.changes:
        return []
    key = {"type": "string", "pattern": KEY_PATTERN}
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": key}]


def _responses(operation: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase}
    if operation.answer is not Nothing:
        schema = schemas[(operation.answer, "serialization")]
        good["content"] = {"application/json": {"schema": schema}}
    statuses = {400, 401, 403, 413, 422, 503, *operation.errors}
    if "{" in operation.path:
        statuses.add(404)
    if operation.changes:
        statuses |= {409, 415}
    problem = {"content": {MEDIA_TYPE: {"schema": schemas[(Problem, "serialization")]}}}
    answers: dict[str, Any] = {str(int(operation.status)): good}
    for status in sorted(statuses):
        answers[str(status)] = {"description": HTTPStatus(status).phrase, **problem}
    return answers


__all__ = ["PREFIX", "document"]
