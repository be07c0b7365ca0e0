"""Reading the call log: pages of the list, all calls, and the JSON of our interface.

In: filters. Out: rows; calls that turned out to be part of another one are never listed. A page continues after the
last row of the page before (`Place`), so a list of millions pages as quickly as a short one, and new calls move nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from calls.outcome import reason_text
from calls.participation import Phone, took_part
from calls.record_json import iso
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
    phones: Collection[Phone] | None = None
    """Only calls in which one of these phones of ours took part. Empty = none."""
    pbx: str | None = None
    direction: str | None = None
    outcome: str | None = None
    not_answered: bool = False
    """Only calls that are over without a talk, whatever their outcome."""
    number: str = ""
    """A part of the caller's, called or outside number, as people type it: 8, +7 and 007 are the same."""
    conditions: tuple[ColumnElement[bool], ...] = ()
    """Further conditions on `Call`: what the person may see, whose calls they are."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: time and id of its last row. Calls without a time (imported ones) come last."""

    started_at: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list."""

    calls: Sequence[Call]
    last: Place | None
    """Where the next (older) page begins; None on the last page."""


async def calls(
    session: AsyncSession,
    filters: CallFilters | None = None,
    *,
    before: Place | None = None,
    limit: int = PAGE_ROWS,
) -> Page:
    """List calls, newest first. Their legs, transfers and recordings are not loaded.

    Args:
        session: a read session.
        filters: what to leave out.
        before: where the page before ended.
        limit: rows per page.
    """
    listed = select(Call).where(*_conditions(filters or CallFilters()))
    rows: list[Call] = []
    # Two queries, because one order with "unknown times last" could not follow the index.
    if before is None or before.started_at is not None:
        rows += await session.scalars(_dated(listed, before).limit(limit + 1))
    if len(rows) <= limit:
        rows += await session.scalars(_undated(listed, before).limit(limit + 1 - len(rows)))
    if len(rows) <= limit:
        return Page(rows, None)
    last = rows[limit - 1]
    return Page(rows[:limit], Place(last.started_at, last.id))


def _dated(listed: Select[Call], before: Place | None) -> Select[Call]:
    query = listed.where(Call.started_at.is_not(None))
    if before is not None:
        query = query.where(tuple_(Call.started_at, Call.id) < (before.started_at, before.id))
    return query.order_by(Call.started_at.desc(), Call.id.desc())


def _undated(listed: Select[Call], before: Place | None) -> Select[Call]:
    query = listed.where(Call.started_at.is_(None))
    if before is not None and before.started_at is None:
        query = query.where(Call.id < before.id)
    return query.order_by(Call.id.desc())


def _conditions(filters: CallFilters) -> list[ColumnElement[bool]]:
    conditions = [Call.merged_into_id.is_(None), *filters.conditions]
    if filters.since is not None:
        conditions.append(Call.started_at >= filters.since)
    if filters.until is not None:
        conditions.append(Call.started_at < filters.until)
    if filters.phones is not None:
        conditions.append(took_part(filters.phones))
    if filters.pbx is not None:
        conditions.append(Call.pbx == filters.pbx)
    if filters.direction is not None:
        conditions.append(Call.direction == filters.direction)
    if filters.outcome is not None:
        conditions.append(Call.outcome == filters.outcome)
    if filters.not_answered:
        conditions.append(and_(Call.outcome.is_not(None), Call.outcome != "answered"))
    if filters.number:
        conditions.append(_has_number(filters.number))
    return conditions


def _has_number(typed: str) -> ColumnElement[bool]:
    """Numbers are stored as received and in E.164; what stands before the last ten digits is typed in several ways."""
    digits = "".join(sign for sign in typed if sign.isdigit())
    part = (digits[-10:] if len(digits) >= 11 else digits) or typed
    columns = (Call.remote_e164, Call.remote_number, Call.caller, Call.called)
    return or_(*(column.contains(part, autoescape=True) for column in columns))


async def every_call(
    session: AsyncSession, filters: CallFilters | None = None
) -> AsyncIterator[Call]:
    """Yield all calls with legs, transfers and recordings, oldest first, without holding them all in memory."""
    listed = (
        select(Call)
        .where(*_conditions(filters or CallFilters()))
        .options(
            selectinload(Call.legs), selectinload(Call.transfers), selectinload(Call.recordings)
        )
    )
    last = 0
    while True:
        page = listed.where(Call.id > last).order_by(Call.id).limit(500)
        rows = (await session.scalars(page)).all()
        if not rows:
            return
        for row in rows:
            yield row
        last = rows[-1].id
        session.expunge_all()


def call_json(row: Call) -> dict[str, Any]:
    """Return a call as `slovo calls --json` prints it: the keys of `slovo replay`, and id, pbx, external_id, source.

    `row` must have its legs, transfers and recordings loaded, as `every_call` yields it.
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
        "started_at": iso(row.started_at),
        "answered_at": iso(row.answered_at) if answered else None,
        "ended_at": iso(row.ended_at),
        "wait_s": row.wait_s,
        "talk_s": row.talk_s,
        "hold_s": row.hold_s,
        "recordings": [_name(recording) for recording in row.recordings],
        "pops": [_pop(leg) for leg in row.legs if leg.rang and leg.extension],
        "reason": reason_text(row.reason_key, row.reason_args) if row.reason_key else None,
        "source": row.source,
    }


def _label(leg: CallLeg) -> str:
    return leg.extension or leg.number


def _name(recording: Recording) -> str:
    return str(recording.source.get("mixed") or recording.source_key)


def _pop(leg: CallLeg) -> dict[str, Any]:
    why = _WITHDRAWN.get(leg.result, "timeout") if leg.result else None
    return {
        "to": leg.extension,
        "shown_at": iso(leg.rang_at),
        "withdrawn_at": iso(leg.stopped_at),
        "why": why,
    }
