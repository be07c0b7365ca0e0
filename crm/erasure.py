"""Deletion for good: the sound of a call, its words, or all of it. What was deleted is logged, without its words.

In: an actor and a call that nothing holds. Out: rows without words, a row of `erasures` with counts and hashes, an audit
entry, and a list of files that must go. The files are removed after the commit (`finish`): a crash between the two leaves
their names in the row, and the next `finish` removes them. Last the free room of the database is cleaned (`clean_up`),
at once where that is quick, else at night; until then the row says so.

Files are unlinked, not overwritten: on SSDs and journalling file systems overwriting a file writes another place. What a
file system or a backup keeps beyond that is not ours to delete. The PBX's own recordings stay where the PBX has them.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls import erased, free_space
from calls.db import Database
from calls.errors import CallNotFound
from calls.parts import parts_of
from calls.recordings.paths import FETCHED
from calls.tables import (
    Call,
    PeakCache,
    Recording,
    Transcript,
    Utterance,
    UtteranceCorrection,
)
from crm import audit, erasure_traces, legal_holds
from crm.access import Actor, Permission
from crm.erasure_reach import blank, remove, rows_about
from crm.errors import Conflict, Invalid
from crm.notices import announce
from crm.tables import Erasure, RecordingMark, SharedClip

WHAT = ("audio", "words", "call")
REDACTION = "redaction"
"""`Erasure.what` of pieces of a call that were hidden (`crm.redaction`)."""
ERASED = "erased"
"""State of a recording whose sound was deleted."""
STANDING = ("audit_words", "changes", "feed_events", "idempotency_keys", "jobs", "notifications", "proof_packs",
            "saved_searches", "spoken_words", "webhook_deliveries")  # fmt: skip
"""Tables that may hold traces of anything: cleaned every time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to delete of calls, and why. `rule`: name of the retention rule, "" for a person's decision."""

    what: str
    reason: str = ""
    rule: str = ""


@dataclass(slots=True)
class Gone:
    """What is deleted of one call: rows by table, files with their hashes, normal forms of the words."""

    rows: dict[str, int] = field(default_factory=dict)
    files: list[dict[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    """What was said, for whatever else knows these words; kept nowhere."""
    said: dict[str, Any] = field(default_factory=dict)
    """More for the audit log: ids and counts."""

    def count(self, rows: Mapping[str, int]) -> None:
        """Add to what was deleted."""
        for name, count in rows.items():
            self.rows[name] = self.rows.get(name, 0) + count


async def erase_calls(
    session: AsyncSession, actor: Actor, call_ids: Sequence[int], order: Order
) -> list[Erasure]:
    """Delete the sound or the words of calls, or the calls as a whole. `finish` must be called after the commit.

    Raises:
        Forbidden: the actor may not.
        CallNotFound: there is no such call.
        Held: something holds one of them; nothing was deleted.
        Conflict: one of them is going on.
        Invalid: no reason, or nothing that could be deleted.
    """
    actor.require(Permission.DATA_ERASE)
    if order.what not in WHAT:
        raise Invalid(
            "erase_what", "choose what to delete: the sound, the words, or the whole call"
        )
    if not order.rule and not order.reason.strip():
        raise Invalid("erase_reason", "say why it is deleted, without the words themselves")
    await legal_holds.require_free(session, call_ids)
    rows, texts = [], []
    for call_id in call_ids:
        call = await session.get(Call, call_id)
        if call is None:
            raise CallNotFound(call_id)
        if not call.ended:
            raise Conflict("call", call_id, "it is going on: delete it when it is over")
        gone = await _erase(session, call, order.what)
        rows.append(await log(session, actor, "call", call_id, order, gone))
        texts += gone.texts
        announce(session, "call", call_id)
    if texts:
        await erasure_traces.forget_said(session, texts, by_person=not order.rule)
    return rows


async def _erase(session: AsyncSession, call: Call, what: str) -> Gone:
    gone = Gone()
    ids = [call.id, *await parts_of(session, [call.id])]
    gone.files += await erasure_traces.drop_packs(session, ids)
    for one in ids:
        if what in ("audio", "call"):
            await forget_sound(session, one, gone)
        if what in ("words", "call"):
            await forget_words(session, one, gone)
    if what == "call":
        for row in (await session.scalars(select(Call).where(Call.id.in_(ids)))).all():
            await erased.note(session, row)
        await session.flush()
        await session.execute(
            update(Call).where(Call.merged_into_id.in_(ids)).values(merged_into_id=None)
        )
        gone.count(await remove(session, "calls", ids))
    return gone


async def forget_sound(session: AsyncSession, call_id: int, gone: Gone) -> None:
    """Let go of all sound of a call: files, outline, marks in it and links to pieces of it."""
    recordings = await session.scalars(select(Recording).where(Recording.call_id == call_id))
    ids = []
    for recording in recordings.all():
        ids.append(recording.id)
        gone.files += files_of(recording)
        recording.state, recording.error = ERASED, ""
        recording.path, recording.files, recording.sha256 = "", [], ""
        recording.size_bytes = None
    await session.flush()
    for model, column in (
        (PeakCache, PeakCache.recording_id),
        (SharedClip, SharedClip.recording_id),
        (RecordingMark, RecordingMark.recording_id),
    ):
        await session.execute(delete(model).where(column.in_(ids)))
    gone.count({"recordings": len(ids), "recording_marks": 0})
    gone.count(await erasure_traces.forget(session, {"recordings": ids}))


def files_of(recording: Recording) -> list[dict[str, str]]:
    """Every file that is kept of a recording, once."""
    kept = {recording.path: recording.sha256} if recording.path else {}
    for one in recording.files:
        kept.setdefault(str(one.get("path", "")), str(one.get("sha256", "")))
    files = [{"path": path, "sha256": digest} for path, digest in kept.items() if path]
    return [*files, {"path": f"{FETCHED}/{recording.id}", "sha256": ""}]


async def forget_words(session: AsyncSession, call_id: int, gone: Gone) -> None:
    """Let go of all words of a call: its transcripts, and what was quoted, noted and done because of them."""
    gone.texts += await _said(session, call_id)
    rows = await rows_about(session, "calls", [call_id])
    gone.count(await blank(session, rows))
    gone.count(await erasure_traces.forget(session, rows))
    transcripts = await session.scalars(select(Transcript.id).where(Transcript.call_id == call_id))
    gone.count(await remove(session, "transcripts", transcripts.all()))


async def _said(session: AsyncSession, call_id: int) -> list[str]:
    turns = select(Utterance.text, Utterance.corrected).where(Utterance.call_id == call_id)
    versions = (
        select(UtteranceCorrection.text)
        .join(Utterance, Utterance.id == UtteranceCorrection.utterance_id)
        .where(Utterance.call_id == call_id)
    )
    said = [one for row in await session.execute(turns) for one in row]
    return [one for one in [*said, *(await session.scalars(versions)).all()] if one]


async def log(  # noqa: PLR0913  # what such a row says
    session: AsyncSession, actor: Actor, kind: str, subject_id: int, order: Order, gone: Gone
) -> Erasure:
    """Write down what was deleted: a row that knows which files must go yet, and an entry of the audit log."""
    hashes = sorted({one["sha256"] for one in gone.files if one["sha256"]})
    detail: dict[str, Any] = {"rows": dict(sorted(gone.rows.items())), "files": hashes}
    row = Erasure(
        subject_kind=kind,
        subject_id=subject_id,
        what=order.what,
        rule=order.rule,
        reason=" ".join(order.reason.split())[:255],
        by_id=actor.user_id or None,
        at=datetime.now(UTC),
        detail=detail,
        files=sorted({one["path"] for one in gone.files if one["path"]}),
    )
    session.add(row)
    await session.flush()
    said = {"erasure": row.id, "what": order.what, **detail, **gone.said}
    action = f"{kind}.redact" if order.what == REDACTION else f"{kind}.erase"
    words = {"rule": order.rule, "reason": row.reason} if order.rule or row.reason else None
    await audit.record(session, actor, action, kind, subject_id, said, words=words)
    return row


async def finish(db: Database, data_dir: Path) -> int:
    """Remove the files of everything that was deleted and committed; returns how many there were."""
    async with db.read() as session:
        rows = (await session.scalars(select(Erasure).where(Erasure.cleaned_at.is_(None)))).all()
        waiting = {row.id: list(row.files) for row in rows if row.files}
    removed = 0
    for erasure_id, files in waiting.items():
        removed += await asyncio.to_thread(_unlink, data_dir, files)
        async with db.write() as session:
            done = update(Erasure).where(Erasure.id == erasure_id).values(files=[])
            await session.execute(done)
    return removed


def _unlink(data_dir: Path, files: Collection[str]) -> int:
    root = data_dir.resolve()
    removed = 0
    for name in files:
        path = (root / name).resolve()
        if path == root or not path.is_relative_to(root):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()
            removed += 1
    return removed


async def was_cleaned_since(db: Database, at: datetime) -> bool:
    """Whether the database was cleaned after a deletion since then: at night once an hour is enough."""
    async with db.read() as session:
        newest = await session.scalar(select(func.max(Erasure.cleaned_at)))
    return newest is not None and newest >= at


async def clean_up(db: Database, *, now: bool = False) -> bool:
    """Clean the free room of the database after deletions, if there were any.

    Args:
        db: the database.
        now: also where it holds up other work for a while: at night, or when somebody asks for it.

    Returns:
        Whether nothing is left to clean.
    """
    async with db.read() as session:
        waiting = select(Erasure).where(Erasure.cleaned_at.is_(None))
        rows = (await session.scalars(waiting)).all()
    if not rows:
        return True
    if not now and not await free_space.is_quick(db):
        return False
    tables = {name for row in rows for name in row.detail.get("rows", {})} | set(STANDING)
    tables |= {"utterances", "erasures"}
    if any(row.what == "client" for row in rows):
        tables = set()  # a name may have stood anywhere: all
    if not await free_space.clean(db, tables):
        return False
    ids = [row.id for row in rows if not row.files]
    async with db.write() as session:
        done = update(Erasure).where(Erasure.id.in_(ids)).values(cleaned_at=datetime.now(UTC))
        await session.execute(done)
    return len(ids) == len(rows)
