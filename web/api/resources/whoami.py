"""Who the token acts as."""

from __future__ import annotations

from pydantic import Field

from crm.access import Permission
from web.api.operation import Asked, Operation, Schema


class Whoami(Schema):
    """The person of a token."""

    id: int
    login: str
    name: str
    role: str
    permissions: list[str] = Field(description="What this token may.")


async def whoami(asked: Asked) -> Whoami:
    """Tell who acts."""
    actor = asked.actor
    return Whoami(
        id=actor.user_id,
        login=actor.login,
        name=actor.name,
        role=actor.role.value,
        permissions=sorted(one.value for one in Permission if actor.may(one)),
    )


OPERATIONS = [
    Operation(
        method="GET",
        path="/me",
        name="getMe",
        summary="Who the token acts as, and what it may",
        permission=Permission.API_USE,
        run=whoami,
        answer=Whoami,
        tags=("Token",),
    ),
]
