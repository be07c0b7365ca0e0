"""Which rows tell of calls, found by looking at the tables themselves: a new table is never forgotten.

In: ids of calls. Out: for every table the rows that point to them, over any number of steps; and these rows without the
words in them. A text that is no mere fact is made empty wherever it stands: whoever adds a table with words needs to do
nothing, whoever adds one with facts names it in `FACTS`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import JSON, Column, String, Table, UniqueConstraint, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

import crm.tables  # noqa: F401 - all tables must be known
from calls.columns import Base
from calls.personal_data.mask import MASK

FACTS = frozenset(
    {
        "call_announcements",
        "call_legs",
        "call_links",
        "call_tags",
        "call_transfers",
        "calls",
        "deal_calls",
        "inquiry_calls",
        "recording_files",
        "recording_fixity",
        "recording_pauses",
        "recordings",
        "redactions",
        "shared_clips",
        "task_calls",
    }
)
"""Tables whose texts are numbers, names of files and the like. What is deleted of them is deleted as a whole row."""
KEPT_COLUMNS = frozenset({"tasks.rrule", "tasks.subject_key"})
SHORT = 100
"""Texts of at most so many signs are states, kinds and extensions."""
_SHOWN = frozenset({"title", "what", "quote", "claim", "name"})
"""Columns that a page shows as a line of its own: they get a mask, so that it is seen that something was there."""
_STEPS = (("promises", "task_id", "tasks"),)
"""Rows that are reached against the direction of their foreign key: a task was made of a promise."""
_AT_ONCE = 500

Rows = Mapping[str, Collection[int]]
"""Table → ids of its rows."""


async def rows_about(session: AsyncSession, table: str, ids: Iterable[int]) -> dict[str, set[int]]:
    """All rows that point to these rows of a table, directly or over others; the rows themselves are among them."""
    found: dict[str, set[int]] = defaultdict(set)
    waiting = [(table, set(ids))]
    while waiting:
        name, fresh = waiting.pop()
        fresh = fresh - found[name]
        if not fresh:
            continue
        found[name] |= fresh
        for child, column in _children(name):
            waiting.append((child.name, await _ids(session, child.c.id, column, fresh)))
        for source, key, target in _STEPS:
            if source == name:
                held = Base.metadata.tables[source]
                waiting.append((target, await _ids(session, held.c[key], held.c.id, fresh)))
    return {name: rows for name, rows in found.items() if rows}


async def remove(session: AsyncSession, table: str, ids: Iterable[int]) -> dict[str, int]:
    """Delete rows with everything that goes with them, the last first; returns how many by table.

    PostgreSQL would do it by itself, but checks foreign keys of rows that were changed in the same transaction while
    half of the rows that they point to are gone.
    """
    rows = await _rows_under(session, table, ids)
    done: dict[str, int] = {}
    for held in reversed(Base.metadata.sorted_tables):
        for some in _chunks(rows.get(held.name, ())):
            await session.execute(delete(held).where(held.c.id.in_(some)))
            done[held.name] = len(rows[held.name])
    return done


async def _rows_under(session: AsyncSession, table: str, ids: Iterable[int]) -> dict[str, set[int]]:
    """These rows and those that their deletion takes along."""
    found: dict[str, set[int]] = defaultdict(set)
    waiting = [(table, set(ids))]
    while waiting:
        name, fresh = waiting.pop()
        fresh = fresh - found[name]
        if not fresh:
            continue
        found[name] |= fresh
        for child, foreign in _pointing(name):
            if foreign.ondelete == "CASCADE" and "id" in child.columns:
                more = await _ids(session, child.c.id, foreign.parent, fresh)
                waiting.append((child.name, more))
    return found


async def blank(session: AsyncSession, rows: Rows) -> dict[str, int]:
    """Make the words in these rows, and in rows without an id that hang on them, empty; returns how many by table."""
    done: dict[str, int] = {}
    for name, ids in rows.items():
        table = Base.metadata.tables[name]
        done |= await _blank(session, table, table.c.id, ids)
        for child, column in _keyless(name):
            done |= await _blank(session, child, column, ids)
    return done


async def _blank(
    session: AsyncSession, table: Table, column: Column[Any], ids: Collection[int]
) -> dict[str, int]:
    values = {one.name: _nothing(one) for one in words_of(table)}
    if not values:
        return {}
    held = or_(*(table.c[name].is_not(None) for name in values))
    for some in _chunks(ids):
        await session.execute(update(table).where(column.in_(some), held).values(values))
    return {table.name: len(ids)}


@cache
def words_of(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that may hold what people said or wrote."""
    if table.name in FACTS:
        return ()
    fixed = {
        one
        for rule in table.constraints
        if isinstance(rule, UniqueConstraint)
        for one in rule.columns
    }
    return tuple(
        one
        for one in table.columns
        if _holds_words(one)
        and one not in fixed
        and not one.unique
        and not one.primary_key
        and not one.foreign_keys
        and f"{table.name}.{one.name}" not in KEPT_COLUMNS
    )


def _holds_words(column: Column[Any]) -> bool:
    if isinstance(column.type, JSON):
        return True
    if not isinstance(column.type, String):
        return False
    return column.type.length is None or column.type.length > SHORT


def _nothing(column: Column[Any]) -> Any:
    if isinstance(column.type, JSON):
        if column.nullable:
            return None
        made: Any = getattr(column.default, "arg", None)
        return made(None) if callable(made) else {}
    if column.name in _SHOWN:
        return MASK
    return None if column.nullable else ""


@cache
def _children(name: str) -> tuple[tuple[Table, Column[Any]], ...]:
    return tuple(
        (table, foreign.parent) for table, foreign in _pointing(name) if "id" in table.columns
    )


@cache
def _keyless(name: str) -> tuple[tuple[Table, Column[Any]], ...]:
    return tuple(
        (table, foreign.parent) for table, foreign in _pointing(name) if "id" not in table.columns
    )


def _pointing(name: str) -> list[tuple[Table, Any]]:
    return [
        (table, foreign)
        for table in sorted(Base.metadata.tables.values(), key=lambda one: one.name)
        for foreign in sorted(table.foreign_keys, key=lambda one: one.parent.name)
        if foreign.column.table.name == name
    ]


async def _ids(
    session: AsyncSession, wanted: Any, column: Column[Any], ids: Collection[int]
) -> set[int]:
    found: set[int] = set()
    for some in _chunks(ids):
        rows = await session.scalars(select(wanted).where(column.in_(some), wanted.is_not(None)))
        found |= set(rows.all())
    return found


def _chunks(ids: Collection[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[at : at + _AT_ONCE] for at in range(0, len(ordered), _AT_ONCE))
