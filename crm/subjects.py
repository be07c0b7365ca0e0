"""What comments and files are put to: a client, a deal, a task or an inquiry; and who may.

In: an actor, a thing and what he wants to do there. Out: the client whose it is, or a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, deal_visibility, inquiries, task_visibility
from crm.access import Action, Actor, Permission
from crm.errors import NotFound
from crm.tables import Client, Deal, Inquiry, Task


class SubjectKind(StrEnum):
    """What a thing may be put to; the names are those of `crm.changes.Subject`."""

    CLIENT = "client"
    DEAL = "deal"
    TASK = "task"
    INQUIRY = "inquiry"


@dataclass(frozen=True, slots=True)
class Subject:
    """One of them."""

    kind: SubjectKind
    id: int


async def require(
    session: AsyncSession, actor: Actor, subject: Subject, action: Action = Action.SEE
) -> int | None:
    """Refuse unless the actor may do this there; return the client's id, None where there is none.

    Raises:
        NotFound: there is no such thing, or the actor may not see it.
        Forbidden: he sees it, but may not do this.
    """
    match subject.kind:
        case SubjectKind.CLIENT:
            actor.require(Permission.CLIENTS_SEE)
            await client_visibility.require(session, actor, subject.id, action)
            return subject.id
        case SubjectKind.DEAL:
            actor.require(Permission.DEALS_SEE)
            await deal_visibility.require(session, actor, subject.id, action)
            return await session.scalar(select(Deal.client_id).where(Deal.id == subject.id))
        case SubjectKind.TASK:
            return await _task(session, actor, subject.id)
        case SubjectKind.INQUIRY:
            return await _inquiry(session, actor, subject.id)


async def _task(session: AsyncSession, actor: Actor, task_id: int) -> int | None:
    """Who may see the task, or its client."""
    seen = or_(task_visibility.seen_by(actor), Task.client_id.in_(_clients(actor)))
    query = select(Task).where(Task.id == task_id, Task.deleted_at.is_(None), seen)
    task = await session.scalar(query)
    if task is None:
        raise NotFound("task", task_id)
    return task.client_id


async def _inquiry(session: AsyncSession, actor: Actor, inquiry_id: int) -> int | None:
    """Whoever may see inquiries sees those of nobody that stand in his feed; those of a client only with the client."""
    mine: ColumnElement[bool] = Inquiry.client_id.in_(_clients(actor))
    if actor.may(Permission.INQUIRIES_SEE):
        mine = or_(mine, and_(Inquiry.client_id.is_(None), inquiries.seen_by(actor)))
    inquiry = await session.scalar(select(Inquiry).where(Inquiry.id == inquiry_id, mine))
    if inquiry is None:
        raise NotFound("inquiry", inquiry_id)
    return inquiry.client_id


def _clients(actor: Actor) -> Select[int]:
    return select(Client.id).where(client_visibility.seen_by(actor))
