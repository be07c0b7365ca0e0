"""A client as the change history keeps it: every field with its name, people and companies by their names.

In: a client with numbers, addresses and workplaces loaded. Out: plain values by field, to be compared before and after.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from crm.client_numbers import written
from crm.tables import Client, User

PLAIN_FIELDS = (
    "kind", "name", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address", "source", "notes",
    "confirmed",
)  # fmt: skip


async def snapshot(session: AsyncSession, client: Client) -> dict[str, Any]:
    """The client's fields as they are now."""
    values: dict[str, Any] = {field: getattr(client, field) for field in PLAIN_FIELDS}
    # An empty field, and a flag that was never said, are the same in the history: nothing.
    values["confirmed"] = "yes" if client.confirmed else "no"
    who = await session.get(User, client.responsible_id) if client.responsible_id else None
    values["responsible"] = (who.name or who.login) if who else ""
    values["numbers"] = written(client)
    values["emails"] = [_labelled(one.address, one.label) for one in client.emails]
    values["workplaces"] = [
        _labelled(place.organisation.name, place.position) for place in client.workplaces
    ]
    return values


def _labelled(text: str, label: str) -> str:
    return f"{text} ({label})" if label else text
