"""Which tasks a person sees. Every list, count, calendar and notice of tasks asks here.

In: an actor. Out: conditions for queries on `tasks`. A call-back of a queue is for the queue's people, one without a queue
for everybody, and one of a queue that nobody answers for is for everybody as well: none is nobody's. Any other task is
seen by who has it, by who made it, and by those who see all.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from crm.access import Actor, Permission
from crm.tables import Task, TaskAssignee, User, UserQueue


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Task`: not in the bin, and the actor's business."""
    return and_(Task.deleted_at.is_(None), in_scope(actor))


def in_scope(actor: Actor) -> ColumnElement[bool]:
    """As `seen_by`, for tasks in the bin as well."""
    if actor.may(Permission.TASKS_SEE_ALL):
        return Task.id.is_not(None)
    return or_(has(actor), Task.created_by_id == actor.user_id, _for_whoever_takes_it(actor))


def mine(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Task`: the actor has it, or it is a call-back that he may take (who sees all: all of these)."""
    if actor.may(Permission.TASKS_SEE_ALL):
        return or_(has(actor), Task.kind == "callback")
    return or_(has(actor), _for_whoever_takes_it(actor))


def awake(now: datetime) -> ColumnElement[bool]:
    """A condition on `Task`: not snoozed."""
    return or_(Task.snoozed_until.is_(None), Task.snoozed_until <= now)


def has(actor: Actor) -> ColumnElement[bool]:
    """A condition on `Task`: it was given to the actor, alone or with others."""
    shared = exists().where(TaskAssignee.task_id == Task.id, TaskAssignee.user_id == actor.user_id)
    return or_(Task.assignee_id == actor.user_id, shared)


def _for_whoever_takes_it(actor: Actor) -> ColumnElement[bool]:
    queues = [and_(Task.pbx == pbx, Task.queue == queue) for pbx, queue in actor.queues]
    somebodys = exists().where(
        UserQueue.queue == Task.queue,
        UserQueue.pbx == Task.pbx,
        UserQueue.user_id == User.id,
        User.active.is_(True),
    )
    return and_(Task.assignee_id.is_(None), or_(Task.queue == "", ~somebodys, *queues))
