"""Snoozed tasks: out of sight until a time, or until that client makes contact.

In: a person's wish, the clock, call events and inquiries. Out: tasks that vanish from lists and come back; the people who
have them are told why. A task counts as back the moment its time has come, whether or not anybody did something.

Contact is a call that came in after the task was snoozed, answered or not, from the client, from a contact person of that
organisation, or (for call-backs of strangers) from the same number; or an inquiry. What we call ourselves wakes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.feed import Notice
from calls.model import CallRecord
from calls.tables import Call
from crm.access import Actor
from crm.errors import Invalid
from crm.notices import announce
from crm.notifications import News, tell
from crm.tables import CallLink, Membership, Task
from crm.task_queries import assignee_ids
from crm.task_writes import open_task, snapshot, written
from pbx.events import CallEnded, CallStarted, CallUpdated, PbxEvent

LONGEST = timedelta(days=3 * 366)
_TELLING = (CallStarted, CallUpdated, CallEnded)


async def snooze(session: AsyncSession, actor: Actor, task_id: int, until: datetime) -> Task:
    """Put a task out of sight until then.

    Raises:
        NotFound, Forbidden, Conflict: as `crm.task_writes.open_task`.
        Invalid: a time that is over or years away.
    """
    now = datetime.now(UTC)
    if not now < until < now + LONGEST:
        raise Invalid("snoozed_until", "choose a time that is still to come")
    task = await open_task(session, actor, task_id)
    before = await snapshot(session, task)
    task.snoozed_until, task.snoozed_at, task.woken_call_id = until, now, None
    return await written(session, actor, task, "task.snooze", before)


async def unsnooze(session: AsyncSession, actor: Actor, task_id: int) -> Task:
    """Bring a task back by hand.

    Raises:
        NotFound, Forbidden, Conflict: as `snooze`.
    """
    task = await open_task(session, actor, task_id)
    before = await snapshot(session, task)
    task.snoozed_until = task.snoozed_at = None
    return await written(session, actor, task, "task.unsnooze", before)


async def bring_back(session: AsyncSession, now: datetime) -> list[int]:
    """Tell people of tasks whose time has come; each is told once, by whoever clears its mark. Returns the tasks' ids.

    Args:
        session: a write session.
        now: the moment.
    """
    return await _wake(session, _over(now), {"snoozed_until": None}, "snooze_over", {})


async def is_any_over(session: AsyncSession, now: datetime) -> bool:
    """Whether `bring_back` would find something; needs no write session."""
    return await session.scalar(select(Task.id).where(_over(now)).limit(1)) is not None


async def on_inquiry(session: AsyncSession, client_id: int) -> list[int]:
    """The client wrote or filled in a form: what waits for them is back. Returns the tasks' ids.

    Args:
        session: a write session.
        client_id: who made contact.
    """
    about = await _of_client(session, client_id)
    values: dict[str, Any] = {"snoozed_until": None}
    return await _wake(session, and_(_asleep(), about), values, "task_woken", {"how": "inquiry"})


class Snoozes:
    """Handler of call events: a client who calls ends the snooze of his tasks. After `CallLinks` and `MissedCalls`."""

    async def on_event(
        self,
        session: AsyncSession,
        event: PbxEvent,
        record: CallRecord | None,
        call_row_id: int | None,
    ) -> Sequence[Notice]:
        """Wake what waits for the caller; everything else is left alone."""
        if not isinstance(event, _TELLING) or call_row_id is None:
            return ()
        call = await session.get(Call, call_row_id)
        if call is None or call.direction != "in" or call.consultation:
            return ()
        about = await self._about(session, call)
        if about is None:
            return ()
        began = call.started_at or call.ended_at or datetime.now(UTC)
        asleep = and_(_asleep(), Task.snoozed_at <= began, about)
        values = {"snoozed_until": None, "woken_call_id": call.id}
        await _wake(session, asleep, values, "task_woken", {"how": "call", "call_id": call.id})
        return ()

    async def _about(self, session: AsyncSession, call: Call) -> ColumnElement[bool] | None:
        """Which tasks are about the caller; None if nobody can say who it is."""
        linked = select(CallLink.client_id).where(CallLink.call_id == call.id)
        client_id = await session.scalar(linked)
        found = [await _of_client(session, client_id)] if client_id is not None else []
        if call.remote_e164:
            found.append(and_(Task.kind == "callback", Task.e164 == call.remote_e164))
        return or_(*found) if found else None


def _over(now: datetime) -> ColumnElement[bool]:
    return and_(Task.state == "open", Task.snoozed_until <= now, Task.deleted_at.is_(None))


def _asleep() -> ColumnElement[bool]:
    return and_(
        Task.state == "open",
        Task.snoozed_until > datetime.now(UTC),
        Task.deleted_at.is_(None),
    )


async def _of_client(session: AsyncSession, client_id: int) -> ColumnElement[bool]:
    firms = select(Membership.organisation_id).where(Membership.person_id == client_id)
    ids = [client_id, *(await session.scalars(firms)).all()]
    return Task.client_id.in_(ids)


async def _wake(
    session: AsyncSession,
    which: ColumnElement[bool],
    values: dict[str, Any],
    kind: str,
    detail: dict[str, Any],
) -> list[int]:
    """Clear the mark of these tasks and tell whoever has them; two at once never tell the same."""
    woken = (
        update(Task)
        .where(which)
        .values(**values, snoozed_at=None, version=Task.version + 1)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    ids = list((await session.scalars(woken)).all())
    for task_id in ids:
        task = await session.get(Task, task_id, populate_existing=True)
        if task is None:  # pragma: no cover - it was changed in this transaction
            continue
        people = await assignee_ids(session, task)
        news = News(kind, "task", task_id, {"title": task.title, "kind": task.kind, **detail})
        await tell(session, people, news)
        announce(session, "task", task_id)
    return ids
