"""A folded call as JSON, so that a restart can go on with the same call.

In: a `CallRecord`. Out: plain JSON for the column `calls.detail`, and the record back. Fields that a later version adds
take their defaults, fields that it dropped are ignored.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from calls.errors import RecordUnreadable
from calls.model import CallRecord

_ADAPTER = TypeAdapter(CallRecord)


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
        raise RecordUnreadable(error.error_count()) from error


def iso(at: datetime | None) -> str | None:
    """Return a time as our interfaces print it: ISO 8601 in UTC with milliseconds, None for an unknown one."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
