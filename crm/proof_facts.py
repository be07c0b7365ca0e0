"""Gathering what a proof pack tells: the case, its calls, their words, and who heard and changed what.

In: a dispute or a call, and ids of calls that may be told. Out: plain values for `calls.proof`. Whose names stand behind
phones, and the reason of an outcome in words, come from the pages (`Wording`). Of colleagues only login and name are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.proof.model import DisputeFacts, Evidence, LoggedDeed, Remark, Words
from calls.tables import Call, Recording, Transcript, Utterance
from crm.tables import (
    AuditEntry,
    CallLink,
    Client,
    Dispute,
    DisputeEvidence,
    DisputeRemark,
    Promise,
    User,
)

PIECE = 500
"""So many ids are asked for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What the pages know better: `phone(call, extension)` is whose phone it was then, `reason` why a call ended so."""

    phone: Callable[[Call, str], str]
    reason: Callable[[Call], Words]


class People:
    """Names of colleagues by id: "Name (login)"."""

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names

    @classmethod
    async def read(cls, session: AsyncSession) -> People:
        """All of them: a company has some hundreds."""
        rows = await session.execute(select(User.id, User.name, User.login))
        return cls({id_: f"{name} ({login})" if name else login for id_, name, login in rows})

    def of(self, user_id: int | None) -> str:
        """Who this is; "" for nobody, the bare number for somebody whose account is gone."""
        return "" if not user_id else self._names.get(user_id, f"#{user_id}")


def amount_text(value: Decimal | None, unit: str) -> str:
    """A sum as it is written in a pack: "1500.50 RUB", "10 percent"; "" for none."""
    if value is None:
        return ""
    whole = value == value.to_integral_value()
    return f"{int(value) if whole else value} {unit}".strip()


async def chosen_evidence(session: AsyncSession, dispute: Dispute) -> Sequence[DisputeEvidence]:
    """What was taken as evidence; while nothing was, all that was proposed and not dismissed."""
    rows = await session.scalars(
        select(DisputeEvidence)
        .where(DisputeEvidence.dispute_id == dispute.id, DisputeEvidence.state != "dismissed")
        .order_by(DisputeEvidence.call_id, DisputeEvidence.start_s, DisputeEvidence.id)
    )
    found = rows.all()
    return [one for one in found if one.state == "taken"] or found


async def calls_of(session: AsyncSession, call_ids: Iterable[int]) -> Sequence[Call]:
    """The calls with their legs and transfers, oldest first; those that became part of another one are left out."""
    rows = await session.scalars(
        select(Call)
        .where(Call.id.in_(list(call_ids)), Call.merged_into_id.is_(None))
        .options(
            selectinload(Call.legs), selectinload(Call.transfers), selectinload(Call.recordings)
        )
        .order_by(Call.started_at, Call.id)
    )
    return rows.all()


async def clients_of(session: AsyncSession, calls: Sequence[Call]) -> dict[int, str]:
    """Call → its client's name."""
    rows = await session.execute(
        select(CallLink.call_id, Client.name)
        .join(Client, Client.id == CallLink.client_id)
        .where(CallLink.call_id.in_([call.id for call in calls]))
    )
    return {call_id: name for call_id, name in rows}


async def dispute_facts(
    session: AsyncSession, dispute: Dispute, evidence: tuple[Evidence, ...], people: People
) -> DisputeFacts:
    """The case in plain values, with its evidence."""
    client = await session.get(Client, dispute.client_id) if dispute.client_id else None
    remarks = await session.scalars(
        select(DisputeRemark)
        .where(DisputeRemark.dispute_id == dispute.id)
        .order_by(DisputeRemark.id)
    )
    return DisputeFacts(
        id=dispute.id,
        client=client.name if client else "",
        claim=dispute.claim,
        action=dispute.action,
        amount=amount_text(dispute.amount, dispute.unit),
        claimed_on=dispute.claimed_on,
        promised_from=dispute.promised_from,
        promised_to=dispute.promised_to,
        state=dispute.state,
        verdict=dispute.verdict,
        verdict_text=dispute.verdict_text,
        granted=amount_text(dispute.granted, dispute.unit),
        respondent=people.of(dispute.respondent_id),
        opened_by=people.of(dispute.opened_by_id),
        opened_at=dispute.opened_at,
        decided_by=people.of(dispute.decided_by_id),
        decided_at=dispute.decided_at,
        approved_by=people.of(dispute.approved_by_id),
        closed_at=dispute.closed_at,
        evidence=evidence,
        remarks=tuple(
            Remark(kind=one.kind, text=one.text, by=people.of(one.by_id), at=one.at)
            for one in remarks
        ),
    )


async def evidence_facts(
    session: AsyncSession,
    evidence: Sequence[DisputeEvidence],
    calls: Mapping[int, Call],
    wording: Wording,
    people: People,
) -> tuple[Evidence, ...]:
    """Moments of calls in plain values.

    Args:
        session: a read session.
        evidence: rows of one case.
        calls: call that evidence names → the call that it is, or became a part of.
        wording: names of phones.
        people: names of colleagues.
    """
    ids = [one.utterance_id for one in evidence if one.utterance_id]
    heard_in = select(Utterance.id, Transcript.recording_id).join(
        Transcript, Transcript.id == Utterance.transcript_id
    )
    rows = await session.execute(heard_in.where(Utterance.id.in_(ids)))
    recordings: dict[int, int | None] = {id_: recording for id_, recording in rows}
    return tuple(
        Evidence(
            id=one.id,
            call_id=calls[one.call_id].id,
            recording_id=recordings.get(one.utterance_id or 0),
            side=one.side,
            who=_speaker(one, calls[one.call_id], wording),
            quote=one.quote,
            start_s=one.start_s,
            end_s=one.end_s,
            speaks=one.speaks,
            found_by=one.found_by,
            state=one.state,
            note=one.note,
            by=people.of(one.by_id),
            at=one.at,
        )
        for one in evidence
    )


def _speaker(one: DisputeEvidence, call: Call, wording: Wording) -> str:
    named = wording.phone(call, one.speaker) if one.speaker else ""
    return f"{named} ({one.speaker})" if named != one.speaker else named


async def log_of(
    session: AsyncSession, calls: Sequence[Call], dispute: Dispute | None, people: People
) -> tuple[LoggedDeed, ...]:
    """The rows of the audit log about these calls, their recordings and words, and the case; oldest first."""
    ids = [call.id for call in calls]
    subjects: dict[str, set[int]] = {
        "call": set(ids),
        "recording": await _ids(session, Recording.id, Recording.call_id, ids),
        "transcript": await _ids(session, Transcript.id, Transcript.call_id, ids),
        "utterance": await _ids(session, Utterance.id, Utterance.call_id, ids),
        "promise": await _ids(session, Promise.id, Promise.call_id, ids),
        "dispute": {dispute.id} if dispute else set(),
    }
    about = [
        (AuditEntry.subject_kind == kind) & AuditEntry.subject_id.in_([str(one) for one in piece])
        for kind, wanted in subjects.items()
        for piece in _pieces(sorted(wanted))
    ]
    named = [_names("call", ids), _names("recording", sorted(subjects["recording"]))]
    query = select(AuditEntry).where(or_(*about, *named)).order_by(AuditEntry.id)
    began = [call.started_at for call in calls if call.started_at]
    if began and dispute is None:
        query = query.where(AuditEntry.at >= min(began))
    return tuple(_deed(row, people) for row in (await session.scalars(query)).all())


def _names(key: str, ids: Sequence[int]) -> ColumnElement[bool]:
    """A condition on the log: the row's detail names one of these, as rows about marks and shared clips do."""
    # Compared as text: a number that is none in some old row must not stop the query.
    return cast(AuditEntry.detail[key].as_string(), String).in_([str(one) for one in ids])


async def _ids(
    session: AsyncSession, wanted: object, holder: object, call_ids: Sequence[int]
) -> set[int]:
    rows = await session.scalars(select(wanted).where(holder.in_(call_ids)))  # type: ignore[call-overload, attr-defined]
    return set(rows.all())


def _pieces(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    for start in range(0, len(ids), PIECE):
        yield ids[start : start + PIECE]


def _deed(row: AuditEntry, people: People) -> LoggedDeed:
    return LoggedDeed(
        id=row.id,
        at=row.at,
        user_id=row.user_id,
        login=row.login,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        detail=row.detail,
        address=row.address,
        previous_hash=row.previous_hash,
        hash=row.hash,
        who=people.of(row.user_id) or row.login,
    )
