"""Databases for tests: a migrated, empty one per test, on SQLite and on a PostgreSQL that the tests start themselves.

`db` is parametrised over both. The PostgreSQL cluster lives in a directory of its own, listens on a unix socket only, and
is gone at the end of the session. Each test's database is a copy of one that was migrated once.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from calls.db import Database
from crm.migrate import upgrade

TEMPLATE = "slovo_template"
NUMBERS = itertools.count(1)


def _binaries() -> Path | None:
    """Find the newest PostgreSQL's programs."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(versions, key=lambda path: float(path.parts[-3]))
    return newest[-1].parent if newest else None


def _missing(why: str) -> None:
    """Skip, or fail where every part must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def _ordinary_user() -> str | None:
    """PostgreSQL refuses to run as root: name the user to run it as, None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            pwd.getpwnam(name)
            return name
    return None


class Cluster:
    """One running PostgreSQL."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="slovo-pg-"))
        self.user = _ordinary_user()
        if self.user:
            shutil.chown(self.folder, self.user)

    def run(self, program: str, *arguments: str) -> None:
        with (self.folder / "log").open("ab") as output:
            done = subprocess.run(
                [self.binaries / program, *arguments],
                cwd="/",
                user=self.user,
                extra_groups=[] if self.user else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=120,
                check=False,
            )
        if done.returncode != 0:
            raise RuntimeError(f"{program}: " + (self.folder / "log").read_text("utf-8"))

    def start(self) -> None:
        data = str(self.folder / "data")
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C", "--no-sync")  # fmt: skip
        options = (
            f"-c listen_addresses='' -k {self.folder} -F -c synchronous_commit=off "
            "-c full_page_writes=off -c max_connections=100 -c shared_buffers=32MB"
        )
        self.run("pg_ctl", "-D", data, "-w", "-l", str(self.folder / "server.log"),
                 "-o", options, "start")  # fmt: skip
        self.execute(f"CREATE DATABASE {TEMPLATE}")
        upgrade(self.url(TEMPLATE))

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """Stop it as a crash would, and start it again: for tests of what survives that."""
        data = str(self.folder / "data")
        self.run("pg_ctl", "-D", data, "-w", "-m", "immediate", "-l", str(self.folder / "server.log"),
                 "restart")  # fmt: skip

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @contextlib.contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        name = f"test_{next(NUMBERS)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def own_cluster() -> Iterator[Cluster]:
    """A PostgreSQL outside pytest, for benches.

    Raises:
        RuntimeError: none is installed.
    """
    binaries = _binaries()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed (Debian: postgresql)")
    cluster = Cluster(binaries)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """A PostgreSQL of the tests' own; skips where none is installed, fails there under CI."""
    binaries = _binaries()
    if binaries is None:
        _missing("PostgreSQL is not installed (Debian: postgresql)")
    assert binaries is not None
    if os.geteuid() == 0 and _ordinary_user() is None:
        _missing("PostgreSQL does not run as root, and there is no user postgres or nobody")
    cluster = Cluster(binaries)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a migrated, empty database of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "slovo.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        with request.getfixturevalue("postgresql_cluster").database() as url:
            yield url


@pytest.fixture(params=BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with request.getfixturevalue("postgresql_cluster").database("template0") as url:
            yield url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A migrated, empty database, closed after the test."""
    database = Database(database_url)
    yield database
    await database.dispose()


@pytest.fixture
async def postgresql_db(postgresql_cluster: Cluster) -> AsyncIterator[Database]:
    """A migrated, empty PostgreSQL database, for what only PostgreSQL does."""
    with postgresql_cluster.database() as url:
        database = Database(url)
        yield database
        await database.dispose()
