"""Lists of tasks, and one task.

In: an actor and what he looks for. Out: tasks with the names to show beside them. The client's name stands beside a task
only where the reader may see the client.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, case, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from calls.columns import UtcDateTime
from calls.tables import Call
from crm import client_visibility
from crm.access import Actor, Permission
from crm.errors import Forbidden, NotFound
from crm.tables import Client, Task, TaskAssignee, User
from crm.task_visibility import awake, has, mine, seen_by

State = Literal["open", "done", "cancelled"]
PAGE_SIZE = 50
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where tasks without a time stand: behind all others."""
_SEARCH_LENGTH = 100
_Columns = tuple[Task, int | None, str | None, str | None, str | None, str | None]


class Which(StrEnum):
    """A part of the list."""

    OPEN = "open"
    """Without those that are snoozed."""
    ANY_OPEN = "any_open"
    OVERDUE = "overdue"
    SNOOZED = "snoozed"
    DONE = "done"
    CANCELLED = "cancelled"


class Whose(StrEnum):
    """Of all that the actor sees."""

    MINE = "mine"
    """What the actor has to do: assigned to them, and call-backs that they may take."""
    GIVEN = "given"
    """What the actor gave to others."""
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """What is looked for. `due_from` and `due_until` bound the time at which a task is due (not that of call-backs)."""

    which: Which = Which.OPEN
    whose: Whose = Whose.MINE
    kind: str = ""
    priority: str = ""
    search: str = ""
    due_from: datetime | None = None
    due_until: datetime | None = None
    client_id: int | None = None
    deal_id: int | None = None
    urgent_first: bool = False


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with the names to show beside it."""

    task: Task
    client_id: int | None
    """The client, if the reader may see them."""
    client_name: str
    assignee: str
    closed_by: str
    """Name of the person, else the extension that talked; "" while it is open."""
    closed_pbx: str = ""
    """PBX of the talk that closed it: it may be another one than that of the vain call."""
    others: tuple[str, ...] = ()
    """Names of the further people who have it."""

    @property
    def minutes_to_contact(self) -> float | None:
        """Minutes from the first vain call to the talk that closed it; None if no talk did."""
        if self.task.closed_call_id is None or self.task.closed_at is None:
            return None
        return round((self.task.closed_at - self.task.opened_at).total_seconds() / 60, 1)


@dataclass(frozen=True, slots=True)
class Page:
    """Some tasks. `next_before` goes into the next call, None at the end."""

    tasks: list[TaskView]
    next_before: int | None


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    state: State = "open",
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """All that the actor sees of one state, snoozed ones as well; as `find`.

    Raises:
        Forbidden: the actor may see no tasks.
    """
    only = TaskFilter(which=Which.ANY_OPEN if state == "open" else Which(state), whose=Whose.ALL)
    return await find(session, actor, only, before=before, limit=limit)


async def find(
    session: AsyncSession,
    actor: Actor,
    only: TaskFilter,
    *,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """List tasks: open ones by the time that they wait for, closed ones newest first.

    Args:
        session: any session.
        actor: who looks.
        only: which.
        before: `Page.next_before` of the page before.
        limit: rows of a page.

    Raises:
        Forbidden: the actor may see no tasks.
    """
    actor.require(Permission.TASKS_SEE_OWN)
    now = datetime.now(UTC)
    query = _views(actor).where(seen_by(actor), *_conditions(actor, only, now))
    order, descending = _order(only)
    if before is not None:
        last = (await session.execute(select(*order).where(Task.id == before))).one_or_none()
        if last is not None:
            query = query.where(_behind(order, tuple(last), descending))
    ordered = [one.desc() if descending else one for one in order]
    rows = (await session.execute(query.order_by(*ordered).limit(limit + 1))).all()
    views = await _with_others(session, [_view(row) for row in rows[:limit]])
    return Page(views, views[-1].task.id if len(rows) > limit else None)


async def get(session: AsyncSession, actor: Actor, task_id: int) -> TaskView:
    """Return one task.

    Raises:
        NotFound: no such task, or it is in the bin.
        Forbidden: it is not the actor's business.
    """
    actor.require(Permission.TASKS_SEE_OWN)
    query = _views(actor).where(Task.id == task_id, Task.deleted_at.is_(None))
    row = (await session.execute(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound("task", task_id)
    if await session.scalar(select(Task.id).where(Task.id == task_id, seen_by(actor))) is None:
        raise Forbidden(Permission.TASKS_SEE_ALL)
    (view,) = await _with_others(session, [_view(row)])
    return view


async def assignee_ids(session: AsyncSession, task: Task) -> list[int]:
    """Who has it, the first one first."""
    query = select(TaskAssignee.user_id).where(TaskAssignee.task_id == task.id)
    others = (await session.scalars(query.order_by(TaskAssignee.user_id))).all()
    return list(dict.fromkeys([*([task.assignee_id] if task.assignee_id else []), *others]))


async def closing_call(session: AsyncSession, task: Task) -> str | None:
    """Return the linkedid of the talk that closed this task, None if none did."""
    query = select(Call.linkedid).where(Call.id == task.closed_call_id)
    return await session.scalar(query) if task.closed_call_id is not None else None


def _conditions(actor: Actor, only: TaskFilter, now: datetime) -> list[ColumnElement[bool]]:
    found = [_of_part(only.which, now)]
    if only.whose is Whose.MINE:
        found.append(mine(actor))
    elif only.whose is Whose.GIVEN:
        found += [Task.created_by_id == actor.user_id, Task.kind == "todo", ~has(actor)]
    equal = {
        Task.kind: only.kind,
        Task.priority: only.priority,
        Task.client_id: only.client_id,
        Task.deal_id: only.deal_id,
    }
    found += [column == value for column, value in equal.items() if value]
    if only.due_from is not None:
        found.append(Task.due_at >= only.due_from)
    if only.due_until is not None:
        found.append(Task.due_at < only.due_until)
    if only.due_from is not None or only.due_until is not None:
        found.append(Task.kind == "todo")
    if only.search.strip():
        found.append(_matches(actor, only.search.strip()[:_SEARCH_LENGTH]))
    return found


def _of_part(which: Which, now: datetime) -> ColumnElement[bool]:
    is_open = and_(Task.state == "open", awake(now))
    match which:
        case Which.OPEN:
            return is_open
        case Which.OVERDUE:
            return and_(is_open, Task.kind == "todo", Task.due_at < now)
        case Which.SNOOZED:
            return and_(Task.state == "open", Task.snoozed_until > now)
        case Which.ANY_OPEN:
            return Task.state == "open"
    return Task.state == which.value


def _matches(actor: Actor, text: str) -> ColumnElement[bool]:
    # SQLite folds the case of Latin letters only, so the usual spellings are asked for.
    spellings = {text, text.lower(), text.upper(), text.capitalize()}
    columns = (Task.title, Task.text, Task.number)
    wanted = [column.icontains(one, autoescape=True) for column in columns for one in spellings]
    folded = text.lower().replace("ё", "е")
    name = Client.search_name.contains(folded, autoescape=True)
    named = select(Client.id).where(name, client_visibility.seen_by(actor))
    return or_(*wanted, Task.client_id.in_(named))


def _order(only: TaskFilter) -> tuple[list[ColumnElement[Any]], bool]:
    """Expressions to sort by, the id last, and whether they fall."""
    if only.which in (Which.DONE, Which.CANCELLED):
        return [Task.closed_at.expression, Task.id.expression], True
    if only.which is Which.SNOOZED:
        return [Task.snoozed_until.expression, Task.id.expression], False
    waits_for: ColumnElement[Any] = case(
        (Task.kind == "callback", Task.opened_at),
        (Task.due_at.is_not(None), Task.due_at),
        else_=literal(_NEVER, UtcDateTime),
    )
    rank = case((Task.priority == "high", 0), (Task.priority == "low", 2), else_=1)
    first = [rank] if only.urgent_first else []
    return [*first, waits_for, Task.id.expression], False


def _behind(
    order: list[ColumnElement[Any]], last: tuple[Any, ...], descending: bool
) -> ColumnElement[bool]:
    """A condition: later in this order than the row with these values."""
    steps = []
    for place, (column, value) in enumerate(zip(order, last, strict=True)):
        same = [one == known for one, known in zip(order[:place], last[:place], strict=True)]
        steps.append(and_(*same, column < value if descending else column > value))
    return or_(*steps)


def _views(actor: Actor) -> Select[*_Columns]:
    assignee, closer = aliased(User), aliased(User)
    shown = and_(Client.id == Task.client_id, client_visibility.seen_by(actor))
    return (
        select(Task, Client.id, Client.name, name_of(assignee), name_of(closer), Call.pbx)
        .select_from(Task)
        .outerjoin(Client, shown)
        .outerjoin(assignee, assignee.id == Task.assignee_id)
        .outerjoin(closer, closer.id == Task.closed_by_id)
        .outerjoin(Call, Call.id == Task.closed_call_id)
    )


def name_of(user: type[User]) -> ColumnElement[str | None]:
    """What to show of a person: the login where there is no name."""
    return case((user.name != "", user.name), else_=user.login)


def _view(row: Row[*_Columns]) -> TaskView:
    task, client_id, name, assignee, closer, pbx = row
    closed_by = closer or task.closed_party
    return TaskView(task, client_id, name or "", assignee or "", closed_by, pbx or "")


async def _with_others(session: AsyncSession, views: Iterable[TaskView]) -> list[TaskView]:
    listed = list(views)
    query = (
        select(TaskAssignee.task_id, name_of(User))
        .join(User, User.id == TaskAssignee.user_id)
        .where(TaskAssignee.task_id.in_([view.task.id for view in listed]))
        .order_by(User.id)
    )
    names: dict[int, list[str]] = {}
    for task_id, name in (await session.execute(query)).all() if listed else ():
        names.setdefault(task_id, []).append(name or "")
    return [replace(view, others=tuple(names.get(view.task.id, ()))) for view in listed]
