"""Rigs for pages: an application over a test database, and clients that are logged in as people of each role."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from argon2 import PasswordHasher
from pydantic import SecretStr
from starlette.applications import Starlette

from calls.db import Database
from crm import agents, passwords
from crm.access import SYSTEM
from crm.person_fields import Person, Phone, Queue
from web.app import create_app
from web.services import Services
from web.settings import Settings

ORIGIN = "http://testserver"
PASSWORD = "correct horse battery"

PEOPLE = (
    Person(login="anna", name="Анна Белова", role="operator", locale="en",
           phones=(Phone("101", "main"),), queues=(Queue("sales", "main"),)),
    Person(login="boris", name="Борис Орлов", role="operator", locale="en",
           phones=(Phone("102", "main"),), queues=(Queue("sales", "main"),)),
    Person(login="nophone", name="Vera Novak", role="operator", locale="en"),
    Person(login="mila", name="Мила Котова", role="manager", locale="en", phones=(Phone("105", "main"),)),
    Person(login="sergey", name="Сергей Лис", role="supervisor", locale="en"),
    Person(login="root", name="Ольга Админ", role="administrator", locale="en"),
)  # fmt: skip
"""Sample people: 101 is anna's phone, 102 boris's."""

STRONG = passwords._hasher
"""What hashes passwords outside of tests."""
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

_hash: list[str] = []


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 is slow on purpose, and nearly every test of a page logs somebody in."""
    monkeypatch.setattr(passwords, "_hasher", CHEAP)


async def add_people(db: Database) -> dict[str, int]:
    """Write `PEOPLE`, all with `PASSWORD`; returns the ids by login."""
    if not _hash:
        _hash.append(await passwords.hashed(PASSWORD))
    ids = {}
    for person in PEOPLE:
        async with db.write() as session:
            ids[person.login] = (await agents.add(session, SYSTEM, person, _hash[0])).id
    return ids


@dataclass
class Site:
    """A running application and its people. Requests run in the test's own event loop, as its database does."""

    app: Starlette
    services: Services
    people: dict[str, int]
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def client(self, login: str = "") -> httpx2.AsyncClient:
        """A browser without a page, logged in as one of `PEOPLE` (or as nobody)."""
        client = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app, client=("127.0.0.1", 50000)),
            base_url=ORIGIN,
            headers={"origin": ORIGIN, "accept": "text/html"},
        )
        await self.stack.enter_async_context(client)
        if login:
            answer = await client.post("/login", data={"login": login, "password": PASSWORD})
            assert answer.status_code == 303, answer.text
        return client


def settings_for(url: str, data_dir: Path) -> Settings:
    """Settings that read no environment of the machine."""
    return Settings(
        database_url=url,
        data_dir=data_dir,
        secret_key=SecretStr("0" * 64),
        locale="en",
        region="RU",
        time_zone="Europe/Moscow",
    )


@pytest.fixture
async def site(db: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Site]:
    """An application over `db` with `PEOPLE` in it; on both databases."""
    people = await add_people(db)
    services = Services(settings=settings_for(database_url, tmp_path), db=db)
    site = Site(app=create_app(services), services=services, people=people)
    async with site.stack:
        yield site
