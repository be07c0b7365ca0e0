"""Puts one word wherever a call's words may get: into every text of every table that tells of the call."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Table, update
from sqlalchemy.ext.asyncio import AsyncSession
from support.filled_tables import Filler

from calls.columns import Base
from crm.erasure_reach import rows_about, words_of

AGAINST = {
    "disputes": {"state": "closed"}, "promises": {"state": "kept"}, "tasks": {"state": "done"},
}  # fmt: skip
"""Values without which the call would be held."""


SKIPPED = frozenset({"clients", "client_texts", "client_words", "deals", "funnels", "users"})
"""Tables that hang on others only by the way, and those that the search box makes by itself."""
SAID_AT = {"start_s": 4.0, "end_s": 7.0, "from_s": 4.0, "to_s": 7.0}
"""When the word is said, in whatever table that is written."""


async def spread(
    session: AsyncSession, roots: dict[str, int], word: str, *, into_roots: bool = True
) -> set[str]:
    """Fill every table that points to these rows, or to what points to them; returns the names of the tables.

    Args:
        session: a write session.
        roots: table → id of a row of it that belongs to the call.
        word: what is put into every column that holds words.
        into_roots: also into those of the given rows.
    """
    filler = Filler(session)
    done: dict[str, Any] = dict(roots)
    grown = True
    while grown:
        grown = False
        for table in Base.metadata.sorted_tables:
            if table.name in done or table.name in SKIPPED:
                continue
            links = {
                one.parent.name: done[one.column.table.name]
                for one in table.foreign_keys
                if one.column.table.name in done
            }
            if not links or not (words_of(table) or "id" in table.columns):
                continue
            made = await filler.row(table, **links, **_filled(table, word))
            done[table.name] = made.get("id")
            grown = True
    for name, row_id in roots.items() if into_roots else ():
        await _put(session, Base.metadata.tables[name], row_id, word)
    return set(done)


def _filled(table: Table, word: str) -> dict[str, Any]:
    return {
        **{
            one.name: {"said": [word]} if isinstance(one.type, JSON) else f"{word} {table.name}"
            for one in words_of(table)
        },
        **{name: at for name, at in SAID_AT.items() if name in table.columns},
        **AGAINST.get(table.name, {}),
    }


async def _put(session: AsyncSession, table: Table, row_id: int, word: str) -> None:
    if values := _filled(table, word):
        await session.execute(update(table).where(table.c.id == row_id).values(values))


async def tables_about(session: AsyncSession, call_id: int) -> set[str]:
    """Tables with a row about the call."""
    return set(await rows_about(session, "calls", [call_id]))
