"""Hides words that were redacted in a call wherever else they were written down: quotes, notes, tasks, notices.

In: the words that were hidden, and when they were said. Out: the same words masked in every row that tells of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from calls.columns import Base
from calls.personal_data.mask import mask_like
from crm.erasure_reach import rows_about, words_of
from crm.erasure_traces import one_of

Hidden = Sequence[Sequence[str]]
Spans = Sequence[tuple[float, float]]
_OWN = frozenset({"transcripts", "utterances", "utterance_corrections"})
"""Masked by their times already (`calls.personal_data.turns`)."""
_TIMES = (("start_s", "end_s"), ("from_s", "to_s"))
_AT_ONCE = 500


async def mask(session: AsyncSession, call_id: int, hidden: Hidden, spans: Spans) -> dict[str, int]:
    """Hide them in all rows about the call; returns how many rows changed, by table."""
    if not hidden:
        return {}
    done: dict[str, int] = {}
    for name, ids in (await rows_about(session, "calls", [call_id])).items():
        table = Base.metadata.tables[name]
        if name not in _OWN:
            done[name] = await _mask_rows(session, table, table.c.id.in_(ids), (hidden, spans))
        for traces, column in (("notifications", "detail"), ("changes", "old"), ("changes", "new")):
            held = Base.metadata.tables[traces]
            of = (held.c.subject_kind == one_of(name)) & held.c.subject_id.in_(ids)
            columns = (held.c[column],)
            count = await _mask_columns(session, held, of, columns, (hidden, spans))
            done[traces] = done.get(traces, 0) + count
    return {name: count for name, count in done.items() if count}


async def _mask_rows(
    session: AsyncSession, table: Table, of: Any, what: tuple[Hidden, Spans]
) -> int:
    columns = words_of(table)
    return await _mask_columns(session, table, of, columns, what) if columns else 0


async def _mask_columns(
    session: AsyncSession,
    table: Table,
    of: Any,
    columns: Sequence[Column[Any]],
    what: tuple[Hidden, Spans],
) -> int:
    hidden, spans = what
    times = next((pair for pair in _TIMES if set(pair) <= set(table.columns.keys())), None)
    timed = [table.c[name] for name in times] if times else []
    rows = (await session.execute(select(table.c.id, *columns, *timed).where(of))).mappings()
    changed = 0
    for row in rows.all():
        if times and not _touches(row[times[0]], row[times[1]], spans):
            continue
        values = {one.name: _masked(row[one.name], hidden) for one in columns}
        new = {name: value for name, value in values.items() if value != row[name]}
        if new:
            await session.execute(update(table).where(table.c.id == row["id"]).values(new))
            changed += 1
    return changed


def _touches(start_s: float | None, end_s: float | None, spans: Spans) -> bool:
    """Whether words said then may be those that were hidden; words without a time may always be."""
    if start_s is None:
        return True
    end_s = start_s if end_s is None else end_s
    return any(start_s <= to_s and end_s >= from_s for from_s, to_s in spans)


def _masked(value: Any, hidden: Hidden) -> Any:
    if isinstance(value, str):
        return mask_like(value, hidden)
    if isinstance(value, list):
        return [_masked(one, hidden) for one in value]
    if isinstance(value, dict):
        return {key: _masked(one, hidden) for key, one in value.items()}
    return value
