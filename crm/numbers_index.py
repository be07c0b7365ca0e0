"""Whose number is this? Answered from memory, for a screen pop never waits for the database.

In: all clients' numbers, loaded at the start and renewed client by client when "client" notices come. Out: id, name and
company of every client that a number fits. The rule is that of `crm.client_numbers.find`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from crm.number_rules import NumberRules, fits_by_tail
from crm.tables import Client, ClientNumber


@dataclass(frozen=True, slots=True)
class KnownClient:
    """What a screen pop shows at once."""

    client_id: int
    name: str
    company: str


@dataclass(frozen=True, slots=True)
class _Number:
    e164: str | None
    tail: str
    client: KnownClient


class NumbersIndex:
    """Numbers of all clients, in memory: about 400 bytes each."""

    def __init__(self, rules: NumberRules) -> None:
        self._rules = rules
        self._by_client: dict[int, tuple[_Number, ...]] = {}
        self._by_e164: dict[str, dict[int, _Number]] = {}
        self._by_tail: dict[str, dict[int, _Number]] = {}

    def find(self, raw: str) -> tuple[KnownClient, ...]:
        """Every client that this number fits, in order of id; () for a stranger, a hidden caller, our own number."""
        key = self._rules.key(raw)
        if not key.usable or key.tail in self._rules.own:
            return ()
        exact = self._by_e164.get(key.e164, {}) if key.e164 else {}
        if exact:
            return tuple(exact[client_id].client for client_id in sorted(exact))
        same_tail = self._by_tail.get(key.tail, {})
        fitting = {i: n.client for i, n in same_tail.items() if fits_by_tail(key, n.e164)}
        return tuple(fitting[client_id] for client_id in sorted(fitting))

    async def load(self, session: AsyncSession) -> None:
        """Read all clients anew."""
        fresh = NumbersIndex(self._rules)
        fresh._put(await _read(session, None))
        self._by_client, self._by_e164, self._by_tail = (
            fresh._by_client,
            fresh._by_e164,
            fresh._by_tail,
        )

    async def update(self, session: AsyncSession, client_id: int) -> None:
        """Read one client anew, and the contact persons of an organisation, whose company it is."""
        contacts = select(Client.id).where(Client.organisation_id == client_id)
        ids = [client_id, *(await session.scalars(contacts)).all()]
        numbers = await _read(session, ids)
        for one in ids:
            self._forget(one)
        self._put(numbers)

    def __len__(self) -> int:
        return sum(len(numbers) for numbers in self._by_client.values())

    def _put(self, numbers: Iterable[_Number]) -> None:
        for number in numbers:
            client_id = number.client.client_id
            self._by_client[client_id] = (*self._by_client.get(client_id, ()), number)
            if number.e164:
                self._by_e164.setdefault(number.e164, {})[client_id] = number
            if number.tail:
                # Of two numbers with one tail, the one without its country fits more.
                kept = self._by_tail.setdefault(number.tail, {}).get(client_id)
                if kept is None or number.e164 is None:
                    self._by_tail[number.tail][client_id] = number

    def _forget(self, client_id: int) -> None:
        for number in self._by_client.pop(client_id, ()):
            for index, key in ((self._by_e164, number.e164 or ""), (self._by_tail, number.tail)):
                index.get(key, {}).pop(client_id, None)
                if key in index and not index[key]:
                    del index[key]


async def _read(session: AsyncSession, client_ids: list[int] | None) -> list[_Number]:
    company = aliased(Client)
    query = (
        select(
            ClientNumber.e164,
            ClientNumber.last10,
            Client.id,
            Client.name,
            Client.kind,
            company.name,
        )
        .join(Client, Client.id == ClientNumber.client_id)
        .outerjoin(company, company.id == Client.organisation_id)
        .order_by(ClientNumber.id)
    )
    if client_ids is not None:
        query = query.where(Client.id.in_(client_ids))
    return [
        _Number(
            e164,
            tail,
            KnownClient(client_id, name, name if kind == "organisation" else company_name or ""),
        )
        for e164, tail, client_id, name, kind, company_name in await session.execute(query)
    ]
