"""Whose phone an extension is, or was, in words: for lists, transcripts and the choice of an operator.

In: the people's phones, and who sat where when. Out: names by (PBX, extension), today's or those of a call's time. People
who left keep their names here: old calls were theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.tables import Call
from crm.pbx_names import written
from crm.tables import Device, PhoneHolding, User

PhoneKey = tuple[str, str]
"""(PBX, extension)."""


@dataclass(frozen=True, slots=True)
class Held:
    """From when to when a phone was somebody's."""

    name: str
    from_at: datetime | None
    until_at: datetime | None

    def covers(self, at: datetime) -> bool:
        """Whether it was theirs at this time."""
        began = self.from_at is None or self.from_at <= at
        return began and (self.until_at is None or at < self.until_at)


@dataclass(frozen=True, slots=True)
class PhoneNames:
    """(PBX, extension) → name; several people at one phone are named together."""

    names: Mapping[PhoneKey, str]
    held: Mapping[PhoneKey, Sequence[Held]] = field(default_factory=dict)

    def of(self, pbx: str, extension: str, at: datetime | None = None) -> str:
        """Whose phone it was at this time (is, if none is given); the extension itself where nobody is known."""
        held = self.held.get((pbx, extension), ())
        if at is None or not held:
            return self.names.get((pbx, extension), extension)
        return _joined(one.name for one in held if one.covers(at)) or extension

    def choices(self, pbxs: Sequence[str]) -> list[tuple[str, str]]:
        """("101", "Name (101)") of every phone, by name: for a list to choose from.

        Args:
            pbxs: the PBXs; a phone of another one than the first is written "north/101".
        """
        phones = ((written(*phone, pbxs), name) for phone, name in self.names.items())
        named = sorted(phones, key=lambda pair: (pair[1].casefold(), pair[0]))
        return [(phone, f"{name} ({phone})" if name != phone else phone) for phone, name in named]


async def phone_names(session: AsyncSession, calls: Iterable[Call] | None = None) -> PhoneNames:
    """Read the names of all phones.

    Args:
        session: a read session.
        calls: for the names at the times of these calls; None reads only whose the phones are now.
    """
    rows = await session.execute(
        select(Device.pbx, Device.extension, User.name, User.login)
        .join(User, User.id == Device.user_id)
        .order_by(User.active.desc(), User.id)
    )
    tied: dict[PhoneKey, list[str]] = {}
    for pbx, extension, name, login in rows:
        tied.setdefault((pbx, extension), []).append(name or login)
    times = [call.started_at for call in calls or () if call.started_at is not None]
    held = await _held(session, min(times, default=None))
    now = {
        phone: _joined(one.name for one in spans if one.until_at is None)
        for phone, spans in held.items()
    }
    names = {phone: _joined(who) for phone, who in tied.items()}
    return PhoneNames(
        names | {phone: who for phone, who in now.items() if who}, held if times else {}
    )


async def _held(session: AsyncSession, since: datetime | None) -> dict[PhoneKey, list[Held]]:
    """Who had which phone at some time since then; who has them now, if no time is given."""
    present = PhoneHolding.until_at.is_(None)
    wanted = present if since is None else or_(present, PhoneHolding.until_at > since)
    rows = await session.execute(
        select(PhoneHolding, User.name, User.login)
        .join(User, User.id == PhoneHolding.user_id)
        .where(wanted)
        .order_by(User.active.desc(), User.id)
    )
    found: dict[PhoneKey, list[Held]] = {}
    for row, name, login in rows:
        span = Held(name or login, row.from_at, row.until_at)
        found.setdefault((row.pbx, row.extension), []).append(span)
    return found


def _joined(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
