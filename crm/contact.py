"""How long somebody of ours talked to the outside, after a moment. Pure.

In: the talks of one call's record. Out: a `Contact`, or None when they did not talk at all after that moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from calls.model import CallRecord, Talk


@dataclass(frozen=True, slots=True)
class Contact:
    """A talk with the outside: how long, since when, and which of our phones."""

    talked_s: float
    began_at: datetime
    party: str
    """The extension that talked first; "" if none of our phones did (forwarded to an outside number)."""


def contact_after(record: CallRecord, moment: datetime | None) -> Contact | None:
    """Return the talking with the outside after this moment, over all transfers.

    Args:
        record: a call that has ended.
        moment: what was talked before does not count; None: everything counts.
    """
    pieces = list(_pieces(record.talks, moment))
    if not pieces:
        return None
    party = next((extension for _, _, extension in pieces if extension), "")
    talked_s = sum((end - start).total_seconds() for start, end, _ in pieces)
    return Contact(talked_s, pieces[0][0], party)


def _pieces(
    talks: Iterable[Talk], moment: datetime | None
) -> Iterable[tuple[datetime, datetime, str]]:
    for talk in talks:
        outside = any(not party.is_ours for party in talk.parties)
        if not outside or talk.started_at is None or talk.ended_at is None:
            continue
        start = max(talk.started_at, moment) if moment else talk.started_at
        if talk.ended_at > start:
            ours = next((party.extension for party in talk.parties if party.is_ours), "")
            yield start, talk.ended_at, ours
