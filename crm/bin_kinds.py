"""What can be put into the bin: clients, deals, files, comments and tasks, each with its own rule of who may.

In: a kind and an actor. Out: conditions for queries and refusals; `crm.bin` does the moving.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, deal_visibility
from crm.access import Action, Actor, Permission, Scope
from crm.errors import Forbidden, NotFound
from crm.tables import Client, Comment, Deal, Inquiry, StoredFile, Task


class Kind(StrEnum):
    """A kind of thing in the bin."""

    CLIENT = "client"
    DEAL = "deal"
    FILE = "file"
    COMMENT = "comment"
    TASK = "task"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How things of one kind are named, whose they are, and who may put them away."""

    model: Any
    title: SQLColumnExpression[Any]
    client_id: SQLColumnExpression[Any]
    """The client that it belongs to, if any."""
    deal_id: SQLColumnExpression[Any] | None
    makers: Callable[[Actor], ColumnElement[bool]]
    """Whose own thing it is: who made it may put it away without a right to delete."""
    own: Permission
    """What the maker needs for that."""
    delete: Permission
    """What anybody else needs, within the scope of `Action.DELETE`."""


def _deals_client(deal_id: Any) -> Any:
    return select(Deal.client_id).where(Deal.id == deal_id).scalar_subquery()


def _inquirys_client(inquiry_id: Any) -> Any:
    return select(Inquiry.client_id).where(Inquiry.id == inquiry_id).scalar_subquery()


def _tasks_client(task_id: Any) -> Any:
    return select(Task.client_id).where(Task.id == task_id).scalar_subquery()


def _nobodys(_actor: Actor) -> ColumnElement[bool]:
    return Client.id.is_(None)


RULES: Mapping[Kind, Rule] = {
    Kind.CLIENT: Rule(
        model=Client,
        title=Client.name,
        client_id=Client.id,
        deal_id=None,
        makers=_nobodys,
        own=Permission.CLIENTS_DELETE,
        delete=Permission.CLIENTS_DELETE,
    ),
    Kind.DEAL: Rule(
        model=Deal,
        title=Deal.name,
        client_id=Deal.client_id,
        deal_id=Deal.id,
        makers=lambda _actor: Deal.id.is_(None),
        own=Permission.DEALS_DELETE,
        delete=Permission.DEALS_DELETE,
    ),
    Kind.FILE: Rule(
        model=StoredFile,
        title=StoredFile.name,
        client_id=func.coalesce(StoredFile.client_id, _deals_client(StoredFile.deal_id)),
        deal_id=StoredFile.deal_id,
        makers=lambda actor: StoredFile.user_id == actor.user_id,
        own=Permission.FILES_ADD,
        delete=Permission.CLIENTS_DELETE,
    ),
    Kind.COMMENT: Rule(
        model=Comment,
        title=Comment.text,
        client_id=func.coalesce(
            Comment.client_id,
            _deals_client(Comment.deal_id),
            _tasks_client(Comment.task_id),
            _inquirys_client(Comment.inquiry_id),
        ),
        deal_id=Comment.deal_id,
        makers=lambda actor: Comment.user_id == actor.user_id,
        own=Permission.COMMENTS_WRITE,
        delete=Permission.CLIENTS_DELETE,
    ),
    Kind.TASK: Rule(
        model=Task,
        title=Task.title,
        client_id=func.coalesce(Task.client_id, _deals_client(Task.deal_id)),
        deal_id=Task.deal_id,
        makers=lambda actor: Task.created_by_id == actor.user_id,
        own=Permission.TASKS_CLOSE,
        delete=Permission.CLIENTS_DELETE,
    ),
}


def reached(actor: Actor, kind: Kind, action: Action) -> ColumnElement[bool]:
    """A condition on the kind's rows: within the actor's scope, in the bin or not.

    A deal counts by who answers for it; everything else by its client, and where there is none by its deal.
    """
    rule = RULES[kind]
    if actor.scope(action) is Scope.ALL:
        return rule.model.id.is_not(None)  # type: ignore[no-any-return]
    clients = select(Client.id).where(client_visibility.in_scope(actor, action))
    deals = select(Deal.id).where(deal_visibility.in_scope(actor, action))
    if kind is Kind.CLIENT:
        return client_visibility.in_scope(actor, action)
    if kind is Kind.DEAL:
        return deal_visibility.in_scope(actor, action)
    of_client = rule.client_id.in_(clients)
    if rule.deal_id is None:
        return of_client
    return or_(of_client, and_(rule.client_id.is_(None), rule.deal_id.in_(deals)))


async def require_delete(session: AsyncSession, actor: Actor, kind: Kind, subject_id: int) -> None:
    """Refuse unless the actor may put this thing into the bin.

    Raises:
        NotFound: there is no such thing outside of the bin, or the actor may not even see it.
        Forbidden: the actor sees it, but may not put it away.
    """
    rule = RULES[kind]
    there = select(rule.model.id).where(
        rule.model.id == subject_id, rule.model.deleted_at.is_(None)
    )
    own = there.where(rule.makers(actor))
    is_own = await session.scalar(own) is not None
    # A task is its maker's business whoever the client is (`crm.task_visibility`); a file or a comment is its client's.
    mine = rule.makers(actor) if kind is Kind.TASK else false()
    seen = there.where(or_(reached(actor, kind, Action.SEE), mine))
    if kind is Kind.CLIENT:
        seen = seen.where(Client.merged_into_id.is_(None))
    if kind is Kind.TASK:
        # A call-back is closed or done: one that only lay in the bin would keep the next one of its client from opening.
        seen = seen.where(Task.kind != "callback")
    if await session.scalar(seen) is None:
        raise NotFound(kind.value, subject_id)
    if is_own and actor.may(rule.own):
        return
    actor.require(rule.delete)
    if await session.scalar(there.where(reached(actor, kind, Action.DELETE))) is None:
        raise Forbidden(rule.delete)
