"""What the history of a client is made of: one query per kind of thing that can happen, over the tables where it is kept.

In: whose history, and who reads. Out: queries for (time, id, client) that hold only what the reader may see. Nothing is
copied into a table of the history, so it can never differ from what it tells of.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select

from calls.columns import Base
from calls.tables import Call, Recording
from crm import call_visibility, deal_visibility
from crm.access import Actor, Permission
from crm.tables import (
    CallLink,
    Change,
    ClientMerge,
    Comment,
    Consent,
    Deal,
    DealStep,
    Dispute,
    Handover,
    HandoverItem,
    Inquiry,
    Promise,
    RecordingMark,
    StoredFile,
    Task,
)

Ids = Collection[int]


class Kind(StrEnum):
    """Kinds of entries, as people filter by them."""

    CALL = "call"
    COMMENT = "comment"
    TASK = "task"
    DEAL = "deal"
    FILE = "file"
    INQUIRY = "inquiry"
    PROMISE = "promise"
    CONSENT = "consent"
    HAND = "hand"
    """Merged cards and hand-overs."""
    CHANGE = "change"


GUARDED_FIELDS = ("home_address", "passport")
"""Shown only to those with `Permission.PERSONAL_SEE`."""
ALWAYS = frozenset(Kind) - {Kind.CHANGE}
"""What is shown until the reader chooses: single changed fields are many, and asked for when somebody wonders."""


@dataclass(frozen=True, slots=True)
class Source:
    """One thing that can happen to a client."""

    kind: Kind
    what: str
    """Which of its kind: "opened", "closed", "paid" …"""
    table: type[Base]
    """Where its row is."""
    at: Any
    row_id: Any
    """Columns: when it happened, and the id of the row."""
    of: Callable[[Ids, Actor], Select[Any]]
    """Selects whose it is (`client_id`) of all that happened to these clients and that the actor may see."""
    needs: Permission = Permission.CLIENTS_SEE

    def query(self, ids: Ids, actor: Actor, rank: int) -> Select[Any]:
        """Select client_id, at, rank and row_id of what the actor may see."""
        return self.of(ids, actor).add_columns(
            self.at.label("at"), literal(rank).label("rank"), self.row_id.label("row_id")
        )


def party(ids: Ids) -> ColumnElement[Any]:
    """Which of these clients a deal is with; both: the client."""
    return case((Deal.client_id.in_(ids), Deal.client_id), else_=Deal.contact_id)


def deals_of(ids: Ids, actor: Actor) -> ColumnElement[bool]:
    """A condition on `Deal`: with one of these clients, as client or contact person, and seen by the actor."""
    with_them = or_(Deal.client_id.in_(ids), Deal.contact_id.in_(ids))
    return and_(with_them, deal_visibility.seen_by(actor))


def _who(column: Any) -> Select[Any]:
    return select(column.label("client_id"))


def _own(column: Any, *conditions: ColumnElement[bool]) -> Callable[[Ids, Actor], Select[Any]]:
    """Of tables that name the client themselves."""
    return lambda ids, actor: _who(column).where(column.in_(ids), *conditions)


def _by_deal(link: Any, *conditions: ColumnElement[bool]) -> Callable[[Ids, Actor], Select[Any]]:
    """Of tables that name a deal: whoever its client is now."""

    def of(ids: Ids, actor: Actor) -> Select[Any]:
        joined = _who(party(ids)).join_from(link.class_, Deal, Deal.id == link)
        return joined.where(deals_of(ids, actor), *conditions)

    return of


def _comments_by(
    subject: Any, link: Any, *conditions: ColumnElement[bool]
) -> Callable[[Ids, Actor], Select[Any]]:
    """Comments on a task or an inquiry: whoever its client is now."""

    def of(ids: Ids, actor: Actor) -> Select[Any]:
        joined = _who(subject.client_id).join_from(Comment, subject, subject.id == link)
        return joined.where(subject.client_id.in_(ids), *conditions)

    return of


def _calls(ids: Ids, actor: Actor) -> Select[Any]:
    joined = _who(CallLink.client_id).join_from(CallLink, Call, Call.id == CallLink.call_id)
    return joined.where(CallLink.client_id.in_(ids), call_visibility.seen_by(actor))


def _marks(ids: Ids, actor: Actor) -> Select[Any]:
    """Words at times of recordings that the actor may hear; a mark without words is no event."""
    joined = (
        _who(CallLink.client_id)
        .join_from(RecordingMark, Recording, Recording.id == RecordingMark.recording_id)
        .join(Call, Call.id == Recording.call_id)
        .join(CallLink, CallLink.call_id == Call.id)
    )
    heard = and_(call_visibility.seen_by(actor), call_visibility.heard_by(actor))
    return joined.where(CallLink.client_id.in_(ids), RecordingMark.text != "", heard)


def _deals_without_steps(ids: Ids, actor: Actor) -> Select[Any]:
    begun = select(DealStep.id).where(DealStep.deal_id == Deal.id, DealStep.from_stage_id.is_(None))
    return _who(party(ids)).where(deals_of(ids, actor), ~begun.exists())


def _handed(ids: Ids, actor: Actor) -> Select[Any]:
    joined = _who(HandoverItem.subject_id).join(Handover, Handover.id == HandoverItem.handover_id)
    return joined.where(HandoverItem.kind == "client", HandoverItem.subject_id.in_(ids))


def _changes(ids: Ids, actor: Actor) -> Select[Any]:
    """What stands in fields that the reader may not see stands in no change either; of deals only those he sees."""
    query = _who(Change.client_id).where(Change.client_id.in_(ids))
    if not actor.may(Permission.PERSONAL_SEE):
        query = query.where(Change.field.not_in(GUARDED_FIELDS))
    deals = select(Deal.id).where(deal_visibility.in_scope(actor))
    seen = actor.may(Permission.DEALS_SEE)
    of_deal = Change.subject_id.in_(deals) if seen else false()
    return query.where(or_(Change.subject_kind != "deal", of_deal))


_said = Comment.deleted_at.is_(None)
_kept = StoredFile.deleted_at.is_(None)
_task = Task.deleted_at.is_(None)
_SEE_DEALS = Permission.DEALS_SEE
# All roles may see these; a key of a program has only what it was given.
_SEE_CALLS, _SEE_TASKS = Permission.CALLS_SEE_OWN, Permission.TASKS_SEE_OWN
_SEE_INQUIRIES, _SEE_DISPUTES = Permission.INQUIRIES_SEE, Permission.DISPUTES_SEE
_CALL_AT = func.coalesce(Call.started_at, CallLink.linked_at)
"""Imported calls may have no time of their own."""

SOURCES: tuple[Source, ...] = (
    Source(Kind.CALL, "call", Call, _CALL_AT, Call.id, _calls, _SEE_CALLS),
    Source(Kind.COMMENT, "client", Comment, Comment.at, Comment.id, _own(Comment.client_id, _said)),
    Source(Kind.COMMENT, "deal", Comment, Comment.at, Comment.id,
           _by_deal(Comment.deal_id, _said), _SEE_DEALS),
    Source(Kind.COMMENT, "task", Comment, Comment.at, Comment.id,
           _comments_by(Task, Comment.task_id, _said, _task), _SEE_TASKS),
    Source(Kind.COMMENT, "inquiry", Comment, Comment.at, Comment.id,
           _comments_by(Inquiry, Comment.inquiry_id, _said), _SEE_INQUIRIES),
    Source(Kind.TASK, "opened", Task, Task.opened_at, Task.id, _own(Task.client_id, _task),
           _SEE_TASKS),
    Source(Kind.TASK, "closed", Task, Task.closed_at, Task.id,
           _own(Task.client_id, _task, Task.closed_at.is_not(None)), _SEE_TASKS),
    Source(Kind.DEAL, "opened", Deal, Deal.opened_at, Deal.id, _deals_without_steps, _SEE_DEALS),
    Source(Kind.DEAL, "step", DealStep, DealStep.at, DealStep.id,
           _by_deal(DealStep.deal_id), _SEE_DEALS),
    Source(Kind.FILE, "client", StoredFile, StoredFile.at, StoredFile.id,
           _own(StoredFile.client_id, _kept)),
    Source(Kind.FILE, "deal", StoredFile, StoredFile.at, StoredFile.id,
           _by_deal(StoredFile.deal_id, _kept, StoredFile.client_id.is_(None)), _SEE_DEALS),
    Source(Kind.INQUIRY, "opened", Inquiry, Inquiry.opened_at, Inquiry.id, _own(Inquiry.client_id),
           _SEE_INQUIRIES),
    Source(Kind.INQUIRY, "closed", Inquiry, Inquiry.closed_at, Inquiry.id,
           _own(Inquiry.client_id, Inquiry.closed_at.is_not(None)), _SEE_INQUIRIES),
    Source(Kind.PROMISE, "given", Promise, Promise.marked_at, Promise.id,
           _own(Promise.client_id, Promise.state.not_in(("found", "rejected"))), _SEE_CALLS),
    Source(Kind.PROMISE, "closed", Promise, Promise.closed_at, Promise.id,
           _own(Promise.client_id, Promise.closed_at.is_not(None)), _SEE_CALLS),
    Source(Kind.CONSENT, "noted", Consent, Consent.given_at, Consent.id, _own(Consent.client_id)),
    Source(Kind.HAND, "merged", ClientMerge, ClientMerge.at, ClientMerge.id,
           _own(ClientMerge.kept_id)),
    Source(Kind.HAND, "handed", HandoverItem, Handover.at, HandoverItem.id, _handed),
    Source(Kind.PROMISE, "dispute_opened", Dispute, Dispute.opened_at, Dispute.id,
           _own(Dispute.client_id), _SEE_DISPUTES),
    Source(Kind.PROMISE, "dispute_closed", Dispute, Dispute.closed_at, Dispute.id,
           _own(Dispute.client_id, Dispute.closed_at.is_not(None)), _SEE_DISPUTES),
    Source(Kind.COMMENT, "mark", RecordingMark, RecordingMark.at, RecordingMark.id, _marks,
           _SEE_CALLS),
    Source(Kind.CHANGE, "changed", Change, Change.at, Change.id, _changes),
)  # fmt: skip
"""In the order in which things of the same moment are shown, the last first. A place in this table is a source's rank."""
PAID = len(SOURCES)
"""The rank of payments, which have a day and no time (`crm.history`)."""
