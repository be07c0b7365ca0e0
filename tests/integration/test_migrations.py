"""Migrations: they make exactly the tables of the code, on both databases, however many processes start at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from calls.columns import Base
from calls.errors import DatabaseUnavailable
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
