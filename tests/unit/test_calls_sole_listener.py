"""Only one process may listen to a PBX."""

import asyncio

import pytest

from calls import sole_listener as module
from calls.db import Database
from calls.sole_listener import sole_listener


@pytest.fixture(autouse=True)
def quick_retry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.02)


async def test_second_listener_waits_until_the_first_is_gone(db: Database) -> None:
    waiting, got_it = asyncio.Event(), asyncio.Event()

    async def second() -> None:
        async with sole_listener(db, "main", waiting.set):
            got_it.set()

    async with sole_listener(db, "main"):
        task = asyncio.create_task(second())
        await asyncio.wait_for(waiting.wait(), 5)
        assert not got_it.is_set()
    await asyncio.wait_for(task, 5)
    assert got_it.is_set()


async def test_listeners_of_two_pbxs_do_not_wait_for_each_other(db: Database) -> None:
    async with sole_listener(db, "main"), asyncio.timeout(5), sole_listener(db, "branch"):
        pass
