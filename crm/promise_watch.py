"""What Slovo itself notices about open promises: a call-back that was made, a day that has passed.

In: the time, every minute. Out: proposals beside promises (never a decision), and a notification for who promised and for
who answers for the client, once for each promise.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import promise_evidence
from crm.notices import announce
from crm.notifications import News, tell
from crm.tables import Client, Promise, PromiseEvidence

MOST_AT_ONCE = 100
LOOKS_BACK = timedelta(days=60)
"""A call-back that nobody made in two months is looked for no more."""


def overdue(now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    """A condition on `Promise`: its day, or its hour of today, has passed."""
    local = now.astimezone(zone)
    today, hour = local.date(), local.time().replace(tzinfo=None)
    return or_(Promise.due_on < today, and_(Promise.due_on == today, Promise.due_time <= hour))


def _late(now: datetime, zone: ZoneInfo) -> ColumnElement[bool]:
    return and_(Promise.state == "open", Promise.told_at.is_(None), overdue(now, zone))


def _awaited(now: datetime) -> ColumnElement[bool]:
    return and_(
        Promise.state == "open",
        Promise.action == "callback",
        Promise.by_side == "operator",
        Promise.proposed != "kept",
        Promise.client_id.is_not(None),
        Promise.marked_at > now - LOOKS_BACK,
        # Those that wait for a call in vain cost nothing, and do not stand in the way of others.
        promise_evidence.was_called_back(),
    )


async def has_work(session: AsyncSession, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a look could find something: an idle installation writes nothing."""
    query = select(Promise.id).where(or_(_late(now, zone), _awaited(now))).limit(1)
    return await session.scalar(query) is not None


async def look(session: AsyncSession, now: datetime, zone: ZoneInfo) -> int:
    """Propose what became of promises; returns how many were touched, at most `MOST_AT_ONCE` of each kind."""
    touched = await _propose_kept(session, now)
    query = select(Promise).where(_late(now, zone)).order_by(Promise.id).limit(MOST_AT_ONCE)
    for promise in (await session.scalars(query)).all():
        promise.told_at = now
        promise.proposed = promise.proposed or "broken"
        if promise.proposed == "broken":
            await _tell(session, promise)
        announce(session, "promise", promise.id)
        touched += 1
    return touched


async def _propose_kept(session: AsyncSession, now: datetime) -> int:
    touched = 0
    query = select(Promise).where(_awaited(now)).order_by(Promise.id.desc()).limit(MOST_AT_ONCE)
    for promise in (await session.scalars(query)).all():
        call = await promise_evidence.called_back(session, promise)
        if call is None:
            continue
        promise.proposed = "kept"
        session.add(
            PromiseEvidence(
                promise_id=promise.id,
                kind="call",
                subject_id=call.subject_id,
                at=call.at.astimezone(UTC),
            )
        )
        announce(session, "promise", promise.id)
        touched += 1
    await session.flush()
    return touched


async def _tell(session: AsyncSession, promise: Promise) -> None:
    client = await session.get(Client, promise.client_id) if promise.client_id else None
    people = {promise.promiser_id, client.responsible_id if client else None} - {None}
    due = promise.due_on.isoformat() if promise.due_on else ""
    detail = {
        "client": client.name if client else "",
        "action": promise.action,
        "side": promise.by_side,
        "due": due,
    }
    news = News("promise_overdue", "promise", promise.id, detail)
    await tell(session, [one for one in people if one is not None], news)
