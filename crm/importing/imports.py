"""Imports as rows: begun, mapped, checked, run, listed, claimed by a process.

In: who imports and what they chose. Out: a row of `imports` and its progress. A process that works on one claims it for a
while and again with each chunk; when it is killed, another goes on after the last chunk that was committed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database
from crm import audit
from crm.access import SYSTEM, Actor, Permission
from crm.errors import Conflict, Invalid, NotFound
from crm.importing import run
from crm.importing.header_words import FIELDS
from crm.importing.plan import OnDuplicate, RowPlan
from crm.importing.report import Report
from crm.importing.run import Job, OnChunk
from crm.notices import announce
from crm.tables import Import, ImportRow

LEASE = timedelta(seconds=60)
"""A process that was not heard of for so long is believed dead."""
WORKED_ON = ("checking", "running", "undoing")
_CHANGEABLE = ("mapping", "checked", "failed")
COMMAND = "command"
"""`Import.claimed_by` of an import that the command line runs."""
PAGE_SIZE = 50


class ClaimLost(Exception):
    """Another process works on this import now; nothing of the chunk is kept."""


async def begin(
    session: AsyncSession, actor: Actor, file_name: str, path: str, meta: Mapping[str, Any]
) -> Import:
    """Keep a file that was sent, to be mapped.

    Raises:
        Forbidden: the actor may not import.
    """
    actor.require(Permission.CLIENTS_IMPORT)
    row = Import(
        user_id=actor.user_id or None,
        file_name=file_name[:255],
        path=path,
        at=datetime.now(UTC),
        state="mapping",
        options={**meta, "fields": {}, "on_duplicate": OnDuplicate.FILL.value},
        rows=int(meta.get("rows", 0)),
    )
    session.add(row)
    await session.flush()
    return row


async def get(session: AsyncSession, actor: Actor, import_id: int) -> Import:
    """Return an import: one's own, or anybody's for administrators and supervisors.

    Raises:
        Forbidden: the actor may not import.
        NotFound: no such import, or a colleague's.
    """
    actor.require(Permission.CLIENTS_IMPORT)
    row = await session.get(Import, import_id, populate_existing=True)
    if row is None or not _is_seen(actor, row):
        raise NotFound("import", import_id)
    return row


async def earlier(session: AsyncSession, actor: Actor, limit: int = PAGE_SIZE) -> list[Import]:
    """Imports that the actor may see, the newest first.

    Raises:
        Forbidden: the actor may not import.
    """
    actor.require(Permission.CLIENTS_IMPORT)
    query = select(Import).order_by(Import.id.desc()).limit(limit)
    if not actor.may(Permission.AUDIT_SEE):
        query = query.where(Import.user_id == actor.user_id)
    return list((await session.scalars(query)).all())


async def choose(
    session: AsyncSession,
    actor: Actor,
    import_id: int,
    fields: Mapping[int, str],
    on_duplicate: str,
) -> Import:
    """Say which column is what, and what happens with duplicates; a check begins.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: it runs, or ran.
        Invalid: no such field.
    """
    row = await get(session, actor, import_id)
    _require_state(row, _CHANGEABLE)
    for field in fields.values():
        if field and field not in FIELDS and not field.startswith("custom:"):
            raise Invalid("field", "there is no field %(name)s", name=field[:64])
    if on_duplicate not in set(OnDuplicate):
        raise Invalid("duplicates", "choose what happens with clients who are there already")
    chosen = {str(index): field for index, field in fields.items()}
    row.options = {**row.options, "fields": chosen, "on_duplicate": on_duplicate, "after": 0}
    await start(session, row, "checking")
    return row


async def start_running(session: AsyncSession, actor: Actor, import_id: int) -> Import:
    """Begin the import itself.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: it was not checked, or it runs already.
    """
    row = await get(session, actor, import_id)
    _require_state(row, ("checked",))
    row.options = {**row.options, "after": 0}
    await start(session, row, "running")
    return row


async def start_undoing(
    session: AsyncSession, actor: Actor, import_id: int, *, touched: bool
) -> Import:
    """Begin to undo an import.

    Args:
        session: a write session.
        actor: who undoes.
        import_id: which.
        touched: whether clients that somebody worked with since go into the bin as well, as far as the actor may
            delete them.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: it did not run to its end.
    """
    row = await get(session, actor, import_id)
    _require_state(row, ("done", "failed", "undone"))
    row.options = {**row.options, "touched": touched, "after": 0}
    row.undone_by_id = actor.user_id or None
    await start(session, row, "undoing")
    return row


async def start(session: AsyncSession, row: Import, state: str) -> None:
    """Leave an import to whichever process takes it first."""
    row.state, row.done, row.why = state, 0, ""
    row.claimed_by, row.claimed_until = "", None
    if state != "undoing":
        row.created = row.updated = row.duplicates = row.failed = 0
        await session.execute(delete(ImportRow).where(ImportRow.import_id == row.id))
    announce(session, "import", row.id)
    await session.flush()


async def claim(db: Database, owner: str, lease: timedelta = LEASE) -> Import | None:
    """Take an import that waits, or whose process is gone; None if there is none."""
    now = datetime.now(UTC)
    free = or_(Import.claimed_until.is_(None), Import.claimed_until < now)
    async with db.read() as session:
        if (
            await session.scalar(
                select(Import.id).where(Import.state.in_(WORKED_ON), free).limit(1)
            )
            is None
        ):
            return None
    async with db.write() as session:
        waiting = select(Import).where(Import.state.in_(WORKED_ON), free).order_by(Import.id)
        row = await session.scalar(waiting.limit(1).with_for_update(skip_locked=True))
        if row is None:
            return None
        row.claimed_by, row.claimed_until = owner, now + lease
        return row


async def keep_claim(
    session: AsyncSession, import_id: int, owner: str, values: Mapping[str, Any]
) -> None:
    """Write the progress and hold the claim, in the transaction of a chunk.

    Raises:
        ClaimLost: another process has taken the import.
    """
    mine = update(Import).where(Import.id == import_id, Import.claimed_by == owner)
    until = datetime.now(UTC) + LEASE
    done = await session.execute(mine.values(claimed_until=until, **values))
    if not done.rowcount:  # type: ignore[attr-defined]
        raise ClaimLost
    announce(session, "import", import_id)


def progress_of(row: Import, owner: str) -> tuple[OnChunk, Report]:
    """What is called with each chunk of a run: counts go on from where they stood."""
    counted = Report()
    totals = counted.totals
    totals.rows, totals.created, totals.updated = row.done, row.created, row.updated
    totals.duplicates, totals.failed = row.duplicates, row.failed
    options = dict(row.options)

    async def on_chunk(session: AsyncSession, number: int, plans: Sequence[RowPlan]) -> None:
        counted.add(plans)
        options["after"] = number
        values = {
            "done": totals.rows,
            "created": totals.created,
            "updated": totals.updated,
            "duplicates": totals.duplicates,
            "failed": totals.failed,
            "options": dict(options),
        }
        await keep_claim(session, row.id, owner, values)

    return on_chunk, counted


async def finish(
    session: AsyncSession, import_id: int, state: str, actor: Actor, why: str = ""
) -> None:
    """End the work on an import; what was imported is written into the audit log."""
    row = await session.get(Import, import_id, populate_existing=True)
    if row is None:
        return
    row.state, row.why, row.claimed_by, row.claimed_until = state, why, "", None
    now = datetime.now(UTC)
    if state in ("done", "failed"):
        row.finished_at = now
    if state == "undone":
        row.undone_at = now
    counts = {
        name: getattr(row, name) for name in ("rows", "created", "updated", "duplicates", "failed")
    }
    if state != "checked":
        action = "clients.import" if state in ("done", "failed") else "clients.import.undo"
        detail, words = {"state": state, **counts}, {"file": row.file_name}
        await audit.record(session, actor, action, "import", import_id, detail, words=words)
    announce(session, "import", import_id)


async def begin_from_command(
    db: Database, file_name: str, rows: int, on_duplicate: OnDuplicate
) -> int:
    """Begin an import that this very process runs."""
    async with db.write() as session:
        row = await begin(session, SYSTEM, file_name, "", {"rows": rows})
        row.options = {**row.options, "on_duplicate": on_duplicate.value}
        row.state, row.claimed_by = "running", COMMAND
        row.claimed_until = datetime.now(UTC) + LEASE
        return row.id


async def run_now(db: Database, job: Job) -> Report:
    """Run an import of the command line to its end; the report names every client and problem."""
    assert job.import_id is not None  # noqa: S101 - `begin_from_command` made it
    async with db.read() as session:
        row = await session.get(Import, job.import_id)
    if row is None:
        raise NotFound("import", job.import_id)
    on_chunk, _ = progress_of(row, COMMAND)
    report = await run.go(db, job, keep=True, on_chunk=on_chunk)
    async with db.write() as session:
        await finish(session, job.import_id, "done", job.actor)
    return report


async def problems(
    session: AsyncSession,
    import_id: int,
    actions: Sequence[str],
    *,
    after: int = 0,
    limit: int = 100,
) -> list[ImportRow]:
    """Rows of an import with these actions, in order; `after` is the id of the last one seen."""
    query = select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.action.in_(actions), ImportRow.id > after
    )
    return list((await session.scalars(query.order_by(ImportRow.id).limit(limit))).all())


async def counts(session: AsyncSession, import_id: int) -> dict[str, int]:
    """How many rows of each action an import has."""
    query = select(ImportRow.action, func.count()).where(ImportRow.import_id == import_id)
    return {
        action: count for action, count in await session.execute(query.group_by(ImportRow.action))
    }


def _is_seen(actor: Actor, row: Import) -> bool:
    return row.user_id == (actor.user_id or None) or actor.may(Permission.AUDIT_SEE)


def _require_state(row: Import, states: Sequence[str]) -> None:
    if row.state not in states:
        raise Conflict("import", row.id, f"it is {row.state}")


async def forget(session: AsyncSession, actor: Actor, import_id: int) -> str:
    """Remove an import that wrote nothing; returns where its file lies.

    Raises:
        NotFound, Forbidden: as `get`.
        Conflict: it ran.
    """
    row = await get(session, actor, import_id)
    _require_state(row, ("mapping", "checked"))
    path = row.path
    await session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))
    await session.delete(row)
    return path
