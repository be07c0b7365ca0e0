"""From AMI messages to calls: one table from kinds of events to what they do. Pure.

In: headers of one message and its time, in the order of the wire. Out: call events, in order; never an exception for data
from the wire, which is counted instead (`CallTracker.counters`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pbx import (
    agent_state,
    ami_events,
    applications,
    channel_events,
    messages,
    queues,
    resync,
    transfer,
    unseen,
)
from pbx.call_state import LiveCall
from pbx.errors import MalformedMessage
from pbx.events import (
    CallEnded,
    CallEvent,
    CallResynced,
    CdrReported,
    Counters,
    EndedBy,
    EndedHow,
    EndExplained,
    Linkedid,
    PbxEvent,
    PbxName,
    Uniqueid,
)
from pbx.messages import Headers, parse, text
from pbx.numbers import Endpoints
from pbx.reaper import Reaper
from pbx.resync import Answer
from pbx.switchboard import Switchboard

BOOT_SLACK = timedelta(seconds=2)
"""Uptime is told in whole seconds."""
COMES_BACK = timedelta(seconds=2)
"""A watchman starts a dead Asterisk within this time. If it takes longer, it may have lived on before it died: calls
that are answered in a few unheard seconds must not be told as missed."""
SHUTDOWN_TAKES = timedelta(seconds=2)
"""From the first Hangup of `core restart now` to its Shutdown."""
ENDED_LATELY = 10_000
"""More calls than one Asterisk has at once."""


class CallTracker:
    """Follows all calls of one Asterisk. Not thread-safe: one ordered stream feeds it."""

    def __init__(self, pbx: PbxName, endpoints: Endpoints | None = None) -> None:
        self.pbx = pbx
        self.board = Switchboard(pbx, endpoints or Endpoints())
        self.agents = agent_state.AgentStates(pbx, self.board.ties)
        self._messages = self._unknown = self._malformed = 0
        self._by_name: dict[str, int] = {}
        self._uptime_s: int | None = None
        self.last_malformed: MalformedMessage | None = None
        self._reaper = Reaper()
        self._gap = False
        """Events were missed since the last resync."""
        self._lately: deque[CallEnded] = deque(maxlen=ENDED_LATELY)

    @property
    def live(self) -> Mapping[Linkedid, LiveCall]:
        """The calls in progress, by their key."""
        return self.board.calls

    @property
    def counters(self) -> Counters:
        """How much of the stream was of what kind so far. `orphaned`: about channels that are unknown or over."""
        return Counters(
            messages=self._messages,
            unknown=self._unknown,
            malformed=self._malformed,
            orphaned=self.board.orphaned,
            by_name=dict(self._by_name),
        )

    def feed(self, headers: Headers, at: datetime | None) -> list[PbxEvent]:
        """Take one AMI message.

        Args:
            headers: of an event; answers to actions are ignored.
            at: when it happened, aware; None if nobody knows.

        Returns:
            What it means, in order; mostly nothing. Malformed messages are counted and kept in `last_malformed`.
        """
        name = text(headers, "Event")
        self._messages += 1
        self._by_name[name] = self._by_name.get(name, 0) + 1
        if name not in messages.KNOWN_EVENTS:
            self._unknown += 1
            return []
        try:
            event = parse(headers)
        except MalformedMessage as error:
            self._malformed += 1
            self.last_malformed = error
            return []
        if event is None:
            return []
        self._heard_at = self.board.now
        self.board.tick(at)
        if self.board.alone:
            unseen.look(self.board)
        _HANDLERS[type(event)](self, event)
        return self._taken()

    def _taken(self) -> list[PbxEvent]:
        out, self.board.out = self.board.out, []
        self._lately += [
            event
            for event in out
            if event.__class__ is CallEnded and event.ended_by is EndedBy.SWITCH
        ]
        return out

    def resync(self, snapshot: resync.Snapshot, at: datetime | None) -> list[PbxEvent]:
        """Compare with what Asterisk holds now; return what was missed while nobody listened."""
        self._tick(at)
        known = set(self.board.calls) if not self._gap else set()
        still = resync.still_the_same(self.board, snapshot)
        resync.apply(self.board, self.agents, snapshot)
        if snapshot.channels is not None:
            self._gap = self._lived_on = False
            self._lost_at = None
            for call in [c for c in self.board.calls.values() if c.announced]:
                if call.key not in known:  # it lived while nobody listened
                    may = resync.may_have_talked(call, still)
                    self.board.emit(CallResynced, call, may_have_talked=may)
        return self._taken()

    def look(self, channels: Answer, at: datetime | None) -> list[PbxEvent]:
        """Compare with a list of Asterisk's channels while connected; return what lost events had hidden.

        Call it now and then. What two looks in a row agree on is believed, so no event on its way is taken for lost.
        """
        self._tick(at)
        before = {call.key for call in self.board.calls.values() if call.announced}
        self._reaper.look(self.board, channels)
        out = self._taken()
        for key in {event.call for event in out if isinstance(event, CallEvent)} & before:
            call = self.board.calls.get(key)
            if call is not None:
                may = resync.may_have_talked(call, set())
                out.append(
                    CallResynced(pbx=self.pbx, call=key, at=self.board.now, may_have_talked=may)
                )
        return out

    @property
    def reaped(self) -> int:
        """Channels whose Hangup was lost and that a look took out."""
        return self._reaper.reaped

    def link_lost(self, at: datetime | None) -> list[PbxEvent]:
        """Learn that events will be missing from now on. Calls go on: only a resync or a restart ends them."""
        self._before_gap = frozenset(self.board.channels)
        self._lost_at = self._lost_at or at
        self._tick(at)
        self._gap = True
        self._reaper.forget()
        return self._taken()

    def _tick(self, at: datetime | None) -> None:
        self.board.tick(at)
        unseen.look(self.board)

    def shut_down(self) -> None:
        """Asterisk goes down. It hung up every channel a moment before, without a word why: this was why."""
        now = self.board.now
        for ended in self._lately:
            if now is not None and ended.at is not None and now - ended.at <= SHUTDOWN_TAKES:
                self.board.out.append(
                    EndExplained(pbx=self.pbx, call=ended.call, at=now, how=EndedHow.RESTART)
                )
        self._lately.clear()

    def booted(self, event: ami_events.FullyBooted) -> None:
        """End all calls if Asterisk started anew since they were last heard of: it remembers none of them.

        It lets us in before it is fully booted: what began on this connection belongs to its new life.
        """
        board, uptime = self.board, event.uptime_s
        before, self._uptime_s = self._uptime_s, uptime
        if uptime is None:
            return
        if self._heard_at is not None and board.now is not None:
            restarted = board.now - timedelta(seconds=uptime) > self._heard_at + BOOT_SLACK
            restarted = restarted or (before is not None and uptime < before)
        else:
            restarted = before is not None and uptime < before
        if restarted:
            resync.end_all(board, self._before_gap, self._how_they_ended(uptime))
        elif self._lost_at is not None:
            self._lived_on = True

    def _how_they_ended(self, uptime_s: int) -> EndedHow:
        """With Asterisk, if that broke the connection; if it lived on unheard for a while, nobody knows."""
        now, lost_at = self.board.now, self._lost_at
        if self._lived_on:
            return EndedHow.GAP
        if now is None or lost_at is None:
            return EndedHow.RESTART
        unheard = now - timedelta(seconds=uptime_s) - lost_at
        return EndedHow.GAP if unheard > COMES_BACK else EndedHow.RESTART

    _lost_at: datetime | None = None
    """Since when nothing was compared with Asterisk; None while we hear it."""
    _lived_on = False
    """It was the same Asterisk as before that we lost a second time, before it could be asked what we had missed."""
    _before_gap: frozenset[Uniqueid] | None = None
    """The channels of when the connection was lost last; None if it never was."""
    _heard_at: datetime | None = None
    """Time of the last event before the present one."""


Handler = Callable[[CallTracker, Any], None]


def _on_member(tracker: CallTracker, event: ami_events.QueueMember) -> None:
    tracker.board.out += tracker.agents.member(event, tracker.board.now)


def _on_device(tracker: CallTracker, event: ami_events.DeviceState) -> None:
    tracker.board.out += tracker.agents.device(event, tracker.board.now)


def _on_cdr(tracker: CallTracker, event: ami_events.CdrLine) -> None:
    board = tracker.board
    board.out.append(CdrReported(pbx=tracker.pbx, at=board.now, values=event.values))


def _on_board(handle: Callable[[Switchboard, Any], None]) -> Handler:
    return lambda tracker, event: handle(tracker.board, event)


_HANDLERS: dict[type, Handler] = {
    ami_events.NewChannel: _on_board(channel_events.on_new_channel),
    ami_events.NewState: _on_board(channel_events.on_new_state),
    ami_events.NewCallerId: _on_board(channel_events.on_caller_id),
    ami_events.DialBegin: _on_board(channel_events.on_dial_begin),
    ami_events.DialState: _on_board(channel_events.on_dial_state),
    ami_events.DialEnd: _on_board(channel_events.on_dial_end),
    ami_events.HangupRequest: _on_board(channel_events.on_hangup_request),
    ami_events.Hangup: _on_board(channel_events.on_hangup),
    ami_events.BridgeEnter: _on_board(channel_events.on_bridge_enter),
    ami_events.BridgeLeave: _on_board(channel_events.on_bridge_leave),
    ami_events.BridgeDestroy: _on_board(channel_events.on_bridge_destroy),
    ami_events.LocalBridge: _on_board(channel_events.on_local_bridge),
    ami_events.Hold: _on_board(channel_events.on_hold),
    ami_events.Unhold: _on_board(channel_events.on_unhold),
    ami_events.QueueCallerJoin: _on_board(queues.on_join),
    ami_events.QueueCallerLeave: _on_board(queues.on_leave),
    ami_events.AgentCalled: _on_board(queues.on_agent_called),
    ami_events.BlindTransfer: _on_board(transfer.on_blind),
    ami_events.AttendedTransfer: _on_board(transfer.on_attended),
    ami_events.Pickup: _on_board(transfer.on_pickup),
    ami_events.ParkedCall: _on_board(transfer.on_parked),
    ami_events.UnParkedCall: _on_board(transfer.on_unparked),
    ami_events.ParkedCallTimeOut: _on_board(transfer.on_park_timeout),
    ami_events.OriginateResponse: _on_board(channel_events.on_originate_response),
    ami_events.NewExten: _on_board(applications.on_new_exten),
    ami_events.VariableSet: _on_board(applications.on_variable),
    ami_events.QueueMember: _on_member,
    ami_events.DeviceState: _on_device,
    ami_events.CdrLine: _on_cdr,
    ami_events.FullyBooted: lambda tracker, event: tracker.booted(event),
    ami_events.Shutdown: lambda tracker, event: tracker.shut_down(),
}
