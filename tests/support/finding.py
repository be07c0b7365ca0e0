"""Rigs of finding: clients as rows, quick to write, indexed as an import does it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm.finding import index
from crm.finding.terms import folded
from crm.number_rules import NumberRules
from crm.tables import Client, ClientEmail, ClientNumber, Membership

RULES = NumberRules()
AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


def card(name: str, *numbers: str, emails: Sequence[str] = (), **fields: Any) -> Client:
    """A client as a row, not added yet."""
    kept = []
    for raw in numbers:
        key = RULES.key(raw)
        kept.append(ClientNumber(raw=raw, e164=key.e164, last10=key.tail))
    values = {"kind": "person", "created_at": AT, "updated_at": AT, **fields}
    return Client(
        name=name,
        search_name=folded(name),
        numbers=kept,
        emails=[ClientEmail(address=one, folded=one.lower()) for one in emails],
        **values,
    )


def works_at(person: Client, organisation: Client, position: str = "") -> Membership:
    """The person is a contact person of the organisation."""
    return Membership(person=person, organisation=organisation, position=position)


async def keep(session: AsyncSession, *rows: Any) -> None:
    """Add the rows and index the clients among them."""
    session.add_all(rows)
    await session.flush()
    await index.renew_many(session, [row.id for row in rows if isinstance(row, Client)])
