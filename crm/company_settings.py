"""Rules of the company that an administrator sets in the page: one JSON value per name, checked by the reader's model.

In: a pydantic model with a default for every field. Out: its values as the administrator left them. A value that an older
version wrote and this one does not understand is an error with its name, never a silent default.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import Actor, Permission
from crm.errors import Invalid, SettingInvalid
from crm.tables import CompanySetting

M = TypeVar("M", bound=BaseModel)


async def load(session: AsyncSession, name: str, model: type[M]) -> M:
    """Return the rules of this name, with defaults for what was never set.

    Raises:
        SettingInvalid: what is stored does not fit the model.
    """
    row = await session.get(CompanySetting, name)
    try:
        return model.model_validate(row.value if row is not None else {})
    except ValidationError as error:
        raise SettingInvalid(f"company setting {name}", str(error)) from error


async def save(session: AsyncSession, actor: Actor, name: str, value: BaseModel) -> None:
    """Put rules in force.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: the name is too long.
    """
    actor.require(Permission.ADMINISTER)
    if len(name) > 64:
        raise Invalid("name", "must not be longer than 64 characters")
    row = await session.get(CompanySetting, name)
    if row is None:
        row = CompanySetting(name=name)
        session.add(row)
    row.value = value.model_dump(mode="json")
    row.changed_at, row.changed_by_id = datetime.now(UTC), actor.user_id or None
    await session.flush()
    await audit.record(session, actor, "settings.change", "setting", name, row.value)
