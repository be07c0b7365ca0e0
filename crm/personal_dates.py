"""Days to remember of a client: birthdays, also of relatives, weddings, professional holidays.

In: a day with its name. Out: rows of `personal_dates`. The client's own birthday follows the date of birth
(`crm.personal`); reminders of these days are given elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import changes, client_visibility
from crm.access import Action, Actor, Permission
from crm.errors import Invalid, NotFound
from crm.notices import announce
from crm.tables import PersonalDate

BIRTHDAY = "birthday"
"""Name of the client's own birthday; every other name is as typed."""
MOST = 30
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class DayField:
    """A day as somebody typed it. `year` None: unknown. `remind_days`: so many days before a person is reminded."""

    name: str
    day: int
    month: int
    year: int | None = None
    remind_days: int = 0


async def of_client(session: AsyncSession, client_id: int) -> list[PersonalDate]:
    """The client's days in the order of the year."""
    query = select(PersonalDate).where(PersonalDate.client_id == client_id)
    query = query.order_by(PersonalDate.month, PersonalDate.day, PersonalDate.id)
    return list((await session.scalars(query)).all())


async def add(session: AsyncSession, actor: Actor, client_id: int, typed: DayField) -> PersonalDate:
    """Add a day.

    Raises:
        Forbidden: the actor may not edit this client.
        NotFound: no such client, or one that the actor may not see.
        Invalid: no such day, no name, or too many days.
    """
    await _may_edit(session, actor, client_id)
    name = " ".join(typed.name.split())
    if not 0 < len(name) <= 255:
        raise Invalid("date_name", "say what day it is, in 1 to 255 characters")
    _check_day(typed)
    if len(await of_client(session, client_id)) >= MOST:
        raise Invalid("date_name", "a client has at most %(most)d such days", most=MOST)
    row = PersonalDate(
        client_id=client_id,
        name=name,
        day=typed.day,
        month=typed.month,
        year=typed.year,
        remind_days=typed.remind_days,
    )
    session.add(row)
    await session.flush()
    _note(session, actor, client_id, "", written(row))
    return row


async def remove(session: AsyncSession, actor: Actor, client_id: int, date_id: int) -> None:
    """Take a day away.

    Raises:
        Forbidden: the actor may not edit this client.
        NotFound: no such client, one that the actor may not see, or the day is not theirs.
    """
    await _may_edit(session, actor, client_id)
    row = await session.get(PersonalDate, date_id)
    if row is None or row.client_id != client_id:
        raise NotFound("personal_date", date_id)
    await session.delete(row)
    await session.flush()
    _note(session, actor, client_id, written(row), "")


async def follow_birth(session: AsyncSession, client_id: int, born_on: date | None) -> None:
    """Make the client's own birthday that of the date of birth; for `crm.personal`."""
    query = select(PersonalDate).where(
        PersonalDate.client_id == client_id, PersonalDate.name == BIRTHDAY
    )
    row = await session.scalar(query.order_by(PersonalDate.id).limit(1))
    if born_on is None:
        if row is not None:
            await session.delete(row)
    else:
        if row is None:
            row = PersonalDate(client_id=client_id, name=BIRTHDAY)
            session.add(row)
        row.day, row.month, row.year = born_on.day, born_on.month, born_on.year
    await session.flush()


def written(row: PersonalDate) -> str:
    """The day as the change history keeps it."""
    year = f".{row.year}" if row.year else ""
    return f"{row.name}: {row.day:02d}.{row.month:02d}{year}"


def _check_day(typed: DayField) -> None:
    try:
        date(typed.year or _LEAP_YEAR, typed.month, typed.day)
    except ValueError as error:
        raise Invalid("date_day", "there is no such day") from error
    if typed.year is not None and not 1880 <= typed.year <= 2100:
        raise Invalid("date_day", "there is no such day")
    if not 0 <= typed.remind_days <= 60:
        raise Invalid("remind_days", "a reminder comes 0 to 60 days before")


async def _may_edit(session: AsyncSession, actor: Actor, client_id: int) -> None:
    actor.require(Permission.CLIENTS_EDIT)
    await client_visibility.require(session, actor, client_id, Action.EDIT)


def _note(session: AsyncSession, actor: Actor, client_id: int, old: str, new: str) -> None:
    subject = changes.Subject("client", client_id, client_id)
    changes.record(session, actor, subject, {"personal_dates": old}, {"personal_dates": new})
    announce(session, "client", client_id)
