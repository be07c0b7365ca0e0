"""Whose phone is this? Answered from memory, for a screen pop never waits for the database.

In: all phones of active people, loaded at the start and again when a "user" notice comes. Out: user ids.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.tables import Device, User


class PhoneOwners:
    """(PBX, extension) → people. Several people may share a phone, one may have several."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], tuple[int, ...]] = {}

    async def load(self, session: AsyncSession) -> None:
        """Read all phones anew, and replace what was known at once."""
        rows = await session.execute(
            select(Device.pbx, Device.extension, Device.user_id)
            .join(User)
            .where(User.active.is_(True))
            .order_by(Device.user_id)
        )
        owners: dict[tuple[str, str], tuple[int, ...]] = {}
        for pbx, extension, user_id in rows:
            owners[pbx, extension] = (*owners.get((pbx, extension), ()), user_id)
        self._owners = owners

    def operators_of(self, pbx: str, extension: str) -> list[int]:
        """Ids of the people whose phone this is; [] for nobody's phone."""
        return list(self._owners.get((pbx, extension), ()))
