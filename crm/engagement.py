"""What a call means for each of our phones in it: it talks, it rings, it calls somebody. Pure.

In: the record of a call. Out: one `Engagement` per extension that is busy with it now; as JSON for the table of phones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.record import CallRecord
from pbx.events import Party

TALKING, RINGING, CALLING = "talking", "ringing", "calling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """One call in progress, as seen from one phone."""

    kind: str
    """"talking", "ringing" or "calling" (the phone dialled, nobody has answered yet)."""
    call: str
    """The call's linkedid."""
    since: datetime | None = None
    number: str = ""
    """Who is at the other end: a number or an extension."""
    name: str = ""
    internal: bool = False
    """Whether a colleague is at the other end, and nobody from outside."""
    queue: str = ""


def engagements(record: CallRecord) -> dict[str, Engagement]:
    """Extension → what it does in this call. A phone that talks and rings in the same call talks."""
    if record.ended:
        return {}
    found = _calling(record) | _ringing(record) | _talking(record)
    found.pop("", None)
    return found


def _calling(record: CallRecord) -> dict[str, Engagement]:
    if record.talks or not record.caller.is_ours:
        return {}
    one = _engagement(record, CALLING, record.started_at, record.called)
    return {record.caller.extension: one}


def _ringing(record: CallRecord) -> dict[str, Engagement]:
    found = {}
    for ring in record.rings:
        if not ring.rang or ring.result is not None or not ring.party.is_ours:
            continue
        dialled_it = record.caller.extension == ring.party.extension
        other = record.called if dialled_it else record.caller
        one = _engagement(record, RINGING, ring.rang_at, other, ring.queue)
        found[ring.party.extension] = one
    return found


def _talking(record: CallRecord) -> dict[str, Engagement]:
    found = {}
    for talk in record.talks:
        if not talk.is_open:
            continue
        for party in talk.parties:
            others = [one for one in talk.parties if one != party]
            outside = [one for one in others if not one.is_ours]
            other = next(iter([*outside, *others]), Party())
            queue = _queue_of(record, party.extension)
            found[party.extension] = _engagement(record, TALKING, talk.started_at, other, queue)
    return found


def _queue_of(record: CallRecord, extension: str) -> str:
    """Which queue gave this phone the call: of several in a row the one that rang it last."""
    offers = [ring.queue for ring in record.rings if ring.party.extension == extension]
    return next((queue for queue in reversed(offers) if queue), "") if offers else ""


def _engagement(
    record: CallRecord, kind: str, since: datetime | None, other: Party, queue: str = ""
) -> Engagement:
    return Engagement(
        kind=kind,
        call=record.linkedid,
        since=since,
        number=other.label,
        name=other.name,
        internal=other.is_ours,
        queue=queue,
    )


def as_json(one: Engagement) -> dict[str, Any]:
    """As the table of phones keeps it."""
    since = one.since.isoformat() if one.since else None
    return {
        "kind": one.kind,
        "call": one.call,
        "since": since,
        "number": one.number,
        "name": one.name,
        "internal": one.internal,
        "queue": one.queue,
    }


def from_json(kept: Mapping[str, Any]) -> Engagement:
    """What `as_json` made."""
    since = kept.get("since")
    return Engagement(
        kind=str(kept["kind"]),
        call=str(kept["call"]),
        since=datetime.fromisoformat(since) if since else None,
        number=str(kept.get("number", "")),
        name=str(kept.get("name", "")),
        internal=bool(kept.get("internal")),
        queue=str(kept.get("queue", "")),
    )
