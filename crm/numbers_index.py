"""Whose number is this? Answered from memory, for a screen pop never waits for the database.

In: all clients' numbers, loaded at the start and renewed client by client when "client" notices come. Out: id, name and
company of every client that a number fits. The rule is that of `crm.number_lookup.find`, but for cards that calls made and
nobody has named: their callers are strangers still.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm.automatic_cards import AUTOMATIC
from crm.client_visibility import LISTED
from crm.number_rules import NumberRules, fits_by_tail
from crm.tables import Client, ClientNumber, Membership


@dataclass(frozen=True, slots=True)
class KnownClient:
    """What a screen pop shows at once."""

    client_id: int
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class _Number:
    e164: str | None
    client: KnownClient


class NumbersIndex:
    """Numbers of all clients, in memory: about 0.6 kB each."""

    def __init__(self, rules: NumberRules) -> None:
        self._rules = rules
        self._by_tail: dict[str, tuple[_Number, ...]] = {}
        self._tails: dict[int, tuple[str, ...]] = {}
        """Client → tails of his numbers."""

    def find(self, raw: str) -> tuple[KnownClient, ...]:
        """Every client that this number fits, in order of id; () for a stranger, a hidden caller, our own number."""
        key = self._rules.key(raw)
        if not key.usable or key.tail in self._rules.own:
            return ()
        same_tail = self._by_tail.get(key.tail, ())
        exact = [n for n in same_tail if key.e164 is not None and n.e164 == key.e164]
        fitting = exact or [n for n in same_tail if fits_by_tail(key, n.e164)]
        clients = {number.client.client_id: number.client for number in fitting}
        return tuple(clients[client_id] for client_id in sorted(clients))

    async def load(self, session: AsyncSession) -> None:
        """Read all clients anew."""
        fresh = NumbersIndex(self._rules)
        fresh._put(await _read(session, None))
        self._by_tail, self._tails = fresh._by_tail, fresh._tails

    async def update(self, session: AsyncSession, client_id: int) -> None:
        """Read one client anew, and the contact persons of an organisation, whose company it is."""
        await self.update_many(session, [client_id])

    async def update_many(self, session: AsyncSession, client_ids: Collection[int]) -> None:
        """The same for some hundred clients at once, as an import makes them."""
        contacts = select(Membership.person_id).where(Membership.organisation_id.in_(client_ids))
        ids = list(dict.fromkeys([*client_ids, *(await session.scalars(contacts)).all()]))
        numbers = await _read(session, ids)
        for one in ids:
            self._forget(one)
        self._put(numbers)

    def __len__(self) -> int:
        return sum(len(numbers) for numbers in self._by_tail.values())

    def _put(self, numbers: Iterable[tuple[str, _Number]]) -> None:
        for tail, number in numbers:
            client_id = number.client.client_id
            self._by_tail[tail] = (*self._by_tail.get(tail, ()), number)
            self._tails[client_id] = (*self._tails.get(client_id, ()), tail)

    def _forget(self, client_id: int) -> None:
        for tail in self._tails.pop(client_id, ()):
            kept = [n for n in self._by_tail.get(tail, ()) if n.client.client_id != client_id]
            if kept:
                self._by_tail[tail] = tuple(kept)
            else:
                self._by_tail.pop(tail, None)


async def _read(session: AsyncSession, client_ids: list[int] | None) -> list[tuple[str, _Number]]:
    company = aliased(Client)
    # Where a person works first of all: their oldest membership whose organisation still is one.
    first = (
        select(company.name)
        .join(Membership, Membership.organisation_id == company.id)
        .where(
            Membership.person_id == Client.id,
            company.deleted_at.is_(None),
            company.merged_into_id.is_(None),
        )
        .order_by(Membership.id)
        .limit(1)
        .correlate(Client)
        .scalar_subquery()
    )
    query = (
        select(
            ClientNumber.e164,
            ClientNumber.last10,
            Client.id,
            Client.name,
            Client.kind,
            first,
        )
        .join(Client, Client.id == ClientNumber.client_id)
        .where(LISTED, ~AUTOMATIC)
        .order_by(ClientNumber.id)
    )
    if client_ids is not None:
        query = query.where(Client.id.in_(client_ids))
    known: dict[int, KnownClient] = {}
    numbers = []
    for e164, tail, client_id, name, kind, company_name in await session.execute(query):
        firm = name if kind == "organisation" else company_name or ""
        client = known.setdefault(client_id, KnownClient(client_id, name, firm))
        numbers.append((tail, _Number(e164, client)))
    return numbers
