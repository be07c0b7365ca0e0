"""The people of the demonstration: two operators, a manager, a supervisor and an administrator.

In: nothing. Out: accounts with random passwords, written to a file that only its owner can read, so that a second run can
print them again.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from calls.db import Database
from crm import agents, passwords
from crm.access import SYSTEM, Role
from crm.errors import Conflict
from crm.person_fields import Person, Phone, Queue

FILE_NAME = "sample-accounts.json"

_STAFF = (
    ("anna", "Анна Соколова", Role.OPERATOR, ("101",), ("support", "sales")),
    ("boris", "Борис Ветров", Role.OPERATOR, ("102",), ("support", "sales")),
    ("vera", "Вера Лесная", Role.OPERATOR, ("103",), ("sales",)),
    ("gleb", "Глеб Морозов", Role.MANAGER, ("104",), ()),
    ("sofia", "София Береговая", Role.SUPERVISOR, ("105",), ()),
    ("chief", "Максим Полевой", Role.ADMINISTRATOR, (), ()),
)


@dataclass(frozen=True, slots=True)
class Account:
    """What a newcomer types into the login page."""

    login: str
    password: str
    role: str
    name: str


async def accounts(db: Database, data_dir: Path, pbx: str) -> list[Account]:
    """Return the sample accounts; made at the first run, read from their file later.

    Raises:
        OSError: the file cannot be written.
    """
    path = data_dir / FILE_NAME
    if path.is_file():
        return [Account(**account) for account in json.loads(path.read_text("utf-8"))]
    made = [
        Account(login, passwords.random_password(), role.value, name)
        for login, name, role, _, _ in _STAFF
    ]
    for account, (_, _, _, extensions, queues) in zip(made, _STAFF, strict=True):
        await _add(db, account, extensions, queues, pbx)
    _keep(path, made)
    return made


async def _add(
    db: Database, account: Account, extensions: tuple[str, ...], queues: tuple[str, ...], pbx: str
) -> None:
    password_hash = await passwords.hashed(account.password, account.login)
    person = Person(
        login=account.login,
        role=account.role,
        name=account.name,
        phones=tuple(Phone(extension, pbx) for extension in extensions),
        queues=tuple(Queue(queue, pbx) for queue in queues),
        sample=True,
    )
    async with db.write() as session:
        try:
            await agents.add(session, SYSTEM, person, password_hash)
        except Conflict:
            # The file was lost, or an earlier start was cut short: the person stays, with a new password.
            user = await agents.by_login(session, account.login)
            await agents.set_password(session, SYSTEM, user.id, password_hash)


def _keep(path: Path, made: list[Account]) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        rows = [
            {"login": a.login, "password": a.password, "role": a.role, "name": a.name} for a in made
        ]
        json.dump(rows, file, ensure_ascii=False, indent=1)
