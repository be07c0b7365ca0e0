"""Clients for tests, added as a person would."""

from __future__ import annotations

from calls.db import Database
from crm import clients
from crm.access import SYSTEM, Actor
from crm.client_numbers import NumberField
from crm.clients import ClientFields, Workplace
from crm.number_rules import NumberRules
from crm.settings import CrmSettings

RULES = NumberRules.of(CrmSettings(own_numbers=("+7 495 000-00-01",)))


async def client(
    db: Database,
    name: str,
    *numbers: str,
    kind: str = "person",
    organisation_id: int | None = None,
    actor: Actor = SYSTEM,
) -> int:
    """Add a client and return the id."""
    fields = ClientFields(
        kind=kind,
        name=name,
        workplaces=(Workplace(organisation_id),) if organisation_id else (),
        numbers=tuple(NumberField(number) for number in numbers),
    )
    async with db.write() as session:
        return (await clients.create(session, actor, fields, RULES)).id
