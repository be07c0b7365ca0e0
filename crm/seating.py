"""Whose phone is it, and since when: people sit down at a phone and leave it; a tied phone is its people's in between.

In: who sits down, leaves, gets or loses a phone. Out: rows of `PhoneHolding`, never deleted: what a call's phone did is
this person's only if it was theirs at that time. While somebody sits at a phone its calls are nobody else's; when they
leave, it belongs again to all people to whom an administrator tied it.

An operator comes to a free desk, logs in, chooses the phone on it and works; logs out or chooses another one in the
evening. Who sat there before and forgot to leave is told that somebody else sat down.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from calls.feed import Notice, store
from crm import audit
from crm.access import Actor, Permission
from crm.errors import Invalid, SeatTaken
from crm.notices import announce
from crm.tables import Device, PhoneHolding, PhoneState, User

OWN, SEAT = "own", "seat"
LOCK = "seats"
"""Held by whoever changes holdings, so that two at once never sit down at one phone."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A phone as a place to sit at."""

    pbx: str
    extension: str


def held_at(at: SQLColumnExpression[Any] | datetime) -> ColumnElement[bool]:
    """A condition on `PhoneHolding`: the phone was theirs at this time. Unknown times are theirs only without limits."""
    began = or_(PhoneHolding.from_at.is_(None), PhoneHolding.from_at <= at)
    return began & or_(PhoneHolding.until_at.is_(None), PhoneHolding.until_at > at)


async def holders_at(
    session: AsyncSession, pbx: str, extension: str, at: datetime | None
) -> list[int]:
    """Ids of the people who are not locked out and whose phone this was then (now, if the time is not known)."""
    when = PhoneHolding.until_at.is_(None) if at is None else held_at(at)
    query = (
        select(PhoneHolding.user_id)
        .join(User, User.id == PhoneHolding.user_id)
        .where(
            PhoneHolding.pbx == pbx,
            PhoneHolding.extension == extension,
            User.active.is_(True),
            when,
        )
        .order_by(PhoneHolding.user_id)
    )
    return list(dict.fromkeys((await session.scalars(query)).all()))


async def seat_of(session: AsyncSession, user_id: int) -> PhoneHolding | None:
    """Where the person sits now."""
    return await session.scalar(_open(SEAT).where(PhoneHolding.user_id == user_id))


async def last_seat(session: AsyncSession, user_id: int) -> Seat | None:
    """Where the person sat last: the first phone to offer."""
    query = (
        select(PhoneHolding.pbx, PhoneHolding.extension)
        .where(PhoneHolding.user_id == user_id, PhoneHolding.how == SEAT)
        .order_by(PhoneHolding.id.desc())
        .limit(1)
    )
    row = (await session.execute(query)).one_or_none()
    return Seat(row.pbx, row.extension) if row else None


async def sit(
    session: AsyncSession, actor: Actor, seat: Seat, now: datetime, *, is_sure: bool = False
) -> list[PhoneHolding]:
    """Sit down at a phone, and leave the one before.

    Args:
        session: a write session.
        actor: who sits down.
        seat: where.
        now: aware.
        is_sure: the person knows that the phone is a colleague's, and takes it.

    Returns:
        The sittings that ended by it: the person's own, and that of whoever sat there.

    Raises:
        Forbidden: the person may not call at all.
        Invalid: no such phone on this PBX.
        SeatTaken: a colleague sits there, or it is a colleague's own phone; ask.
    """
    actor.require(Permission.CALLS_MAKE)
    await exclusive(session, LOCK)
    await _check_phone(session, seat)
    mine = await seat_of(session, actor.user_id)
    if mine is not None and (mine.pbx, mine.extension) == (seat.pbx, seat.extension):
        return []
    there = await _open_at(session, seat)
    others = [one for one in there if one.user_id != actor.user_id]
    if others and not is_sure:
        raise await _taken(session, seat, others)
    ended = []
    if mine is not None:
        await _end(session, mine, "moved", actor, now)
        ended.append(mine)
    for one in there:
        if one.how == SEAT:
            ended.append(one)
        one.end_told = one.user_id == actor.user_id
        await _end(session, one, "replaced" if one.how == SEAT else "seat", actor, now)
    if mine is not None:
        await _give_back(session, Seat(mine.pbx, mine.extension), now)
    row = PhoneHolding(
        user_id=actor.user_id, pbx=seat.pbx, extension=seat.extension, how=SEAT, from_at=now
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        raise SeatTaken(seat.pbx, seat.extension, "", None, is_seated=True) from error
    where = {"pbx": seat.pbx, "extension": seat.extension}
    await audit.record(session, actor, "seat.sit", "user", actor.user_id, where)
    _tell(session, {actor.user_id, *(one.user_id for one in there)})
    return ended


async def leave(
    session: AsyncSession, actor: Actor, user_id: int, why: str, now: datetime
) -> PhoneHolding | None:
    """End the person's sitting, if there is one; the phone is its own people's again.

    Args:
        session: a write session.
        actor: who does it: the person, or whoever locks them out.
        user_id: who sits.
        why: "left", "logout" or "locked".
        now: aware.
    """
    await exclusive(session, LOCK)
    mine = await seat_of(session, user_id)
    if mine is None:
        return None
    await _end(session, mine, why, actor, now)
    back = await _give_back(session, Seat(mine.pbx, mine.extension), now)
    where = {"pbx": mine.pbx, "extension": mine.extension, "why": why}
    await audit.record(session, actor, "seat.leave", "user", user_id, where)
    _tell(session, {user_id, *back})
    return mine


async def told(session: AsyncSession, user_id: int) -> None:
    """The person has read that somebody else sat down at their phone."""
    rows = await session.scalars(
        select(PhoneHolding).where(
            PhoneHolding.user_id == user_id, PhoneHolding.end_told.is_(False)
        )
    )
    for row in rows:
        row.end_told = True
    store(session, [Notice("state", {"users": [user_id]})])


async def follow_devices(session: AsyncSession, user: User, now: datetime) -> None:
    """Let the phones that are tied to a person be theirs from now on, and those that are not no more.

    Calls of before belong to whoever had the phone then. Only the first person who is ever given a phone gets its whole
    past: there is nobody else whose calls these could be.
    """
    await exclusive(session, LOCK)
    wanted = {(device.pbx, device.extension) for device in user.devices}
    query = _open(OWN).where(PhoneHolding.user_id == user.id)
    open_rows = list((await session.scalars(query)).all())
    for row in open_rows:
        if (row.pbx, row.extension) not in wanted:
            await _end(session, row, "untied", None, now)
    for pbx, extension in sorted(wanted - {(row.pbx, row.extension) for row in open_rows}):
        if not await _is_seated(session, Seat(pbx, extension)):
            await _hold(session, user.id, Seat(pbx, extension), now)
    await session.flush()
    await session.refresh(user, ["holdings"])


async def sittings(
    session: AsyncSession, *, before_id: int | None, limit: int
) -> Sequence[PhoneHolding]:
    """The history of sittings, newest first."""
    query = select(PhoneHolding).where(PhoneHolding.how == SEAT)
    if before_id is not None:
        query = query.where(PhoneHolding.id < before_id)
    return (await session.scalars(query.order_by(PhoneHolding.id.desc()).limit(limit))).all()


async def _check_phone(session: AsyncSession, seat: Seat) -> None:
    """Let through phones that somebody has, or that the PBX ever told of."""
    for table in (PhoneState, Device, PhoneHolding):
        here = (table.pbx == seat.pbx, table.extension == seat.extension)
        if await session.scalar(select(table.extension).where(*here).limit(1)) is not None:
            return
    raise Invalid("extension", f"{seat.extension!r} is no phone of PBX {seat.pbx}")


async def _open_at(session: AsyncSession, seat: Seat) -> list[PhoneHolding]:
    query = select(PhoneHolding).where(
        PhoneHolding.pbx == seat.pbx,
        PhoneHolding.extension == seat.extension,
        PhoneHolding.until_at.is_(None),
    )
    return list((await session.scalars(query)).all())


async def _is_seated(session: AsyncSession, seat: Seat) -> bool:
    return any(one.how == SEAT for one in await _open_at(session, seat))


async def _taken(session: AsyncSession, seat: Seat, others: Collection[PhoneHolding]) -> SeatTaken:
    users = select(User.name, User.login).where(User.id.in_([one.user_id for one in others]))
    names = [name or login for name, login in await session.execute(users.order_by(User.name))]
    seated = next((one for one in others if one.how == SEAT), None)
    since = seated.from_at if seated is not None else None
    return SeatTaken(
        seat.pbx, seat.extension, ", ".join(names), since, is_seated=seated is not None
    )


async def _end(
    session: AsyncSession, row: PhoneHolding, why: str, by: Actor | None, now: datetime
) -> None:
    row.until_at, row.ended_why = now, why
    row.ended_by_id = by.user_id if by is not None and by.user_id else None
    # Before a new row: of the open ones there may be only one.
    await session.flush()


async def _give_back(session: AsyncSession, seat: Seat, now: datetime) -> set[int]:
    """A phone at which nobody sits any more is that of the people to whom it is tied."""
    query = select(Device.user_id).where(Device.pbx == seat.pbx, Device.extension == seat.extension)
    owners = set((await session.scalars(query)).all())
    for user_id in sorted(owners):
        await _hold(session, user_id, seat, now)
    await session.flush()
    return owners


async def _hold(session: AsyncSession, user_id: int, seat: Seat, now: datetime) -> None:
    ever = select(PhoneHolding.id).where(
        PhoneHolding.pbx == seat.pbx, PhoneHolding.extension == seat.extension
    )
    is_first = await session.scalar(ever.limit(1)) is None
    session.add(
        PhoneHolding(
            user_id=user_id,
            pbx=seat.pbx,
            extension=seat.extension,
            how=OWN,
            from_at=None if is_first else now,
        )
    )


def _open(how: str) -> Select[PhoneHolding]:
    return select(PhoneHolding).where(PhoneHolding.how == how, PhoneHolding.until_at.is_(None))


def _tell(session: AsyncSession, user_ids: Collection[int]) -> None:
    """Their pages show another phone, and the memory of whose phone rings is read anew."""
    for user_id in sorted(user_ids):
        announce(session, "user", user_id)
