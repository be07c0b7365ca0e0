"""Deleted words stand in no file of the database once its free room was cleaned."""

import pytest
from sqlalchemy import text
from support.remains import files_of, holding

from calls import free_space
from calls.db import Database

WORD = "ксилобратина"


async def write_and_delete(db: Database) -> None:
    async with db.write() as session:
        for number in range(60):
            value = f"{WORD} {number} " * 40
            insert = text(
                "INSERT INTO company_settings (name, value, changed_at) VALUES (:n, :v, :t)"
            )
            values = {"n": f"n{number}", "v": f'"{value}"', "t": "2026-11-22 10:00:00+00:00"}
            await session.execute(insert, values)
    async with db.write() as session:
        await session.execute(text("DELETE FROM company_settings"))


async def test_deleted_words_are_in_no_file(db: Database, request: pytest.FixtureRequest) -> None:
    await write_and_delete(db)
    assert await free_space.clean(db)
    assert await holding(db, files_of(db, request), [WORD]) == []


async def test_before_cleaning_the_word_is_found(
    db: Database, request: pytest.FixtureRequest
) -> None:
    """What looks for words finds them: else the test above would prove nothing."""
    await write_and_delete(db)
    assert await holding(db, files_of(db, request), [WORD]) != []


async def test_writing_goes_on_after_cleaning(db: Database) -> None:
    assert await free_space.clean(db, ["company_settings"])
    await write_and_delete(db)
    async with db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM company_settings")) == 0


async def test_small_sqlite_files_are_cleaned_at_once(db: Database) -> None:
    assert await free_space.is_quick(db) is (db.dialect == "sqlite")
