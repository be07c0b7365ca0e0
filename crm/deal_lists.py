"""Lists of deals: pages in an order of choice, and the columns of the board with their counts and sums.

In: an actor and what is asked for. Out: deals that the actor may see, and nothing of the others: counts and sums are made
of the same rows. Pages go on by key, columns by how many cards are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from crm import client_visibility, deal_sums, deal_visibility
from crm.access import Action, Actor, Permission
from crm.finding.terms import folded, tag_key
from crm.tables import Client, Deal, DealTag, Payment, Stage, Tag

PAGE_SIZE = 50
COLUMN_SIZE = 25
MOST_SHOWN = 500
"""Cards of one column; what lies deeper is found in the list."""
_SEARCH_LENGTH = 300
_NO_DAY = date(9999, 12, 31)

SORTS: Mapping[str, tuple[ColumnElement[Any], bool]] = {
    "updated": (Deal.__table__.c.updated_at, True),
    "opened": (Deal.__table__.c.opened_at, True),
    "amount": (Deal.__table__.c.amount, True),
    "name": (Deal.__table__.c.search_name, False),
    "expected": (func.coalesce(Deal.__table__.c.expected_on, _NO_DAY), False),
}
"""Name of an order → its column, and whether the largest comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFilter:
    """Which deals. None and "" ask for all."""

    funnel_id: int | None = None
    stage_id: int | None = None
    state: str = ""
    """"open", "won" or "lost"."""
    responsible_id: int | None = None
    client_id: int | None = None
    """Deals of this client, or with this contact person."""
    search: str = ""
    """Words of the deal's name, or of the name of its client; #tags."""
    overdue_on: date | None = None
    """Only deals with a payment that is overdue on this day."""
    clients: Select[int] | None = None
    """Only deals of these clients: ids, such as of a segment."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some deals in order. `next_after` goes into the next call, None at the end."""

    deals: list[Deal]
    next_after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """How many deals a column has, and their sum in one currency."""

    currency: str
    count: int
    amount: Decimal
    weighted: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One stage on the board. `has_more`: deals below those that are shown."""

    stage: Stage
    deals: list[Deal]
    totals: list[Total]
    has_more: bool

    @property
    def count(self) -> int:
        """All deals of the column, shown or not."""
        return sum(total.count for total in self.totals)


async def page(  # noqa: PLR0913 (what one list asks for)
    session: AsyncSession,
    actor: Actor,
    asked: DealFilter,
    *,
    sort: str = "updated",
    after: int | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """List deals, a page at a time.

    Args:
        session: any session.
        actor: who looks.
        asked: which deals.
        sort: a name of `SORTS`; another one means the default.
        after: `Page.next_after` of the page before.
        limit: rows of a page.

    Raises:
        Forbidden: the actor may not see deals.
    """
    key, largest_first = SORTS.get(sort, SORTS["updated"])
    query = select(Deal).where(*conditions(actor, asked)).limit(limit + 1)
    order = (key.desc(), Deal.id.desc()) if largest_first else (key, Deal.id)
    if after is not None:
        value = await session.scalar(select(key).where(Deal.id == after))
        if value is not None:
            further = key < value if largest_first else key > value
            later = Deal.id < after if largest_first else Deal.id > after
            query = query.where(or_(further, and_(key == value, later)))
    found = list((await session.scalars(query.order_by(*order))).all())
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


async def board(  # noqa: PLR0913 (what a board asks for)
    session: AsyncSession,
    actor: Actor,
    stages: Sequence[Stage],
    asked: DealFilter,
    *,
    closed_since: datetime,
    shown: Mapping[int, int],
) -> list[Column]:
    """The columns of the board.

    Args:
        session: any session.
        actor: who looks.
        stages: the columns, in order.
        asked: which deals.
        closed_since: won and lost deals that were closed earlier are left out, of counts and sums as well.
        shown: id of a stage → how many cards of it are shown, where that is not `COLUMN_SIZE`.

    Raises:
        Forbidden: the actor may not see deals.
    """
    recent = or_(Deal.state == "open", Deal.closed_at >= closed_since)
    which = [*conditions(actor, asked), recent]
    totals = await _totals(session, stages, which)
    columns = []
    for stage in stages:
        limit = min(shown.get(stage.id, COLUMN_SIZE), MOST_SHOWN)
        of_stage = totals.get(stage.id, [])
        found = await _cards(session, stage, which, limit) if of_stage else []
        has_more = sum(total.count for total in of_stage) > len(found)
        columns.append(Column(stage=stage, deals=found, totals=of_stage, has_more=has_more))
    return columns


async def of_client(
    session: AsyncSession, actor: Actor, client_id: int, limit: int = PAGE_SIZE
) -> list[Deal]:
    """Deals of a client or with this contact person: open ones first, then the newest.

    Raises:
        Forbidden: the actor may not see deals.
    """
    which = conditions(actor, DealFilter(client_id=client_id))
    query = select(Deal).where(*which).order_by(Deal.state != "open", Deal.updated_at.desc())
    return list((await session.scalars(query.limit(limit))).all())


async def editable(session: AsyncSession, actor: Actor, deals: Sequence[Deal]) -> set[int]:
    """Ids of those of these deals that the actor may change."""
    if not deals or not actor.may(Permission.DEALS_EDIT):
        return set()
    query = select(Deal.id).where(
        Deal.id.in_([deal.id for deal in deals]), deal_visibility.seen_by(actor, Action.EDIT)
    )
    return set(await session.scalars(query))


async def overdue(session: AsyncSession, deals: Sequence[Deal], today: date) -> set[int]:
    """Ids of those of these deals that have a payment which is overdue today."""
    query = select(Payment.deal_id).where(
        Payment.deal_id.in_([deal.id for deal in deals]), _late(today)
    )
    return set(await session.scalars(query)) if deals else set()


def conditions(actor: Actor, asked: DealFilter) -> list[ColumnElement[bool]]:
    """What a query on `Deal` must have, visibility first.

    Raises:
        Forbidden: the actor may not see deals.
    """
    actor.require(Permission.DEALS_SEE)
    exactly = {
        Deal.funnel_id: asked.funnel_id,
        Deal.stage_id: asked.stage_id,
        Deal.state: asked.state or None,
        Deal.responsible_id: asked.responsible_id,
    }
    found = [deal_visibility.seen_by(actor)]
    found += [column == value for column, value in exactly.items() if value is not None]
    if asked.client_id is not None:
        found.append(or_(Deal.client_id == asked.client_id, Deal.contact_id == asked.client_id))
    if asked.search.strip():
        found.append(_searched(actor, asked.search[:_SEARCH_LENGTH]))
    if asked.overdue_on is not None:
        late = select(Payment.id).where(Payment.deal_id == Deal.id, _late(asked.overdue_on))
        found.append(late.correlate(Deal).exists())
    if asked.clients is not None:
        found.append(Deal.client_id.in_(asked.clients))
    return found


def _late(today: date) -> ColumnElement[bool]:
    return and_(Payment.paid_on.is_(None), Payment.due_on < today)


def _searched(actor: Actor, search: str) -> ColumnElement[bool]:
    """By the names of clients only where the actor sees these clients: else a search would tell who they are."""
    typed = search.split()
    tagged = [_has_tag(tag_key(word)) for word in typed if word.startswith("#") and tag_key(word)]
    words = folded(" ".join(word for word in typed if not word.startswith("#"))).split()
    named = and_(true(), *(Deal.search_name.contains(word, autoescape=True) for word in words))
    clients = select(Client.id).where(
        client_visibility.seen_by(actor),
        *(Client.search_name.contains(word, autoescape=True) for word in words),
    )
    return and_(or_(named, Deal.client_id.in_(clients)) if words else true(), *tagged)


def _has_tag(key: str) -> ColumnElement[bool]:
    """A tag whose name begins so; a space or hyphen of its name is typed as _."""
    name = func.replace(func.replace(Tag.folded, " ", "_"), "-", "_")
    of_deal = select(DealTag.deal_id).join(Tag, Tag.id == DealTag.tag_id)
    return Deal.id.in_(of_deal.where(name.startswith(key, autoescape=True)))


async def _totals(
    session: AsyncSession, stages: Sequence[Stage], which: Sequence[ColumnElement[bool]]
) -> dict[int, list[Total]]:
    chances = {stage.id: stage.probability for stage in stages}
    query = (
        select(Deal.stage_id, Deal.currency, func.count(), func.sum(Deal.amount))
        .where(Deal.stage_id.in_(chances), *which)
        .group_by(Deal.stage_id, Deal.currency)
        .order_by(Deal.stage_id, func.count().desc(), Deal.currency)
    )
    found: dict[int, list[Total]] = {}
    for stage_id, currency, count, amount in await session.execute(query):
        total = Total(
            currency=currency,
            count=count,
            amount=amount,
            weighted=deal_sums.weighted(amount, chances[stage_id]),
        )
        found.setdefault(stage_id, []).append(total)
    return found


async def _cards(
    session: AsyncSession, stage: Stage, which: Sequence[ColumnElement[bool]], limit: int
) -> list[Deal]:
    order = (
        (Deal.place, Deal.id) if stage.kind == "open" else (Deal.closed_at.desc(), Deal.id.desc())
    )
    query = select(Deal).where(Deal.stage_id == stage.id, *which).order_by(*order).limit(limit)
    return list((await session.scalars(query)).all())
