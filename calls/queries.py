"""Reading the call log: lists, one call, a day's numbers, and the JSON of our interface.

In: filters. Out: rows, newest first; calls that turned out to be part of another one are never listed. A page continues
after the last row of the page before (`after`), so a list of millions pages as quickly as a short one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.errors import CallNotFound
from calls.outcome import reason_text
from calls.search.backend import took_part
from calls.tables import Call, CallLeg, Recording

PAGE_ROWS = 50

_WITHDRAWN = {
    "answered": "answered_here",
    "answered_elsewhere": "answered_elsewhere",
    "gave_up": "gave_up",
    "declined": "declined",
    "busy": "declined",
}
"""Why a pop went, by how the phone stopped ringing; everything else is a time-out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilters:
    """What to leave out; None = everything."""

    since: datetime | None = None
    until: datetime | None = None
    """Calls that began at or after `since` and before `until`."""
    extensions: Collection[str] | None = None
    """Only calls in which one of these phones of ours took part."""
    remote_e164s: Collection[str] | None = None
    call_ids: Collection[int] | None = None
    """Either of the two is enough: calls of these numbers, or these calls."""
    direction: str | None = None
    outcome: str | None = None
    needs_callback: bool | None = None
    number: str = ""
    """Digits (or an extension) that the caller's, called or outside number contains."""
    visible_to: Collection[str] | None = None
    """For operators: only calls in which one of these extensions took part. Empty = none."""
    visible: ColumnElement[bool] | None = None
    """A further condition on `Call`: what the person may see."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended."""

    started_at: datetime | None
    id: int


async def calls(
    session: AsyncSession,
    filters: CallFilters | None = None,
    *,
    after: Place | None = None,
    limit: int = PAGE_ROWS,
) -> Sequence[Call]:
    """List calls with their legs, transfers and recordings, newest first.

    Args:
        session: a read session.
        filters: what to leave out.
        after: where the page before ended; `place_of` its last row.
        limit: rows per page.
    """
    query = _listed(filters or CallFilters())
    if after is not None:
        query = query.where(_older(after))
    query = query.order_by(Call.started_at.is_(None), Call.started_at.desc(), Call.id.desc()).limit(
        limit
    )
    return (await session.scalars(query)).all()


def place_of(call: Call) -> Place:
    """Return where a page that ends with this call ends."""
    return Place(call.started_at, call.id)


def _older(place: Place) -> ColumnElement[bool]:
    if place.started_at is None:
        return and_(Call.started_at.is_(None), Call.id < place.id)
    return or_(
        Call.started_at < place.started_at,
        and_(Call.started_at == place.started_at, Call.id < place.id),
        Call.started_at.is_(None),
    )


def _listed(filters: CallFilters) -> Select[Call]:
    return (
        select(Call)
        .where(Call.merged_into_id.is_(None), *_conditions(filters))
        .options(
            selectinload(Call.legs), selectinload(Call.transfers), selectinload(Call.recordings)
        )
    )


def _conditions(filters: CallFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.since is not None:
        conditions.append(Call.started_at >= filters.since)
    if filters.until is not None:
        conditions.append(Call.started_at < filters.until)
    for phones in (filters.extensions, filters.visible_to):
        if phones is not None:
            conditions.append(took_part(phones))
    if filters.visible is not None:
        conditions.append(filters.visible)
    for column, value in (
        (Call.direction, filters.direction),
        (Call.outcome, filters.outcome),
        (Call.needs_callback, filters.needs_callback),
    ):
        if value is not None:
            conditions.append(column == value)
    return [*conditions, *_of_client(filters), *_with_number(filters.number)]


def _of_client(filters: CallFilters) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = []
    if filters.remote_e164s is not None:
        ways.append(Call.remote_e164.in_(filters.remote_e164s))
    if filters.call_ids is not None:
        ways.append(Call.id.in_(filters.call_ids))
    return [or_(*ways)] if ways else []


def _with_number(typed: str) -> list[ColumnElement[bool]]:
    """Numbers are stored as received and in E.164; people type them with spaces, and with 8 for +7."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    if not digits:
        return []
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    columns = (Call.remote_e164, Call.remote_number, Call.caller, Call.called)
    return [or_(*(column.contains(digits, autoescape=True) for column in columns))]


async def every_call(
    session: AsyncSession, filters: CallFilters | None = None
) -> AsyncIterator[Call]:
    """Yield all calls, oldest first, without holding them all in memory."""
    last = 0
    while True:
        page = _listed(filters or CallFilters()).where(Call.id > last).order_by(Call.id).limit(500)
        rows = (await session.scalars(page)).all()
        if not rows:
            return
        for row in rows:
            yield row
        last = rows[-1].id
        session.expunge_all()


async def call(
    session: AsyncSession, call_id: int, *, visible: ColumnElement[bool] | None = None
) -> Call:
    """Return one call with legs, transfers and recordings. A call that became part of another one gives that one.

    Raises:
        CallNotFound: there is none, or `visible` leaves it out.
    """
    found = await session.get(Call, call_id)
    for _ in range(10):
        if found is None or found.merged_into_id is None:
            break
        found = await session.get(Call, found.merged_into_id)
    if found is None:
        raise CallNotFound(call_id)
    query = _listed(CallFilters(visible=visible)).where(Call.id == found.id)
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise CallNotFound(call_id)
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """How many calls there were in a time, by what became of them."""

    total: int
    by_outcome: dict[str, int]
    """Only calls with the outside; calls in progress under ""."""
    by_direction: dict[str, int]
    missed_in: int
    """Incoming and not answered."""


async def counts(
    session: AsyncSession,
    since: datetime,
    until: datetime,
    *,
    visible: ColumnElement[bool] | None = None,
) -> DayCounts:
    """Count the calls of a day (or of any time)."""
    filters = CallFilters(since=since, until=until, visible=visible)
    conditions = [Call.merged_into_id.is_(None), *_conditions(filters)]
    rows = await session.execute(
        select(Call.direction, Call.outcome, func.count())
        .where(*conditions)
        .group_by(Call.direction, Call.outcome)
    )
    by_outcome: dict[str, int] = {}
    by_direction: dict[str, int] = {}
    missed = 0
    for direction, outcome, number in rows:
        by_direction[direction] = by_direction.get(direction, 0) + number
        if direction != "internal":
            by_outcome[outcome or ""] = by_outcome.get(outcome or "", 0) + number
        if direction == "in" and outcome not in (None, "answered"):
            missed += number
    total = sum(by_direction.values())
    return DayCounts(
        total=total, by_outcome=by_outcome, by_direction=by_direction, missed_in=missed
    )


def call_json(row: Call) -> dict[str, Any]:
    """Return a call as `slovo calls --json` prints it: the keys of `slovo replay`, and `id`, `pbx`, `external_id`.

    `row` must have its legs, transfers and recordings loaded, as all functions here return it.
    """
    answered = row.outcome in (None, "answered")
    return {
        "id": row.id,
        "pbx": row.pbx,
        "external_id": row.external_id,
        "linkedid": row.linkedid,
        "linkedids": list(row.linkedids),
        "consultation": row.consultation,
        "direction": row.direction,
        "caller": row.caller or None,
        "called": row.called or None,
        "queue": row.queue or None,
        "rang": list(dict.fromkeys(_label(leg) for leg in row.legs if leg.rang)),
        "answered_by": (row.answered_by or None) if answered else None,
        "outcome": row.outcome,
        "voicemail": row.voicemail,
        "needs_callback": row.needs_callback,
        "transfers": [
            {"kind": t.kind, "from": t.source or None, "to": t.target or None}
            for t in row.transfers
        ],
        "started_at": _iso(row.started_at),
        "answered_at": _iso(row.answered_at) if answered else None,
        "ended_at": _iso(row.ended_at),
        "wait_s": row.wait_s,
        "talk_s": row.talk_s,
        "hold_s": row.hold_s,
        "recordings": [_name(recording) for recording in row.recordings],
        "pops": [_pop(leg) for leg in row.legs if leg.rang and leg.extension],
        "reason": reason_text(row.reason_key, row.reason_args) if row.reason_key else None,
    }


def _label(leg: CallLeg) -> str:
    return leg.extension or leg.number


def _name(recording: Recording) -> str:
    return str(recording.source.get("mixed") or recording.source_key)


def _pop(leg: CallLeg) -> dict[str, Any]:
    why = _WITHDRAWN.get(leg.result, "timeout") if leg.result else None
    return {
        "to": leg.extension,
        "shown_at": _iso(leg.rang_at),
        "withdrawn_at": _iso(leg.stopped_at),
        "why": why,
    }


def _iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
