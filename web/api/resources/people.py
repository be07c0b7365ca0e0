"""People of the company: who may be responsible."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import select

from crm.access import Permission
from crm.tables import User
from web.api.operation import Asked, Operation, Schema


class PersonOut(Schema):
    """A person who logs in."""

    id: int
    login: str
    name: str
    role: Literal["operator", "manager", "supervisor", "administrator"]
    department_id: int | None


class PeopleList(Schema):
    """Everybody who may log in."""

    items: list[PersonOut]


async def list_people(asked: Asked) -> PeopleList:
    """Everybody who may log in, by id."""
    query = select(User).where(User.active.is_(True)).order_by(User.id)
    rows = (await asked.session.scalars(query)).all()
    names = list(PersonOut.model_fields)
    return PeopleList(
        items=[PersonOut(**{name: getattr(row, name) for name in names}) for row in rows]
    )


OPERATIONS = [
    Operation(
        method="GET", path="/users", name="listUsers", summary="People who may be responsible",
        permission=Permission.API_USE, run=list_people, answer=PeopleList, tags=("People",),
    ),
]  # fmt: skip
