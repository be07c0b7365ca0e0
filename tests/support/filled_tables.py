"""A row in every table that names a client, made from what the table itself says: a new table is filled as well."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.columns import Base, Fixed, UtcDateTime
from crm import client_rows

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)
Rows = list[Mapping[str, Any]]
GROWING = {"version", "updated_at"}
"""Columns that tell only that something was done to a row."""
_KNOWN: dict[str, Any] = {
    "tasks.kind": "todo", "consents.kind": "mailing", "clients.kind": "person", "users.role": "operator",
    "calls.direction": "in", "custom_fields.kind": "text", "client_figures.category": "potential",
    "stored_files.sha256": "ab" * 32,
}  # fmt: skip


class Filler:
    """Fills tables of one database; rows that others need are made once."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._parents: dict[str, Any] = {}

    async def row(self, table: Table, **given: Any) -> dict[str, Any]:
        """A row with a value in every column that must have one."""
        values = dict(given)
        for column in table.columns:
            if column.name not in values and not self._grows(column):
                value = await self._value(column)
                if value is not None:
                    values[column.name] = value
        made = await self._session.execute(
            insert(table).values(values).returning(*table.primary_key)
        )
        return dict(made.one()._mapping)

    def _grows(self, column: Column[Any]) -> bool:
        return column.table.autoincrement_column is column

    async def _value(self, column: Column[Any]) -> Any:
        name = f"{column.table.name}.{column.name}"
        foreign = next(iter(column.foreign_keys), None)
        if name in _KNOWN:
            return _KNOWN[name]
        if foreign is not None:
            return None if column.nullable else await self._parent(foreign.column.table)
        if column.nullable:
            return None
        return _plain(column)

    async def _parent(self, table: Table) -> Any:
        """A row of a table that another one must name: a new one each time, but for people and what they set up."""
        if table.name not in ("users", "funnels", "stages", "custom_fields"):
            return (await self.row(table))["id"]
        if table.name not in self._parents:
            self._parents[table.name] = (await self.row(table))["id"]
        return self._parents[table.name]


def _plain(column: Column[Any]) -> Any:
    number = next(_numbers)
    kinds: tuple[tuple[type, Any], ...] = (
        (UtcDateTime, AT), (Fixed, Decimal(number)), (JSON, {}),
    )  # fmt: skip
    for kind, value in kinds:
        if isinstance(column.type, kind):
            return value
    plain: dict[type, Any] = {
        str: f"{number}"[: getattr(column.type, "length", None) or 9],
        int: number, float: float(number), bool: False, date: AT.date(), bytes: b"0",
    }  # fmt: skip
    return plain[column.type.python_type]


async def fill(session: AsyncSession, client_ids: tuple[int, ...]) -> None:
    """Two rows of every table (one where there can be only one) for each of these clients."""
    filler = Filler(session)
    for reference in client_rows.all_references():
        if reference.table.name in ("clients", "client_merges"):
            continue
        for client_id in client_ids:
            for _ in range(2 if reference.key else 1):
                await filler.row(reference.table, **{reference.column.name: client_id})


async def named(session: AsyncSession, client_ids: tuple[int, ...]) -> dict[str, Rows]:
    """Every row that names one of these clients, by table and column, without what only grows."""
    found = {}
    for reference in client_rows.all_references():
        query = select(reference.table).where(reference.column.in_(client_ids))
        rows = (
            (await session.execute(query.order_by(*reference.table.primary_key))).mappings().all()
        )
        found[reference.name] = [
            {name: value for name, value in row.items() if name not in GROWING} for row in rows
        ]
    return found


async def everything(session: AsyncSession) -> dict[str, Rows]:
    """All rows of all tables, without what only grows."""
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = (await session.execute(select(table).order_by(*table.primary_key))).mappings().all()
        found[table.name] = [
            {name: value for name, value in row.items() if name not in GROWING} for row in rows
        ]
    return found
