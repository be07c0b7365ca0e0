"""Migrations: they make exactly the tables of the code, on both databases, however many processes start at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from calls.columns import Base
from calls.errors import DatabaseUnavailable
from calls.search.recency import recency
from crm import migrate


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    with migrate._locked(url) as connection:
        yield connection


def tables_of(url: str) -> set[str]:
    with connected(url) as connection:
        return set(inspect(connection).get_table_names())


def test_new_database_gets_every_table(empty_database_url: str) -> None:
    assert migrate.current(empty_database_url) is None
    migrate.upgrade(empty_database_url)
    assert migrate.is_current(empty_database_url)
    assert set(Base.metadata.tables) <= tables_of(empty_database_url)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings(
    "ignore:autogenerate skipping metadata-specified expression-based index"
)
def test_migrated_schema_equals_the_tables_of_the_code(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    with connected(empty_database_url) as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: (
                    not (name or "").startswith(
                        ("utterances_fts", "lemma_vector", "ix_utterances_lemma_vector")
                    )
                ),
            },
        )
        assert compare_metadata(context, Base.metadata) == []


def test_second_upgrade_changes_nothing(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    with connected(empty_database_url) as connection:
        connection.execute(
            text("INSERT INTO login_attempts (subject, at) VALUES ('login:anna', '2026-01-01')")
        )
    migrate.upgrade(empty_database_url)
    with connected(empty_database_url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM login_attempts")) == 1


def test_downgrade_leaves_no_table_behind(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    with connected(empty_database_url) as connection:
        command.downgrade(migrate.config(connection), "base")
    assert tables_of(empty_database_url) == {"alembic_version"}


def test_database_of_a_newer_version_is_refused(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    with connected(empty_database_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="newer version"):
        migrate.upgrade(empty_database_url)


def test_three_processes_at_once_migrate_once(empty_database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    starts = [spawn.Process(target=migrate.upgrade, args=(empty_database_url,)) for _ in range(3)]
    for start in starts:
        start.start()
    for start in starts:
        start.join(timeout=120)
    assert [start.exitcode for start in starts] == [0, 0, 0]
    assert migrate.is_current(empty_database_url)


def test_failed_step_leaves_the_database_as_it_was(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    command_upgrade = command.upgrade

    def broken(made: Config, revision: str) -> None:
        command_upgrade(made, revision)
        raise RuntimeError("killed half-way")

    monkeypatch.setattr(command, "upgrade", broken)
    with pytest.raises(RuntimeError):
        migrate.upgrade(empty_database_url)
    assert tables_of(empty_database_url) == set()


def test_directory_of_a_new_sqlite_file_is_made(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/not/yet/there.db"
    migrate.upgrade(url)
    assert migrate.is_current(url)


def insert(connection: Connection, table: str, **known: object) -> None:
    """Insert a row; columns that must have a value and have no default get an empty one of their kind."""
    values = dict(known)
    for column in inspect(connection).get_columns(table):
        name, kind = column["name"], column["type"].python_type
        if name in values or column["nullable"] or column["default"] or name == "id":
            continue
        empty = {str: "", dict: "{}", list: "[]", datetime: datetime(2026, 3, 1, tzinfo=UTC)}
        values[name] = empty.get(kind, kind() if kind in (int, float, bool) else "{}")
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def test_rows_of_the_version_before_survive_and_are_found(empty_database_url: str) -> None:
    began = datetime(2026, 3, 1, 10, tzinfo=UTC)
    with connected(empty_database_url) as connection:
        command.upgrade(migrate.config(connection), "0009")
        insert(
            connection, "calls", id=1, pbx="main", linkedid="1.1", linkedids="[]", started_at=began
        )
        insert(connection, "calls", id=2, pbx="main", linkedid="1.2", linkedids="[]")
        for number in (1, 2):
            insert(connection, "transcripts", id=number, call_id=number, current=True)
            insert(connection, "utterances", id=number, transcript_id=number, call_id=number,
                   text="скидку дадим", lemmas="скидка дать", words="[]")  # fmt: skip
        insert(
            connection,
            "promises",
            id=1,
            call_id=1,
            utterance_id=1,
            quote="дадим",
            what="скидка",
            state="open",
        )
        connection.commit()
    migrate.upgrade(empty_database_url)
    with connected(empty_database_url) as connection:
        turns = connection.execute(
            text("SELECT recency, index_version, version FROM utterances ORDER BY id")
        ).all()
        assert turns[0].recency == recency(began, 1, 0)
        assert turns[1].recency == recency(None, 2, 0)
        assert {(turn.index_version, turn.version) for turn in turns} == {(0, 0)}
        promise = connection.execute(text("SELECT * FROM promises")).one()
        assert (promise.state, promise.found_by, promise.what) == ("open", "person", "скидка")
        if connection.dialect.name == "sqlite":
            found = text("SELECT count(*) FROM utterances_fts WHERE utterances_fts MATCH 'дать'")
            assert connection.scalar(found) == 2
