"""Lists of promises: to confirm, open, overdue, kept, broken, disputed, rejected; with filters, counts and pages.

In: who looks, and what they want. Out: rows with the names of the client and of whoever promised, and whether the words
may be read. The same conditions make the list, its counts and the API's answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call, Recording
from crm import agents, client_visibility
from crm.access import Actor
from crm.promise_ledger import NOT_CHECKED
from crm.promise_visibility import heard_by, listed_for
from crm.promise_watch import overdue
from crm.tables import Client, Promise

PAGE_ROWS = 40


class Tab(StrEnum):
    """Parts of the ledger, as people work on them."""

    CONFIRM = "confirm"
    OPEN = "open"
    OVERDUE = "overdue"
    KEPT = "kept"
    BROKEN = "broken"
    DISPUTED = "disputed"
    DROPPED = "dropped"
    """Rejected, cancelled, or taken back in the same call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to show; None and "" leave nothing out. Dates are those of the promise's call, both inclusive."""

    tab: Tab = Tab.CONFIRM
    person_id: int | None = None
    client_id: int | None = None
    action: str = ""
    side: str = ""
    queue: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A promise with what stands beside it."""

    promise: Promise
    call_at: datetime | None
    queue: str
    client_name: str
    """"" where there is none, or none that the reader may see."""
    person: str
    readable: bool
    """Whether the reader may read its words and hear them."""
    recording_id: int | None
    is_overdue: bool


def tab_condition(tab: Tab, now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """A condition on `Promise`."""
    late = and_(Promise.due_on.is_not(None), overdue(now, zone))
    match tab:
        case Tab.CONFIRM:
            return NOT_CHECKED
        case Tab.OPEN:
            return and_(Promise.state == "open", or_(Promise.due_on.is_(None), not_(late)))
        case Tab.OVERDUE:
            return and_(Promise.state == "open", late)
        case Tab.DROPPED:
            taken_back = and_(Promise.state == "found", Promise.withdrawn.is_(True))
            return or_(Promise.state.in_(("rejected", "cancelled")), taken_back)
        case _:
            return Promise.state == tab.value


async def page(  # noqa: PLR0913 (who looks, at what, when, where, how much)
    session: AsyncSession,
    actor: Actor,
    wanted: Wanted,
    now: datetime,
    zone: ZoneInfo,
    *,
    number: int = 1,
    rows: int = PAGE_ROWS,
) -> list[Line]:
    """One page of a tab, and one row more where another page follows.

    Args:
        session: any session.
        actor: who looks.
        wanted: what.
        now: the moment: it says what is overdue.
        zone: the company's.
        number: of the page, from 1.
        rows: of a page.
    """
    query = (
        select(Promise, Call)
        .join(Call, Call.id == Promise.call_id)
        .where(tab_condition(wanted.tab, now, zone), listed_for(actor), *conditions(wanted, zone))
        .order_by(*_order(wanted.tab))
        .offset((number - 1) * rows)
        .limit(rows + 1)
    )
    found = (await session.execute(query)).all()
    return await lines(session, actor, [(one, call) for one, call in found], now, zone)


async def counts(
    session: AsyncSession, actor: Actor, wanted: Wanted, now: datetime, zone: ZoneInfo
) -> dict[Tab, int]:
    """How many each tab holds with these filters."""
    sums = [
        func.count(Promise.id).filter(tab_condition(tab, now, zone)).label(tab.value) for tab in Tab
    ]
    query = (
        select(*sums)
        .select_from(Promise)
        .join(Call, Call.id == Promise.call_id)
        .where(listed_for(actor), *conditions(wanted, zone))
    )
    row = (await session.execute(query)).one()
    return {tab: int(row[place]) for place, tab in enumerate(Tab)}


def conditions(wanted: Wanted, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """Conditions on `Promise` joined with `Call`, for the filters alone."""
    from_day = datetime.combine(wanted.since, datetime.min.time(), zone) if wanted.since else None
    to_day = datetime.combine(wanted.until, datetime.max.time(), zone) if wanted.until else None
    asked = (
        (wanted.person_id, Promise.promiser_id == wanted.person_id),
        (wanted.client_id, Promise.client_id == wanted.client_id),
        (wanted.action, Promise.action == wanted.action),
        (wanted.side, Promise.by_side == wanted.side),
        (wanted.queue, Call.queue == wanted.queue),
        (from_day, Call.started_at >= from_day if from_day else false()),
        (to_day, Call.started_at <= to_day if to_day else false()),
    )
    return [condition for value, condition in asked if value]


async def lines(
    session: AsyncSession,
    actor: Actor,
    found: list[tuple[Promise, Call]],
    now: datetime,
    zone: ZoneInfo,
) -> list[Line]:
    """These promises with what stands beside them: one query for each kind of thing."""
    ids = [promise.id for promise, _call in found]
    readable = set(
        (
            await session.scalars(select(Promise.id).where(Promise.id.in_(ids), heard_by(actor)))
        ).all()
    )
    clients = select(Client.id, Client.name).where(
        Client.id.in_({p.client_id for p, _ in found if p.client_id}),
        client_visibility.seen_by(actor),
    )
    names = {row.id: row.name for row in await session.execute(clients)}
    people = await agents.names(session, [p.promiser_id for p, _ in found if p.promiser_id])
    sounds = await _recordings(session, [call.id for _promise, call in found])
    late_query = select(Promise.id).where(
        Promise.id.in_(ids), Promise.state == "open", overdue(now, zone)
    )
    late = set((await session.scalars(late_query)).all())
    return [
        Line(
            promise=promise,
            call_at=call.started_at,
            queue=call.queue,
            client_name=names.get(promise.client_id or 0, ""),
            person=people.get(promise.promiser_id or 0, ""),
            readable=promise.id in readable,
            recording_id=sounds.get(call.id) if promise.id in readable else None,
            is_overdue=promise.id in late,
        )
        for promise, call in found
    ]


async def _recordings(session: AsyncSession, call_ids: list[int]) -> dict[int, int]:
    """The first recording of each of these calls that can be played."""
    query = (
        select(Recording.call_id, func.min(Recording.id))
        .where(Recording.call_id.in_(call_ids), Recording.state == "ready")
        .group_by(Recording.call_id)
    )
    rows = await session.execute(query)
    return {call_id: recording for call_id, recording in rows if call_id is not None}


def _order(tab: Tab) -> tuple[ColumnElement[bool], ...]:
    if tab in (Tab.OPEN, Tab.OVERDUE):
        return (Promise.due_on.nulls_last(), Promise.due_time.nulls_last(), Promise.id)  # type: ignore[return-value]
    if tab in (Tab.KEPT, Tab.BROKEN):
        return (Promise.closed_at.desc(), Promise.id.desc())  # type: ignore[return-value]
    return (Call.started_at.desc().nulls_last(), Promise.id.desc())  # type: ignore[return-value]
