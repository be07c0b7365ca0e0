"""The option `--since TIME`: from when on."""

from __future__ import annotations

from datetime import UTC, datetime

import typer


def since_time(text: str) -> datetime:
    """The time that a person wrote, in UTC where it has no zone.

    Raises:
        typer.BadParameter: it is no time; shows one.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no ISO 8601 time such as 2026-11-22T09:00:00Z", param_hint="--since"
        ) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
