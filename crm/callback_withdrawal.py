"""Takes back what a wrong end of a call did: events were missed, and the PBX's own record knows better.

In: a call whose record was corrected. Out: its call-back without it; one that was opened for nothing else is cancelled,
with the reason beside it. The call may then be counted anew, as what it really was.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm.tables import Task, TaskCall

MISSED, TRY = "missed", "try"
ANSWERED_AFTER_ALL = "the call had been answered, as the PBX's own record shows"


async def withdraw(session: AsyncSession, call: Call) -> list[Task]:
    """Take a corrected call out of the call-back that counted it; returns the tasks that changed."""
    counted = await session.scalars(
        select(TaskCall).where(TaskCall.call_id == call.id, TaskCall.role.in_((MISSED, TRY)))
    )
    changed = []
    for place in counted.all():
        task = await session.get(Task, place.task_id)
        if task is None or (place.role == MISSED and call.needs_callback):
            continue
        await session.delete(place)
        await session.flush()
        if place.role == TRY:
            task.tries -= 1
        else:
            task.missed_calls -= 1
            await _without(session, task, call)
        changed.append(task)
    return changed


async def _without(session: AsyncSession, task: Task, call: Call) -> None:
    """Let the task speak of its other vain calls, or cancel it where there are none."""
    others = await session.scalars(
        select(Call)
        .join(TaskCall, TaskCall.call_id == Call.id)
        .where(TaskCall.task_id == task.id, TaskCall.role == MISSED)
        .order_by(Call.ended_at, Call.id)
    )
    left = others.all()
    if left:
        first, last = left[0], left[-1]
        task.first_call_id, task.last_call_id = first.id, last.id
        task.opened_at = first.ended_at or task.opened_at
        task.due_at, task.waited_s = last.ended_at or task.due_at, last.wait_s
    elif task.state == "open":
        task.state, task.closed_at = "cancelled", call.ended_at
        task.closed_call_id, task.result = call.id, ANSWERED_AFTER_ALL
