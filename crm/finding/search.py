"""The search box: clients that have every word of a typed line, best first.

In: an actor and a line as typed: words of names, companies, deals and addresses in any order, telephone numbers in any
form, `#tags`. Out: ids of clients that the actor may see: exact hits, then beginnings, then parts of words, then words
with typing errors, another keyboard layout or another alphabet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from crm.access import Action, Actor, Permission
from crm.client_visibility import seen_by
from crm.finding.candidates import Part, Sought, Way
from crm.finding.grams import Fit
from crm.finding.terms import Term, TypedWord, typed_terms
from crm.tables import Client, ClientWord, Membership

MOST_HITS = 200
"""Whoever gets so many types one more letter."""
ENOUGH = 40
"""Hits that are worse are looked for only if there are fewer than a page of better ones."""
_FREQUENT = 5000
"""Clients that fit a term: beyond that, in a big base, they are dense in every order."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A client that fits, and how well its worst word does."""

    client_id: int
    fit: Fit
    fields: tuple[str, ...] = ()
    """Where words were found, besides the name: "email", "company", "deal", "inn", "custom"."""

    @property
    def is_tolerant(self) -> bool:
        """Whether a typing error was forgiven."""
        return self.fit is Fit.TOLERANT


async def find(
    session: AsyncSession,
    actor: Actor,
    typed: str,
    *,
    where: Sequence[ColumnElement[bool]] = (),
    limit: int = MOST_HITS,
) -> list[Hit]:
    """Find clients, best first.

    Args:
        session: any session.
        actor: who looks: only clients within their scope are found.
        typed: a line of the search box.
        where: further conditions on `Client`, such as a filter.
        limit: as many hits at most.

    Raises:
        Forbidden: the actor may not see clients.
    """
    actor.require(Permission.CLIENTS_SEE)
    soughts = [Sought(term) for term in typed_terms(typed)]
    if not soughts:
        return []
    seen = and_(seen_by(actor, Action.SEE), *where)
    hits: dict[int, Fit] = {}
    for how in Fit:
        widened = [await sought.widen(session, how, found=bool(hits)) for sought in soughts]
        if any(widened) and all(sought.ways for sought in soughts):
            for query in await _queries(session, soughts):
                new = query.where(seen, Client.id.not_in(list(hits))).limit(limit - len(hits))
                hits.update(dict.fromkeys(await session.scalars(new), how))
        if len(hits) >= min(limit, ENOUGH):
            break
    fields = await _fields(session, soughts, hits)
    return [Hit(client_id, how, fields[client_id]) for client_id, how in hits.items()]


async def pick(
    session: AsyncSession, actor: Actor, typed: str, *, kind: str = "", limit: int
) -> list[Client]:
    """A few clients to choose from, best first, with numbers and companies loaded; none for an empty line.

    Args:
        session: any session.
        actor: who looks.
        typed: a line of the search box.
        kind: "person" or "organisation", "" = both.
        limit: as many at most.

    Raises:
        Forbidden: the actor may not see clients.
    """
    which = [Client.kind == kind] if kind else []
    ids = [hit.client_id for hit in await find(session, actor, typed, where=which, limit=limit)]
    query = (
        select(Client)
        .where(Client.id.in_(ids))
        .options(
            selectinload(Client.numbers),
            selectinload(Client.emails),
            selectinload(Client.workplaces).selectinload(Membership.organisation),
        )
    )
    found = {client.id: client for client in await session.scalars(query)}
    return [found[one] for one in ids if one in found]


async def _queries(session: AsyncSession, soughts: Sequence[Sought]) -> list[Select[int]]:
    """Clients for whom every term has a way; those named so stand before those whose company or deal is."""
    ways = [sought.ways for sought in soughts]
    counts = []
    for one in ways:
        some = _clients(one).limit(_FREQUENT).subquery()
        counts.append(await session.scalar(select(func.count()).select_from(some)) or 0)
    first = counts.index(min(counts))
    named = _named(soughts)
    if counts[first] == _FREQUENT and len(ways) == 1:
        # A frequent word stands everywhere: in the order of names, the first page is soon full.
        everywhere = select(Client.id).where(*(_fits(one, Client.id) for one in ways))
        everywhere = everywhere.order_by(Client.search_name, Client.id)
        return [everywhere.where(named), everywhere.where(~named)]
    others = [_fits(one, Client.id) for place, one in enumerate(ways) if place != first]
    query = select(Client.id).where(Client.id.in_(_clients(ways[first])), *others)
    # Not by the index of names: few hits would be sought through all clients.
    name = Client.search_name.concat("")
    return [query.order_by(case((named, 0), else_=1), name, Client.id)]


def _named(soughts: Sequence[Sought]) -> ColumnElement[bool]:
    words = [sought.term.word for sought in soughts if isinstance(sought.term, TypedWord)]
    named = [Client.search_name.contains(word, autoescape=True) for word in words]
    return and_(*named) if named else Client.id > 0


def _clients(ways: Sequence[Way]) -> Select[int] | CompoundSelect[int]:
    """Ids of the clients that fit in one of these ways."""
    selects = [_clients_of(way) for way in ways]
    return selects[0] if len(selects) == 1 else union(*selects)


def _clients_of(way: Way) -> Select[int]:
    row = aliased(way[0].table)
    rest = [_has(part, row.client_id) for part in way[1:]]
    return select(row.client_id).where(way[0].condition(row), *rest)


def _fits(ways: Iterable[Way], client_id: Any) -> ColumnElement[bool]:
    return or_(*(and_(*(_has(part, client_id) for part in way)) for way in ways))


def _has(part: Part, client_id: Any) -> ColumnElement[bool]:
    row = aliased(part.table)
    return exists().where(row.client_id == client_id, part.condition(row))


async def _fields(
    session: AsyncSession, soughts: Sequence[Sought], hits: Iterable[int]
) -> dict[int, tuple[str, ...]]:
    """Where the words of the hits stand, as far as it is not the name."""
    found: dict[int, dict[str, None]] = defaultdict(dict)
    parts = [
        part.condition(ClientWord)
        for sought in soughts
        for way in sought.ways
        for part in way
        if part.table is ClientWord
    ]
    ids = list(hits)
    if parts and ids:
        query = select(ClientWord.client_id, ClientWord.field).distinct()
        rows = await session.execute(query.where(ClientWord.client_id.in_(ids), or_(*parts)))
        for client_id, field in sorted((one.client_id, one.field) for one in rows):
            found[client_id][field] = None
    return {one: () if "name" in found[one] else tuple(found[one]) for one in ids}


def terms_of(typed: str) -> list[Term]:
    """What a line asks for; [] when it asks for nothing."""
    return typed_terms(typed)
