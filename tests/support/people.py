"""People for tests: quick to add, for their passwords are not hashed unless a test logs in."""

from __future__ import annotations

from calls.db import Database
from crm import agents
from crm.access import SYSTEM, Actor
from crm.agents import actor_for
from crm.person_fields import Person, Phone, Queue

NO_PASSWORD = "!"
"""No argon2 hash: nothing matches it."""


async def person(
    db: Database,
    login: str,
    role: str = "operator",
    *,
    extensions: tuple[str, ...] = (),
    queues: tuple[str, ...] = (),
    password_hash: str = NO_PASSWORD,
    pbx: str = "main",
    department_id: int | None = None,
) -> Actor:
    """Add a person with phones and queues of this PBX, and return who acts."""
    added = Person(
        login=login,
        role=role,
        name=login.title(),
        department_id=department_id,
        phones=tuple(Phone(extension, pbx) for extension in extensions),
        queues=tuple(Queue(queue, pbx) for queue in queues),
    )
    async with db.write() as session:
        user = await agents.add(session, SYSTEM, added, password_hash)
        return await actor_for(session, user)
