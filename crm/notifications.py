"""What a person is told beside what they look at: mentions, tasks, reminders, hand-overs.

In: who, what kind, and what it leads to. Out: rows, and a notice "notification" for the open pages of that person. The
words are made where it is shown (`web`), in the language of the reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from crm.access import Actor
from crm.errors import NotFound
from crm.notices import announce
from crm.tables import Notification, User

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class News:
    """One thing to be told. `detail`: names and titles as they are now, for the sentence."""

    kind: str
    subject_kind: str = ""
    subject_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


async def tell(session: AsyncSession, user_ids: Iterable[int], news: News) -> list[Notification]:
    """Tell these people; those who may not log in any more are left out, nobody is told twice.

    Args:
        session: a write session.
        user_ids: whom.
        news: what.
    """
    wanted = set(user_ids)
    active = select(User.id).where(User.id.in_(wanted), User.active.is_(True)).order_by(User.id)
    rows = [
        Notification(
            user_id=user_id,
            at=datetime.now(UTC),
            kind=news.kind,
            subject_kind=news.subject_kind,
            subject_id=news.subject_id,
            detail=dict(news.detail),
        )
        for user_id in (await session.scalars(active)).all()
    ]
    session.add_all(rows)
    await session.flush()
    for row in rows:
        announce(session, "notification", row.user_id)
    return rows


async def unread_count(session: AsyncSession, actor: Actor) -> int:
    """How many the actor has not read."""
    unread = _own(actor) & Notification.read_at.is_(None)
    return await session.scalar(select(func.count()).select_from(Notification).where(unread)) or 0


async def page(
    session: AsyncSession, actor: Actor, *, before: int | None = None, limit: int = PAGE_SIZE
) -> list[Notification]:
    """The actor's own, newest first; those before the id `before` if given."""
    query = select(Notification).where(_own(actor)).order_by(Notification.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Notification.id < before)
    return list((await session.scalars(query)).all())


async def read(session: AsyncSession, actor: Actor, notification_id: int) -> Notification:
    """Return one of the actor's, and say that he has seen it.

    Raises:
        NotFound: no such one of his.
    """
    row = await session.get(Notification, notification_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound("notification", notification_id)
    if row.read_at is None:
        row.read_at = datetime.now(UTC)
        announce(session, "notification", actor.user_id)
    return row


async def mark_read(session: AsyncSession, actor: Actor, up_to: int) -> None:
    """Say that the actor has seen all of theirs up to this id."""
    seen = _own(actor) & Notification.read_at.is_(None) & (Notification.id <= up_to)
    await session.execute(update(Notification).where(seen).values(read_at=datetime.now(UTC)))
    announce(session, "notification", actor.user_id)


def _own(actor: Actor) -> Any:
    return Notification.user_id == actor.user_id
