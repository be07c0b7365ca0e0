"""Traces that words leave beside their own rows: notices, histories of fields, jobs, deliveries, searches, proof packs.

In: the rows that are erased, by table. Out: their traces are gone, in the same transaction; `crm.erasure` calls this.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import CursorResult, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import search
from calls.errors import InvalidSearchQuery
from calls.search import text
from calls.tables import FeedEvent, Job
from crm import audit, proof_packs
from crm.access import SYSTEM
from crm.erasure_reach import Rows
from crm.tables import (
    AuditEntry,
    AuditWords,
    Change,
    IdempotencyKey,
    Notification,
    SavedSearch,
    WebhookDelivery,
)

JOB_IDS = {"recording_id": "recordings", "transcript_id": "transcripts", "call_id": "calls"}
"""Key of a job's payload → table whose row it names."""
NOTICES_READ = timedelta(seconds=60)
"""Older notices of the feed have reached every page that is open."""
_AT_ONCE = 500


async def forget(session: AsyncSession, rows: Rows) -> dict[str, int]:
    """Delete the traces of these rows; returns how many were deleted or emptied, by table."""
    done = {
        "notifications": await _notifications(session, rows),
        "changes": await _changes(session, rows),
        "jobs": await _jobs(session, rows),
    }
    done |= await _passing(session)
    return {name: count for name, count in done.items() if count}


async def _notifications(session: AsyncSession, rows: Rows) -> int:
    about = [
        and_(
            Notification.subject_kind == one_of(name),
            Notification.subject_id.in_(sorted(ids)[at:end]),
        )
        for name, ids in rows.items()
        for at, end in _cuts(len(ids))
    ]
    return sum([await _count(session, delete(Notification).where(one)) for one in about])


async def _changes(session: AsyncSession, rows: Rows) -> int:
    """A history of fields keeps who changed what and when, without the values."""
    done = 0
    for name, ids in rows.items():
        for at, end in _cuts(len(ids)):
            of = and_(
                Change.subject_kind == one_of(name), Change.subject_id.in_(sorted(ids)[at:end])
            )
            done += await _count(session, update(Change).where(of).values(old="", new=""))
    return done


async def _jobs(session: AsyncSession, rows: Rows) -> int:
    """Their errors may quote what could not be worked on; a job that waits would bring the words back."""
    wanted = {str(one) for table in JOB_IDS.values() for one in rows.get(table, ())}
    gone: set[int] = set()
    ordered = sorted(wanted)
    for at, end in _cuts(len(ordered)):
        keyed = or_(*(Job.key.startswith(key, autoescape=True) for key in ordered[at:end]))
        for job in (await session.scalars(select(Job).where(keyed))).all():
            named = [
                (table, job.payload[key]) for key, table in JOB_IDS.items() if key in job.payload
            ]
            if any(value in rows.get(table, ()) for table, value in named):
                gone.add(job.id)
    await session.execute(delete(Job).where(Job.id.in_(gone)))
    return len(gone)


async def _passing(session: AsyncSession) -> dict[str, int]:
    """What is kept for a short while only and may quote anything: it goes at once."""
    read = FeedEvent.created_at < datetime.now(UTC) - NOTICES_READ
    told = WebhookDelivery.state != "waiting"
    return {
        "feed_events": await _count(session, delete(FeedEvent).where(read)),
        "idempotency_keys": await _count(session, delete(IdempotencyKey)),
        "webhook_deliveries": await _count(session, delete(WebhookDelivery).where(told)),
    }


async def forget_said(session: AsyncSession, texts: Sequence[str], *, by_person: bool) -> int:
    """Delete what was searched for, and what the search knows, of words that are said nowhere any more.

    Args:
        session: a write session in which the words are deleted or masked already.
        texts: what is gone.
        by_person: also searches that people saved; a rule of retention leaves those, for they look into the future.

    Returns:
        How many searches were forgotten.
    """
    await search.forget(session, texts)
    forms = {text.index_form(word) for said in texts for word in _plain(said)}
    known: dict[str, bool] = {}
    sought = (
        select(AuditWords.audit_id, AuditWords.words)
        .join(AuditEntry, AuditEntry.id == AuditWords.audit_id)
        .where(AuditEntry.action == "search")
    )
    rows = (await session.execute(sought)).all()
    gone = [
        audit_id
        for audit_id, words in rows
        if await _is_gone(session, str(words.get("query", "")), forms, known)
    ]
    await audit.forget_words(session, gone)
    if by_person:
        for saved in (await session.scalars(select(SavedSearch))).all():
            if await _is_gone(session, f"{saved.query} {saved.name}", forms, known):
                await session.delete(saved)
    return len(gone)


def _plain(said: str) -> set[str]:
    return {text.plain(word) for word in text.words(said)}


async def _is_gone(
    session: AsyncSession, query: str, forms: Collection[str], known: dict[str, bool]
) -> bool:
    """Whether a query names a word that was deleted and is said nowhere any more."""
    for word in _plain(query):
        if not word or text.index_form(word) not in forms:
            continue
        if word not in known:
            known[word] = await _is_said(session, word)
        if not known[word]:
            return True
    return False


async def _is_said(session: AsyncSession, word: str) -> bool:
    try:
        return any(hit.match == "exact" for hit in await search.search(session, word, limit=1))
    except InvalidSearchQuery:
        return False


async def drop_packs(session: AsyncSession, call_ids: Collection[int]) -> list[dict[str, str]]:
    """Let go of the proof packs in which these calls are, also of those being made now; returns their files."""
    return await proof_packs.drop_with_calls(session, SYSTEM, call_ids)


def one_of(table: str) -> str:
    """How notifications and histories name a row of a table: "tasks" → "task"."""
    return _NAMES.get(table, table.removesuffix("s"))


_NAMES: Mapping[str, str] = {
    "inquiries": "inquiry",
    "recording_marks": "mark",
    "call_notes": "note",
}


def _cuts(count: int) -> list[tuple[int, int]]:
    return [(at, at + _AT_ONCE) for at in range(0, count, _AT_ONCE)]


async def _count(session: AsyncSession, statement: object) -> int:
    result = await session.execute(statement)  # type: ignore[call-overload]
    return result.rowcount if isinstance(result, CursorResult) else 0
