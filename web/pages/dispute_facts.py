"""Everything that the page of one dispute shows.

In: a case that the person may see. Out: `DisputeFacts`. Words of calls that the person may not hear are not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Recording, SpeechAct, Transcript
from crm import (
    agents,
    call_visibility,
    deal_visibility,
    dispute_evidence,
    dispute_queries,
    dispute_verdict,
)
from crm.access import Actor, Permission
from crm.dispute_evidence import Coverage
from crm.dispute_queries import Line
from crm.dispute_score import leaning
from crm.dispute_visibility import heard_by
from crm.tables import Deal, Dispute, DisputeEvidence, DisputeRemark, Promise
from web.pages.phone_names import PhoneNames, phone_names
from web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEvidence:
    """One piece, with what explains it."""

    row: DisputeEvidence
    call: Call | None
    """None: a call that the reader may not even see."""
    who: str
    act: SpeechAct | None
    readable: bool
    recording_id: int | None
    leaning: str
    by: str

    @property
    def speaks(self) -> str:
        """For whom: as a person weighed it, else as it seems."""
        return self.row.speaks if self.row.state == "taken" else self.leaning


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeFacts:
    """A case for its page."""

    line: Line
    evidence: Sequence[ShownEvidence]
    coverage: Coverage
    remarks: Sequence[tuple[DisputeRemark, str]]
    decided_by: str
    approved_by: str
    deal: Deal | None
    promise: Promise | None
    may_edit: bool
    may_judge: bool
    may_approve: bool
    may_answer: bool

    @property
    def dispute(self) -> Dispute:
        """The case."""
        return self.line.dispute

    def count(self, state: str) -> int:
        """How many pieces of evidence are in this state."""
        return sum(one.row.state == state for one in self.evidence)


async def facts_of(
    session: AsyncSession, services: Services, actor: Actor, dispute: Dispute
) -> DisputeFacts:
    """Read everything about a case."""
    rows = await dispute_evidence.of_dispute(session, dispute.id)
    if not actor.may(Permission.DISPUTES_SEE):
        rows = [one for one in rows if one.state == "taken"]
    (line,) = await dispute_queries.lines(session, actor, [dispute])
    query = select(DisputeRemark).where(DisputeRemark.dispute_id == dispute.id)
    remarks = (await session.scalars(query.order_by(DisputeRemark.id))).all()
    ids = {dispute.decided_by_id, dispute.approved_by_id}
    ids |= {one.by_id for one in remarks} | {one.by_id for one in rows}
    names = await agents.names(session, [one for one in ids if one])
    sold = select(Deal).where(Deal.id == dispute.deal_id, deal_visibility.seen_by(actor))
    opens, judges = (
        actor.may(one) for one in (Permission.DISPUTES_OPEN, Permission.DISPUTES_JUDGE)
    )
    own = dispute.respondent_id == actor.user_id
    return DisputeFacts(
        line=line,
        evidence=await _shown(session, actor, rows, names),
        coverage=await dispute_evidence.coverage(session, dispute, services.zone),
        remarks=[(one, names.get(one.by_id or 0, "")) for one in remarks],
        decided_by=names.get(dispute.decided_by_id or 0, ""),
        approved_by=names.get(dispute.approved_by_id or 0, ""),
        deal=await session.scalar(sold) if actor.may(Permission.DEALS_SEE) else None,
        promise=await session.get(Promise, dispute.promise_id) if dispute.promise_id else None,
        may_edit=opens and dispute.state == "open",
        may_judge=judges and dispute.state == "open",
        may_approve=dispute_verdict.may_approve(actor, dispute),
        may_answer=own or opens,
    )


async def _shown(
    session: AsyncSession, actor: Actor, rows: Sequence[DisputeEvidence], names: dict[int, str]
) -> list[ShownEvidence]:
    ids = [one.id for one in rows]
    heard = set(
        (
            await session.scalars(
                select(DisputeEvidence.id).where(DisputeEvidence.id.in_(ids), heard_by(actor))
            )
        ).all()
    )
    wanted = select(Call).where(
        Call.id.in_([one.call_id for one in rows]), call_visibility.seen_by(actor)
    )
    calls = {call.id: call for call in (await session.scalars(wanted)).all()}
    phones = await phone_names(session, list(calls.values()))
    acts = {
        act.id: act
        for act in await session.scalars(
            select(SpeechAct).where(SpeechAct.id.in_([one.act_id for one in rows if one.act_id]))
        )
    }
    sounds = await _recordings(session, rows)
    return [
        ShownEvidence(
            row=one,
            call=calls.get(one.call_id),
            who=_who(one, calls.get(one.call_id), phones),
            act=acts.get(one.act_id or 0),
            readable=one.id in heard,
            recording_id=sounds.get(one.id) if one.id in heard else None,
            leaning=leaning(one.found_by, one.side),
            by=names.get(one.by_id or 0, ""),
        )
        for one in rows
    ]


def _who(row: DisputeEvidence, call: Call | None, phones: PhoneNames) -> str:
    """Who of ours said it; "" for the client and for unknown voices."""
    if row.side != "operator" or call is None:
        return ""
    speaker = row.speaker or call.answered_by or call.final_handler
    at: datetime | None = call.answered_at or call.started_at
    return phones.of(call.pbx, speaker, at) if speaker else ""


async def _recordings(session: AsyncSession, rows: Sequence[DisputeEvidence]) -> dict[int, int]:
    """The recording in which each moment is heard: that of its transcript, else the first of its call."""
    call_ids = [one.call_id for one in rows]
    own = (
        select(DisputeEvidence.id, Transcript.recording_id)
        .join(SpeechAct, SpeechAct.id == DisputeEvidence.act_id)
        .join(Transcript, Transcript.id == SpeechAct.transcript_id)
        .where(DisputeEvidence.id.in_([one.id for one in rows]))
    )
    found = {row_id: recording for row_id, recording in await session.execute(own) if recording}
    first = (
        select(Recording.call_id, func.min(Recording.id))
        .where(Recording.call_id.in_(call_ids), Recording.state == "ready")
        .group_by(Recording.call_id)
    )
    of_call = {call_id: recording for call_id, recording in await session.execute(first)}
    for one in rows:
        if one.id not in found and one.call_id in of_call:
            found[one.id] = of_call[one.call_id]
    return found
