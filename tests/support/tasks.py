"""Tasks for tests, made as a person would; times count from now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from support.told_calls import Told, record_of

from calls import log
from calls.db import Database
from crm import task_changes
from crm.access import SYSTEM, Actor
from crm.call_links import CallLinks
from crm.missed_calls import MissedCalls
from crm.number_rules import NumberRules
from crm.settings import CrmSettings
from crm.snooze import Snoozes
from crm.tables import Notification, Task
from crm.task_rules import TaskFields
from pbx.events import CallEnded, CallStarted


def in_minutes(minutes: float) -> datetime:
    """So many minutes from now, on a whole second."""
    return datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes)


async def make(db: Database, actor: Actor = SYSTEM, title: str = "Позвонить", **more: Any) -> int:
    """Make a task and return its id."""
    async with db.write() as session:
        return (await task_changes.create(session, actor, TaskFields(title=title, **more))).id


async def task_of(db: Database, task_id: int) -> Task:
    """The task as it is stored."""
    async with db.read() as session:
        task = await session.get(Task, task_id)
        assert task is not None
        return task


async def told(db: Database, actor: Actor) -> list[str]:
    """The kinds of what this person was told, oldest first."""
    query = select(Notification.kind).where(Notification.user_id == actor.user_id)
    async with db.read() as session:
        return list((await session.scalars(query.order_by(Notification.id))).all())


async def call_comes(db: Database, told_call: Told) -> None:
    """Begin and end of a call, to the handlers in the order of the installation."""
    rules = NumberRules()
    handlers = (CallLinks(rules), MissedCalls(CrmSettings()), Snoozes())
    record = record_of(told_call)
    begun = CallStarted(
        pbx=record.pbx, call=record.linkedid, at=record.started_at, direction=record.direction,
        caller=record.caller, called=record.called, linkedids=record.linkedids,
    )  # fmt: skip
    ended = CallEnded(
        pbx=record.pbx, call=record.linkedid, at=record.ended_at, ended_by=record.ended_by
    )
    for event in (begun, ended):
        async with db.write() as session:
            written = await log.write(session, record)
            for handler in handlers:
                await handler.on_event(session, event, record, written.call_id)
