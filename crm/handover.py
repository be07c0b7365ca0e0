"""Handing over: one, several or all clients of a colleague become another one's, with everything that is open, in one act.

In: who leaves, who takes over, and which clients. Out: every duty (`crm.duties`) has its new holder, a `handovers` row
with one item for each thing, both people told, the log and each card's change history written: all in one transaction, or
nothing. `undo` gives back what is still the receiver's and still open; what they finished or passed on stays theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.db import exclusive
from crm import audit, client_visibility, deal_visibility, duties
from crm.access import Action, Actor, Permission, Scope
from crm.duties import DUTIES
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.handover_moves import move, move_back, shown_name
from crm.notifications import News, tell
from crm.tables import Client, Deal, Handover, HandoverItem, User

_CLIENTS, _DEALS = (next(one for one in DUTIES if one.kind == kind) for kind in ("client", "deal"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a hand-over would do: counts by kind of duty."""

    leaver: User
    counts: dict[str, int]
    out_of_reach: int
    """Clients and deals that whoever hands over may not edit."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo gave back, and what stayed because it was finished or passed on meanwhile."""

    back: int
    stayed: int


async def preview(
    session: AsyncSession, actor: Actor, from_id: int, client_ids: Sequence[int] | None = None
) -> Plan:
    """Count what would change hands.

    Args:
        session: any session.
        actor: who hands over.
        from_id: whose clients.
        client_ids: only these of the clients; None: everything that the person answers for.

    Raises:
        Forbidden: the actor may not hand over.
        NotFound: no such person.
    """
    actor.require(Permission.CLIENTS_HAND_OVER)
    leaver = await _person(session, from_id)
    counted = await duties.counts(session, from_id, client_ids)
    return Plan(leaver, counted, await _out_of_reach(session, actor, from_id, client_ids))


async def give(  # noqa: PLR0913 (who gives what to whom, and why)
    session: AsyncSession,
    actor: Actor,
    from_id: int,
    to_id: int,
    client_ids: Sequence[int] | None = None,
    note: str = "",
) -> Handover:
    """Hand over.

    Args:
        session: a write session.
        actor: who does it.
        from_id: whose.
        to_id: who has it then.
        client_ids: only these clients and what belongs to them; None: everything that the person answers for.
        note: a word for the receiver.

    Raises:
        Forbidden: the actor may not hand over, or may not edit some of the clients or deals.
        NotFound: no such person.
        Invalid: to the same person, to somebody locked out or without a right to see clients, or nothing to hand over.
    """
    actor.require(Permission.CLIENTS_HAND_OVER)
    await exclusive(session, "handovers")
    leaver, receiver = await _person(session, from_id), await _person(session, to_id)
    _check_receiver(leaver, receiver)
    if await _out_of_reach(session, actor, from_id, client_ids):
        raise Forbidden("clients.edit")
    handover = Handover(
        from_id=from_id,
        to_id=to_id,
        by_id=actor.user_id or None,
        at=datetime.now(UTC),
        note=note.strip(),
    )
    session.add(handover)
    await session.flush()
    moved = {duty.kind: await move(session, actor, handover, duty, client_ids) for duty in DUTIES}
    if not any(moved.values()):
        raise Invalid("clients", "there is nothing to hand over")
    await _tell(session, actor, handover, leaver, receiver, moved)
    detail = {"from": leaver.login, "to": receiver.login, **moved}
    await audit.record(session, actor, "clients.hand_over", "handover", handover.id, detail)
    return handover


async def undo(session: AsyncSession, actor: Actor, handover_id: int) -> Undone:
    """Give back what is still the receiver's and still open.

    Raises:
        Forbidden: the actor may not hand over, or may not edit some of what would go back.
        NotFound: no such hand-over.
        Conflict: it is undone already, or the colleague who had it may not log in any more.
    """
    actor.require(Permission.CLIENTS_HAND_OVER)
    await exclusive(session, "handovers")
    handover = await get(session, actor, handover_id)
    if handover.undone_at is not None:
        raise Conflict("handover", handover_id, "it is undone already")
    if handover.from_id is None or handover.to_id is None:
        raise Conflict("handover", handover_id, "one of the two people is not there any more")
    leaver = await _person(session, handover.from_id)
    if not leaver.active:
        raise Conflict("handover", handover_id, "let the colleague in again first")
    receiver = await _person(session, handover.to_id)
    if await _would_reach_too_far(session, actor, handover):
        raise Forbidden("clients.edit")
    back = 0
    for duty in DUTIES:
        back += await move_back(session, actor, handover, duty)
    total = await session.scalar(
        select(func.count()).where(HandoverItem.handover_id == handover_id)
    )
    handover.undone_at, handover.undone_by_id = datetime.now(UTC), actor.user_id or None
    undone = Undone(back, (total or 0) - back)
    detail = {"back": undone.back, "stayed": undone.stayed}
    await audit.record(session, actor, "clients.hand_over_undo", "handover", handover.id, detail)
    news = News(
        "handover_undone",
        "handover",
        handover.id,
        {"from": shown_name(leaver), "to": shown_name(receiver), **detail},
    )
    await _tell_both(session, actor, handover, news)
    return undone


async def get(session: AsyncSession, actor: Actor, handover_id: int) -> Handover:
    """Return a hand-over: for those who may hand over, and for its receiver.

    Raises:
        NotFound: no such hand-over, or one of others.
    """
    handover = await session.get(Handover, handover_id)
    if handover is None:
        raise NotFound("handover", handover_id)
    if handover.to_id != actor.user_id and not actor.may(Permission.CLIENTS_HAND_OVER):
        raise NotFound("handover", handover_id)
    return handover


async def latest(session: AsyncSession, actor: Actor, limit: int = 50) -> list[Handover]:
    """Hand-overs, newest first.

    Raises:
        Forbidden: the actor may not hand over.
    """
    actor.require(Permission.CLIENTS_HAND_OVER)
    query = select(Handover).order_by(Handover.id.desc()).limit(limit)
    return list((await session.scalars(query)).all())


async def item_counts(
    session: AsyncSession, handover_ids: Iterable[int]
) -> dict[int, dict[str, int]]:
    """How many things of each kind these hand-overs moved."""
    rows = await session.execute(
        select(HandoverItem.handover_id, HandoverItem.kind, func.count())
        .where(HandoverItem.handover_id.in_(list(handover_ids)))
        .group_by(HandoverItem.handover_id, HandoverItem.kind)
    )
    found: dict[int, dict[str, int]] = {}
    for handover_id, kind, count in rows:
        found.setdefault(handover_id, {})[kind] = count
    return found


async def _tell(  # noqa: PLR0913 (the sentence needs them)
    session: AsyncSession,
    actor: Actor,
    handover: Handover,
    leaver: User,
    receiver: User,
    moved: dict[str, int],
) -> None:
    detail = {
        "from": shown_name(leaver),
        "to": shown_name(receiver),
        "note": handover.note,
        **moved,
    }
    news = News("handover", "handover", handover.id, detail)
    await _tell_both(session, actor, handover, news)


async def _tell_both(session: AsyncSession, actor: Actor, handover: Handover, news: News) -> None:
    """Tell the receiver, with a way to the dossier, and the colleague who had it all, who may not read that."""
    unread = replace(news, subject_kind="", subject_id=None)
    for user_id, about in ((handover.to_id, news), (handover.from_id, unread)):
        if user_id not in (actor.user_id, None):
            await tell(session, [user_id], about)


async def _out_of_reach(
    session: AsyncSession, actor: Actor, from_id: int, client_ids: Sequence[int] | None
) -> int:
    if actor.scope(Action.EDIT) is Scope.ALL:
        return 0
    clients = and_(_CLIENTS.of(from_id), ~client_visibility.in_scope(actor, Action.EDIT))
    deals = and_(_DEALS.of(from_id), ~deal_visibility.in_scope(actor, Action.EDIT))
    if client_ids is not None:
        clients = and_(clients, _CLIENTS.of_clients(list(client_ids)))
        deals = and_(deals, _DEALS.of_clients(list(client_ids)))
    return await _count(session, clients) + await _count(session, deals)


async def _would_reach_too_far(session: AsyncSession, actor: Actor, handover: Handover) -> bool:
    """Whether something that an undo gives back is beyond what the actor may edit."""
    if actor.scope(Action.EDIT) is Scope.ALL:
        return False
    items = select(HandoverItem.subject_id).where(HandoverItem.handover_id == handover.id)
    clients = Client.id.in_(items.where(HandoverItem.kind == _CLIENTS.kind))
    deals = Deal.id.in_(items.where(HandoverItem.kind == _DEALS.kind))
    beyond = (
        and_(_CLIENTS.of(handover.to_id), clients, ~client_visibility.in_scope(actor, Action.EDIT)),
        and_(_DEALS.of(handover.to_id), deals, ~deal_visibility.in_scope(actor, Action.EDIT)),
    )
    return any([await _count(session, one) for one in beyond])


async def _count(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    return await session.scalar(select(func.count()).where(condition)) or 0


def _check_receiver(leaver: User, receiver: User) -> None:
    if leaver.id == receiver.id:
        raise Invalid("to", "choose another person")
    if not receiver.active:
        raise Invalid("to", "this person may not log in any more")


async def _person(session: AsyncSession, user_id: int) -> User:
    user = await session.get(User, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user
