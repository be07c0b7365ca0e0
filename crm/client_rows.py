"""Rows of other tables that belong to a client, found by looking at the tables themselves: a new table is never forgotten.

In: two cards. Out: the rows of one given to the other, with their keys, so that they can be given back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, Table, UniqueConstraint, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

import crm.tables  # noqa: F401 - all tables must be known
from calls.columns import Base
from crm.merge_plan import Row, movable

LEFT = {
    "clients.merged_into_id": "a card that was merged into the gone one still says so: undoing goes step by step",
    "client_merges.kept_id": "what was merged into which card stays true",
    "client_merges.gone_id": "the same",
    "import_rows.client_id": "what became of a row of a file; undoing the import looks for that very card",
    "duplicate_pairs.first_id": "found anew by the next search",
    "duplicate_pairs.second_id": "found anew by the next search",
    "not_duplicates.first_id": "said of these two cards; the kept one gets a copy",
    "not_duplicates.second_id": "the same",
    "client_words.client_id": "the index of the search box is made from the card",
    "client_texts.client_id": "the same",
    "client_figures.client_id": "computed from the deals of the card",
}
"""References that stay at the gone card, and why."""
_NUMBER = ("e164", "last10")
_OWN_RULES: dict[str, tuple[tuple[str, ...], ...]] = {"client_numbers.client_id": (_NUMBER,)}
"""What may not be there twice where the table itself says less: a number without E.164 is the same by its digits."""
Keys = list[list[Any]]
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that names a client."""

    table: Table
    column: Column[Any]
    key: tuple[Column[Any], ...]
    """The rest of the primary key."""
    alike: tuple[tuple[Column[Any], ...], ...]
    """Sets of columns that may be there once per client."""

    @property
    def name(self) -> str:
        """As `LEFT` and `ClientMerge.moved` call it."""
        return f"{self.table.name}.{self.column.name}"


@cache
def references() -> tuple[Reference, ...]:
    """Every column of every table that names a client and moves with it, in order of table names."""
    return tuple(one for one in all_references() if one.name not in LEFT)


@cache
def all_references() -> tuple[Reference, ...]:
    """Every column of every table that names a client."""
    return tuple(
        _reference(table, foreign.parent)
        for table in sorted(Base.metadata.tables.values(), key=lambda one: one.name)
        for foreign in sorted(table.foreign_keys, key=lambda one: one.parent.name)
        if foreign.column.table.name == "clients"
    )


def _reference(table: Table, column: Column[Any]) -> Reference:
    key = tuple(one for one in table.primary_key.columns if one is not column)
    rules = [tuple(table.primary_key.columns)]
    rules += [tuple(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    rules += [tuple(index.columns) for index in table.indexes if index.unique]
    own = _OWN_RULES.get(f"{table.name}.{column.name}")
    alike = tuple(
        tuple(one for one in rule if one is not column) for rule in rules if column in rule
    )
    if own is not None:
        alike = tuple(tuple(table.columns[name] for name in rule) for rule in own)
    return Reference(table, column, key, alike)


async def count(session: AsyncSession, reference: Reference, client_id: int) -> int:
    """How many rows name this client."""
    query = select(func.count()).select_from(reference.table)
    return await session.scalar(query.where(reference.column == client_id)) or 0


async def give(session: AsyncSession, reference: Reference, from_id: int, to_id: int) -> Keys:
    """Give the rows of one client to another, but for those that he has already; returns the keys of those given."""
    rows = await _rows(session, reference, from_id)
    if not rows:
        return []
    there = await _rows(session, reference, to_id) if reference.alike else []
    keys = [list(row.key) for row in movable(rows, there)]
    await put(session, reference, keys, from_id, to_id)
    return keys


async def put(
    session: AsyncSession, reference: Reference, keys: Sequence[Sequence[Any]], from_id: int, to_id: int
) -> int:  # fmt: skip
    """Give these rows of one client to another; returns how many still were the first one's."""
    done = 0
    for place in range(0, len(keys), _AT_ONCE):
        some = keys[place : place + _AT_ONCE]
        for condition in _conditions(reference, some):
            statement = update(reference.table).where(reference.column == from_id, condition)
            given = await session.execute(
                statement.values({reference.column.name: to_id}).returning(reference.column)
            )
            done += len(given.all())
    return done


def _conditions(reference: Reference, keys: Sequence[Sequence[Any]]) -> Iterable[Any]:
    if len(reference.key) == 1:
        return [reference.key[0].in_([key[0] for key in keys])]
    return [
        and_(True, *(column == value for column, value in zip(reference.key, key, strict=True)))
        for key in keys
    ]


async def _rows(session: AsyncSession, reference: Reference, client_id: int) -> list[Row]:
    columns = [*reference.key, *(column for rule in reference.alike for column in rule)]
    if not columns:
        # The client alone is the key: there is one row, or none.
        columns = [reference.column]
    query = select(*columns).where(reference.column == client_id)
    if reference.key:
        query = query.order_by(*reference.key)
    found = []
    for values in (await session.execute(query)).all():
        key, rest = tuple(values[: len(reference.key)]), list(values[len(reference.key) :])
        alike = []
        for rule in reference.alike:
            taken, rest = tuple(rest[: len(rule)]), rest[len(rule) :]
            alike.append(taken)
        found.append(Row(key, tuple(alike)))
    return found
