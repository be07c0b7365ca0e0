"""The listening queue: calls that supervisors should hear, by rules and by hand.

In: rules (`crm.quality.listening_rules`), and the calls of the week. Out: rows of `listening_items`. A call comes once by
each rule; no operator is listened to more often by a rule than it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import upsert
from calls.search import SearchFilters, search
from calls.tables import Call, CallTransfer, Recording
from crm import call_visibility
from crm.access import Actor, Permission
from crm.errors import Conflict, NotFound
from crm.quality.picking import Candidate, Conditions, draw
from crm.quality.reviews import hearable_call, operator_of
from crm.seating import held_at
from crm.tables import ListeningItem, ListeningRule, PhoneHolding, Promise

MOST_CANDIDATES = 5000
"""Of one rule at one look; the newest count."""
PAGE_SIZE = 50


async def has_rules(session: AsyncSession) -> bool:
    """Whether anything fills the queue by itself."""
    active = select(ListeningRule.id).where(ListeningRule.active)
    return await session.scalar(select(active.exists())) or False


async def fill(session: AsyncSession, now: datetime) -> int:
    """Draw the calls of this week by every active rule. Returns how many came in. Done again, it draws the same."""
    since = _week_of(now)
    added = 0
    active = select(ListeningRule).where(ListeningRule.active).order_by(ListeningRule.id)
    for rule in (await session.scalars(active)).all():
        added += await _fill_by(session, rule, since, now)
    return added


async def add(
    session: AsyncSession, actor: Actor, call_id: int, assignee_id: int | None = None
) -> ListeningItem:
    """Put a call into the queue by hand.

    Raises:
        Forbidden, CallNotFound: the actor may not hear it, or there is none.
        Conflict: it waits already.
    """
    actor.require(Permission.QUALITY_REVIEW)
    call = await hearable_call(session, actor, call_id)
    waiting = select(ListeningItem.id).where(
        ListeningItem.call_id == call.id, ListeningItem.state == "waiting"
    )
    if await session.scalar(waiting) is not None:
        raise Conflict("call", call.id, "it waits in the listening queue already")
    item = ListeningItem(
        call_id=call.id,
        why="person",
        operator_id=await operator_of(session, call),
        assignee_id=assignee_id,
        added_at=datetime.now(UTC),
    )
    session.add(item)
    await session.flush()
    return item


async def skip(session: AsyncSession, actor: Actor, item_id: int) -> ListeningItem:
    """Not worth listening to.

    Raises:
        NotFound: nothing that the actor may hear waits under this id.
    """
    return await _ended(session, actor, item_id, "skipped")


async def done(session: AsyncSession, actor: Actor, item_id: int) -> ListeningItem:
    """Heard, without a score card.

    Raises:
        NotFound: nothing that the actor may hear waits under this id.
    """
    return await _ended(session, actor, item_id, "done")


async def take_back(session: AsyncSession, actor: Actor, item_id: int) -> ListeningItem:
    """Let an item wait again.

    Raises:
        NotFound: nothing under this id that the actor put away.
    """
    actor.require(Permission.QUALITY_REVIEW)
    item = await session.get(ListeningItem, item_id)
    if item is None or item.done_by_id != actor.user_id:
        raise NotFound("listening item", item_id)
    item.state, item.done_at, item.done_by_id = "waiting", None, None
    await session.flush()
    return item


async def waiting(
    session: AsyncSession, actor: Actor, *, mine: bool = False, after: int | None = None
) -> list[tuple[ListeningItem, Call]]:
    """What waits for the actor, or for anybody: own items first come first; only calls that the actor may hear."""
    actor.require(Permission.QUALITY_REVIEW)
    query = _visible(actor).where(_for(actor, mine=mine)).order_by(ListeningItem.id)
    if after is not None:
        query = query.where(ListeningItem.id > after)
    rows = await session.execute(query.limit(PAGE_SIZE))
    return [(item, call) for item, call in rows]


async def count_waiting(session: AsyncSession, actor: Actor, *, mine: bool = False) -> int:
    """How many wait."""
    found = _visible(actor).where(_for(actor, mine=mine)).subquery()
    return await session.scalar(select(func.count()).select_from(found)) or 0


def _for(actor: Actor, *, mine: bool) -> ColumnElement[bool]:
    own = ListeningItem.assignee_id == actor.user_id
    return own if mine else or_(own, ListeningItem.assignee_id.is_(None))


def _visible(actor: Actor):  # type: ignore[no-untyped-def]  # Select of two tables: its type says nothing more
    return (
        select(ListeningItem, Call)
        .join(Call, Call.id == ListeningItem.call_id)
        .where(ListeningItem.state == "waiting", Call.merged_into_id.is_(None))
        .where(call_visibility.seen_by(actor), call_visibility.heard_by(actor))
    )


async def _ended(session: AsyncSession, actor: Actor, item_id: int, state: str) -> ListeningItem:
    actor.require(Permission.QUALITY_REVIEW)
    row = (await session.execute(_visible(actor).where(ListeningItem.id == item_id))).first()
    if row is None:
        raise NotFound("listening item", item_id)
    item: ListeningItem = row[0]
    item.state, item.done_at, item.done_by_id = state, datetime.now(UTC), actor.user_id
    await session.flush()
    return item


def _week_of(now: datetime) -> datetime:
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


async def _fill_by(
    session: AsyncSession, rule: ListeningRule, since: datetime, now: datetime
) -> int:
    fitting = await _fitting(session, rule, since)
    drawn = select(ListeningItem.call_id, ListeningItem.operator_id).where(
        ListeningItem.rule_id == rule.id, ListeningItem.added_at >= since
    )
    before = list(await session.execute(drawn))
    known = {call_id for call_id, _ in before}
    owners = await _operators(session, [call_id for call_id in fitting if call_id not in known])
    already = Counter(operator_id for _, operator_id in before)
    seed = f"{rule.id}:{rule.created_at.isoformat()}:{since.date()}"
    chosen = draw(seed, owners, already, rule.per_operator)
    rows = [
        {
            "call_id": one.call_id, "rule_id": rule.id, "why": rule.kind, "operator_id": one.operator_id,
            "assignee_id": rule.assignee_id, "state": "waiting", "added_at": now,
        }
        for one in chosen
    ]  # fmt: skip
    if rows:
        await upsert(session, ListeningItem, rows, ["call_id", "rule_id"], replace=False)
    return len(rows)


async def _fitting(session: AsyncSession, rule: ListeningRule, since: datetime) -> Sequence[int]:
    asked = Conditions.model_validate(rule.conditions)
    heard = select(Recording.id).where(Recording.call_id == Call.id, Recording.state == "ready")
    query = (
        select(Call.id)
        .where(Call.started_at >= since, Call.ended, Call.merged_into_id.is_(None))
        .where(Call.talk_s >= asked.min_talk_s, heard.exists())
    )
    if asked.queues:
        query = query.where(Call.queue.in_(asked.queues))
    if asked.directions:
        query = query.where(Call.direction.in_(asked.directions))
    if asked.min_hold_s:
        query = query.where(Call.hold_s >= asked.min_hold_s)
    if asked.transferred:
        moved = select(CallTransfer.id).where(CallTransfer.call_id == Call.id)
        query = query.where(moved.exists())
    if rule.kind == "promise":
        open_ones = select(Promise.call_id).where(Promise.state == "found")
        query = query.where(Call.id.in_(open_ones.where(Promise.by_side == "operator")))
    if rule.kind == "word":
        filters = SearchFilters(since=since)
        hits = await search(session, rule.query, filters, limit=MOST_CANDIDATES, match="exact")
        query = query.where(Call.id.in_({hit.call_id for hit in hits}))
    return (await session.scalars(query.order_by(Call.id.desc()).limit(MOST_CANDIDATES))).all()


async def _operators(session: AsyncSession, call_ids: Sequence[int]) -> list[Candidate]:
    """Whose work each call shows: who had it last; None where nobody or several had that phone."""
    found: dict[int, set[int]] = {call_id: set() for call_id in call_ids}
    at = func.coalesce(Call.answered_at, Call.started_at)
    query = select(Call.id, PhoneHolding.user_id).join(
        PhoneHolding,
        (PhoneHolding.pbx == Call.pbx)
        & (PhoneHolding.extension == Call.final_handler)
        & held_at(at),
    )
    for start in range(0, len(call_ids), 500):
        part = query.where(Call.id.in_(call_ids[start : start + 500]))
        for call_id, user_id in await session.execute(part):
            found[call_id].add(user_id)
    return [
        Candidate(call_id, next(iter(people)) if len(people) == 1 else None)
        for call_id, people in found.items()
    ]
