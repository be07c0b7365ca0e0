"""Making proof packs: from rows to a signed file, for the command line and for the worker.

In: settings, and what was chosen (`crm.proof_choice`). Out: the pack's file, its row, an entry of the audit log. All rows
are read in one session, so the pack tells one state of the database; what blocks (sound files) runs in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import jobs
from calls.db import Database
from calls.errors import CallsError, ProofImpossible
from calls.jobs import ClaimedJob
from calls.proof.model import Case, Words
from calls.proof.pack import Made, make
from calls.proof.seal import Seal
from calls.tables import Call
from crm import audit, proof_facts, proof_keys, proof_packs
from crm.access import SYSTEM, Actor
from crm.errors import CrmError
from crm.proof_absences import absences_of
from crm.proof_calls import call_facts
from crm.proof_choice import Chosen, Subject, choose
from crm.proof_facts import People, Wording
from crm.tables import AuditEntry, ProofPack
from web.i18n import use_locale
from web.pages.outcome_words import reason_words
from web.pages.phone_names import PhoneNames, phone_names
from web.settings import Settings

LEASE_S = 60.0


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted. `stamp_required`: no pack without a time-stamp."""

    subject: Subject
    actor: Actor
    stamp_required: bool = False


async def make_file(db: Database, settings: Settings, order: Order, target: Path) -> ProofPack:
    """Make a pack at once, at a place of the person's choice; no copy is kept.

    Raises:
        Forbidden, NotFound, CallNotFound, ProofImpossible: as `crm.proof_choice.choose`.
        KeyUnavailable: the key is lost.
        TimestampFailed: no time-stamp, and one is required.
        StorageFull: no room.
    """
    made, call_ids = await _made(db, settings, order, target)
    async with db.write() as session:
        pack = proof_packs.new_pack(order.actor, order.subject, call_ids)
        session.add(pack)
        await session.flush()
        await proof_packs.finish(session, order.actor, pack, made, "")
    return pack


@dataclass(frozen=True, slots=True)
class PackMaker:
    """Does the jobs "make_proof_pack"."""

    db: Database
    settings: Settings

    async def make_pack(self, job: ClaimedJob) -> bool:
        """Make the pack of a job; False when the lease was lost. What makes it impossible is noted in its row."""
        async with self.db.read() as session:
            pack = await session.get(ProofPack, int(job.payload["pack_id"]))
        if pack is None or pack.state != "waiting":
            async with self.db.write() as session:
                return await jobs.complete(session, job)
        order = Order(Subject(pack.subject_kind, pack.subject_id), SYSTEM)
        target = self.settings.data_dir / proof_packs.path_of(pack)
        try:
            made = await self._while_leased(job, order, target, pack)
        except (CallsError, CrmError) as error:
            return await self._note(job, pack.id, error)
        return made is not None and await self._note(job, pack.id, made)

    async def _while_leased(
        self, job: ClaimedJob, order: Order, target: Path, pack: ProofPack
    ) -> Made | None:
        """Make the file, renewing the lease meanwhile; None when it was lost."""
        only = frozenset(int(one) for one in pack.call_ids)
        working = asyncio.create_task(
            _made(self.db, self.settings, order, target, only, pack.by_login),
            name=f"proof {job.key}",
        )
        while not working.done():
            await asyncio.wait({working}, timeout=LEASE_S / 3)
            if not working.done() and not await jobs.renew(self.db, job, LEASE_S):
                working.cancel()
                return None
        return working.result()[0]

    async def _note(self, job: ClaimedJob, pack_id: int, made: Made | Exception) -> bool:
        gone = ""
        async with self.db.write() as session:
            if not await jobs.complete(session, job):
                return False
            # Held: what is dropped at this moment, for words were hidden in it, must not be ready again.
            pack = await session.get_one(ProofPack, pack_id, with_for_update={"key_share": True})
            path = str(proof_packs.path_of(pack))
            if pack.state != "waiting":  # dropped while it was made
                gone = path
            elif isinstance(made, Exception):
                await proof_packs.fail(session, pack, made)
            else:
                await proof_packs.finish(session, SYSTEM, pack, made, path)
        if gone:
            remove(self.settings.data_dir, gone)
        return True


def remove(data_dir: Path, path: str) -> None:
    """Remove the file of a pack that was dropped."""
    if path:
        (data_dir / path).unlink(missing_ok=True)


async def _made(  # noqa: PLR0913 (what a pack depends on)
    db: Database,
    settings: Settings,
    order: Order,
    target: Path,
    only: frozenset[int] | None = None,
    made_by: str = "",
) -> tuple[Made, list[int]]:
    """Gather and pack; `only`: the calls that were allowed when it was asked for."""
    key = await proof_keys.current(db, settings.data_dir)
    async with db.read() as session:
        chosen = await choose(session, order.actor, order.subject)
        if only is not None and not {call.id for call in chosen.calls} <= only:
            why = "another call became evidence meanwhile: ask for a new pack"
            raise ProofImpossible(why, "moved")
        case = await case_of(session, settings, order.subject, chosen)
    case = replace(case, made_by=made_by or order.actor.login)
    seal = Seal(key, settings.timestamp_url, order.stamp_required)
    made = await asyncio.to_thread(make, case, settings.data_dir, target, seal)
    return made, [call.id for call in chosen.calls]


async def case_of(
    session: AsyncSession, settings: Settings, subject: Subject, chosen: Chosen
) -> Case:
    """Everything that the pack will tell, in plain values."""
    people = await People.read(session)
    names = await phone_names(session, chosen.calls)
    wording = Wording(phone=_namer(names), reason=lambda call: _reason(call, names))
    clients = await proof_facts.clients_of(session, chosen.calls)
    calls, absences = [], list(chosen.absences)
    for call in chosen.calls:
        facts = await call_facts(session, call, clients.get(call.id, ""), wording, people)
        calls.append(facts)
        absences += await absences_of(session, call, facts, people)
    dispute = None
    if chosen.dispute is not None:
        evidence = await proof_facts.evidence_facts(
            session, chosen.evidence, chosen.homes, wording, people
        )
        dispute = await proof_facts.dispute_facts(session, chosen.dispute, evidence, people)
    entries, head = await _log_head(session)
    samples = [*(call.sample for call in chosen.calls), chosen.dispute and chosen.dispute.sample]
    return Case(
        subject_kind=subject.kind,
        subject_id=subject.id,
        made_at=datetime.now(UTC),
        made_by="",
        slovo_version=version("slovo-crm"),
        zone=settings.time_zone,
        lang=settings.locale,
        audit_entries=entries,
        audit_head=head,
        dispute=dispute,
        calls=tuple(calls),
        log=await proof_facts.log_of(session, chosen.calls, chosen.dispute, people),
        absences=tuple(absences),
        sample=any(samples),
    )


async def _log_head(session: AsyncSession) -> tuple[int, str]:
    """How many rows the audit log has, and the newest one's hash."""
    newest = await session.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    )
    row = newest.one_or_none()
    if row is None:
        return 0, audit.GENESIS
    count = select(func.count()).select_from(AuditEntry).where(AuditEntry.id <= row.id)
    return await session.scalar(count) or 0, row.hash


def _namer(names: PhoneNames) -> Callable[[Call, str], str]:
    return lambda call, phone: names.of(call.pbx, phone, call.answered_at or call.started_at)


def _reason(call: Call, names: PhoneNames) -> Words:
    with use_locale("ru"):
        russian = reason_words(call, names)
    with use_locale("en"):
        return Words(ru=russian, en=reason_words(call, names))
