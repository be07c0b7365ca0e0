"""The database: one door for reading, one for writing, on SQLite and PostgreSQL alike.

In: a URL. Out: sessions. A write session is one transaction: committed at the end of the block, rolled back on any error.
SQLite has one writer at a time (BEGIN IMMEDIATE on an engine with a single connection), because a transaction that reads
first and writes later fails at once there, whatever the busy timeout is. Readers never wait (WAL).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, cast

from sqlalchemy import URL, Connection, Table, event, make_url, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from calls.columns import Base
from calls.errors import DatabaseUnavailable

DialectName = Literal["sqlite", "postgresql"]

BUSY_TIMEOUT_S = 5.0
"""How long SQLite waits for another process's write before it says "locked"."""
WRITER_WAIT_S = 30.0
"""How long a task waits for its turn to write. A write inside a write of the same task ends here, too."""
CONNECT_TIMEOUT_S = 5
POOL_SIZE = 5
MAX_OVERFLOW = 10

AWAY = ("locked", "busy", "unable to open", "disk i/o error", "disk is full", "readonly")
"""What SQLite's OperationalError says when the file cannot be used now; other texts are faults of a statement."""


def database_url(text: str) -> URL:
    """Return the URL with the driver that we use.

    Args:
        text: `sqlite:///relative/path`, `sqlite:////absolute/path`, `postgresql://user@host/name`; a driver
            may be named.

    Raises:
        DatabaseUnavailable: another kind of database, no URL, or SQLite in memory.
    """
    try:
        url = make_url(text)
    except Exception as error:
        raise DatabaseUnavailable("SLOVO_DATABASE_URL is no database URL") from error
    kind = url.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise DatabaseUnavailable(f"{kind} is not supported: use sqlite:///FILE or postgresql://…")
    if not url.database or url.database == ":memory:":
        raise DatabaseUnavailable("SQLite needs a file: sqlite:///FILE")
    return url.set(drivername="sqlite+aiosqlite")


def is_of_one_process(url: str) -> bool:
    """Whether only one process may serve this database: SQLite has nothing that tells other processes of a change.

    Raises:
        DatabaseUnavailable: as `database_url`.
    """
    return database_url(url).get_backend_name() == "sqlite"


def set_pragmas(connection: Any, *, foreign_keys: bool = True, read_only: bool = False) -> None:
    """Prepare one SQLite connection; the driver's own way of beginning transactions is switched off.

    Source: dependencies of this recipe were measured with SQLite 3.40: 600 of 600 concurrent updates right.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    # What is deleted is overwritten with zeros, not only forgotten (`calls.free_space` does the rest).
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
    if read_only:
        cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def begin_with(engine: Any, statement: str) -> None:
    """Make every transaction of a (synchronous) SQLite engine begin with `statement`."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)


class Database:
    """Both databases behind two context managers. Make one per process and event loop; `dispose()` it at the end."""

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.dialect: DialectName = (
            "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        )
        if self.dialect == "sqlite":
            self._writer = self._sqlite_engine(read_only=False)
            self._reader = self._sqlite_engine(read_only=True)
        else:
            self._writer = self._reader = self._postgres_engine()
        self._write_sessions = async_sessionmaker(self._writer, expire_on_commit=False)
        reader = self._reader
        if self.dialect == "postgresql":
            reader = self._reader.execution_options(postgresql_readonly=True)
        self._read_sessions = async_sessionmaker(reader, expire_on_commit=False, autoflush=False)
        self.after_write: list[Callable[[], None]] = []
        """Called after every commit of this process: the doorbell of `calls.feed`. They must not raise or wait."""

    def _sqlite_engine(self, *, read_only: bool) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            hide_parameters=True,
            pool_size=POOL_SIZE if read_only else 1,
            max_overflow=MAX_OVERFLOW if read_only else 0,
            pool_timeout=WRITER_WAIT_S,
        )

        @event.listens_for(engine.sync_engine, "connect")
        def _connect(connection: Any, _: object) -> None:
            set_pragmas(connection, read_only=read_only)

        begin_with(engine.sync_engine, "BEGIN" if read_only else "BEGIN IMMEDIATE")
        return engine

    def _postgres_engine(self) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            hide_parameters=True,
            pool_size=POOL_SIZE,
            max_overflow=MAX_OVERFLOW,
            pool_timeout=WRITER_WAIT_S,
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "slovo"},
        )

        @event.listens_for(engine.sync_engine, "connect")
        def _connect(connection: Any, _: object) -> None:
            # Compiling a query costs some 90 ms here and saves none: our answers are small, however long their queries.
            with connection.cursor() as cursor:
                cursor.execute("SET jit = off")
            connection.commit()

        return engine

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Give a session that sees one state of the database and cannot change it.

        Raises:
            DatabaseUnavailable: the database is away, or locked for too long.
        """
        async with self._typed_errors(), self._read_sessions() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """Give a session that is one transaction: committed at the end of the block, rolled back on an error.

        Never open a second one inside: on SQLite it would wait for the first.

        Raises:
            DatabaseUnavailable: the database is away, or locked for too long; nothing was written.
        """
        async with self._typed_errors(), self._write_sessions() as session, session.begin():
            yield session
        for ring in self.after_write:
            ring()

    @asynccontextmanager
    async def outside_transactions(self) -> AsyncIterator[AsyncConnection]:
        """Give the writing connection with each statement by itself: for VACUUM, which no transaction may hold.

        Raises:
            DatabaseUnavailable: the database is away, or locked for too long.
        """
        async with self._typed_errors(), self._writer.connect() as connection:
            if self.dialect == "postgresql":
                yield await connection.execution_options(isolation_level="AUTOCOMMIT")
                return
            await connection.exec_driver_sql("COMMIT")  # ends the BEGIN of `begin_with`
            yield connection
            await connection.exec_driver_sql("BEGIN")  # for the rollback that follows

    @asynccontextmanager
    async def _typed_errors(self) -> AsyncIterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeout) as error:
            if not self.is_away(error):
                raise
            why = error.orig if isinstance(error, DBAPIError) else "no free connection in time"
            raise DatabaseUnavailable(f"the database cannot be used now: {why}") from error

    def is_away(self, error: BaseException) -> bool:
        """Whether an error means that the database cannot be used now; other errors are faults of a statement."""
        if not isinstance(error, DBAPIError):
            return isinstance(error, PoolTimeout)
        if error.connection_invalidated:
            return True
        if self.dialect == "postgresql":
            return isinstance(error, OperationalError | InterfaceError)
        words = str(error.orig).lower()
        return isinstance(error, OperationalError) and any(word in words for word in AWAY)

    async def dispose(self) -> None:
        """Close all connections."""
        await self._reader.dispose()
        await self._writer.dispose()


async def upsert(
    session: AsyncSession,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    key: Collection[str],
    *,
    replace: bool,
) -> None:
    """Insert rows; those whose key is there already are changed, or left alone.

    Args:
        session: a write session.
        table: a mapped class.
        rows: columns of each row; all rows have the same.
        key: the columns of a unique constraint.
        replace: whether the other columns of a row that is there are set.
    """
    postgresql = session.get_bind().dialect.name == "postgresql"
    statement = (postgresql_insert if postgresql else sqlite_insert)(cast(Table, table.__table__))
    columns = {name: statement.excluded[name] for name in rows[0] if name not in key}
    done = (
        statement.on_conflict_do_update(index_elements=list(key), set_=columns)
        if replace
        else statement.on_conflict_do_nothing(index_elements=list(key))
    )
    await session.execute(done, rows)


async def exclusive(session: AsyncSession, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it to the end of this transaction.

    On SQLite nothing is to be done: a write transaction has no other beside it.
    """
    if session.get_bind().dialect.name == "postgresql":
        lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        await session.execute(lock, {"name": name})
