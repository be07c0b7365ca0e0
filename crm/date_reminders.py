"""Birthdays and other days of clients: the responsible person is told some days before, once a year.

In: the date of today in the company's zone, and the rules that the administrator set. Out: notifications, and a task if so
set. Whoever first writes the day into `personal_dates.reminded_on` tells of it: two processes never tell the same. Days of
clients whom nobody answers for are told to the supervisors, all in one. Of 29 February it is the 28th in common years;
days that the machine slept through are told up to `GRACE_DAYS` late.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm import agents, client_visibility, company_settings, task_changes
from crm.access import SYSTEM, Actor, Role
from crm.notifications import News, tell
from crm.personal_dates import BIRTHDAY
from crm.recurrence import at_zone
from crm.tables import Client, PersonalDate, User
from crm.task_rules import TaskFields

SETTING = "date_reminders"
GRACE_DAYS = 3
MOST_AT_ONCE = 300
NAMES_SHOWN = 5


class DateRules(BaseModel):
    """What happens before a day of a client."""

    hour: int = Field(default=9, ge=0, le=23)
    """People are told from this hour of the day on, in the company's zone."""
    make_task: bool = False
    """Whether the responsible person gets a task for the day, too."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A day of a client: when it is this time."""

    row: PersonalDate
    client: Client
    on: date


async def rules(session: AsyncSession) -> DateRules:
    """The rules in force."""
    return await company_settings.load(session, SETTING, DateRules)


async def remind(session: AsyncSession, now: datetime, zone: ZoneInfo) -> list[Coming]:
    """Tell of all days whose time to be told has come; returns them.

    Args:
        session: a write session.
        now: the moment.
        zone: the company's.
    """
    known = await rules(session)
    told = [one for one in await due(session, now, zone) if await _claim(session, one)]
    unowned: list[Coming] = []
    for one in told:
        owner = await _owner(session, one.client)
        if owner is None:
            unowned.append(one)
            continue
        await tell(session, [owner.id], _news(one))
        if known.make_task:
            await _make_task(session, one, owner.id, known, zone)
    await _tell_supervisors(session, unowned)
    return told


async def on_day(session: AsyncSession, actor: Actor, day: date, limit: int) -> list[Coming]:
    """The days of this date of clients that the actor answers for and may see.

    Args:
        session: any session.
        actor: who looks.
        day: the date in the company's zone.
        limit: rows.
    """
    query = (
        select(PersonalDate, Client)
        .join(Client, Client.id == PersonalDate.client_id)
        .where(
            _falls_on(day), Client.responsible_id == actor.user_id, client_visibility.seen_by(actor)
        )
        .order_by(Client.search_name, PersonalDate.id)
        .limit(limit)
    )
    return [Coming(row, client, day) for row, client in (await session.execute(query)).all()]


def in_year(month: int, day: int, year: int) -> date:
    """The date of that day in that year."""
    if (month, day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return date(year, month, day)


async def due(session: AsyncSession, now: datetime, zone: ZoneInfo) -> list[Coming]:
    """Days within their time of notice that were not told yet; none before the hour that the rules name.

    Args:
        session: any session.
        now: the moment.
        zone: the company's.
    """
    local = now.astimezone(zone)
    if local.hour < (await rules(session)).hour:
        return []
    today = local.date()
    leads = (await session.scalars(select(PersonalDate.remind_days).distinct())).all()
    found: list[Coming] = []
    for lead in leads:
        window = [today + timedelta(days=n) for n in range(-GRACE_DAYS, max(lead, 0) + 1)]
        falls = {(day.month, day.day) for day in window}
        if (2, 28) in falls:
            falls.add((2, 29))
        query = (
            select(PersonalDate, Client)
            .join(Client, Client.id == PersonalDate.client_id)
            .where(
                PersonalDate.remind_days == lead,
                client_visibility.LISTED,
                _one_of(falls),
                or_(
                    PersonalDate.reminded_on.is_(None),
                    PersonalDate.reminded_on < today - timedelta(days=GRACE_DAYS),
                ),
            )
            .order_by(PersonalDate.id)
            .limit(MOST_AT_ONCE)
        )
        rows = (await session.execute(query)).all()
        found += [
            Coming(row, client, on)
            for row, client in rows
            if (on := _next(row, window)) is not None
        ]
    return found


def _next(row: PersonalDate, window: Sequence[date]) -> date | None:
    years = {day.year for day in window}
    dates = (in_year(row.month, row.day, year) for year in sorted(years))
    return next((on for on in dates if window[0] <= on <= window[-1]), None)


def _one_of(days: Iterable[tuple[int, int]]) -> ColumnElement[bool]:
    by_month: dict[int, list[int]] = {}
    for month, day in days:
        by_month.setdefault(month, []).append(day)
    return or_(
        *(
            and_(PersonalDate.month == month, PersonalDate.day.in_(sorted(listed)))
            for month, listed in sorted(by_month.items())
        )
    )


def _falls_on(day: date) -> ColumnElement[bool]:
    days = {(day.month, day.day)}
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        days.add((2, 29))
    return _one_of(days)


async def _claim(session: AsyncSession, one: Coming) -> bool:
    free = or_(PersonalDate.reminded_on.is_(None), PersonalDate.reminded_on != one.on)
    claimed = (
        update(PersonalDate)
        .where(PersonalDate.id == one.row.id, free)
        .values(reminded_on=one.on)
        .returning(PersonalDate.id)
        .execution_options(synchronize_session=False)
    )
    return await session.scalar(claimed) is not None


async def _owner(session: AsyncSession, client: Client) -> User | None:
    if client.responsible_id is None:
        return None
    user = await session.get(User, client.responsible_id)
    return user if user is not None and user.active else None


def _news(one: Coming) -> News:
    kind = "birthday" if one.row.name == BIRTHDAY else "date"
    detail = {"name": one.client.name, "what": one.row.name, "on": one.on.isoformat()}
    return News(kind, "client", one.client.id, {**detail, "born": one.row.year})


async def _make_task(
    session: AsyncSession, one: Coming, user_id: int, known: DateRules, zone: ZoneInfo
) -> None:
    # The card says whose day it is; a title that named the day would be in one language only.
    name = one.client.name or one.row.name
    at = at_zone(datetime.combine(one.on, time(known.hour)), zone)
    title = name if one.row.name == BIRTHDAY else f"{name}: {one.row.name}"
    title = f"🎂 {title}" if one.row.name == BIRTHDAY else title
    fields = TaskFields(
        title=title[:255], due_at=at, client_id=one.client.id, assignees=(user_id,), reminders=()
    )
    await task_changes.create(session, SYSTEM, fields)


async def _tell_supervisors(session: AsyncSession, unowned: Sequence[Coming]) -> None:
    if not unowned:
        return
    query = select(User).where(User.active.is_(True), User.role == Role.SUPERVISOR)
    people = (await session.scalars(query.order_by(User.id))).all()
    if not people:
        admins = select(User).where(User.active.is_(True), User.role == Role.ADMINISTRATOR)
        people = (await session.scalars(admins.order_by(User.id))).all()
    for user in people:
        await session.refresh(user, ["queues", "devices"])
        actor = await agents.actor_for(session, user)
        ids = [one.client.id for one in unowned]
        seen = select(Client.id).where(Client.id.in_(ids), client_visibility.seen_by(actor))
        visible = set((await session.scalars(seen)).all())
        names = [one.client.name for one in unowned if one.client.id in visible]
        if names:
            detail = {"count": len(names), "names": names[:NAMES_SHOWN]}
            await tell(session, [user.id], News("dates_unowned", detail=detail))
