"""Whose phone an extension is, in words: for lists, transcripts and the choice of an operator.

In: the people's phones. Out: names by (PBX, extension). People who left keep their names here: old calls were theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm.pbx_names import written
from crm.tables import Device, User


@dataclass(frozen=True, slots=True)
class PhoneNames:
    """(PBX, extension) → name; several people at one phone are named together."""

    names: Mapping[tuple[str, str], str]

    def of(self, pbx: str, extension: str) -> str:
        """The person's name, or the extension itself where nobody is known."""
        return self.names.get((pbx, extension), extension)

    def choices(self, pbxs: Sequence[str]) -> list[tuple[str, str]]:
        """("101", "Name (101)") of every phone, by name: for a list to choose from.

        Args:
            pbxs: the PBXs; a phone of another one than the first is written "north/101".
        """
        phones = ((written(*phone, pbxs), name) for phone, name in self.names.items())
        named = sorted(phones, key=lambda pair: (pair[1].casefold(), pair[0]))
        return [(phone, f"{name} ({phone})" if name != phone else phone) for phone, name in named]


async def phone_names(session: AsyncSession) -> PhoneNames:
    """Read the names of all phones."""
    rows = await session.execute(
        select(Device.pbx, Device.extension, User.name, User.login)
        .join(User, User.id == Device.user_id)
        .order_by(User.active.desc(), User.id)
    )
    names: dict[tuple[str, str], list[str]] = {}
    for pbx, extension, name, login in rows:
        names.setdefault((pbx, extension), []).append(name or login)
    return PhoneNames({phone: ", ".join(dict.fromkeys(who)) for phone, who in names.items()})
