"""Disputes: listed, read, opened, their evidence weighed, decided and approved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field
from sqlalchemy import select

from calls.tables import Call
from crm import (
    call_visibility,
    client_visibility,
    dispute_evidence,
    dispute_queries,
    dispute_verdict,
    dispute_visibility,
    disputes,
)
from crm.access import Permission
from crm.dispute_queries import Asked as Wanted
from crm.dispute_verdict import Verdict
from crm.disputes import DisputeFields
from crm.tables import Client, Dispute, DisputeEvidence
from web.api.operation import Asked, Operation, Schema
from web.api.paging import PageQuery, cursor_of, id_in
from web.api.values import Id, Money, Time

State = Literal["open", "awaiting", "closed"]
Ending = Literal["for_client", "for_company", "partly", "unproven"]
Words = Field(min_length=1, max_length=disputes.CLAIM_LENGTH)


class DisputeIn(Schema):
    """A client's claim."""

    client_id: Id
    claim: str = Words
    claimed_on: date
    action: str = Field(default="other", max_length=16)
    amount: Money | None = None
    unit: str = Field(default="", max_length=16)
    promised_from: date | None = None
    promised_to: date | None = None
    deal_id: Id | None = None
    responsible_id: Id | None = None
    promise_id: Id | None = None


class EvidenceOut(Schema):
    """A moment of a call. `quote` and `note` are null for keys whose person may not hear it."""

    id: int
    call_id: int | None = Field(description="null: a call that the person of the key may not see.")
    found_by: str
    side: str
    quote: str | None
    note: str | None
    start_s: float | None
    end_s: float | None
    speaks: Literal["for", "against", ""]
    state: Literal["proposed", "taken", "dismissed"]
    score: float


class DisputeOut(Schema):
    """A dispute."""

    id: int
    client_id: int | None
    deal_id: int | None
    promise_id: int | None
    claim: str
    action: str
    amount: Decimal | None
    unit: str
    claimed_on: date
    promised_from: date | None
    promised_to: date | None
    state: State
    verdict: Literal["", "for_client", "for_company", "partly", "unproven"]
    verdict_text: str
    granted: Decimal | None
    respondent_id: int | None
    responsible_id: int | None
    opened_at: Time
    decided_by_id: int | None
    approved_by_id: int | None
    closed_at: Time | None
    evidence: list[EvidenceOut]


class DisputeList(Schema):
    """A page of disputes, without their evidence."""

    items: list[DisputeOut]
    next_cursor: str | None


class DisputeQuery(PageQuery):
    """Which disputes."""

    state: State | None = None
    verdict: Ending | None = None
    client_id: Id | None = None
    respondent_id: Id | None = None
    promise_id: Id | None = None


class WeighIn(Schema):
    """What somebody thinks of a piece of evidence."""

    state: Literal["proposed", "taken", "dismissed"]
    speaks: Literal["for", "against", ""] = ""
    note: str = Field(default="", max_length=dispute_evidence.NOTE_LENGTH)


class VerdictIn(Schema):
    """How it ends."""

    verdict: Ending
    text: str = Words
    granted: Money | None = None
    respondent_id: Id | None = None


class WordsIn(Schema):
    """Words about a case."""

    text: str = Words


async def list_disputes(asked: Asked) -> DisputeList:
    """A page of disputes, newest first."""
    query = asked.query
    names = ("verdict", "client_id", "respondent_id", "promise_id")
    given = {n: value for n in names if (value := getattr(query, n)) is not None}
    wanted = Wanted(state=query.state or "", **given)
    found = select(Dispute).where(*dispute_queries.conditions(asked.actor, wanted))
    if (before := id_in(query.cursor)) is not None:
        found = found.where(Dispute.id < before)
    ordered = found.order_by(Dispute.id.desc()).limit(query.limit + 1)
    rows = (await asked.session.scalars(ordered)).all()
    more = cursor_of(rows[query.limit - 1].id) if len(rows) > query.limit else None
    items = [await _out(asked, row, []) for row in rows[: query.limit]]
    return DisputeList(items=items, next_cursor=more)


async def get_dispute(asked: Asked) -> DisputeOut:
    """One dispute with its evidence."""
    return await _one(asked, asked.id("dispute_id"))


async def open_dispute(asked: Asked) -> DisputeOut:
    """Open a dispute; Slovo looks for evidence at once."""
    fields = DisputeFields(**asked.body.model_dump())
    opened = await disputes.open_dispute(asked.session, asked.actor, fields)
    await dispute_evidence.propose(asked.session, asked.actor, opened.id, asked.services.zone)
    return await _one(asked, opened.id)


async def search_dispute(asked: Asked) -> DisputeOut:
    """Look for evidence again."""
    dispute_id = asked.id("dispute_id")
    await dispute_evidence.propose(asked.session, asked.actor, dispute_id, asked.services.zone)
    return await _one(asked, dispute_id)


async def weigh_evidence(asked: Asked) -> DisputeOut:
    """Take or dismiss a piece of evidence."""
    dispute_id, body = asked.id("dispute_id"), asked.body
    await dispute_evidence.weigh(
        asked.session, asked.actor, dispute_id, asked.id("evidence_id"), body.state, body.speaks, body.note
    )  # fmt: skip
    return await _one(asked, dispute_id)


async def decide_dispute(asked: Asked) -> DisputeOut:
    """Write the verdict."""
    dispute_id, said = asked.id("dispute_id"), Verdict(**asked.body.model_dump())
    await dispute_verdict.decide(asked.session, asked.actor, dispute_id, said)
    return await _one(asked, dispute_id)


async def approve_dispute(asked: Asked) -> DisputeOut:
    """Approve a colleague's verdict."""
    await dispute_verdict.approve(asked.session, asked.actor, asked.id("dispute_id"))
    return await _one(asked, asked.id("dispute_id"))


async def return_dispute(asked: Asked) -> DisputeOut:
    """Return a colleague's verdict with words."""
    dispute_id = asked.id("dispute_id")
    await dispute_verdict.send_back(asked.session, asked.actor, dispute_id, asked.body.text)
    return await _one(asked, dispute_id)


async def _one(asked: Asked, dispute_id: int) -> DisputeOut:
    dispute = await dispute_visibility.get(asked.session, asked.actor, dispute_id)
    rows = await dispute_evidence.of_dispute(asked.session, dispute.id)
    ids = [row.id for row in rows]
    of_these = select(DisputeEvidence.id).where(DisputeEvidence.id.in_(ids))
    heard = set(
        (
            await asked.session.scalars(of_these.where(dispute_visibility.heard_by(asked.actor)))
        ).all()
    )
    calls = select(Call.id).where(call_visibility.seen_by(asked.actor))
    seen = set(
        (await asked.session.scalars(of_these.where(DisputeEvidence.call_id.in_(calls)))).all()
    )
    shown = [_evidence(row, row.id in heard, row.id in seen) for row in rows]
    return await _out(asked, dispute, shown)


def _evidence(row: DisputeEvidence, heard: bool, seen: bool) -> EvidenceOut:
    named = {"call_id", "quote", "note"}
    plain = {n: getattr(row, n) for n in EvidenceOut.model_fields if n not in named}
    return EvidenceOut(
        **plain,
        call_id=row.call_id if seen else None,
        quote=row.quote if heard else None,
        note=row.note if heard else None,
    )


async def _out(asked: Asked, dispute: Dispute, evidence: list[EvidenceOut]) -> DisputeOut:
    seen = select(Client.id).where(
        Client.id == dispute.client_id, client_visibility.seen_by(asked.actor)
    )
    named = {"client_id", "evidence"}
    plain = {n: getattr(dispute, n) for n in DisputeOut.model_fields if n not in named}
    client_id = await asked.session.scalar(seen)
    return DisputeOut(**plain, client_id=client_id, evidence=evidence)


_TAGS = ("Disputes",)
_ONE = "/disputes/{dispute_id:id}"
_SEE, _OPEN = Permission.DISPUTES_SEE, Permission.DISPUTES_OPEN
_JUDGE = Permission.DISPUTES_JUDGE
OPERATIONS = [
    Operation(
        method="GET", path="/disputes", name="listDisputes", summary="List disputes, newest first",
        permission=_SEE, run=list_disputes, query=DisputeQuery, answer=DisputeList, tags=_TAGS,
    ),
    Operation(
        method="POST", path="/disputes", name="openDispute", summary="Open a dispute and look for evidence",
        permission=_OPEN, run=open_dispute, body=DisputeIn, answer=DisputeOut, status=201, errors=(404,), tags=_TAGS,
    ),
    Operation(
        method="GET", path=_ONE, name="getDispute", summary="Read a dispute with its evidence",
        permission=_SEE, run=get_dispute, answer=DisputeOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/search", name="searchDispute", summary="Look for evidence again",
        permission=_OPEN, run=search_dispute, answer=DisputeOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/evidence/{{evidence_id:id}}", name="weighEvidence",
        summary="Take or dismiss a piece of evidence", permission=_JUDGE, run=weigh_evidence, body=WeighIn,
        answer=DisputeOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/verdict", name="decideDispute", summary="Write the verdict",
        permission=_JUDGE, run=decide_dispute, body=VerdictIn, answer=DisputeOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/approve", name="approveDispute", summary="Approve a colleague's verdict",
        permission=_JUDGE, run=approve_dispute, answer=DisputeOut, tags=_TAGS,
    ),
    Operation(
        method="POST", path=f"{_ONE}/return", name="returnDispute", summary="Return a colleague's verdict with words",
        permission=_JUDGE, run=return_dispute, body=WordsIn, answer=DisputeOut, tags=_TAGS,
    ),
]  # fmt: skip
