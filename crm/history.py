"""The one history of a client, newest first: what was said, done, sold, promised, filed and changed, in order of time.

In: a client, a reader, the kinds that he wants. Out: pages of entries. Each kind is asked where it is kept
(`crm.history_sources`), at most a page of it, and the answers are put in order: the history is right by construction.

    page = await history.page(session, actor, 12, history.Wanted(), limit=40)
    older = await history.page(session, actor, 12, history.Wanted(), before=page.next_before)
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from calls.columns import Base
from crm import client_visibility
from crm.access import Actor, Permission
from crm.history_sources import ALWAYS, PAID, SOURCES, Ids, Kind, Source, deals_of, party
from crm.tables import Client, Deal, Membership, Payment

__all__ = ["ALWAYS", "Entry", "Kind", "Page", "Place", "Wanted", "page"]

PAGE_ROWS = 40
MOST_ROWS = 500
_NOON = time(12, tzinfo=UTC)
"""Payments have a day only. Noon in UTC is on that day in all zones in which people live (but for a few islands)."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an entry stands. Later is greater; `rank` and `row_id` order what happened in the same moment."""

    at: datetime
    rank: int
    row_id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    place: Place
    kind: Kind
    what: str
    """Which of its kind, as in `crm.history_sources.SOURCES`; of payments "paid"."""
    client_id: int
    """To whom: the client, or a contact person of the organisation."""
    row: Any
    """The row of its table."""

    @property
    def at(self) -> datetime:
        """When."""
        return self.place.at


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show."""

    kinds: Collection[Kind] = ALWAYS
    with_staff: bool = True
    """Of an organisation: also what happened to its contact persons."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first. `next_before` goes into the next call, None at the end."""

    entries: list[Entry]
    next_before: Place | None


async def page(  # noqa: PLR0913 (whose, for whom, what, from where, how much)
    session: AsyncSession,
    actor: Actor,
    client_id: int,
    wanted: Wanted = Wanted(),
    *,
    before: Place | None = None,
    limit: int = PAGE_ROWS,
) -> Page:
    """Return a page of the history, with only what the actor may see.

    Args:
        session: any session.
        actor: who reads.
        client_id: whose history.
        wanted: what of it.
        before: `Page.next_before` of the page before.
        limit: rows, at most `MOST_ROWS`.

    Raises:
        NotFound: no such client, or none that the actor may see.
    """
    await client_visibility.require(session, actor, client_id)
    ids = await _whose(session, actor, client_id, wanted)
    rows = min(limit, MOST_ROWS)
    places = await _places(session, actor, ids, wanted.kinds, before, rows + 1)
    shown = sorted(places, reverse=True)[: rows + 1]
    entries = await _entries(session, shown[:rows], places)
    return Page(entries, shown[rows - 1] if len(shown) > rows else None)


async def _whose(session: AsyncSession, actor: Actor, client_id: int, wanted: Wanted) -> Ids:
    if not wanted.with_staff:
        return [client_id]
    staff = (
        select(Membership.person_id)
        .join(Client, Client.id == Membership.person_id)
        .where(Membership.organisation_id == client_id, client_visibility.seen_by(actor))
    )
    return [client_id, *(await session.scalars(staff)).all()]


async def _places(  # noqa: PLR0913 (as `page`)
    session: AsyncSession,
    actor: Actor,
    ids: Ids,
    kinds: Collection[Kind],
    before: Place | None,
    rows: int,
) -> dict[Place, int]:
    """The newest of each source, with whose they are: at most `rows` of each."""
    parts = [
        _newest(source, rank, ids, actor, before).limit(rows).subquery()
        for rank, source in enumerate(SOURCES)
        if source.kind in kinds and actor.may(source.needs)
    ]
    found: dict[Place, int] = {}
    if parts:
        columns = union_all(*(select(p.c.client_id, p.c.at, p.c.rank, p.c.row_id) for p in parts))
        for whose, at, rank, row_id in await session.execute(columns):
            found[Place(at, rank, row_id)] = whose
    if Kind.DEAL in kinds and actor.may(Permission.DEALS_SEE):
        found |= await _payments(session, actor, ids, before, rows)
    return found


def _newest(source: Source, rank: int, ids: Ids, actor: Actor, before: Place | None) -> Any:
    query = source.query(ids, actor, rank)
    if before is not None:
        query = query.where(_earlier(source, rank, before))
    return query.order_by(source.at.desc(), source.row_id.desc())


def _earlier(source: Source, rank: int, before: Place) -> ColumnElement[bool]:
    """Stands before this place. One bound on the time, as an index likes it, and the rest for the same moment."""
    if rank < before.rank:
        return source.at <= before.at  # type: ignore[no-any-return]
    if rank > before.rank:
        return source.at < before.at  # type: ignore[no-any-return]
    same = and_(source.at == before.at, source.row_id < before.row_id)
    return and_(source.at <= before.at, or_(source.at < before.at, same))


async def _payments(
    session: AsyncSession, actor: Actor, ids: Ids, before: Place | None, rows: int
) -> dict[Place, int]:
    query = (
        select(party(ids), Payment.paid_on, Payment.id)
        .join_from(Payment, Deal, Deal.id == Payment.deal_id)
        .where(deals_of(ids, actor), Payment.paid_on.is_not(None))
    )
    if before is not None:
        query = query.where(_paid_earlier(before))
    newest = query.order_by(Payment.paid_on.desc(), Payment.id.desc()).limit(rows)
    return {
        Place(_at_noon(paid_on), PAID, row_id): whose
        for whose, paid_on, row_id in await session.execute(newest)
    }


def _paid_earlier(before: Place) -> ColumnElement[bool]:
    # At the same moment payments stand last of all sources, so before another source's place they are earlier.
    same_kind = before.rank == PAID
    moment = before.at.astimezone(UTC) - timedelta(microseconds=0 if same_kind else 1)
    day = moment.date()
    if _at_noon(day) > moment:
        return Payment.paid_on < day
    if same_kind and _at_noon(day) == moment:
        return or_(Payment.paid_on < day, and_(Payment.paid_on == day, Payment.id < before.row_id))
    return Payment.paid_on <= day


def _at_noon(day: date) -> datetime:
    return datetime.combine(day, _NOON)


async def _entries(
    session: AsyncSession, places: Sequence[Place], whose: dict[Place, int]
) -> list[Entry]:
    """Read the rows: one query for each table that the page needs."""
    ids: dict[type[Base], set[int]] = {}
    for place in places:
        ids.setdefault(_table(place), set()).add(place.row_id)
    rows: dict[tuple[type[Base], int], Any] = {}
    for table, wanted in ids.items():
        key: Any = table
        found = await session.scalars(select(table).where(key.id.in_(wanted)))
        rows |= {(table, row.id): row for row in found.all()}  # type: ignore[attr-defined]
    return [
        _entry(place, whose[place], rows[_table(place), place.row_id])
        for place in places
        if (_table(place), place.row_id) in rows
    ]


def _table(place: Place) -> type[Base]:
    return Payment if place.rank == PAID else SOURCES[place.rank].table


def _entry(place: Place, client_id: int, row: Any) -> Entry:
    if place.rank == PAID:
        return Entry(place, Kind.DEAL, "paid", client_id, row)
    source = SOURCES[place.rank]
    return Entry(place, source.kind, source.what, client_id, row)
