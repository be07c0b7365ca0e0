"""The order of search, as one number per turn: later calls have lower ones, and earlier turns of a call do. Pure.

In: when a call began, its transcript and the turn. Out: the number that `utterances.recency` holds. Indexes on it give the
newest hits first without sorting. It is negative and read upwards: FTS5 (seen with SQLite 3.40) loses hits where it walks
downwards through rows so far apart. Triggers of migration 0013 compute the same where a call's beginning is corrected, so
the two must stay alike.

    minus: seconds since 2000 (31 bits) | transcript modulo 2**19 | 8191 - turn (13 bits)
"""

from __future__ import annotations

from datetime import datetime

EPOCH_S = 946_684_800
"""The year 2000."""
SECOND = 1 << 32
BLOCKS = 1 << 19
BLOCK = 1 << 13
MOST_SECONDS = (1 << 31) - 1
LEAST_SECONDS = -(1 << 29)
UNDATED = -(1 << 62)
"""Turns of calls whose time is unknown come last, the newest transcript first."""
BEYOND = -(1 << 61) - (1 << 60)
"""Turns beyond the 8192nd of one call come before those only."""


def recency(began_at: datetime | None, transcript_id: int, turn: int, *, block: int = 0) -> int:
    """Return the number of a turn.

    Args:
        began_at: when the call began; None: unknown.
        transcript_id: its transcript.
        turn: from 0.
        block: another place in the same second, where 524,288 other transcripts share it.
    """
    if began_at is None:
        return -(UNDATED + (transcript_id << 14) + max(0, (1 << 14) - 1 - turn))
    if turn >= BLOCK:
        return -(BEYOND + (transcript_id << 20) + max(0, (1 << 20) - 1 - turn))
    seconds = int(began_at.timestamp() // 1) - EPOCH_S
    seconds = min(max(seconds, LEAST_SECONDS), MOST_SECONDS)
    return -(seconds * SECOND + (transcript_id + block) % BLOCKS * BLOCK + BLOCK - 1 - turn)
