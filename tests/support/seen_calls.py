"""From what the AMI said to calls: the product's own tracker, fold and decision over the messages of an `AmiTap`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from support.ami_tap import AmiTap

from calls.model import CallRecord, fold
from calls.outcome import Decision, decide
from pbx.events import CallEvent, Linkedid, PbxName
from pbx.numbers import Endpoints
from pbx.tracker import CallTracker


@dataclass(frozen=True)
class SeenCall:
    """One ended call as the product would keep it."""

    record: CallRecord
    decision: Decision

    @property
    def rang(self) -> set[str]:
        return {ring.party.label for ring in self.record.rings if ring.rang}

    @property
    def plan(self) -> tuple[str, str, str, set[str], str, str]:
        """What a test's plan says of a call: direction, caller, called, who rang, who answered, outcome."""
        by = self.record.answered_by
        return (
            self.record.direction.value,
            self.record.caller.label,
            self.record.called.label,
            self.rang,
            by.label if by else "",
            self.decision.outcome.value,
        )


def calls_of(tap: AmiTap) -> list[SeenCall]:
    """Wait until every channel that came has gone; return all calls in their order.

    Raises:
        AssertionError: a call has not ended, or a message was malformed to the tracker.
    """
    tap.wait(lambda m: m.get("Event") == "Hangup" and _all_gone(tap))
    tap.wait_event("Cdr")
    tap.action("Ping")  # what Asterisk still had to say of them came before the answer
    tracker = CallTracker(PbxName("main"), Endpoints())
    records: dict[Linkedid, CallRecord] = {}
    for _, message in tap.messages:
        stamp = message.get("Timestamp")
        at = datetime.fromtimestamp(float(stamp), UTC) if isinstance(stamp, str) else None
        for event in tracker.feed(message, at):
            if isinstance(event, CallEvent):
                records[event.call] = fold(records.get(event.call), event)
    assert tracker.counters.malformed == 0, tracker.last_malformed
    merged = {linkedid for record in records.values() for linkedid in record.absorbed}
    calls = [record for key, record in records.items() if key not in merged]
    assert all(record.ended for record in calls), calls
    return [SeenCall(record, decide(record)) for record in calls]


def _all_gone(tap: AmiTap) -> bool:
    return len(tap.events("Newchannel")) == len(tap.events("Hangup"))
