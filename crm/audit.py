"""The audit log: who did what, heard what, searched what. Rows are only added, each holds the hash of the one before.

In: an actor and what he did, inside the transaction of the deed itself. Out: a row; and `verify`, which finds a changed,
removed or inserted row. Cutting off the newest rows leaves a shorter chain that is whole: compare `Verification.head`
with one noted elsewhere to see that.

Words that may have to be deleted one day (searches, names of files) stand beside the log in `audit_words`; the
row itself holds their seal. `forget_words` deletes them, and the chain stays whole.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from crm.access import Actor, Permission
from crm.tables import AuditEntry, AuditWords

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
    *,
    words: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Add one row, in the session's transaction: what is rolled back was not done, and is not logged.

    Args:
        session: a write session.
        actor: who, None where nobody is logged in yet (a failed login).
        action: "recording.play", "recording.export", "search", "login", "client.edit" …
        subject_kind: what it was done to: "recording", "client" …
        subject_id: which one.
        detail: plain JSON values: ids, counts, hashes; never a password or a transcript's text.
        words: what people typed or named, kept apart so that it can be deleted; `detail` gets its seal.
    """
    salt = secrets.token_hex(16)
    sealed = _plain(words or {})
    if sealed:
        detail = {**(detail or {}), "sealed": seal_of(sealed, salt)}
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
        detail=_plain(detail or {}),
        address=actor.address if actor else "",
        previous_hash=await session.scalar(last) or GENESIS,
    )
    entry.hash = _hash_of(entry)
    session.add(entry)
    await session.flush()
    if sealed:
        session.add(AuditWords(audit_id=entry.id, salt=salt, words=sealed))
        await session.flush()
    return entry


def seal_of(words: Mapping[str, Any], salt: str) -> str:
    """The hash that a row of the log holds instead of words."""
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()


async def words_of(session: AsyncSession, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The words beside these rows of the log, as far as they were not deleted."""
    rows = await session.scalars(select(AuditWords).where(AuditWords.audit_id.in_(ids)))
    return {row.audit_id: row.words for row in rows}


async def _seals(session: AsyncSession, ids: Collection[int]) -> dict[int, str]:
    """What the words beside these rows must be sealed with, where they are still there."""
    rows = await session.scalars(select(AuditWords).where(AuditWords.audit_id.in_(ids)))
    return {row.audit_id: seal_of(row.words, row.salt) for row in rows}


async def forget_words(session: AsyncSession, ids: Collection[int]) -> None:
    """Delete the words beside these rows of the log. The rows and their seals stay."""
    await session.execute(delete(AuditWords).where(AuditWords.audit_id.in_(ids)))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=str))
    return plain


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
        seals = await _seals(session, [entry.id for entry in chunk])
        for entry in chunk:
            if entry.previous_hash != previous:
                why = "a row before it was removed or put in"
                return Verification(count, previous, entry.id, why)
            if entry.hash != _hash_of(entry):
                return Verification(count, previous, entry.id, "the row was changed")
            if seals.get(entry.id) not in (None, entry.detail.get("sealed")):
                return Verification(count, previous, entry.id, "the words beside it were changed")
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
