"""Pages of the API: a cursor says where the next one begins; it means nothing to the program that keeps it."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

from pydantic import Field

from crm.history import Place
from web.api.operation import Schema
from web.errors import ApiRefused

MOST = 200


class PageQuery(Schema):
    """Which page of a list."""

    limit: int = Field(default=50, ge=1, le=MOST, description="Rows of a page.")
    cursor: str | None = Field(
        default=None, max_length=512, description="`next_cursor` of the page before."
    )


def cursor_of(*values: Any) -> str:
    """A cursor that holds these plain values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def id_in(cursor: str | None) -> int | None:
    """The one id that a cursor of an id list holds; None without a cursor.

    Raises:
        ApiRefused: it is none of ours.
    """
    if cursor is None:
        return None
    match _values(cursor):
        case [int() as value] if _is_id(value):
            return value
    raise _refused()


def place_in(cursor: str | None) -> Place | None:
    """The place in a history that a cursor holds; None without a cursor.

    Raises:
        ApiRefused: it is none of ours.
    """
    if cursor is None:
        return None
    match _values(cursor):
        case [str() as at, int() as rank, int() as row_id] if _is_id(rank) and _is_id(row_id):
            try:
                when = datetime.fromisoformat(at)
            except ValueError as error:
                raise _refused() from error
            if when.tzinfo is not None and 1900 <= when.year <= 9000:
                return Place(when, rank, row_id)
    raise _refused()


def _values(cursor: str) -> Any:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return json.loads(raw)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _refused() from error


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 <= value < 10**18


def _refused() -> ApiRefused:
    return ApiRefused(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "cursor",
        "this cursor is none of ours: take next_cursor of the page before",
    )
