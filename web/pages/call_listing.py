"""One page of the list of calls, as the filters and the person's rights have it.

In: filters, the person who asks, where the last page ended. Out: calls, newest first. Paging is by key (time and id of
the last row), so that page one thousand is as quick as the first and new calls move nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from calls.search.backend import took_part
from calls.tables import Call
from crm import call_visibility
from crm.access import Actor
from crm.tables import CallLink
from web.pages.call_filters import CallFilters

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: time and id of its last row, written "1795315726.25-17" in an address."""

    started_at: datetime
    call_id: int

    def __str__(self) -> str:
        return f"{(self.started_at - EPOCH).total_seconds():.6f}-{self.call_id}"


def key_of(text: str) -> Key | None:
    """Read a key from an address; None for none, or for one that nobody of us wrote."""
    seconds, _dash, call_id = text.partition("-")
    try:
        return Key(datetime.fromtimestamp(float(seconds), UTC), int(call_id))
    except (ValueError, OverflowError, OSError):
        return None


async def list_calls(
    session: AsyncSession, actor: Actor, filters: CallFilters, before: Key | None
) -> tuple[Sequence[Call], Key | None]:
    """Read one page.

    Returns:
        The calls, and the key of the next (older) page; None on the last one.
    """
    query = select(Call).where(Call.started_at.is_not(None))
    for condition in _conditions(actor, filters):
        query = query.where(condition)
    if before is not None:
        key = tuple_(Call.started_at, Call.id)
        query = query.where(key < tuple_(before.started_at, before.call_id))
    query = query.order_by(Call.started_at.desc(), Call.id.desc()).limit(PAGE_SIZE + 1)
    calls = (await session.scalars(query)).all()
    if len(calls) <= PAGE_SIZE:
        return calls, None
    last = calls[PAGE_SIZE - 1]
    assert last.started_at is not None  # noqa: S101 - the query asks for it
    return calls[:PAGE_SIZE], Key(last.started_at, last.id)


def _conditions(actor: Actor, filters: CallFilters) -> Iterator[ColumnElement[bool]]:
    yield call_visibility.seen_by(actor)
    if filters.since is not None:
        yield Call.started_at >= filters.since
    if filters.until is not None:
        yield Call.started_at < filters.until
    if filters.operator:
        yield took_part({filters.operator})
    if filters.client_id is not None:
        yield Call.id.in_(select(CallLink.call_id).where(CallLink.client_id == filters.client_id))
    if filters.direction:
        yield Call.direction == filters.direction
    if filters.outcome == "not_answered":
        yield and_(Call.outcome.is_not(None), Call.outcome != "answered")
    elif filters.outcome:
        yield Call.outcome == filters.outcome
    if filters.number:
        yield _has_number(filters.number)


def _has_number(text: str) -> ColumnElement[bool]:
    """A part of a number as people type it: +7, 8 and 007 in front of the same ten digits mean the same."""
    digits = "".join(char for char in text if char.isdigit())
    part = (digits[-10:] if len(digits) >= 11 else digits) or text
    columns = (Call.remote_e164, Call.remote_number, Call.caller, Call.called)
    return or_(*(column.contains(part, autoescape=True) for column in columns))
