"""Whose phone is this? Answered from memory, for a screen pop never waits for the database.

In: who holds which phone (`crm.seating`), loaded at the start and again when a "user" notice comes. Out: user ids: who
sits at the phone; where nobody sits, all people to whom it is tied.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.tables import PhoneHolding, User


class PhoneOwners:
    """(PBX, extension) → people. Several people may share a phone, one may have several."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], tuple[int, ...]] = {}

    async def load(self, session: AsyncSession) -> None:
        """Read all phones anew, and replace what was known at once."""
        rows = await session.execute(
            select(PhoneHolding.pbx, PhoneHolding.extension, PhoneHolding.user_id)
            .join(User, User.id == PhoneHolding.user_id)
            .where(User.active.is_(True), PhoneHolding.until_at.is_(None))
            .order_by(PhoneHolding.user_id)
        )
        owners: dict[tuple[str, str], tuple[int, ...]] = {}
        for pbx, extension, user_id in rows:
            owners[pbx, extension] = (*owners.get((pbx, extension), ()), user_id)
        self._owners = owners

    def operators_of(self, pbx: str, extension: str) -> list[int]:
        """Ids of the people whose phone this is; [] for nobody's phone."""
        return list(self._owners.get((pbx, extension), ()))
