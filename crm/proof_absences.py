"""What of a call is not in a proof pack, and why: never recorded, lost, deleted, silenced, paused, not yet read.

In: a call, and what is told of it. Out: absences with their reasons, so that nothing is missing in silence.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from calls.proof.model import Absence, CallFacts
from calls.tables import Call
from crm.proof_facts import People
from crm.tables import Erasure, RecordingPause, Redaction

NOT_READY = {
    "expected": "recording_awaited",
    "empty": "recording_empty",
    "missing": "recording_missing",
    "failed": "recording_failed",
}


async def absences_of(
    session: AsyncSession, call: Call, facts: CallFacts, people: People
) -> list[Absence]:
    """What of this call is not in the pack, as far as the rows know it."""
    found = [
        Absence(key=NOT_READY[one.state], call_id=call.id, recording_id=one.id, detail=one.error)
        for one in facts.recordings
        if one.state in NOT_READY
    ]
    if not facts.recordings:
        found.append(Absence(key="no_recording", call_id=call.id))
    read = {one.recording_id for one in facts.readings if one.current}
    if None not in read:
        found += [
            Absence(key="no_transcript", call_id=call.id, recording_id=one.id)
            for one in facts.recordings
            if one.state == "ready" and one.id not in read
        ]
    return [*found, *await _taken_away(session, call, people)]


async def _taken_away(session: AsyncSession, call: Call, people: People) -> list[Absence]:
    """What was deleted, silenced, or never recorded because somebody paused it."""
    of_call = (
        (Erasure.subject_kind == "call")
        & (Erasure.subject_id == call.id)
        & (Erasure.what != "redaction")  # told piece by piece below
    )
    erased = await session.scalars(select(Erasure).where(of_call).order_by(Erasure.id))
    found = [
        Absence(
            key=f"erased_{one.what}", call_id=call.id, at=one.at,
            detail="; ".join(filter(None, (one.rule, one.reason, people.of(one.by_id)))),
        )
        for one in erased
    ]  # fmt: skip
    redacted = await session.scalars(
        select(Redaction).where(Redaction.call_id == call.id).order_by(Redaction.id)
    )
    found += [
        Absence(
            key="redacted", call_id=call.id, recording_id=one.recording_id, at=one.at,
            detail="; ".join(
                filter(None, (f"{one.from_s:.1f}–{one.to_s:.1f} s", one.kind, one.reason,
                              people.of(one.by_id)))
            ),
        )
        for one in redacted
    ]  # fmt: skip
    pauses = await session.scalars(
        select(RecordingPause).where(RecordingPause.call_id == call.id).order_by(RecordingPause.id)
    )
    found += [
        Absence(
            key="paused", call_id=call.id, at=one.from_at,
            detail="; ".join(filter(None, (one.until_at.isoformat() if one.until_at else "",
                                           people.of(one.by_id)))),
        )
        for one in pauses
    ]  # fmt: skip
    return found
