"""A database table that Asterisk writes: call records (cdr_sqlite3_custom, cdr_adaptive_odbc, FreePBX) or a queue_log.

In: a URL and a table's name. Out: its rows by our column names; columns are found whatever their case. Nothing is ever
written there. Another database than Slovo's own, read in a thread by a connection for each reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Select,
    Table,
    create_engine,
    inspect,
    make_url,
)
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from calls.cdr.row import NEEDED, CdrRow, column, row_of, zone_of
from calls.errors import CdrUnreadable

LONGEST_CALL = timedelta(hours=6)
"""The table knows when calls began, and they are written when they end."""
SAMPLE_ROWS = 200
AT_ONCE = 1_000
DRIVERS = {
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "mysql": "mysql+pymysql",
}

_ENCODED = (
    "SLOVO_CDR_URL: in a password write @ as %40, : as %3A and / as %2F; the port is a number"
)


class CdrTable:
    """One table of call records."""

    name = "cdr_table"

    def __init__(self, url: str, table: str, zone: tzinfo | None, local: tzinfo) -> None:
        self.malformed = 0
        self._url, self._table, self._zone, self._local = url, table, zone, local

    def rows(self, since: datetime) -> Iterator[CdrRow]:
        """Yield the rows of calls that ended later than `since`, and some before. Blocks: call it in a thread.

        Raises:
            CdrUnreadable: no such database, table or column.
        """
        with self._open() as (connection, table, named):
            zone = self._zone or self._found_zone(connection, table, named)
            began = named["start"]
            query = table.select().where(began >= written(began, since - LONGEST_CALL, zone))
            for values in _stream(connection, query.order_by(began)):
                try:
                    yield row_of(_ours(values), zone)
                except CdrUnreadable:
                    self.malformed += 1

    def newest(self) -> CdrRow | None:
        """Return the newest record; None for an empty table.

        Raises:
            CdrUnreadable: as `rows`.
        """
        with self._open() as (connection, table, named):
            zone = self._zone or self._found_zone(connection, table, named)
            newest = table.select().order_by(named["start"].desc()).limit(1)
            found = connection.execute(newest).mappings().first()
            return row_of(_ours(found), zone) if found else None

    @contextmanager
    def _open(self) -> Iterator[tuple[Connection, Table, Mapping[str, Column[Any]]]]:
        with connected(self._url) as connection:
            table = reflected(connection, self._table, "SLOVO_CDR_TABLE")
            named = {column(str(c.name)): c for c in table.columns}
            missing = sorted(NEEDED - named.keys())
            if missing:
                raise CdrUnreadable(
                    f"SLOVO_CDR_TABLE: table {self._table} has no column {', '.join(missing)}"
                )
            yield connection, table, named

    def _found_zone(
        self, connection: Connection, table: Table, named: Mapping[str, Column[Any]]
    ) -> tzinfo:
        sample = table.select().order_by(named["start"].desc()).limit(SAMPLE_ROWS)
        lines = [_ours(values) for values in connection.execute(sample).mappings()]
        return zone_of(lines, self._local)


def _ours(values: Mapping[Any, Any]) -> dict[str, object]:
    return {column(str(name)): value for name, value in values.items()}


def written(at: Column[Any], moment: datetime, zone: tzinfo) -> object:
    """Return a moment as this column writes it: text in SQLite's custom table, a time without zone elsewhere."""
    if isinstance(at.type, DateTime):
        return moment if at.type.timezone else moment.astimezone(zone).replace(tzinfo=None)
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _stream(connection: Connection, query: Select[Any]) -> Iterator[Mapping[Any, Any]]:
    found = connection.execution_options(yield_per=AT_ONCE).execute(query)
    for values in found.mappings():
        yield dict(values)


def reflected(connection: Connection, name: str, setting: str) -> Table:
    """Return a table as the database describes it.

    Args:
        connection: to the database.
        name: `table` or `schema.table`.
        setting: which names it, for the error.

    Raises:
        CdrUnreadable: no such table.
    """
    schema, _, plain = name.rpartition(".")
    if not inspect(connection).has_table(plain, schema or None):
        raise CdrUnreadable(f"{setting}: the database has no table {name}")
    return Table(plain, MetaData(), schema=schema or None, autoload_with=connection)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Give a connection that only reads; whatever the database says becomes one clear error.

    Raises:
        CdrUnreadable: it cannot be reached, or refused.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CdrUnreadable(f"SLOVO_CDR_URL: {why}") from error
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        target = make_url(url)
        if "@" in (target.host or ""):
            raise CdrUnreadable(
                _ENCODED
            )  # before the host's name, a piece of the secret, is told to anybody
        if target.get_backend_name() == "sqlite" and "+" not in target.drivername:
            # Never make the file: a wrong path must be an error and not an empty database.
            path = f"file:{target.database}"
            target = target.set(database=path, query={"mode": "ro", "uri": "true"})
        elif target.drivername in DRIVERS:
            target = target.set(drivername=DRIVERS[target.drivername])
        return create_engine(target, poolclass=NullPool, hide_parameters=True)
    except ValueError:
        raise CdrUnreadable(
            _ENCODED
        ) from None  # the error holds what follows the last colon: the secret
    except (SQLAlchemyError, NoSuchModuleError) as error:
        raise CdrUnreadable("SLOVO_CDR_URL is no database URL that can be used") from error
    except ModuleNotFoundError as error:
        raise CdrUnreadable(
            f"SLOVO_CDR_URL: the driver {error.name} is not installed beside Slovo"
        ) from error
