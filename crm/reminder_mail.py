"""E-mails of reminders: each goes out at most once.

In: reminders that were shown and want an e-mail too. Out: claims (a claim is committed before anything is sent) and what
became of them. A refusal that may pass is tried again (`RETRY`); after a process died, or the server fell silent, in the
middle of sending nobody knows whether the e-mail went out: it is not sent again, and the task says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from calls.db import exclusive
from calls.retry import RetryRule
from crm.notices import announce
from crm.notifications import News, tell
from crm.reminders import FEW_LATE
from crm.tables import Reminder, Task, User

RETRY = RetryRule(attempts=6, first_s=60.0, factor=4.0, longest_s=4 * 3600.0)
"""1, 4, 16 minutes, an hour, four hours."""
LOST_AFTER = timedelta(minutes=10)
MOST_AT_ONCE = 100
NO_ADDRESS = "no e-mail address"
UNKNOWN_END = "it is not known whether it was sent"
"""`failed_why` in words that the page translates."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A claimed e-mail. `attempt`: from 1."""

    reminder_id: int
    task_id: int
    user_id: int
    address: str
    locale: str
    title: str
    due_at: datetime | None
    attempt: int


async def claim(session: AsyncSession, now: datetime) -> list[Mail] | None:
    """Take one letter that shall be sent now: one reminder, or all of a person where there are many.

    It must be committed before it is sent. No more is taken at once: a process that dies leaves one letter in doubt.

    Args:
        session: a write session.
        now: the moment.

    Returns:
        What the letter tells of; [] if its person has no address (then it is given up); None if nothing waits.
    """
    await exclusive(session, "reminder-mail")
    user_id = await session.scalar(_due(now, Reminder.user_id).limit(1))
    if user_id is None:
        return None
    waiting = _due(now, Reminder.id).where(Reminder.user_id == user_id).limit(MOST_AT_ONCE)
    wanted = list((await session.scalars(waiting)).all())
    taken = (
        update(Reminder)
        .where(
            Reminder.id.in_(wanted if len(wanted) > FEW_LATE else wanted[:1]),
            Reminder.mail_state == "waiting",
        )
        .values(mail_state="sending", mail_at=now, mail_attempts=Reminder.mail_attempts + 1)
        .returning(Reminder.id)
        .execution_options(synchronize_session=False)
    )
    ids = list((await session.scalars(taken)).all())
    query = (
        select(
            Reminder.id,
            Reminder.task_id,
            Reminder.user_id,
            User.email,
            User.locale,
            Task.title,
            Task.due_at,
            Reminder.mail_attempts,
            User.active,
        )
        .join(Task, Task.id == Reminder.task_id)
        .join(User, User.id == Reminder.user_id)
        .where(Reminder.id.in_(ids))
        .order_by(Reminder.user_id, Reminder.at)
    )
    rows = (await session.execute(query)).all()
    found = [Mail(*row[:-1]) for row in rows]
    nowhere = [row[0] for row in rows if not row.email or not row.active]
    await give_up(session, nowhere, NO_ADDRESS)
    return [mail for mail in found if mail.reminder_id not in nowhere]


async def sent(session: AsyncSession, ids: Collection[int]) -> None:
    """The server took them."""
    await _set(session, ids, mail_state="sent", failed_why="")


async def refused(session: AsyncSession, mails: Sequence[Mail], why: str, now: datetime) -> None:
    """The server did not take them: they are tried again later, or given up after the last attempt.

    Args:
        session: a write session.
        mails: which.
        why: in the server's or our words.
        now: the moment.
    """
    for mail in mails:
        wait_s = RETRY.wait_s(mail.attempt)
        if wait_s is None:
            await give_up(session, [mail.reminder_id], why)
            continue
        at = now + timedelta(seconds=wait_s)
        await _set(session, [mail.reminder_id], mail_state="waiting", mail_at=at, failed_why=why)


async def give_up(session: AsyncSession, ids: Collection[int], why: str) -> None:
    """These will not be sent; their people are told, and the task shows it."""
    await _set(session, ids, mail_state="failed", failed_why=why)
    query = (
        select(Reminder.user_id, Reminder.task_id, Task.title)
        .join(Task, Task.id == Reminder.task_id)
        .where(Reminder.id.in_(list(ids)))
    )
    for user_id, task_id, title in (await session.execute(query)).all():
        await tell(
            session, [user_id], News("mail_failed", "task", task_id, {"title": title, "why": why})
        )
        announce(session, "task", task_id)


async def is_any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether `claim` or `give_up_lost` would find something; needs no write session."""
    found = [await session.scalar(query.limit(1)) for query in (_due(now, Reminder.id), _lost(now))]
    return any(one is not None for one in found)


async def give_up_lost(session: AsyncSession, now: datetime) -> list[int]:
    """Give up those whose sending nobody ended: the process died in the middle. Returns the reminders' ids.

    Args:
        session: a write session.
        now: the moment.
    """
    ids = list((await session.scalars(_lost(now))).all())
    await give_up(session, ids, UNKNOWN_END)
    return ids


def _due(now: datetime, what: InstrumentedAttribute[int]) -> Select[int]:
    return (
        select(what)
        .where(Reminder.mail_state == "waiting", Reminder.mail_at <= now)
        .order_by(Reminder.mail_at, Reminder.id)
    )


def _lost(now: datetime) -> Select[int]:
    return select(Reminder.id).where(
        Reminder.mail_state == "sending", Reminder.mail_at < now - LOST_AFTER
    )


async def _set(session: AsyncSession, ids: Collection[int], **values: object) -> None:
    if ids:
        await session.execute(
            update(Reminder)
            .where(Reminder.id.in_(list(ids)))
            .values(**values)
            .execution_options(synchronize_session=False)
        )
