"""What a deal must have, as the administrator set it, before a person or a program may keep it.

In: a deal as it was just filled in. Out: nothing, or the first field that is missing. Imports, and inquiries that become
deals, are taken as they are. Obligatory custom fields are asked for by `crm.deals.put_custom`.
"""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from crm import custom_fields, field_rules
from crm.tables import Deal

_ASKED_QUICKLY = frozenset({"amount", "responsible"})
"""What the short form of the board knows anyway: it asks for a sum, and the deal is one's own."""


async def require(session: AsyncSession, deal: Deal) -> None:
    """Refuse a deal that lacks an obligatory field of ours.

    Raises:
        Invalid: the first field that is missing.
    """
    filled = {
        "client": deal.client_id,
        "amount": deal.amount,
        "expected_on": deal.expected_on,
        "responsible": deal.responsible_id,
        "source": deal.source,
    }
    await field_rules.require(session, "deal", filled)


async def needs_whole_form(session: AsyncSession) -> bool:
    """Whether a deal needs more than a name and a sum, so that the short form of the board would only refuse it."""
    if await field_rules.obligatory(session, "deal") - _ASKED_QUICKLY:
        return True
    fields = await custom_fields.fields(session, custom_fields.subjects_of("deal"))
    return any(field.obligatory for field in fields)
