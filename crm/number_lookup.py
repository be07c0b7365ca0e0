"""Whose number is this? Asked of the database; `crm.numbers_index` answers the same from memory.

In: a number as received or typed. Out: the clients that it fits. Several may share a number (a company's switchboard):
then nobody is chosen, and all of them are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from crm.client_visibility import LISTED
from crm.number_rules import NumberRules
from crm.tables import Client, ClientNumber, Membership

MOST = 50
"""More candidates than this are no help to anybody."""


@dataclass(frozen=True, slots=True)
class Found:
    """The clients that a number fits. `exact`: by the whole number, and not by its last digits."""

    clients: list[Client]
    exact: bool

    @property
    def one(self) -> Client | None:
        """The client, if there is exactly one."""
        return self.clients[0] if len(self.clients) == 1 else None


async def find(session: AsyncSession, raw: str, rules: NumberRules) -> Found:
    """Find whose number this is: by E.164, else by the last ten digits."""
    key = rules.key(raw)
    if not key.usable or key.tail in rules.own:
        return Found([], False)
    if key.e164 is not None:
        exact = await _clients(session, ClientNumber.e164 == key.e164)
        if exact:
            return Found(exact, True)
    same_tail = ClientNumber.last10 == key.tail
    if key.has_country:
        same_tail = same_tail & ClientNumber.e164.is_(None)
    return Found(await _clients(session, same_tail), False)


async def _clients(session: AsyncSession, condition: ColumnElement[bool]) -> list[Client]:
    query = (
        select(Client)
        .where(Client.id.in_(select(ClientNumber.client_id).where(condition)), LISTED)
        .options(
            selectinload(Client.numbers),
            selectinload(Client.emails),
            selectinload(Client.workplaces).selectinload(Membership.organisation),
        )
        .order_by(Client.id)
        .limit(MOST)
    )
    found = list((await session.scalars(query)).all())
    # A card that a call made says nothing as soon as somebody real has the number.
    return [one for one in found if one.confirmed or one.name] or found
