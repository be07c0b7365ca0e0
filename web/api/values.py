"""Kinds of values that the API takes and gives."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, PlainSerializer

Id = Annotated[int, Field(ge=1, le=10**18 - 1)]
"""An id of a row, as the paths have it."""
Time = Annotated[
    AwareDatetime,
    PlainSerializer(
        lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        return_type=str,
        when_used="json",
    ),
]
"""A time with its zone; given in UTC."""
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _in_calendar(at: datetime) -> datetime:
    """Refuse what no clock of any zone could show, on a page of whoever is given it."""
    if not _FIRST <= at <= _LAST:
        raise ValueError("a time lies between the years 1900 and 9000")
    return at


TimeIn = Annotated[Time, AfterValidator(_in_calendar)]
"""A time that a program gives."""
Money = Annotated[
    Decimal,
    Field(ge=0, lt=Decimal(10) ** 13, decimal_places=2, max_digits=15, allow_inf_nan=False),
]
"""A sum, as text or number; given as text."""
Version = Annotated[
    int,
    Field(
        ge=1,
        le=2**31 - 1,
        description="As it was read: if somebody changed it since, the answer is 409.",
    ),
]

__all__ = ["Id", "Money", "Time", "TimeIn", "Version", "datetime"]
