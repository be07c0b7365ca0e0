"""The database's two doors: one transaction per write, no lost update, typed errors."""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

import calls.db
from calls.db import Database, database_url
from calls.errors import DatabaseUnavailable
from calls.tables import Job

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def job(key: str, **more: Any) -> Job:
    return Job(kind="test", key=key, run_at=NOW, created_at=NOW, **more)


@pytest.mark.parametrize(
    ("text_", "driver"),
    [
        ("sqlite:///slovo.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:////var/slovo.db", "sqlite+aiosqlite"),
        ("postgresql://anna@localhost/slovo", "postgresql+psycopg"),
        ("postgresql+psycopg://anna@localhost/slovo", "postgresql+psycopg"),
    ],
)
def test_url_of_either_database_gets_our_driver(text_: str, driver: str) -> None:
    assert database_url(text_).drivername == driver


@pytest.mark.parametrize("text_", ["", "nonsense", "mysql://localhost/x", "sqlite://"])
def test_url_that_cannot_serve_is_refused(text_: str) -> None:
    with pytest.raises(DatabaseUnavailable):
        database_url(text_)


async def test_block_that_ends_is_committed(db: Database) -> None:
    async with db.write() as session:
        session.add(job("one"))
    async with db.read() as session:
        assert await session.scalar(select(Job.key)) == "one"


async def test_block_that_raises_is_rolled_back(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as session:
            session.add(job("one"))
            await session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with db.read() as session:
        assert await session.scalar(select(func.count(Job.id))) == 0


async def test_reading_session_cannot_write(db: Database) -> None:
    async def misuse() -> None:
        async with db.read() as session:
            session.add(job("one"))
            await session.flush()

    with pytest.raises((DBAPIError, DatabaseUnavailable)):
        await misuse()


async def test_time_with_a_zone_comes_back_in_utc(db: Database) -> None:
    moscow = datetime(2026, 11, 22, 12, 0, tzinfo=timezone(timedelta(hours=3)))
    async with db.write() as session:
        session.add(job("one", finished_at=moscow))
    async with db.read() as session:
        found = await session.scalar(select(Job.finished_at))
    assert found == NOW
    assert found is not None
    assert found.utcoffset() == timedelta(0)


async def test_naive_time_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with db.write() as session:
            session.add(job("one", finished_at=datetime(2026, 11, 22)))  # noqa: DTZ001


async def test_concurrent_read_and_write_transactions_lose_no_update(db: Database) -> None:
    async with db.write() as session:
        session.add(job("counter"))

    async def count_up() -> None:
        for _ in range(10):
            async with db.write() as session:
                row = await session.scalar(select(Job).with_for_update())
                assert row is not None
                row.attempts += 1

    await asyncio.gather(*(count_up() for _ in range(5)))
    async with db.read() as session:
        assert await session.scalar(select(Job.attempts)) == 50


def count_up_in_a_process(url: str, times: int) -> None:
    async def work() -> None:
        database = Database(url)
        for _ in range(times):
            async with database.write() as session:
                row = await session.scalar(select(Job).with_for_update())
                assert row is not None
                row.attempts += 1
        await database.dispose()

    asyncio.run(work())


async def test_two_processes_lose_no_update(db: Database, database_url: str) -> None:
    async with db.write() as session:
        session.add(job("counter"))
    spawn = multiprocessing.get_context("spawn")
    others = [
        spawn.Process(target=count_up_in_a_process, args=(database_url, 50)) for _ in range(2)
    ]
    for other in others:
        other.start()
    for other in others:
        await asyncio.to_thread(other.join, 60)
    assert [other.exitcode for other in others] == [0, 0]
    async with db.read() as session:
        assert await session.scalar(select(Job.attempts)) == 100


async def test_locked_sqlite_file_is_unavailable(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls.db, "BUSY_TIMEOUT_S", 0.05)
    path = Path(shutil.copy(sqlite_template, tmp_path / "slovo.db"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnavailable):
        async with database.write() as session:
            session.add(job("one"))
    other.execute("ROLLBACK")
    other.close()
    async with database.write() as session:
        session.add(job("one"))
    await database.dispose()


async def test_missing_folder_is_unavailable_and_a_wrong_statement_is_not(
    tmp_path: Path, db: Database
) -> None:
    database = Database(f"sqlite:///{tmp_path}/not/there.db")
    with pytest.raises(DatabaseUnavailable):
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
    await database.dispose()
    with pytest.raises(DBAPIError):
        async with db.read() as session:
            await session.execute(text("SELECT * FROM no_such_table"))


async def test_postgresql_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql://anna@/slovo?host={tmp_path}")
    with pytest.raises(DatabaseUnavailable):
        async with database.read() as session:
            await session.execute(text("SELECT 1"))
    await database.dispose()


async def test_error_of_a_statement_does_not_quote_its_values(db: Database) -> None:
    wrong = text("SELECT * FROM nowhere WHERE number = :number")
    with pytest.raises(DBAPIError) as caught:
        async with db.read() as session:
            await session.execute(wrong, {"number": "+79160001122"})
    assert "nowhere" in str(caught.value)
    assert "9160001122" not in str(caught.value)
