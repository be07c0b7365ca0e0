"""Which of our own fields must be filled in, as the administrator set it: for persons, organisations and deals.

In: a subject and what is filled. Out: nothing, or the first field that is missing. Forms and the API ask; a card that a
call makes by itself, and an import, are taken as they are. Custom fields say it themselves (`CustomField.obligatory`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from crm import audit
from crm.access import Actor, Permission
from crm.errors import Invalid
from crm.tables import FieldRule

MAY_BE_OBLIGATORY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "person": (
            "name", "numbers", "emails", "workplaces", "address", "source", "responsible", "inn",
            "born_on", "sex",
        ),
        "organisation": (
            "numbers", "emails", "legal_name", "inn", "kpp", "ogrn", "legal_address", "address",
            "source", "responsible",
        ),
        "deal": ("client", "amount", "expected_on", "responsible", "source"),
    }
)  # fmt: skip
"""Subject → fields that a rule may be set for."""


async def obligatory(session: AsyncSession, subject: str) -> frozenset[str]:
    """The fields that must be filled in."""
    query = select(FieldRule.field).where(
        FieldRule.subject == subject, FieldRule.obligatory.is_(True)
    )
    return frozenset((await session.scalars(query)).all())


async def require(session: AsyncSession, subject: str, filled: Mapping[str, object]) -> None:
    """Refuse what lacks an obligatory field.

    Args:
        session: any session.
        subject: "person", "organisation" or "deal".
        filled: field → its value; None, "", 0 and empty lists are not filled in.

    Raises:
        Invalid: the first field that is missing.
    """
    needed = await obligatory(session, subject)
    for field in MAY_BE_OBLIGATORY[subject]:
        if field in needed and not filled.get(field):
            raise Invalid(field, "this must be filled in")


async def save(session: AsyncSession, actor: Actor, subject: str, fields: Collection[str]) -> None:
    """Make these fields obligatory, and no others.

    Raises:
        Forbidden: the actor is no administrator.
        Invalid: no rule can be set for such a field.
    """
    actor.require(Permission.ADMINISTER)
    if subject not in MAY_BE_OBLIGATORY:
        raise Invalid("subject", "choose whose field it is")
    for field in fields:
        if field not in MAY_BE_OBLIGATORY[subject]:
            raise Invalid("field", "%(name)s cannot be obligatory", name=field[:64])
    await session.execute(delete(FieldRule).where(FieldRule.subject == subject))
    session.add_all(FieldRule(subject=subject, field=field) for field in sorted(set(fields)))
    await session.flush()
    detail = {"obligatory": sorted(set(fields))}
    await audit.record(session, actor, "field.rules", "field", subject, detail)
