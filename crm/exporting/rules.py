"""How much of the base one person may take away in a day.

In: who exports and how many clients. Out: nothing, or a refusal. The administrator sets the limits; every export of the
last 24 hours counts, by the audit log.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import company_settings
from crm.access import Actor, Role
from crm.errors import Invalid
from crm.tables import AuditEntry

SETTING = "exports"
ACTION = "clients.export"
_DAY = timedelta(hours=24)


class ExportRules(BaseModel):
    """Clients that a person of each role may export in 24 hours; 0 = no limit."""

    manager: int = Field(default=5000, ge=0, le=10_000_000)
    supervisor: int = Field(default=0, ge=0, le=10_000_000)
    administrator: int = Field(default=0, ge=0, le=10_000_000)

    def most(self, role: Role) -> int:
        """The limit of a role; 0 = none."""
        return int(getattr(self, role.value, 0))


async def rules(session: AsyncSession) -> ExportRules:
    """The limits in force."""
    return await company_settings.load(session, SETTING, ExportRules)


async def left_today(session: AsyncSession, actor: Actor) -> int | None:
    """How many clients the person may still export; None: no limit."""
    most = (await rules(session)).most(actor.role)
    if not most:
        return None
    details = select(AuditEntry.detail).where(
        AuditEntry.action == ACTION,
        AuditEntry.user_id == (actor.user_id or None),
        AuditEntry.at > datetime.now(UTC) - _DAY,
    )
    taken = sum(int(detail.get("rows", 0)) for detail in await session.scalars(details))
    return max(0, most - taken)


async def require_left(session: AsyncSession, actor: Actor, rows: int) -> None:
    """Refuse an export that is larger than what is left of the day's limit.

    Raises:
        Invalid: so many clients may not be exported today.
    """
    left = await left_today(session, actor)
    if left is not None and rows > left:
        why = "you may export %(left)d more clients today, these are %(rows)d: an administrator sets the limit"
        raise Invalid("export", why, left=left, rows=rows)
