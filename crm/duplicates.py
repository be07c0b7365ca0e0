"""Cards that may be one client: proposed with reasons, and remembered where a person says that they are not.

In: what `crm.duplicate_search` found among all cards, or one card at once (`of_client`). Out: pairs with a score, the
surest first. `crm.likeness` compares two, `crm.client_merge` makes one of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm import audit, client_visibility
from crm.access import Actor, Permission
from crm.errors import Invalid
from crm.likeness import Known, compare
from crm.notices import announce
from crm.tables import (
    Client,
    ClientEmail,
    ClientMerge,
    ClientNumber,
    DuplicatePair,
    Membership,
    NotDuplicates,
)

PAGE_SIZE = 30
_MOST_LIKE_ONE = 50


@dataclass(frozen=True, slots=True)
class Pair:
    """Two cards and what they have in common."""

    first: Client
    second: Client
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Some pairs. `next_after` goes into the next call, None at the end."""

    pairs: list[Pair]
    next_after: tuple[int, int, int] | None


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    after: tuple[int, int, int] | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """Pairs of cards that the actor sees, the surest first.

    Args:
        session: any session.
        actor: who looks.
        after: `Page.next_after` of the page before.
        limit: pairs of a page.

    Raises:
        Forbidden: the actor may not merge clients.
    """
    actor.require(Permission.CLIENTS_MERGE)
    score, first, second = DuplicatePair.score, DuplicatePair.first_id, DuplicatePair.second_id
    query = select(DuplicatePair).where(_shown(actor)).order_by(score.desc(), first, second)
    if after is not None:
        later = or_(first > after[1], and_(first == after[1], second > after[2]))
        query = query.where(or_(score < after[0], and_(score == after[0], later)))
    rows = list((await session.scalars(query.limit(limit + 1))).all())
    both = await cards(session, {i for row in rows for i in (row.first_id, row.second_id)})
    pairs = [
        Pair(both[row.first_id], both[row.second_id], row.score, tuple(row.reasons))
        for row in rows[:limit]
    ]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(pairs, (last.score, last.first_id, last.second_id) if last else None)


async def count(session: AsyncSession, actor: Actor) -> int:
    """How many pairs wait for a person's word."""
    query = select(func.count()).select_from(DuplicatePair).where(_shown(actor))
    return await session.scalar(query) or 0


async def of_client(session: AsyncSession, actor: Actor, client_id: int) -> list[Pair]:
    """Cards that may be this client, looked up now: by number, address, INN and name, and what `refresh` found.

    Raises:
        NotFound: no such client, or one that the actor may not see.
    """
    await client_visibility.require(session, actor, client_id)
    client = (await cards(session, {client_id}))[client_id]
    seen = select(Client.id).where(client_visibility.seen_by(actor), _like(client))
    stored = await _stored(session, client_id)
    seen_stored = select(Client.id).where(client_visibility.seen_by(actor), Client.id.in_(stored))
    ids = set(await session.scalars(seen.limit(_MOST_LIKE_ONE)))
    ids |= set(await session.scalars(seen_stored))
    ids -= {client_id, *await _not_same(session, client_id)}
    others, mine = await cards(session, ids), known_of(client)
    found = []
    for other in others.values():
        alike = compare(mine, known_of(other))
        if alike is not None:
            found.append(Pair(client, other, alike.score, alike.reasons))
    return sorted(found, key=lambda pair: (-pair.score, pair.second.id))


async def say_not_same(session: AsyncSession, actor: Actor, one_id: int, other_id: int) -> None:
    """Remember that two cards are two clients: they are not proposed again.

    Raises:
        Forbidden: the actor may not merge clients.
        NotFound: no such client, or one that the actor may not see.
        Invalid: a client and himself.
    """
    actor.require(Permission.CLIENTS_MERGE)
    for client_id in (one_id, other_id):
        await client_visibility.require(session, actor, client_id)
    first, second = sorted((one_id, other_id))
    if first == second:
        raise Invalid("client", "choose two different clients")
    if await session.get(NotDuplicates, (first, second)) is None:
        now = datetime.now(UTC)
        user = actor.user_id or None
        session.add(NotDuplicates(first_id=first, second_id=second, by_id=user, at=now))
    await audit.record(session, actor, "client.not_same", "client", first, {"other": second})
    announce(session, "client", first)


async def ask_again(session: AsyncSession, actor: Actor, one_id: int, other_id: int) -> None:
    """Take back `say_not_same`.

    Raises:
        Forbidden: the actor may not merge clients.
        NotFound: one of the cards the actor may not see.
    """
    actor.require(Permission.CLIENTS_MERGE)
    for client_id in (one_id, other_id):
        await client_visibility.require(session, actor, client_id)
    said = await session.get(NotDuplicates, tuple(sorted((one_id, other_id))))
    if said is not None:
        await session.delete(said)
        await audit.record(
            session, actor, "client.ask_again", "client", one_id, {"other": other_id}
        )


async def merges(session: AsyncSession, actor: Actor, limit: int = 20) -> list[ClientMerge]:
    """The newest merges that can be undone, of cards that the actor sees."""
    seen = exists().where(Client.id == ClientMerge.kept_id, client_visibility.seen_by(actor))
    query = select(ClientMerge).where(ClientMerge.undone_at.is_(None), seen.correlate(ClientMerge))
    return list((await session.scalars(query.order_by(ClientMerge.id.desc()).limit(limit))).all())


def _shown(actor: Actor) -> ColumnElement[bool]:
    both = [
        # One card is looked up for each pair: of all that the actor sees SQLite would make a list first.
        exists()
        .where(Client.id == column, client_visibility.seen_by(actor))
        .correlate(DuplicatePair)
        for column in (DuplicatePair.first_id, DuplicatePair.second_id)
    ]
    said = exists().where(
        NotDuplicates.first_id == DuplicatePair.first_id,
        NotDuplicates.second_id == DuplicatePair.second_id,
    )
    return and_(*both, ~said)


def _like(client: Client) -> ColumnElement[bool]:
    """Cards with the same number, address, INN, or the same words as their name."""
    tails = {number.last10 for number in client.numbers if number.last10}
    folded = {email.folded for email in client.emails}
    conditions: list[ColumnElement[bool]] = []
    if tails:
        of_number = select(ClientNumber.client_id).where(ClientNumber.last10.in_(tails))
        conditions.append(Client.id.in_(of_number))
    if folded:
        of_email = select(ClientEmail.client_id).where(ClientEmail.folded.in_(folded))
        conditions.append(Client.id.in_(of_email))
    if client.inn:
        conditions.append(Client.inn == client.inn)
    names = _orders(client.search_name)
    if names:
        conditions.append(Client.search_name.in_(names))
    return or_(Client.id == client.id, *conditions)


def _orders(search_name: str) -> Collection[str]:
    words = search_name.split()
    if not 2 <= len(words) <= 3:
        return {search_name} if search_name else set()
    last = [[*words[1:], words[0]], [words[-1], *words[:-1]], words, words[::-1]]
    return {" ".join(order) for order in last}


async def _stored(session: AsyncSession, client_id: int) -> set[int]:
    one, other = DuplicatePair.first_id, DuplicatePair.second_id
    rows = await session.execute(
        select(one, other).where((one == client_id) | (other == client_id)).limit(_MOST_LIKE_ONE)
    )
    return {found for row in rows for found in row} - {client_id}


async def _not_same(session: AsyncSession, client_id: int) -> set[int]:
    one, other = NotDuplicates.first_id, NotDuplicates.second_id
    rows = await session.execute(
        select(one, other).where((one == client_id) | (other == client_id))
    )
    return {found for row in rows for found in row} - {client_id}


def known_of(client: Client) -> Known:
    """What is compared of a card with numbers and addresses loaded."""
    return Known(
        id=client.id,
        kind=client.kind,
        name=client.name,
        inn=client.inn,
        kpp=client.kpp,
        tails=frozenset(number.last10 for number in client.numbers if number.last10),
        emails=frozenset(email.folded for email in client.emails),
        nameless=not client.confirmed and not client.name,
    )


async def cards(session: AsyncSession, ids: Collection[int]) -> dict[int, Client]:
    """Cards with what is compared of them, by id."""
    query = select(Client).where(Client.id.in_(ids)).options(
        selectinload(Client.numbers),
        selectinload(Client.emails),
        selectinload(Client.workplaces).selectinload(Membership.organisation),
    )  # fmt: skip
    return {client.id: client for client in await session.scalars(query)}
