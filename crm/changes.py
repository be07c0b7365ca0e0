"""The change history: every field of a client, deal, task or inquiry that somebody changed, with who, when, old and new.

In: what was there and what is there now. Out: a row for each field that differs, in the transaction of the change itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm.access import Actor
from crm.tables import Change


@dataclass(frozen=True, slots=True)
class Subject:
    """What was changed. `client_id`: in whose history it stands, None for none."""

    kind: str
    """"client", "deal", "task" or "inquiry"."""
    id: int
    client_id: int | None


def record(
    session: AsyncSession,
    actor: Actor,
    subject: Subject,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> list[Change]:
    """Add a row for each field that differs; a field that one side lacks counts as empty there.

    Args:
        session: a write session.
        actor: who changed it.
        subject: what.
        before: fields as they were; values are kept as text (`text_of`).
        after: fields as they are.
    """
    now = datetime.now(UTC)
    rows = [
        Change(
            at=now,
            user_id=actor.user_id or None,
            login=actor.login,
            subject_kind=subject.kind,
            subject_id=subject.id,
            client_id=subject.client_id,
            field=field,
            old=old,
            new=new,
        )
        for field in dict.fromkeys([*before, *after])
        if (old := text_of(before.get(field))) != (new := text_of(after.get(field)))
    ]
    session.add_all(rows)
    return rows


def text_of(value: Any) -> str:
    """A value as the history keeps it: "" for none, lists joined by comma."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, list | tuple):
        return ", ".join(text_of(one) for one in value)
    return str(value)
