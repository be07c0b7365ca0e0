"""Tasks for tests, made as a person would; times count from now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from calls.db import Database
from crm import task_changes
from crm.access import SYSTEM, Actor
from crm.task_rules import TaskFields
from crm.tables import Notification, Task


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
