"""Recorded AMI connections of one PBX, folded into the calls that they hold.

In: messages with their times, as `pbx.trace.read_trace` gives them, one stream per connection. Out: `ReplayedCall`s in the
order in which they began, and each event as it happened. Tracker and fold are those of a live PBX; only the answers of
list actions, which a live listener asks for itself, are collected here from the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from calls.evidence import Evidence, of_message
from calls.model import CallRecord, fold, with_recordings_of
from calls.outcome import Decision, decide
from calls.record_json import iso
from pbx.events import CallEvent, CallsMerged, Linkedid, Party, PbxEvent, PbxName
from pbx.messages import Headers, number, text
from pbx.numbers import Endpoints
from pbx.resync import Snapshot
from pbx.trace import TimedMessage
from pbx.tracker import CallTracker

_QUEUE_ITEMS = frozenset({"QueueParams", "QueueMember", "QueueEntry"})


@dataclass(slots=True)
class ReplayedCall:
    """One call of a replay: its record, its decision, and its events in order."""

    record: CallRecord
    events: list[CallEvent] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    """What told it, message by message; empty unless the replay explains."""

    @property
    def decision(self) -> Decision:
        """What became of it, judged at the end of the recording."""
        return decide(self.record)


class Replay:
    """Feeds recorded connections to a tracker and folds what comes out."""

    def __init__(self, endpoints: Endpoints | None = None, *, explain: bool = False) -> None:
        self.tracker = CallTracker(PbxName("replay"), endpoints)
        self.tracker.board.notes = [] if explain else None
        self.calls: dict[Linkedid, ReplayedCall] = {}
        """By key, in the order in which they began; calls that turned out to be part of another one are not among them."""
        self._connections = 0
        self._last_at: datetime | None = None
        self._listed: dict[str, Headers] = {}
        self._bridges: list[Headers] = []
        self._queues: list[Headers] = []

    def connection(self, messages: Iterable[TimedMessage]) -> Iterator[PbxEvent]:
        """Feed one connection; yield what happened. The connections before it are over: events were missed since."""
        if self._connections:
            lost = self._fold(self.tracker.link_lost(self._last_at))
            self._explain({"Event": "(connection lost)"}, lost)
            yield from lost
        self._connections += 1
        for headers, at in messages:
            self._last_at = at or self._last_at
            told = self._fold(self.tracker.feed(headers, at))
            told += self._fold(self._collect(headers, at))
            if told or self.tracker.board.notes:
                self._explain(headers, told)
            yield from told

    def _explain(self, headers: Headers, told: list[PbxEvent]) -> None:
        """Keep what a message was taken for, where that is asked for."""
        notes = self.tracker.board.notes
        if notes is None:
            return
        for event in told:
            if isinstance(event, CallEvent) and event.call in self.calls:
                shown = of_message(headers, event.at, event)
                self.calls[event.call].evidence.append(shown)
        for key, note in notes:
            if key in self.calls:
                shown = of_message(headers, self.tracker.board.now, note=note)
                self.calls[key].evidence.append(shown)
        notes.clear()

    def _fold(self, events: list[PbxEvent]) -> list[PbxEvent]:
        for event in events:
            if isinstance(event, CallEvent):
                call = self.calls.get(event.call)
                record = fold(call.record if call else None, event)
                if call is None:
                    call = self.calls[event.call] = ReplayedCall(record)
                call.record = record
                call.events.append(event)
                if isinstance(event, CallsMerged):
                    for absorbed in event.absorbed:
                        gone = self.calls.pop(absorbed, None)
                        call.record = with_recordings_of(call.record, gone.record if gone else None)
                        call.evidence += gone.evidence if gone is not None else []
        return events

    def _collect(self, headers: Headers, at: datetime | None) -> list[PbxEvent]:
        """Gather the items of list actions; when a list of channels or queues is whole, resynchronise with it."""
        match text(headers, "Event"):
            case "CoreShowChannel":
                self._listed[text(headers, "Uniqueid")] = headers
            case "BridgeListItem":
                self._bridges.append(headers)
            case "CoreShowChannelsComplete":
                channels, self._listed = list(self._listed.values()), {}
                if number(headers, "ListItems", len(channels)) != len(channels):
                    return []  # the recording begins inside this list: half of it would end the other half's calls
                return self.tracker.resync(Snapshot(channels=channels, bridges=self._bridges), at)
            case "QueueStatusComplete":
                queues, self._queues = self._queues, []
                return self.tracker.resync(Snapshot(channels=None, queues=queues), at)
            case name if name in _QUEUE_ITEMS:
                self._queues.append(headers)
        return []


def call_json(
    record: CallRecord, decision: Decision, pops: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """Return a call as `slovo replay --json` and `slovo calls --json` print it."""
    answered_by = record.answered_by if decision.outcome == "answered" else None
    return {
        "linkedid": record.linkedid,
        "linkedids": list(record.linkedids),
        "consultation": record.consultation,
        "direction": record.direction.value,
        "caller": _label(record.caller),
        "called": _label(record.called),
        "queue": record.queue or None,
        "rang": list(dict.fromkeys(ring.party.label for ring in record.rings if ring.rang)),
        "answered_by": _label(answered_by),
        "outcome": decision.outcome.value,
        "voicemail": record.voicemail,
        "needs_callback": decision.needs_callback,
        "transfers": [
            {"kind": t.kind.value, "from": _label(t.source), "to": _label(t.target)}
            for t in record.transfers
        ],
        "started_at": iso(record.started_at),
        "answered_at": iso(record.answered_at),
        "ended_at": iso(record.ended_at),
        "wait_s": decision.wait_s,
        "talk_s": decision.talk_s,
        "hold_s": decision.hold_s,
        "recordings": [recording.mixed for recording in record.recordings],
        "pops": list(pops),
        "reason": decision.reason,
    }


def _label(party: Party | None) -> str | None:
    return (party.label or None) if party is not None else None
