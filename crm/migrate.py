"""Bring a database to this version's tables.

In: a database URL. Out: the migrated database. Safe under concurrent starts: PostgreSQL's advisory lock, SQLite's write
lock. All steps are one transaction, so a start that is killed half-way leaves the database as it was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from calls.db import begin_with, database_url, set_pragmas
from calls.errors import DatabaseUnavailable

ADVISORY_LOCK = 0x536C6F766F
"""Any number, the same in all processes: "Slovo" in ASCII."""
PATIENCE_S = 60.0
"""How long a start waits for another one that migrates."""
PAUSE_S = 0.1


def _engine(url: str) -> Engine:
    target = database_url(url)
    if target.get_backend_name() == "postgresql":
        return create_engine(target, poolclass=NullPool, connect_args={"connect_timeout": 5})
    if target.database:
        _make_private(Path(target.database))
    engine = create_engine(target.set(drivername="sqlite"), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: object) -> None:
        # Alembic rebuilds SQLite tables to alter them; with the keys enforced that would delete rows that refer to them.
        set_pragmas(connection, foreign_keys=False)

    begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def _make_private(database: Path) -> None:
    """Begin a new SQLite file that only its owner reads: clients, transcripts, logins. SQLite's other files follow it."""
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database.touch(mode=0o600)
    except OSError as error:
        raise DatabaseUnavailable(f"cannot open the database: {error.strerror}") from error


@contextmanager
def _locked(url: str) -> Iterator[Connection]:
    """Give a connection in a transaction that no other migration can have at the same time."""
    engine = _engine(url)
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection = engine.connect()
            connection.begin()
            break
        except OperationalError as error:
            # Switching a new file to WAL does not wait for the busy timeout.
            if "locked" not in str(error) or time.monotonic() > until:
                raise DatabaseUnavailable(f"cannot open the database: {error.orig}") from error
            time.sleep(PAUSE_S)
    try:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        yield connection
        connection.commit()
    except DBAPIError as error:
        raise DatabaseUnavailable(f"the database refused: {error.orig}") from error
    finally:
        connection.close()
        engine.dispose()


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration of this product."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def upgrade(url: str) -> None:
    """Bring the database to the newest revision; does nothing if it is there. Blocks: call it outside of a loop.

    Raises:
        DatabaseUnavailable: the database is away, refuses, or is of a newer version than this program.
    """
    with _locked(url) as connection:
        found = _revision(connection)
        if found == head():
            return
        if found is not None and found not in _known():
            raise DatabaseUnavailable(
                f"the database is of a newer version (revision {found}): install that version of Slovo"
            )
        command.upgrade(config(connection), "head")


def current(url: str) -> str | None:
    """Return the database's revision, None if nothing was migrated yet.

    Raises:
        DatabaseUnavailable: the database is away.
    """
    target = database_url(url)
    if target.get_backend_name() == "sqlite" and not Path(target.database or "").exists():
        return None
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return _revision(connection)
    except DBAPIError as error:
        raise DatabaseUnavailable(f"cannot open the database: {error.orig}") from error
    finally:
        engine.dispose()


def is_current(url: str) -> bool:
    """Whether the database has this version's tables.

    Raises:
        DatabaseUnavailable: the database is away.
    """
    return current(url) == head()


def require_current(url: str) -> None:
    """Refuse to go on with a database that has other tables than this version.

    Raises:
        DatabaseUnavailable: it is away, was never migrated, or is of another version; says what to do.
    """
    found = current(url)
    if found == head():
        return
    state = "has no tables yet" if found is None else f"is at revision {found}"
    raise DatabaseUnavailable(f"the database {state}: run `slovo migrate`")


def head() -> str | None:
    """Return the newest revision that this program knows."""
    return ScriptDirectory.from_config(config()).get_current_head()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known() -> set[str]:
    scripts = ScriptDirectory.from_config(config())
    return {script.revision for script in scripts.walk_revisions()}
