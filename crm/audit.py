"""The audit log: who did what, heard what, searched what. Rows are only added, each holds the hash of the one before.

In: an actor and what he did, inside the transaction of the deed itself. Out: a row; and `verify`, which finds a changed,
removed or inserted row. Cutting off the newest rows leaves a shorter chain that is whole: compare `Verification.head`
with one noted elsewhere to see that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from crm.access import Actor, Permission
from crm.tables import AuditEntry

GENESIS = "0" * 64
"""What stands for the hash before the first row."""
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found. `broken_id` is the first row that does not fit, None if all do."""

    entries: int
    head: str
    broken_id: int | None = None
    why: str = ""

    @property
    def ok(self) -> bool:
        """Whether the chain is whole."""
        return self.broken_id is None


async def record(  # noqa: PLR0913 (what a row of the log holds)
    session: AsyncSession,
    actor: Actor | None,
    action: str,
    subject_kind: str = "",
    subject_id: int | str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add one row, in the session's transaction: what is rolled back was not done, and is not logged.

    Args:
        session: a write session.
        actor: who, None where nobody is logged in yet (a failed login).
        action: "recording.play", "recording.export", "search", "login", "client.edit" …
        subject_kind: what it was done to: "recording", "client" …
        subject_id: which one.
        detail: plain JSON values; never a password or a transcript's text.
    """
    # Two rows with the same predecessor would break the chain, so writers queue here until they have committed.
    await exclusive(session, "audit_log")
    last = select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    entry = AuditEntry(
        at=datetime.now(UTC),
        user_id=(actor.user_id or None) if actor else None,
        login=actor.login if actor else "",
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        detail=json.loads(json.dumps(dict(detail or {}), default=str)),
        address=actor.address if actor else "",
        previous_hash=await session.scalar(last) or GENESIS,
    )
    entry.hash = _hash_of(entry)
    session.add(entry)
    await session.flush()
    return entry


async def verify(session: AsyncSession) -> Verification:
    """Walk the whole chain from the first row and recompute every hash."""
    previous, count, last_id = GENESIS, 0, 0
    while True:
        rows = await session.scalars(
            select(AuditEntry).where(AuditEntry.id > last_id).order_by(AuditEntry.id).limit(_CHUNK)
        )
        chunk = rows.all()
        if not chunk:
            return Verification(count, previous)
        for entry in chunk:
            if entry.previous_hash != previous:
                why = "a row before it was removed or put in"
                return Verification(count, previous, entry.id, why)
            if entry.hash != _hash_of(entry):
                return Verification(count, previous, entry.id, "the row was changed")
            previous, count, last_id = entry.hash, count + 1, entry.id
        session.expunge_all()


async def entries(
    session: AsyncSession, actor: Actor, *, before_id: int | None = None, limit: int = 100
) -> list[AuditEntry]:
    """Return the newest rows first, those older than `before_id` if given.

    Raises:
        Forbidden: the actor may not see the log.
    """
    actor.require(Permission.AUDIT_SEE)
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    return list((await session.scalars(query)).all())


def _hash_of(entry: AuditEntry) -> str:
    content = [
        entry.previous_hash,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.user_id,
        entry.login,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.detail,
        entry.address,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
