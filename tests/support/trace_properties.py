"""Recorded traffic as it must not come: begun late, cut, with events lost or foreign; and what must hold all the same."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from support.traces import Scenario, replayed

from calls import record_json
from calls.live_calls import LiveCalls
from calls.model import CallRecord, Outcome, fold
from calls.outcome import decide
from calls.replay import Replay
from pbx.events import (
    CallEnded,
    CallEvent,
    CallsMerged,
    CallStarted,
    EndedBy,
    EndedHow,
    HoldEnded,
    HoldStarted,
    LegOffered,
    LegRinging,
    LegStopped,
    Linkedid,
    PbxEvent,
    PbxName,
    QueueEntered,
    QueueLeft,
    TalkEnded,
    TalkStarted,
)
from pbx.resync import Snapshot
from pbx.switchboard import Switchboard
from pbx.trace import TimedMessage
from pbx.tracker import CallTracker

Connections = Sequence[Sequence[TimedMessage]]


def without(connections: Connections, lost: set[tuple[int, int]]) -> Connections:
    """The connections without these messages, named by (connection, place)."""
    return [
        [message for place, message in enumerate(part) if (number, place) not in lost]
        for number, part in enumerate(connections)
    ]


def events_of(connections: Connections) -> list[tuple[int, int]]:
    """The places of all events; answers of actions and their items are none: a list that is not whole is not used."""
    return [
        (number, place)
        for number, part in enumerate(connections)
        for place, message in enumerate(part)
        if "Event" in message.headers and "ActionID" not in message.headers
    ]


def losses(scenario: Scenario, *, seeds: int, rate: float = 0.01) -> Iterator[set[tuple[int, int]]]:
    """Random places, each event with this chance; at least one, so that no try is in vain."""
    places = events_of(scenario.connections())
    for seed in range(seeds):
        chance = random.Random(f"{scenario.name}/{seed}")
        lost = {place for place in places if chance.random() < rate}
        yield lost or {chance.choice(places)}


class Reaped:
    """A replay whose switch is empty in the end, which two looks tell: whatever still lives is taken out."""

    def __init__(self, connections: Connections) -> None:
        run, self.events = replayed(connections)
        self.records: dict[Linkedid, CallRecord] = {
            key: call.record for key, call in run.calls.items()
        }
        at = last_time(connections)
        for _ in range(2):
            for event in run.tracker.look([], at):
                self.events.append(event)
                if isinstance(event, CallEvent):
                    self.records[event.call] = fold(self.records.get(event.call), event)
                if isinstance(event, CallsMerged):
                    for absorbed in event.absorbed:
                        self.records.pop(absorbed, None)
        self.live = run.tracker.live

    def outcomes(self) -> dict[Linkedid, Outcome]:
        return {key: decide(record).outcome for key, record in self.records.items()}


def last_time(connections: Connections) -> datetime | None:
    return next((m.at for part in reversed(connections) for m in reversed(part) if m.at), None)


def names_of(record: CallRecord) -> set[str]:
    """All Linkedids under which a call may be found."""
    return {record.linkedid, *record.linkedids, *record.absorbed}


def wrong_outcomes(whole: Replay, tried: Reaped | Blind) -> list[str]:
    """What lost events made of the calls: a talk denied, a call lost, a talk invented. An unknown end is honest."""
    truth = {key: decide(call.record).outcome for key, call in whole.calls.items()}
    found = tried.outcomes()
    wrong = []
    for key, call in whole.calls.items():
        same = [k for k, r in tried.records.items() if names_of(r) & names_of(call.record)]
        if truth[key] is not Outcome.ANSWERED:
            if found.get(key) is Outcome.ANSWERED:
                wrong.append(f"{key}: {truth[key].value} became answered")
            continue
        theirs = [k for k in same if truth.get(k, Outcome.ANSWERED) is Outcome.ANSWERED]
        if not theirs:
            wrong.append(f"{key}: lost")
        wrong += [
            f"{k}: answered became {decide(tried.records[k]).reason}"
            for k in theirs
            if found[k] not in (Outcome.ANSWERED, Outcome.UNKNOWN)
        ]
    return wrong


_PAIRS = (
    (LegOffered, LegStopped, "leg"),
    (TalkStarted, TalkEnded, "parties"),
    (HoldStarted, HoldEnded, "party"),
    (QueueEntered, QueueLeft, "queue"),
)


def unpaired(events: Sequence[PbxEvent]) -> list[str]:
    """Starts without their one end, and ends without a start. What is open in a call ends with the call at the latest."""
    wrong: list[str] = []
    open_now: dict[Linkedid, Counter[object]] = {}
    for event in events:
        if not isinstance(event, CallEvent):
            continue
        if isinstance(event, CallStarted):
            if event.call in open_now:
                wrong.append(f"{event.call} started twice")
            open_now[event.call] = Counter()
        elif event.call not in open_now:
            wrong += _allowed_after_end(event)
            continue
        wrong += _count(event, open_now[event.call])
        if isinstance(event, CallEnded):
            left = {key: n for key, n in open_now.pop(event.call).items() if n}
            wrong += [f"{event.call}: {key} never ended" for key in left]
        elif isinstance(event, CallsMerged):
            for absorbed in event.absorbed:
                open_now.pop(absorbed, None)
    return wrong + [f"{call} never ended" for call in open_now]


def _allowed_after_end(event: CallEvent) -> list[str]:
    name = type(event).__name__
    return [] if name == "EndExplained" else [f"{event.call}: {name} outside the call"]


def _count(event: CallEvent, open_now: Counter[object]) -> list[str]:
    for start, end, name in _PAIRS:
        if isinstance(event, start | end):
            key = (name, getattr(event, name))
            open_now[key] += 1 if isinstance(event, start) else -1
            if open_now[key] not in (0, 1):
                return [f"{event.call}: {type(event).__name__} of {key[1]}: {open_now[key]} open"]
    if isinstance(event, LegRinging) and open_now["leg", event.leg] != 1:
        return [f"{event.call}: {event.leg} rings without an offer"]
    return []


def times_go_back(events: Sequence[PbxEvent]) -> bool:
    times = [event.at for event in events if event.at is not None]
    return times != sorted(times)


def snapshot_of(board: Switchboard) -> Snapshot:
    """What Asterisk would answer now: its channels, bridges and queues, as a tracker that heard everything knows them."""
    channels = [
        {
            "Event": "CoreShowChannel",
            "Channel": channel.name,
            "Uniqueid": channel.uniqueid,
            # Asterisk renames a leg that was joined to another call at once; its next event says so.
            "Linkedid": channel.call.key if channel.call else channel.linkedid,
            "ChannelState": str(channel.state),
            "CallerIDNum": channel.number or "<unknown>",
            "CallerIDName": channel.caller_name,
            "ConnectedLineNum": channel.connected or "<unknown>",
            "Exten": channel.now_at_exten,
            "Context": channel.context,
            "BridgeId": channel.bridge.uniqueid if channel.bridge else "",
        }
        for channel in board.channels.values()
    ]
    bridges = [
        {
            "Event": "BridgeListItem",
            "BridgeUniqueid": bridge.uniqueid,
            "BridgeType": "holding" if bridge.holding else "basic",
        }
        for bridge in board.bridges.values()
    ]
    queues = [
        {
            "Event": "QueueEntry",
            "Queue": call.queue,
            "Position": "1",
            "Uniqueid": call.caller_channel.uniqueid,
        }
        for call in board.calls.values()
        if call.queue and call.caller_channel is not None
    ]
    return Snapshot(channels=channels, bridges=bridges, queues=queues)


class Blind:
    """One connection of which a stretch was not heard: the line was cut, or Slovo itself was killed and started again."""

    def __init__(self, messages: Sequence[TimedMessage], gap: range, *, killed: bool) -> None:
        self.live = LiveCalls()
        self.records: dict[Linkedid, CallRecord] = {}
        knows, all_heard = CallTracker(PbxName("replay")), CallTracker(PbxName("replay"))
        for place, (headers, at) in enumerate(messages):
            all_heard.feed(headers, at)
            if place == gap.stop - 1:
                if killed:
                    knows, self.live = CallTracker(PbxName("replay")), self._loaded()
                else:
                    self._take(knows.link_lost(at))
                self._take(knows.resync(snapshot_of(all_heard.board), at))
                self._end_silent(at)
            elif place not in gap:
                self._take(knows.feed(headers, at))
        self.board = knows.board

    def _take(self, events: Sequence[PbxEvent]) -> None:
        for event in events:
            record = self.live.fold(event) if isinstance(event, CallEvent) else None
            if record is not None:
                self.records[record.linkedid] = record
            if isinstance(event, CallsMerged):
                for absorbed in event.absorbed:
                    self.records.pop(absorbed, None)

    def _loaded(self) -> LiveCalls:
        live = LiveCalls()
        live.load(record_json.load(record_json.dump(record)) for record in self.live.all())
        return live

    def _end_silent(self, at: datetime | None) -> None:
        """What `calls.dispatch` does after a resync with calls of before a restart that it did not mention."""
        self._take(
            [
                CallEnded(
                    pbx=call.pbx,
                    call=call.linkedid,
                    at=at,
                    ended_by=EndedBy.UNKNOWN,
                    seen=False,
                    how=EndedHow.GAP,
                )
                for call in self.live.unconfirmed("replay")
            ]
        )

    def outcomes(self) -> dict[Linkedid, Outcome]:
        return {key: decide(record).outcome for key, record in self.records.items()}


def gaps(scenario: Scenario, length: int, *, seeds: int) -> Iterator[range]:
    """Random stretches of the first connection: from nothing to half of it."""
    for seed in range(seeds):
        chance = random.Random(f"{scenario.name}/gap/{seed}")
        start = chance.randrange(1, length)
        yield range(start, min(length, start + 1 + int(length / 2 * chance.random() ** 2)))
