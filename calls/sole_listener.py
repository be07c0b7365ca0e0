"""Exactly one process listens to a PBX: with two, every pop and every row would be made twice.

In: the database and a PBX name. Out: a lock held for the length of a block and given up by the operating system or the
database if the process dies. SQLite: a lock file beside the database; PostgreSQL: an advisory lock on its own connection.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import blake2s
from pathlib import Path

import psycopg
import structlog

from calls.db import Database
from calls.errors import DatabaseUnavailable

log = structlog.get_logger(__name__)

RETRY_S = 2.0


@asynccontextmanager
async def sole_listener(
    db: Database, pbx: str, on_wait: Callable[[], None] | None = None
) -> AsyncIterator[None]:
    """Hold the right to listen to `pbx` inside the block; wait for it if another process has it.

    Args:
        db: decides which kind of lock; it must be the one that all processes of the installation use.
        pbx: our name of the PBX.
        on_wait: called once if somebody else has the lock.

    Raises:
        DatabaseUnavailable: PostgreSQL cannot be reached.
    """
    lock = _advisory_lock if db.dialect == "postgresql" else _file_lock
    async with lock(db, pbx, on_wait or (lambda: None)):
        yield


@asynccontextmanager
async def _file_lock(db: Database, pbx: str, on_wait: Callable[[], None]) -> AsyncIterator[None]:
    path = Path(f"{db.url.database}.{blake2s(pbx.encode(), digest_size=4).hexdigest()}.listener")
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        waited = False
        while not _taken(handle):
            if not waited:
                waited = True
                log.warning("listener_waits", pbx=pbx, lock=str(path))
                on_wait()
            await asyncio.sleep(RETRY_S)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@asynccontextmanager
async def _advisory_lock(
    db: Database, pbx: str, on_wait: Callable[[], None]
) -> AsyncIterator[None]:
    key = int.from_bytes(
        blake2s(f"slovo-listener:{pbx}".encode(), digest_size=8).digest(), signed=True
    )
    url = db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(f"the lock of the listener cannot be had: {error}") from error
    async with connection:
        waited = False
        while not await _locked(connection, key):
            if not waited:
                waited = True
                log.warning("listener_waits", pbx=pbx)
                on_wait()
            await asyncio.sleep(RETRY_S)
        yield


async def _locked(connection: psycopg.AsyncConnection, key: int) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (key,))).fetchone()
    return bool(row and row[0])
