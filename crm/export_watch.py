"""Who opens unusually many cards in an hour may be copying the base by hand: supervisors are told, once an hour.

In: each opening of a card. Out: a count per person and hour (`card_openings`), and news for supervisors. Openings are
collected in memory and written every `WRITE_EVERY` (the same card again within the hour counts once per process), so that
looking at a card costs no write; a process that ends forgets fewer than that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import Database, exclusive
from crm import audit, company_settings
from crm.access import Actor, Permission, Role, permissions_of
from crm.notifications import News, tell
from crm.tables import CardOpening, User

SETTING = "export_watch"
WRITE_EVERY = 10
KEPT = timedelta(days=30)


class WatchRules(BaseModel):
    """What is unusual."""

    cards_per_hour: int = Field(default=200, ge=10, le=100_000)


def now_utc() -> datetime:
    """The time that hours are counted by."""
    return datetime.now(UTC)


@dataclass(slots=True)
class _Hour:
    at: datetime
    seen: set[int] = field(default_factory=set)
    unwritten: int = 0


class ExportWatch:
    """Counts the cards that people open in this process."""

    def __init__(self, db: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._db = db
        self._clock = clock
        self._hours: dict[int, _Hour] = {}

    async def opened(self, actor: Actor, *client_ids: int) -> None:
        """Somebody sees these cards: opened one by one, or listed with all their details by a program."""
        if not actor.user_id:
            return
        at = self._clock().replace(minute=0, second=0, microsecond=0)
        hour = self._hours.get(actor.user_id)
        if hour is None or hour.at != at:
            hour = self._hours[actor.user_id] = _Hour(at)
        fresh = set(client_ids) - hour.seen
        hour.seen |= fresh
        hour.unwritten += len(fresh)
        if hour.unwritten >= WRITE_EVERY:
            count, hour.unwritten = hour.unwritten, 0
            async with self._db.write() as session:
                await _count(session, actor, at, count, self._clock())


async def _count(
    session: AsyncSession, actor: Actor, hour_at: datetime, cards: int, now: datetime
) -> None:
    await exclusive(session, "card_openings")
    row = await session.get(CardOpening, (actor.user_id, hour_at))
    if row is None:
        row = CardOpening(user_id=actor.user_id, hour_at=hour_at, cards=0)
        session.add(row)
        await session.execute(delete(CardOpening).where(CardOpening.hour_at < now - KEPT))
    row.cards += cards
    await session.flush()
    rules = await company_settings.load(session, SETTING, WatchRules)
    if row.cards <= rules.cards_per_hour:
        return
    # Of several processes one tells.
    first = (
        update(CardOpening)
        .where(
            CardOpening.user_id == actor.user_id,
            CardOpening.hour_at == hour_at,
            CardOpening.told_at.is_(None),
        )
        .values(told_at=now)
        .returning(CardOpening.user_id)
    )
    if await session.scalar(first) is not None:
        await _alarm(session, actor, row.cards)


async def _alarm(session: AsyncSession, actor: Actor, cards: int) -> None:
    roles = [role for role in Role if Permission.AUDIT_SEE in permissions_of(role)]
    watching = select(User.id).where(User.role.in_(roles), User.id != actor.user_id)
    detail = {"who": actor.name, "cards": cards}
    news = News("export_watch", "user", actor.user_id, detail)
    await tell(session, (await session.scalars(watching)).all(), news)
    await audit.record(session, actor, "clients.many_opened", "user", actor.user_id, detail)
