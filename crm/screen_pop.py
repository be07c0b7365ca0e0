"""Which phone's screen pop is shown and withdrawn, and why. Pure.

In: call events, in order. Out: `PopShown` and `PopWithdrawn` per extension. A pop follows the ringing of one person for
one call, whatever the number of devices on the extension: it is shown when the first really rings and goes when the last
stops, or when anyone takes the call. Ringing the same person again in the same call (queue retry) is `again`: no new pop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pbx.events import (
    CallEnded,
    CallEvent,
    CallsMerged,
    CallStarted,
    CallUpdated,
    Direction,
    LegRinging,
    LegStopped,
    Linkedid,
    Party,
    PbxName,
    RingResult,
    Uniqueid,
)


class PopWhy(StrEnum):
    """Why a pop went away."""

    ANSWERED_HERE = "answered_here"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    GAVE_UP = "gave_up"
    TIMEOUT = "timeout"
    DECLINED = "declined"


_WHY = {
    RingResult.ANSWERED: PopWhy.ANSWERED_HERE,
    RingResult.ANSWERED_ELSEWHERE: PopWhy.ANSWERED_ELSEWHERE,
    RingResult.GAVE_UP: PopWhy.GAVE_UP,
    RingResult.DECLINED: PopWhy.DECLINED,
    RingResult.BUSY: PopWhy.DECLINED,
}
"""Everything else is a time-out: the phone stopped ringing and nobody did anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopShown:
    """Show the card of `remote` to the people of this extension, and to nobody else."""

    pbx: PbxName
    call: Linkedid
    extension: str
    at: datetime | None
    remote: Party
    """Who is at the other end: the client, or a colleague."""
    direction: Direction
    called: Party
    queue: str = ""
    again: bool = False
    """This extension had a pop of this call before, or `remote` got better known: no new pop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopWithdrawn:
    """Take the card away."""

    pbx: PbxName
    call: Linkedid
    extension: str
    at: datetime | None
    why: PopWhy
    answered_by: Party | None = None
    """Who took the call, where that is known and it was not this extension."""


Pop = PopShown | PopWithdrawn


@dataclass(slots=True)
class _CallPops:
    direction: Direction = Direction.INTERNAL
    caller: Party = field(default_factory=Party)
    called: Party = field(default_factory=Party)
    ringing: dict[str, dict[Uniqueid, str]] = field(default_factory=dict)
    """Legs that ring now, with their queue, by extension: those are the pops that are shown."""
    shown: set[str] = field(default_factory=set)

    def remote(self, extension: str) -> Party:
        """Return who is at the other end of this extension's phone."""
        return self.called if self.caller.extension == extension else self.caller


class PopTracker:
    """Turns the call events of any number of PBX into pops."""

    def __init__(self) -> None:
        self._calls: dict[tuple[PbxName, Linkedid], _CallPops] = {}

    def feed(self, event: CallEvent) -> list[Pop]:
        """Take one call event; return the pops to show and to withdraw, in order."""
        key = (event.pbx, event.call)
        match event:
            case CallStarted() | CallUpdated():
                return self._parties(self._calls.setdefault(key, _CallPops()), event)
            case LegRinging():
                return self._ring(self._calls.setdefault(key, _CallPops()), event)
            case LegStopped():
                return self._stop(self._calls.get(key), event)
            case CallEnded():
                return self._drop(key, event)
            case CallsMerged():
                absorbed = [(event.pbx, call) for call in event.absorbed]
                return [pop for gone in absorbed for pop in self._drop(gone, event)]
        return []

    def shown(self) -> list[tuple[PbxName, Linkedid, str]]:
        """Return (PBX, call, extension) of every pop that is shown now."""
        return [
            (*key, extension) for key, call in self._calls.items() for extension in call.ringing
        ]

    def _parties(self, call: _CallPops, event: CallStarted | CallUpdated) -> list[Pop]:
        before = {extension: call.remote(extension) for extension in call.ringing}
        call.direction, call.caller, call.called = event.direction, event.caller, event.called
        return [
            self._card(call, event, extension, next(iter(call.ringing[extension].values())))
            for extension, remote in before.items()
            if call.remote(extension) != remote
        ]

    def _ring(self, call: _CallPops, event: LegRinging) -> list[Pop]:
        extension = event.party.extension
        if not extension:
            return []
        devices = call.ringing.setdefault(extension, {})
        devices[event.leg] = event.queue
        if len(devices) > 1:
            return []  # another device of the same person
        card = self._card(call, event, extension, event.queue)
        call.shown.add(extension)
        return [card]

    def _card(self, call: _CallPops, event: CallEvent, extension: str, queue: str) -> PopShown:
        return PopShown(
            pbx=event.pbx,
            call=event.call,
            extension=extension,
            at=event.at,
            remote=call.remote(extension),
            direction=call.direction,
            called=call.called,
            queue=queue,
            again=extension in call.shown,
        )

    def _stop(self, call: _CallPops | None, event: LegStopped) -> list[Pop]:
        extension = event.party.extension
        if call is None or extension not in call.ringing:
            return []
        devices = call.ringing[extension]
        if event.leg not in devices:
            return []
        del devices[event.leg]
        taken = event.result in (RingResult.ANSWERED, RingResult.ANSWERED_ELSEWHERE)
        if devices and not taken:
            return []  # the other device still rings
        del call.ringing[extension]
        by, why = event.answered_by, _WHY.get(event.result, PopWhy.TIMEOUT)
        if by is not None and by.extension == extension:
            by, why = None, PopWhy.ANSWERED_HERE  # on another device of the same person
        return [self._gone(event, extension, why, by)]

    def _drop(self, key: tuple[PbxName, Linkedid], event: CallEvent) -> list[Pop]:
        call = self._calls.pop(key, None)
        if call is None:
            return []
        return [
            PopWithdrawn(
                pbx=key[0], call=key[1], extension=extension, at=event.at, why=PopWhy.GAVE_UP
            )
            for extension in call.ringing
        ]

    @staticmethod
    def _gone(event: CallEvent, extension: str, why: PopWhy, by: Party | None) -> PopWithdrawn:
        return PopWithdrawn(
            pbx=event.pbx,
            call=event.call,
            extension=extension,
            at=event.at,
            why=why,
            answered_by=by,
        )
