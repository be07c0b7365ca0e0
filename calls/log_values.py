"""What the rows of a call hold, computed from its record. Pure.

In: a folded `CallRecord`. Out: values by column, for `calls.log` to write.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from calls import record_json
from calls.model import CallRecord, RecordingName, Ring, Transfer, same_person
from calls.outcome import decide
from calls.phone_number import to_e164
from pbx.events import Direction, Party, RingResult

FIRST_UNOFFERED_LEG = 1000
"""Place of the first leg that talked without having been offered, so that later offers move nothing."""

Values = dict[str, Any]
"""By column name."""


def call_values(record: CallRecord, region: str) -> Values:
    """Return the columns of the call's row that the record determines; the outcome only once it has ended."""
    remote = remote_party(record)
    number = remote.number if remote is not None else ""
    values: Values = {
        "pbx": record.pbx,
        "linkedid": record.linkedid,
        "linkedids": list(record.linkedids),
        "direction": record.direction.value,
        "consultation": record.consultation,
        "click_to_call": record.click_to_call,
        "caller": record.caller.label,
        "caller_name": record.caller.name,
        "caller_hidden": record.caller.hidden,
        "called": record.called.label,
        "remote_number": number,
        "remote_e164": to_e164(number, region) if number else None,
        "trunk": record.trunk,
        "queue": record.queue,
        "voicemail": record.voicemail,
        "started_at": record.started_at,
        "answered_at": record.answered_at,
        "ended_at": record.ended_at,
        "ended": record.ended,
        "end_seen": record.end_seen,
        "source": record.source,
        "answered_by": record.answered_by.label if record.answered_by else "",
        "detail": record_json.dump(record),
    }
    if record.ended:
        values |= _decision_values(record, values["answered_by"])
    return values


def _decision_values(record: CallRecord, answered_by: str) -> Values:
    decision = decide(record)
    return {
        "outcome": decision.outcome.value,
        "reason_key": decision.reason_key,
        "reason_args": decision.reason_args,
        "needs_callback": decision.needs_callback,
        "wait_s": decision.wait_s,
        "talk_s": decision.talk_s,
        "hold_s": decision.hold_s,
        "final_handler": decision.final_handler.label if decision.final_handler else "",
        "answered_by": answered_by if decision.outcome == "answered" else "",
    }


def remote_party(record: CallRecord) -> Party | None:
    """Return the outside party of a call; None for internal calls."""
    if record.direction is Direction.IN:
        return record.caller
    return record.called if record.direction is Direction.OUT else None


def legs(record: CallRecord) -> Iterator[tuple[int, Values]]:
    """Every offer, then everybody of ours who talked without being offered the call."""
    talked: dict[tuple[str, str], Party] = {}
    for talk in record.talks:
        for party in talk.parties:
            talked.setdefault((party.extension, party.number), party)
    for position, ring in enumerate(record.rings):
        answered = ring.result is RingResult.ANSWERED
        key = (ring.party.extension, ring.party.number)
        yield position, _leg_values(ring.party, ring, talked=answered and key in talked)
    offered = [ring.party for ring in record.rings if ring.result is RingResult.ANSWERED]
    others = [
        party
        for party in talked.values()
        if party.is_ours and not any(same_person(party, other) for other in offered)
    ]
    for position, party in enumerate(others, start=FIRST_UNOFFERED_LEG):
        yield position, _leg_values(party, None, talked=True)


def _leg_values(party: Party, ring: Ring | None, *, talked: bool) -> Values:
    return {
        "uniqueid": ring.leg if ring else "",
        "extension": party.extension,
        "number": party.number,
        "queue": ring.queue if ring else "",
        "offered_at": ring.offered_at if ring else None,
        "rang": ring.rang if ring else False,
        "rang_at": ring.rang_at if ring else None,
        "stopped_at": ring.stopped_at if ring else None,
        "result": ring.result.value if ring and ring.result else None,
        "talked": talked,
    }


def transfer_values(transfer: Transfer) -> Values:
    """Return the columns of one transfer's row."""
    return {
        "kind": transfer.kind.value,
        "source": transfer.source.label,
        "target": transfer.target.label,
        "at": transfer.at,
    }


def source(named: RecordingName, record: CallRecord) -> dict[str, Any]:
    """Where the files are and on which of them the client is: `receive` is what the recorded leg says."""
    party = named.party
    client_leg = not party.is_ours if party.label else record.direction is Direction.IN
    return {
        "mixed": named.mixed,
        "receive": named.receive,
        "transmit": named.transmit,
        "recorded_party": party.label,
        "bridged_only": named.bridged_only,
        "client_side": "receive" if client_leg else "transmit",
    }
