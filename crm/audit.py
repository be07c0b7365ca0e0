"""The audit log: who did what, heard what, searched what. Rows are only added, each holds the hash of the one before.

In: an actor and what he did, inside the transaction of the deed itself. Out: a row; and `verify`, which finds a changed,
removed or inserted row. Cutting off the newest rows leaves a shorter chain that is whole, and who can write to the
database can make a whole new chain: `verify` finds both by a head that was noted elsewhere. Every proof pack notes one.

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
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Row, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

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
    absent: tuple[str, ...] = ()
    """Hashes that were noted elsewhere and are in no row: rows were cut off, or the whole chain was made anew."""

    @property
    def ok(self) -> bool:
        """Whether the chain is whole, and holds all that was noted elsewhere."""
        return self.broken_id is None and not self.absent


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
    entry.hash = hash_of(entry)
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


async def forget_words(session: AsyncSession, ids: Collection[int]) -> None:
    """Delete the words beside these rows of the log. The rows and their seals stay."""
    await session.execute(delete(AuditWords).where(AuditWords.audit_id.in_(ids)))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=str))
    return plain


async def verify(session: AsyncSession, expected: Collection[str] = ()) -> Verification:
    """Walk the whole chain from the first row and recompute every hash.

    Args:
        session: a read session.
        expected: hashes of rows that were noted elsewhere (an older head, the rows of a proof pack): they must be there.
    """
    previous, count, last_id = GENESIS, 0, 0
    absent = set(expected) - {GENESIS}
    while True:
        chunk = (await session.execute(_links(last_id))).all()
        if not chunk:
            return Verification(count, previous, absent=tuple(sorted(absent)))
        for row in chunk:
            why = _fault(row, previous)
            if why:
                return Verification(count, previous, row.id, why)
            previous, count, last_id = row.hash, count + 1, row.id
            absent.discard(previous)


def _links(after_id: int) -> Select[Any]:
    """The next rows of the chain, with the words beside them."""
    return (
        select(*AuditEntry.__table__.columns, AuditWords.words, AuditWords.salt)
        .outerjoin(AuditWords, AuditWords.audit_id == AuditEntry.id)
        .where(AuditEntry.id > after_id)
        .order_by(AuditEntry.id)
        .limit(_CHUNK)
    )


def _fault(row: Row[Any], previous: str) -> str:
    """What is wrong with a row that should follow `previous`; "" if nothing is."""
    if row.previous_hash != previous:
        return "a row before it was removed or put in"
    if row.hash != hash_of(row):
        return "the row was changed"
    if row.salt is not None and seal_of(row.words, row.salt) != row.detail.get("sealed"):
        return "the words beside it were changed"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows of the log to show; "" and None mean all. `action`: one, or the beginning of several ("recording.")."""

    login: str = ""
    action: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


ALL = Wanted()


async def entries(
    session: AsyncSession,
    actor: Actor,
    wanted: Wanted = ALL,
    *,
    before_id: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """Return the newest rows first, those older than `before_id` if given.

    Raises:
        Forbidden: the actor may not see the log.
    """
    actor.require(Permission.AUDIT_SEE)
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    return list((await session.scalars(query.where(*_conditions(wanted)))).all())


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.action:
        of_group = AuditEntry.action.startswith(wanted.action, autoescape=True)
        one = AuditEntry.action == wanted.action
        found.append(of_group if wanted.action.endswith(".") else one)
    for column, value in (
        (AuditEntry.login, wanted.login),
        (AuditEntry.subject_kind, wanted.subject_kind),
        (AuditEntry.subject_id, wanted.subject_id),
    ):
        if value:
            found.append(column == value)
    if wanted.since is not None:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditEntry.at < wanted.until)
    return found


async def choices(session: AsyncSession, actor: Actor) -> tuple[list[str], list[str]]:
    """Logins and actions that stand in the log, for a list to choose from.

    Raises:
        Forbidden: the actor may not see the log.
    """
    actor.require(Permission.AUDIT_SEE)
    logins = await _distinct(session, AuditEntry.login)
    return [one for one in logins if one], await _distinct(session, AuditEntry.action)


async def _distinct(session: AsyncSession, column: InstrumentedAttribute[str]) -> list[str]:
    """All values of an indexed column, one step of the index for each: quick however long the log is."""
    found: list[str] = []
    value = await session.scalar(select(func.min(column)))
    while value is not None:
        found.append(value)
        value = await session.scalar(select(func.min(column)).where(column > value))
    return found


class Link(Protocol):
    """What the hash of a row is made of; `at` is aware."""

    previous_hash: Any
    at: Any
    user_id: Any
    login: Any
    action: Any
    subject_kind: Any
    subject_id: Any
    detail: Any
    address: Any


def hash_of(row: Link | Row[Any]) -> str:
    """The hash that a row must have."""
    content = [
        row.previous_hash,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.user_id,
        row.login,
        row.action,
        row.subject_kind,
        row.subject_id,
        row.detail,
        row.address,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
