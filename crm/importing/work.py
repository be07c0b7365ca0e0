"""The work process's part of imports: takes one that waits, and checks, runs or undoes it.

In: the database and where files lie. Out: True if there was something to do. A file that cannot be read any more, or a
person who may not import any more, ends the import as failed, with the reason.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.db import Database
from crm import agents
from crm.access import SYSTEM, Actor, Permission
from crm.errors import CrmError
from crm.importing import imports, run
from crm.importing.imports import ClaimLost
from crm.importing.plan import OnDuplicate, RowPlan
from crm.importing.run import Job
from crm.importing.source import StoredTable
from crm.importing.undo import undo
from crm.number_rules import NumberRules
from crm.tables import Import, ImportRow, User

log = structlog.get_logger(__name__)

FOLDER = "imports"
"""Below the data directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where imports are worked on."""

    data_dir: Path
    rules: NumberRules
    zone: ZoneInfo
    owner: str = ""
    """Names the process; "" = this one."""
    lease: timedelta = imports.LEASE

    @property
    def name(self) -> str:
        """Who claims."""
        return self.owner or f"{socket.gethostname()[:40]}:{os.getpid()}"


async def work_once(db: Database, place: Place) -> bool:
    """Do what waits, one import after the other; returns whether there was any."""
    row = await imports.claim(db, place.name, place.lease)
    if row is None:
        return False
    try:
        actor = await _actor_of(db, row)
        if row.state == "undoing":
            await undo(db, actor, row.id, place.name)
            await _end(db, row, "undone", actor)
        else:
            await _check_or_run(db, place, row, actor)
    except ClaimLost:
        log.warning("import_taken_over", import_id=row.id)
    except (CrmError, OSError, json.JSONDecodeError) as error:
        log.warning("import_failed", import_id=row.id, why=str(error))
        await _end(db, row, "failed", SYSTEM, str(error))
    return True


async def _check_or_run(db: Database, place: Place, row: Import, actor: Actor) -> None:
    if not row.path:
        why = "the command that ran it was stopped: run it again, clients that are there are recognised"
        await _end(db, row, "failed", actor, why)
        return
    folder = place.data_dir / row.path
    options = row.options
    job = Job(
        table=StoredTable(folder, await run.custom_names(db)),
        actor=actor,
        rules=place.rules,
        zone=place.zone,
        on_duplicate=OnDuplicate(options.get("on_duplicate", OnDuplicate.FILL)),
        fields={int(index): field for index, field in options.get("fields", {}).items()},
        import_id=row.id if row.state == "running" else None,
    )
    on_chunk, _ = imports.progress_of(row, place.name)
    if row.state == "running":
        await run.go(db, job, after=int(options.get("after", 0)), on_chunk=on_chunk)
        await _end(db, row, "done", actor)
        shutil.rmtree(folder, ignore_errors=True)
        return

    async def keep(session: AsyncSession, number: int, plans: Sequence[RowPlan]) -> None:
        await on_chunk(session, number, plans)
        await _keep_problems(session, row.id, plans)

    if int(options.get("after", 0)):
        # A check that was interrupted begins anew: it keeps in memory what earlier rows would make.
        async with db.write() as session:
            again = await session.get(Import, row.id)
            if again is not None:
                await imports.start(session, again, "checking")
        return
    await run.check(db, job, on_chunk=keep)
    await _end(db, row, "checked", actor)


async def _keep_problems(session: AsyncSession, import_id: int, plans: Sequence[RowPlan]) -> None:
    rows = []
    for plan in plans:
        empty = {"import_id": import_id, "row": plan.row, "column": "", "why": "", "before": {}}
        ref = plan.met.ref if plan.met is not None and plan.met.ref > 0 else None
        if plan.outcome in ("duplicate", "updated"):
            rows.append({**empty, "action": plan.outcome, "client_id": ref})
        rows += [
            {
                **empty,
                "action": issue.severity,
                "client_id": None,
                "column": issue.column[:255],
                "why": issue.why,
                "before": {"template": issue.text, "values": dict(issue.values)},
            }
            for issue in plan.issues
        ]
    if rows:
        await session.execute(insert(ImportRow), rows)


async def _actor_of(db: Database, row: Import) -> Actor:
    """Who imports, or takes it back, with the rights of now.

    Raises:
        Forbidden: he may not import any more.
    """
    user_id = row.undone_by_id if row.state == "undoing" else row.user_id
    if user_id is None:
        return SYSTEM
    query = select(User).where(User.id == user_id).options(selectinload(User.queues))
    async with db.read() as session:
        user = await session.scalar(query)
        if user is None:
            return SYSTEM
        actor = await agents.actor_for(session, user)
    actor.require(Permission.CLIENTS_IMPORT)
    return actor


async def _end(db: Database, row: Import, state: str, actor: Actor, why: str = "") -> None:
    async with db.write() as session:
        await imports.finish(session, row.id, state, actor, why)
