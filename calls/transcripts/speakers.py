"""Which person spoke: the side is known from the recording, the person from who talked at that moment. Pure.

In: a call's talks. Out: an extension or number, "" where nobody can say. A transferred call has several operators.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from calls.model import CallRecord, Talk
from calls.transcripts.segments import Side
from pbx.events import Direction, Party


def speaker_at(record: CallRecord, side: Side, started_at: datetime | None, second_s: float) -> str:
    """The person who spoke on a side at a second of a recording.

    Args:
        record: the call.
        side: of the recording.
        started_at: when the recording began; None = unknown.
        second_s: seconds from there.
    """
    if side is Side.UNKNOWN:
        return ""
    talk = _talk_at(record.talks, started_at + timedelta(seconds=second_s) if started_at else None)
    parties = talk.parties if talk else ()
    for party in parties:
        if _is_client(party, record) is (side is Side.CLIENT):
            return party.label
    if side is Side.CLIENT:
        return (record.called if record.direction is Direction.OUT else record.caller).label
    return ""


def _talk_at(talks: Sequence[Talk], at: datetime | None) -> Talk | None:
    """The talk that goes on at a moment; the last one that began before it; the only one, where times are unknown."""
    if at is None:
        return talks[0] if len(talks) == 1 else None
    begun = [talk for talk in talks if talk.started_at is not None and talk.started_at <= at]
    return begun[-1] if begun else next(iter(talks), None)


def _is_client(party: Party, record: CallRecord) -> bool:
    """The outside party; of an internal call the one who called."""
    if record.direction is Direction.INTERNAL:
        return party.label == record.caller.label
    return not party.is_ours
