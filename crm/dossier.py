"""The dossier of a hand-over: what a successor must know of each client, the most urgent first.

In: a hand-over and who reads. Out: plain data for a page that can be printed. Only clients, deals and calls that the
reader may see are in it; calls are counted as talks only where somebody talked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.tables import Call
from crm import agents, call_visibility, client_visibility, deal_visibility
from crm.access import Actor
from crm.dossier_marks import Signals, signals_of
from crm.tables import (
    CallLink,
    Client,
    Comment,
    Deal,
    Handover,
    HandoverItem,
    Membership,
    Payment,
    Promise,
    Stage,
    Task,
)

PAGE_SIZE = 100
"""Clients on one page: as many as somebody prints."""
TALKS = 3
COMMENTS = 2


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with its author's name."""

    text: str
    at: datetime
    who: str


@dataclass(slots=True, kw_only=True)
class ClientPart:
    """One client of the dossier."""

    client: Client
    signals: Signals
    talks: list[Call] = field(default_factory=list)
    deals: list[tuple[Deal, str]] = field(default_factory=list)
    """With the name of the stage."""
    tasks: list[Task] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    comments: list[Said] = field(default_factory=list)
    payments: list[tuple[Payment, Deal]] = field(default_factory=list)
    """Overdue ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What the page shows."""

    handover: Handover
    total: int
    """Clients that were handed over and that the reader may see."""
    late: int
    """Of these, with something overdue."""
    at_risk: int
    parts: list[ClientPart]


async def of_handover(
    session: AsyncSession,
    actor: Actor,
    handover: Handover,
    when: tuple[datetime, date],
    *,
    offset: int = 0,
) -> Dossier:
    """Gather what is known.

    Args:
        session: any session.
        actor: who reads.
        handover: one that the actor may read (`crm.handover.get`).
        when: the time, and the day in the company's zone.
        offset: so many of the most urgent are left out.
    """
    ids = _clients_of(actor, handover)
    signals = await signals_of(session, actor, ids, *when)
    order = sorted(signals, key=lambda one: (signals[one].urgency, -one), reverse=True)
    shown = order[offset : offset + PAGE_SIZE]
    return Dossier(
        handover=handover,
        total=len(order),
        late=sum(1 for one in signals.values() if one.overdue),
        at_risk=sum(1 for one in signals.values() if one.at_risk),
        parts=await _parts(session, actor, shown, signals, when[1]),
    )


def _clients_of(actor: Actor, handover: Handover) -> Any:
    items = select(HandoverItem.subject_id).where(
        HandoverItem.handover_id == handover.id, HandoverItem.kind == "client"
    )
    return select(Client.id).where(Client.id.in_(items), client_visibility.seen_by(actor))


async def _parts(
    session: AsyncSession,
    actor: Actor,
    ids: Sequence[int],
    signals: dict[int, Signals],
    today: date,
) -> list[ClientPart]:
    query = (
        select(Client)
        .where(Client.id.in_(ids))
        .options(
            selectinload(Client.numbers),
            selectinload(Client.emails),
            selectinload(Client.workplaces).selectinload(Membership.organisation),
        )
    )
    clients = {client.id: client for client in (await session.scalars(query)).all()}
    parts = {one: ClientPart(client=clients[one], signals=signals[one]) for one in ids}
    await _add_talks(session, actor, parts)
    await _add_deals(session, actor, parts, today)
    await _add_open(session, parts)
    await _add_comments(session, parts)
    return list(parts.values())


async def _add_talks(session: AsyncSession, actor: Actor, parts: dict[int, ClientPart]) -> None:
    place = func.row_number().over(
        partition_by=CallLink.client_id, order_by=(Call.started_at.desc(), Call.id.desc())
    )
    ranked = (
        select(CallLink.client_id, Call.id.label("call_id"), place.label("place"))
        .join(Call, Call.id == CallLink.call_id)
        .where(CallLink.client_id.in_(list(parts)), Call.talk_s > 0)
        .where(call_visibility.seen_by(actor))
        .subquery()
    )
    query = (
        select(ranked.c.client_id, Call)
        .join(Call, Call.id == ranked.c.call_id)
        .where(ranked.c.place <= TALKS)
        .order_by(Call.started_at.desc())
    )
    for client_id, call in await session.execute(query):
        parts[client_id].talks.append(call)


async def _add_deals(
    session: AsyncSession, actor: Actor, parts: dict[int, ClientPart], today: date
) -> None:
    seen = (Deal.client_id.in_(list(parts)), deal_visibility.seen_by(actor))
    deals = (
        select(Deal, Stage.name)
        .join(Stage, Stage.id == Deal.stage_id)
        .where(*seen, Deal.state == "open")
        .order_by(Deal.expected_on.nulls_last(), Deal.id)
    )
    for deal, stage in await session.execute(deals):
        parts[deal.client_id or 0].deals.append((deal, stage))
    late = (
        select(Payment, Deal)
        .join(Deal, Deal.id == Payment.deal_id)
        .where(*seen, Payment.paid_on.is_(None), Payment.due_on < today, Deal.state != "lost")
        .order_by(Payment.due_on)
    )
    for payment, deal in await session.execute(late):
        parts[deal.client_id or 0].payments.append((payment, deal))


async def _add_open(session: AsyncSession, parts: dict[int, ClientPart]) -> None:
    tasks = (
        select(Task)
        .where(Task.client_id.in_(list(parts)), Task.state == "open", Task.deleted_at.is_(None))
        .order_by(Task.due_at.nulls_last(), Task.opened_at)
    )
    for task in (await session.scalars(tasks)).all():
        parts[task.client_id or 0].tasks.append(task)
    promises = (
        select(Promise)
        .where(Promise.client_id.in_(list(parts)), Promise.state == "open")
        .order_by(Promise.due_on.nulls_last(), Promise.id)
    )
    for promise in (await session.scalars(promises)).all():
        parts[promise.client_id or 0].promises.append(promise)


async def _add_comments(session: AsyncSession, parts: dict[int, ClientPart]) -> None:
    place = func.row_number().over(
        partition_by=Comment.client_id, order_by=(Comment.at.desc(), Comment.id.desc())
    )
    ranked = (
        select(Comment.id.label("comment_id"), place.label("place"))
        .where(Comment.client_id.in_(list(parts)), Comment.deleted_at.is_(None))
        .subquery()
    )
    query = (
        select(Comment)
        .join(ranked, ranked.c.comment_id == Comment.id)
        .where(ranked.c.place <= COMMENTS)
        .order_by(Comment.at.desc())
    )
    rows = (await session.scalars(query)).all()
    names = await agents.names(session, {row.user_id for row in rows if row.user_id})
    for row in rows:
        said = Said(row.text, row.at, names.get(row.user_id or 0, ""))
        parts[row.client_id or 0].comments.append(said)
