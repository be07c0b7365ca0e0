"""What a person answers for: every column that points to a person, sorted into duties and mere history.

In: a person. Out: conditions for queries and counts. A duty is handed over when the person leaves (`crm.handover`); all
other columns say who did something once, or are the person's own (phones, logins). A test compares both lists with the
tables, so that a new column cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from crm.client_visibility import LISTED
from crm.tables import Client, Deal, Dispute, Inquiry, Reminder, Segment, Task, TaskAssignee


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One way in which a person answers for something."""

    kind: str
    """As it stands in `handover_items.kind`."""
    model: Any
    holder: InstrumentedAttribute[Any]
    """The column that says who answers for it."""
    subject: InstrumentedAttribute[Any]
    """The column whose value `handover_items.subject_id` holds."""
    going_on: ColumnElement[bool]
    """What is over stays with whoever did it."""
    shown: ColumnElement[bool]
    """What is counted when people are told: not what lies in the bin."""
    of_clients: Any
    """Called with ids of clients: a condition that it belongs to one of them."""

    @property
    def column(self) -> str:
        """As the test of completeness names it: table and column."""
        return f"{self.model.__tablename__}.{self.holder.key}"

    def of(self, user_id: int | None) -> ColumnElement[bool]:
        """What this person answers for."""
        return and_(self.holder == user_id, self.going_on)


def _deals_of(client_ids: Any) -> Any:
    return select(Deal.id).where(
        or_(Deal.client_id.in_(client_ids), Deal.contact_id.in_(client_ids))
    )


def _task_of(client_ids: Any) -> ColumnElement[bool]:
    return or_(Task.client_id.in_(client_ids), Task.deal_id.in_(_deals_of(client_ids)))


def _open_tasks(client_ids: Any = None) -> Any:
    tasks = select(Task.id).where(Task.state == "open")
    return tasks if client_ids is None else tasks.where(_task_of(client_ids))


DUTIES: tuple[Duty, ...] = (
    Duty(
        kind="client",
        model=Client,
        holder=Client.responsible_id,
        subject=Client.id,
        going_on=true(),
        shown=LISTED,
        of_clients=Client.id.in_,
    ),
    Duty(
        kind="deal",
        model=Deal,
        holder=Deal.responsible_id,
        subject=Deal.id,
        going_on=Deal.state == "open",
        shown=Deal.deleted_at.is_(None),
        of_clients=lambda ids: or_(Deal.client_id.in_(ids), Deal.contact_id.in_(ids)),
    ),
    Duty(
        kind="task",
        model=Task,
        holder=Task.assignee_id,
        subject=Task.id,
        going_on=Task.state == "open",
        shown=Task.deleted_at.is_(None),
        of_clients=_task_of,
    ),
    Duty(
        kind="assignee",
        model=TaskAssignee,
        holder=TaskAssignee.user_id,
        subject=TaskAssignee.task_id,
        going_on=TaskAssignee.task_id.in_(_open_tasks()),
        shown=true(),
        of_clients=lambda ids: TaskAssignee.task_id.in_(_open_tasks(ids)),
    ),
    Duty(
        kind="reminder",
        model=Reminder,
        holder=Reminder.user_id,
        subject=Reminder.id,
        going_on=Reminder.sent_at.is_(None),
        shown=true(),
        of_clients=lambda ids: Reminder.task_id.in_(_open_tasks(ids)),
    ),
    Duty(
        kind="inquiry",
        model=Inquiry,
        holder=Inquiry.responsible_id,
        subject=Inquiry.id,
        going_on=Inquiry.state == "new",
        shown=true(),
        of_clients=Inquiry.client_id.in_,
    ),
    Duty(
        kind="dispute",
        model=Dispute,
        holder=Dispute.responsible_id,
        subject=Dispute.id,
        going_on=Dispute.state != "closed",
        shown=true(),
        of_clients=Dispute.client_id.in_,
    ),
    Duty(
        kind="segment",
        model=Segment,
        holder=Segment.owner_id,
        subject=Segment.id,
        going_on=Segment.shared != "own",
        shown=true(),
        of_clients=lambda _ids: false(),
    ),
)

ORPHANED = ("client", "deal", "inquiry")
"""What would be nobody's if the person were only locked out. (Open tasks go back to everybody responsible.)"""

HISTORY_ONLY = frozenset(
    {
        # Who did something once.
        "call_notes.user_id",
        "call_reviews.operator_id",
        "call_reviews.reviewer_id",
        "calibrations.opened_by_id",
        "coaching_notes.author_id",
        "coaching_notes.operator_id",
        "coaching_replies.by_id",
        "listening_items.done_by_id",
        "listening_items.operator_id",
        "listening_items.assignee_id",
        "listening_rules.assignee_id",
        "listening_rules.created_by_id",
        "score_forms.created_by_id",
        "topic_hits.operator_id",
        "topic_rules.created_by_id",
        "cleaning_ignored.by_id",
        "client_merges.by_id",
        "client_merges.undone_by_id",
        "clients.created_by_id",
        "clients.deleted_by_id",
        "comments.deleted_by_id",
        "comments.user_id",
        "company_settings.changed_by_id",
        "consents.noted_by_id",
        "deal_steps.user_id",
        "deals.created_by_id",
        "deals.deleted_by_id",
        "handovers.by_id",
        "handovers.from_id",
        "handovers.to_id",
        "handovers.undone_by_id",
        "imports.undone_by_id",
        "imports.user_id",
        "inquiries.closed_by_id",
        "not_duplicates.by_id",
        "payments.created_by_id",
        "phone_holdings.ended_by_id",
        "act_decisions.by_id",
        "erasures.by_id",
        "legal_holds.by_id",
        "legal_holds.lifted_by_id",
        "recording_pauses.by_id",
        "redactions.by_id",
        "dispute_evidence.by_id",
        "dispute_remarks.by_id",
        "disputes.approved_by_id",
        "disputes.decided_by_id",
        "disputes.opened_by_id",
        "disputes.respondent_id",
        "promise_evidence.by_id",
        "proof_packs.by_id",
        "promise_steps.by_id",
        "promises.decided_by_id",
        "promises.marked_by_id",
        "promises.promiser_id",
        "recording_marks.user_id",
        "shared_clips.created_by_id",
        "shared_clips.revoked_by_id",
        "stored_files.deleted_by_id",
        "stored_files.user_id",
        "tasks.closed_by_id",
        "tasks.created_by_id",
        "tasks.deleted_by_id",
        "webhooks.created_by_id",
        # What is the person's own, and goes with them.
        "api_tokens.user_id",
        "calibration_members.user_id",
        "card_openings.user_id",
        "devices.user_id",
        "list_columns.user_id",
        "mark_mentions.user_id",
        "mentions.user_id",
        "notifications.user_id",
        "saved_searches.user_id",
        "person_states.user_id",
        "phone_holdings.user_id",
        "sessions.user_id",
        "user_queues.user_id",
    }
)
"""Columns with a person that nobody answers for. Promises and personal dates are their client's: they go with the card."""


async def counts(
    session: AsyncSession, user_id: int, client_ids: Iterable[int] | None = None
) -> dict[str, int]:
    """How much of each kind a person answers for: all, or what belongs to these clients."""
    found = {}
    wanted = None if client_ids is None else list(client_ids)
    for duty in DUTIES:
        query = select(func.count()).select_from(duty.model).where(duty.of(user_id), duty.shown)
        if wanted is not None:
            query = query.where(duty.of_clients(wanted))
        found[duty.kind] = await session.scalar(query) or 0
    return found


async def would_be_orphaned(session: AsyncSession, user_id: int) -> dict[str, int]:
    """What would be nobody's if this person were locked out now; empty if nothing would."""
    held = await counts(session, user_id)
    return {kind: held[kind] for kind in ORPHANED if held[kind]}
