"""Pages of the API: a cursor says where the next one begins; it means nothing to the program that keeps it."""

from __future__ import annotations

import base64
import binascii
import json
from http import HTTPStatus
from typing import Any

from pydantic import Field

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
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        (value,) = json.loads(raw)
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise _refused() from error
    if type(value) is not int or not 0 <= value < 10**18:
        raise _refused()
    return value


def _refused() -> ApiRefused:
    return ApiRefused(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "cursor",
        "this cursor is none of ours: take next_cursor of the page before",
    )
