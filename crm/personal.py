"""Personal data of a person: kept apart from the card, shown by right, and read on the record.

In: who looks at whom. Out: the data that he may see. Date of birth and sex are for everybody who sees the client; home
address and passport need `Permission.PERSONAL_SEE`, and reading them is written into the audit log, once per reader,
client and ten minutes.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit, personal_data, personal_dates
from crm.access import Actor, Permission
from crm.errors import Forbidden, Invalid
from crm.personal_data import PersonalData
from crm.tables import AuditEntry, Client, ClientPersonal

READ_ONCE_IN = timedelta(minutes=10)
_READ = "personal.read"
_GUARDED = ("home_address", "passport")


async def get(session: AsyncSession, actor: Actor, client_id: int) -> PersonalData:
    """What the actor may see; the caller has asked whether he sees the client.

    Where he sees guarded data, the caller writes that down with `note_reading`.
    """
    row = await session.get(ClientPersonal, client_id)
    may = actor.may(Permission.PERSONAL_SEE)
    if row is None:
        return PersonalData(home_address="" if may else None, passport="" if may else None)
    return PersonalData(
        row.born_on,
        row.sex,
        row.home_address if may else None,
        row.passport if may else None,
    )


async def must_note(session: AsyncSession, actor: Actor, client_id: int, now: datetime) -> bool:
    """Whether this reading is not in the audit log yet."""
    noted = select(AuditEntry.id).where(
        AuditEntry.action == _READ,
        AuditEntry.at > now - READ_ONCE_IN,
        AuditEntry.user_id == (actor.user_id or None),
        AuditEntry.subject_kind == "client",
        AuditEntry.subject_id == str(client_id),
    )
    return await session.scalar(noted.limit(1)) is None


async def note_reading(session: AsyncSession, actor: Actor, client_id: int, now: datetime) -> None:
    """Write into the audit log that guarded data were read, unless that stands there already."""
    if await must_note(session, actor, client_id, now):
        await audit.record(session, actor, _READ, "client", client_id)


async def put(
    session: AsyncSession, actor: Actor, client: Client, data: PersonalData, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write data; the birthday goes into the personal dates as well.

    Args:
        session: a write session.
        actor: who writes; the caller has asked whether he may edit the client.
        client: a person.
        data: as they shall be; guarded fields that are None stay.
        now: the present, for what cannot be a date of birth.

    Returns:
        What changed, before and after, for the change history; guarded fields without their text.

    Raises:
        Invalid: a value cannot be accepted, or an organisation.
        Forbidden: guarded data from somebody who may not see them.
    """
    data = personal_data.checked(data, now.date())
    if client.kind != "person" and not data.is_empty:
        raise Invalid("kind", "personal data are of persons only")
    guarded = {name: value for name in _GUARDED if (value := getattr(data, name)) is not None}
    row = await session.get(ClientPersonal, client.id)
    if row is None:
        if data.is_empty:
            return {}, {}
        row = ClientPersonal(client_id=client.id, sex="", home_address="", passport="")
        session.add(row)
    changed = {name for name, value in guarded.items() if value != getattr(row, name)}
    if changed and not actor.may(Permission.PERSONAL_SEE):
        raise Forbidden(Permission.PERSONAL_SEE)
    before: dict[str, Any] = {"born_on": row.born_on, "sex": row.sex}
    before |= {name: _veiled(getattr(row, name), "•••") for name in changed}
    row.born_on, row.sex = data.born_on, data.sex
    for name in changed:
        setattr(row, name, guarded[name])
    await session.flush()
    if before["born_on"] != data.born_on:
        await personal_dates.follow_birth(session, client.id, data.born_on)
    after: dict[str, Any] = {"born_on": row.born_on, "sex": row.sex}
    return before, after | {name: _veiled(getattr(row, name), "••••••") for name in changed}


def _veiled(text: str, veil: str) -> str:
    """That something was there, without what: the change history is read by more people than the data."""
    return veil if text else ""
