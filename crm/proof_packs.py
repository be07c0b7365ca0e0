"""The proof packs that were made: asked for, made by the worker, downloaded, dropped. Every step is in the audit log.

In: an actor and a subject, or a finished pack. Out: rows, the job "make_proof_pack", and refusals: a pack is as secret as
the most secret of its calls. What is deleted or redacted in a call goes from our kept packs as well (`drop_with_calls`);
copies that were handed out are out of our hands, and the list says who made them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs
from calls.errors import KeyUnavailable, StorageFull
from calls.tables import Job
from crm import audit
from crm.access import Actor, Permission
from crm.errors import Conflict, CrmError, Forbidden, NotFound
from crm.proof_choice import DISPUTE, Subject, choose, require_dispute, require_hearing
from crm.tables import ProofPack

if TYPE_CHECKING:
    from calls.proof.pack import Made

MAKE = "make_proof_pack"
"""Kind of the job; its key is the pack's id."""
FOLDER = "proof"
PAGE_SIZE = 50
LEFT_FOR_S = 600.0
"""Who writes a pack touches its file all the time: one that was not touched for so long has no writer any more."""


async def ask(session: AsyncSession, actor: Actor, subject: Subject) -> ProofPack:
    """Have the worker make a pack.

    Raises:
        Forbidden, NotFound, CallNotFound, ProofImpossible: as `crm.proof_choice.choose`.
    """
    chosen = await choose(session, actor, subject)
    pack = new_pack(actor, subject, [call.id for call in chosen.calls])
    session.add(pack)
    await session.flush()
    await jobs.enqueue(session, MAKE, str(pack.id), {"pack_id": pack.id}, priority=10)
    detail = {"pack": pack.id, "calls": pack.call_ids}
    await audit.record(session, actor, "proof.ask", subject.kind, subject.id, detail)
    return pack


def new_pack(actor: Actor, subject: Subject, call_ids: Sequence[int]) -> ProofPack:
    """A row for a pack that is to be made."""
    return ProofPack(
        subject_kind=subject.kind,
        subject_id=subject.id,
        call_ids=list(call_ids),
        by_id=actor.user_id or None,
        by_login=actor.login,
        asked_at=datetime.now(UTC),
        state="waiting",
    )


async def finish(
    session: AsyncSession, actor: Actor, pack: ProofPack, made: Made, path: str
) -> None:
    """Note that a pack was made. Its hash goes into the audit log: so pack and log vouch for each other.

    Args:
        session: a write session.
        actor: who made it.
        pack: its row.
        made: what was written, and what is missing in it.
        path: relative to the data directory; "" where no copy is kept.
    """
    sealed = made.sealed
    pack.state, pack.error = "ready", ""
    pack.made_at = datetime.now(UTC)
    pack.sha256, pack.size_bytes, pack.key_id = sealed.sha256, sealed.size_bytes, sealed.key_id
    pack.stamp, pack.absent, pack.path = sealed.stamping.state, len(made.absences), path
    await session.flush()
    detail = {
        "pack": pack.id,
        "calls": pack.call_ids,
        "sha256": sealed.sha256,
        "bytes": sealed.size_bytes,
        "key": sealed.key_id,
        "stamp": sealed.stamping.state,
        "by": pack.by_id,
    }
    await audit.record(session, actor, "proof.make", pack.subject_kind, pack.subject_id, detail)


async def fail(session: AsyncSession, pack: ProofPack, error: Exception) -> None:
    """Note that a pack cannot be made."""
    kinds = {KeyUnavailable: "key", StorageFull: "full"}
    pack.state, pack.error = "failed", str(error)
    pack.error_kind = str(getattr(error, "kind", "")) or kinds.get(type(error), "")
    await session.flush()


def path_of(pack: ProofPack) -> Path:
    """Where the worker keeps a pack, relative to the data directory."""
    return Path(FOLDER, f"pack-{pack.id}.zip")


def sweep(data_dir: Path, now: datetime) -> int:
    """Remove what killed workers left of packs that they were writing: words that are deleted must not live on in it."""
    stale = [
        path
        for path in (data_dir / FOLDER).glob(".part-*")
        if now.timestamp() - path.stat().st_mtime > LEFT_FOR_S
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


async def listed(
    session: AsyncSession,
    actor: Actor,
    *,
    subject: Subject | None = None,
    before: int | None = None,
) -> list[ProofPack]:
    """The packs that the actor may have, newest first.

    Raises:
        Forbidden: the actor may not make packs.
    """
    actor.require(Permission.PROOF_MAKE)
    query = select(ProofPack).order_by(ProofPack.id.desc()).limit(PAGE_SIZE)
    if subject is not None:
        of_it = ProofPack.subject_kind == subject.kind, ProofPack.subject_id == subject.id
        query = query.where(*of_it)
    if before is not None:
        query = query.where(ProofPack.id < before)
    rows = (await session.scalars(query)).all()
    return [row for row in rows if await _may_have(session, actor, row)]


async def progress_of(
    session: AsyncSession, packs: Collection[ProofPack]
) -> dict[int, tuple[str, str]]:
    """Pack → (state, error) of its job, of those that wait."""
    keys = [str(pack.id) for pack in packs if pack.state == "waiting"]
    rows = await session.execute(
        select(Job.key, Job.state, Job.error).where(Job.kind == MAKE, Job.key.in_(keys))
    )
    return {int(key): (state, error) for key, state, error in rows}


async def get(session: AsyncSession, actor: Actor, pack_id: int) -> ProofPack:
    """A pack, for a person who may hear all its calls.

    Raises:
        NotFound: there is none.
        Forbidden: the actor may not have it.
    """
    actor.require(Permission.PROOF_MAKE)
    pack = await session.get(ProofPack, pack_id)
    if pack is None:
        raise NotFound("proof pack", pack_id)
    await _require(session, actor, pack)
    return pack


async def download(session: AsyncSession, actor: Actor, pack_id: int) -> ProofPack:
    """A finished pack to be given out; noted in the audit log.

    Raises:
        NotFound: there is none.
        Forbidden: the actor may not have it.
        Conflict: it is not ready, or its file is gone.
    """
    pack = await get(session, actor, pack_id)
    if pack.state != "ready" or not pack.path:
        raise Conflict("proof pack", pack_id, "there is no file of it here")
    detail = {"pack": pack.id, "calls": pack.call_ids, "sha256": pack.sha256}
    await audit.record(session, actor, "proof.download", pack.subject_kind, pack.subject_id, detail)
    return pack


async def drop(session: AsyncSession, actor: Actor, pack_id: int) -> str:
    """Keep a pack's file no longer; returns its path, which the caller removes once this is committed.

    Raises:
        NotFound, Forbidden: as `get`.
    """
    pack = await get(session, actor, pack_id)
    return (await _drop(session, actor, pack))["path"]


async def drop_with_calls(
    session: AsyncSession, actor: Actor, call_ids: Collection[int]
) -> list[dict[str, str]]:
    """Drop all kept packs that hold one of these calls, for what was deleted or redacted must not live on in them.

    One that is being made now is dropped as soon as it is finished.

    Returns:
        `{"path", "sha256"}` of the files (relative to the data directory) that the caller removes once this is committed.
    """
    rows = await session.scalars(select(ProofPack).where(ProofPack.state.in_(("ready", "waiting"))))
    wanted = set(call_ids)
    dropped = [await _drop(session, actor, one) for one in rows if wanted & set(one.call_ids)]
    return [one for one in dropped if one["path"]]


async def _drop(session: AsyncSession, actor: Actor, pack: ProofPack) -> dict[str, str]:
    path = pack.path or (str(path_of(pack)) if pack.state == "waiting" else "")
    pack.state, pack.path, pack.dropped_at = "dropped", "", datetime.now(UTC)
    await session.flush()
    detail = {"pack": pack.id, "sha256": pack.sha256}
    await audit.record(session, actor, "proof.drop", pack.subject_kind, pack.subject_id, detail)
    return {"path": path, "sha256": pack.sha256}


async def _require(session: AsyncSession, actor: Actor, pack: ProofPack) -> None:
    await require_hearing(session, actor, pack.call_ids)
    if pack.subject_kind == DISPUTE:
        await require_dispute(session, actor, pack.subject_id)


async def _may_have(session: AsyncSession, actor: Actor, pack: ProofPack) -> bool:
    try:
        await _require(session, actor, pack)
    except Forbidden:
        return False
    except CrmError:  # the case is gone: the row says what was made of it
        return actor.may(Permission.ADMINISTER)
    return True
