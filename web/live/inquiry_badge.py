"""The count of inquiries that wait for triage, in the navigation of every page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm import inquiries
from crm.access import Actor
from web.services import Services


async def waiting(services: Services, actor: Actor) -> Mapping[str, Any]:
    """How many wait."""
    async with services.db.read() as session:
        return {"waiting": await inquiries.count_open(session, actor)}
