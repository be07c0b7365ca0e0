"""Looks for words that should be gone: in every byte of every file, and in every text of every table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import JSON, LargeBinary, String, cast, or_, select, text
from support.databases import Cluster

import crm.tables  # noqa: F401 - all tables must be known
from calls.columns import Base
from calls.db import Database

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "koi8-r")


def forms_of(word: str) -> list[bytes]:
    """The word in every way in which a file may hold it."""
    found: set[bytes] = set()
    for spelled in {word, word.upper(), word.capitalize(), unicodedata.normalize("NFD", word)}:
        for encoding in ENCODINGS:
            found.add(spelled.encode(encoding, "ignore"))
        # As JSON in ASCII writes it.
        found.add(spelled.encode("ascii", "backslashreplace"))
    least = len(word) // 2
    return [one for one in found if len(one) >= least]


def files_of(db: Database, request: pytest.FixtureRequest) -> list[Path]:
    """The files of the test's database: a SQLite file with its log, or the folder of the whole PostgreSQL database."""
    if db.dialect == "sqlite":
        path = Path(str(db.url.database))
        return [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
    cluster: Cluster = request.getfixturevalue("postgresql_cluster")
    return [cluster.folder / "data" / "base"]


async def holding(db: Database, places: Iterable[Path], words: Sequence[str]) -> list[str]:
    """Names of files below these places that hold one of the words, in whatever form."""
    if db.dialect == "postgresql":
        async with db.outside_transactions() as connection:
            number = await connection.scalar(
                text("SELECT oid FROM pg_database WHERE datname = current_database()")
            )
            await connection.exec_driver_sql("CHECKPOINT")
        places = [place / str(number) if place.name == "base" else place for place in places]
    wanted = [form for word in words for form in forms_of(word)]
    found = []
    for path in sorted(_files(places)):
        content = path.read_bytes()
        found += [f"{path.name}: {form!r}" for form in wanted if form in content]
    return found


def _files(places: Iterable[Path]) -> Iterable[Path]:
    for place in places:
        if place.is_dir():
            yield from (one for one in place.rglob("*") if one.is_file())
        elif place.is_file():
            yield place


async def rows_holding(db: Database, words: Sequence[str]) -> list[str]:
    """Tables and columns of which a row holds one of the words; JSON is looked at as it is stored and as it reads."""
    found = []
    async with db.read() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, LargeBinary) or not isinstance(
                    column.type, String | JSON
                ):
                    continue
                shown = cast(column, String)
                forms = [
                    form for word in words for form in (word, _escaped(word), word.capitalize())
                ]
                query = (
                    select(column).where(or_(*(shown.contains(form) for form in forms))).limit(1)
                )
                if (await session.execute(query)).first() is not None:
                    found.append(f"{table.name}.{column.name}")
    return found


def _escaped(word: str) -> str:
    return word.encode("ascii", "backslashreplace").decode()
