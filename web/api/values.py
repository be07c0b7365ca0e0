"""Kinds of values that the API takes and gives."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, Field, PlainSerializer

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

__all__ = ["Id", "Money", "Time", "Version", "datetime"]
