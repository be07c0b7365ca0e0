"""Calls of which nobody can say whether somebody answered, and no record of the PBX tells: their clients get a call back.

In: the PBX whose record was compared, and up to when. Out: the records of such calls, marked. The outcome stays "unknown",
for that is the truth; but a client who may not have been heard is called rather than forgotten. A record that comes later
takes it back (`calls.cdr.amend`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls import record_json
from calls.errors import RecordUnreadable
from calls.record import CallRecord, Outcome
from calls.tables import Call
from pbx.events import Direction, PbxName

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Unsettled:
    """One such call; `ended_at`: when its end was noticed, None if nobody knows."""

    call_id: int
    ended_at: datetime | None


async def find(session: AsyncSession, pbx: PbxName) -> Sequence[Unsettled]:
    """Return the incoming calls of a PBX that nobody settled yet, with a number to call, oldest first."""
    rows = await session.execute(
        select(Call.id, Call.ended_at)
        .where(
            Call.outcome == Outcome.UNKNOWN.value,
            Call.pbx == pbx,
            Call.direction == Direction.IN.value,
            Call.needs_callback.is_(False),
            Call.ended.is_(True),
            Call.caller != "",
            Call.caller_hidden.is_(False),
            Call.consultation.is_(False),
            Call.merged_into_id.is_(None),
            Call.external_id.is_(None),
        )
        .order_by(Call.id)
    )
    return [Unsettled(row.id, row.ended_at) for row in rows]


async def given_up(session: AsyncSession, call_id: int) -> CallRecord | None:
    """Return the record as it is to be stored now; None if it was settled meanwhile.

    Args:
        session: a write session, so that nobody settles the call beside us.
        call_id: as `find` told it.
    """
    call = await session.get(Call, call_id)
    if call is None or call.outcome != Outcome.UNKNOWN.value or call.needs_callback:
        return None
    try:
        return replace(record_json.load(call.detail), unsettled=True)
    except RecordUnreadable as error:
        log.error("call_record_unreadable", call_id=call_id, why=str(error))
        return None
