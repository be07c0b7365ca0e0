"""A folded call as JSON, so that a restart can go on with the same call.

In: a `CallRecord`. Out: plain JSON for the column `calls.detail`, and the record back. Fields that a later version adds
take their defaults, fields that it dropped are ignored.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from calls.errors import CallsError
from calls.model import CallRecord

_ADAPTER = TypeAdapter(CallRecord)


class RecordUnreadable(CallsError):
    """A stored record that this version cannot read, and why."""


def dump(record: CallRecord) -> dict[str, Any]:
    """Return the record as JSON values; times in ISO 8601."""
    made: dict[str, Any] = _ADAPTER.dump_python(record, mode="json", exclude_defaults=True)
    return made


def load(detail: dict[str, Any]) -> CallRecord:
    """Return the record that `dump` wrote.

    Raises:
        RecordUnreadable: it is none.
    """
    try:
        return _ADAPTER.validate_python(detail)
    except ValidationError as error:
        raise RecordUnreadable(f"stored call record: {error.error_count()} faults") from error
