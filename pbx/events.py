"""Call events: what happened, in the words of calls and not of Asterisk. Pure.

In: nothing. Out: the frozen dataclasses that `pbx.tracker` and `pbx.resync` emit and that `calls.model` folds into one
record per call. Every event is whole: a reader never has to look back into the tracker.

Parties. A `Party` is one side of a call. Ours has an `extension` ("101"), whatever its channel is named; the outside has
a `number` as it was received (never normalised here). Exactly one of both is set, except for a caller who sent no
number: then both are empty and `hidden` is true.

Times are aware and in UTC, taken from the event's own Timestamp header or from the trace; None where neither is known.
`mono_s` of the carrying stream is not part of an event: durations are computed from `at`.

Long for a module, and one all the same: it is the vocabulary of everything above `pbx`, without any logic, and looked up
as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

Uniqueid = NewType("Uniqueid", str)
"""Asterisk's id of one channel ("1795315726.0"), unique for the life of a PBX."""
Linkedid = NewType("Linkedid", str)
"""Asterisk's group of channels; not our call id, for groups can merge."""
PbxName = NewType("PbxName", str)
"""Our name of one Asterisk ("main")."""


class Direction(StrEnum):
    """Which way a call goes, seen from the company."""

    IN = "in"
    OUT = "out"
    INTERNAL = "internal"


class RingResult(StrEnum):
    """Why one phone stopped ringing, or what became of an offer that never rang."""

    ANSWERED = "answered"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    GAVE_UP = "gave_up"
    """The calling side hung up first."""
    TIMEOUT = "timeout"
    DECLINED = "declined"
    """It rang and a person refused it."""
    UNCONFIRMED = "unconfirmed"
    """Somebody picked up, was asked whether he takes the call (follow-me, privacy), and did not."""
    BUSY = "busy"
    """Refused as busy without ringing."""
    UNAVAILABLE = "unavailable"
    """No registered phone, do not disturb, or an answer such as 480."""
    FAILED = "failed"
    """The number or the trunk does not work."""
    UNKNOWN = "unknown"
    """The end was not seen (connection lost, Asterisk died)."""


class TransferKind(StrEnum):
    """How a conversation was handed on."""

    BLIND = "blind"
    ATTENDED = "attended"
    SEMI_ATTENDED = "semi-attended"
    REDIRECT = "redirect"
    PARK = "park"
    PICKUP = "pickup"


class EndedBy(StrEnum):
    """Who ended the call."""

    CALLER = "caller"
    CALLED = "called"
    SWITCH = "switch"
    """Asterisk: time-out, end of dialplan, restart."""
    UNKNOWN = "unknown"


class EndedHow(StrEnum):
    """How we know that a call ended."""

    SEEN = "seen"
    GAP = "gap"
    """It fell into a time without connection, or in which we did not run."""
    REAPED = "reaped"
    """Its last event was lost, but Asterisk has its channels no longer."""
    RESTART = "restart"
    """The switch itself was stopped or started anew."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a call; see the module docstring."""

    extension: str = ""
    number: str = ""
    name: str = ""
    hidden: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether this is a phone of the company."""
        return bool(self.extension)

    @property
    def label(self) -> str:
        """The extension or the number, or "" for a hidden caller."""
        return self.extension or self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """Base: something that happened in one call.

    `call` is the linkedid of the call's oldest leg as known when the call was first seen: the stable key of the call
    on this PBX. When two calls turn out to be one, `CallsMerged` says so.
    """

    pbx: PbxName
    call: Linkedid
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted(CallEvent):
    """A call exists. Emitted once per call, first of its events.

    `called` is the number as first dialled. `from_resync`: found in progress, its beginning was not seen.
    """

    direction: Direction
    caller: Party
    called: Party
    linkedids: tuple[Linkedid, ...]
    trunk: str = ""
    click_to_call: bool = False
    """Originated by AMI: the operator's phone rings first."""
    consultation: bool = False
    from_resync: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUpdated(CallEvent):
    """What is known of a call got better: direction, number, name, linkedids, consultation. Holds the whole new truth."""

    direction: Direction
    caller: Party
    called: Party
    linkedids: tuple[Linkedid, ...]
    consultation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOffered(CallEvent):
    """Asterisk began to call a party (DialBegin). Its phone has not rung yet, and may never."""

    leg: Uniqueid
    party: Party
    queue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneUnreachable(CallEvent):
    """The dialplan wanted to call this phone of ours, but there is none: not registered, so there is no leg either."""

    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRinging(CallEvent):
    """A phone really rings (DialState RINGING or Newstate 5): the moment of the screen pop."""

    leg: Uniqueid
    party: Party
    queue: str = ""
    again: bool = False
    """The same phone already rang in this call (queue retry): no new pop."""
    moved: bool = False
    """It began to ring in a call that is joined to this one now: the client's card replaces the colleague's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStopped(CallEvent):
    """A leg that was offered or rang does so no longer. Once per leg."""

    leg: Uniqueid
    party: Party
    result: RingResult
    rang: bool
    answered_by: Party | None = None
    """Who took the call instead, for ANSWERED_ELSEWHERE; may still be unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkStarted(CallEvent):
    """Two or more persons hear each other: legs bridged, directly or through Local channels. Never menu, music, voicemail.

    Emitted anew whenever the set of talking parties changes; the former talk has ended before.
    """

    parties: tuple[Party, ...]
    legs: tuple[Uniqueid, ...]
    conference: bool = False
    """In a room of the switch (ConfBridge, MeetMe), and not in a bridge that was made for this talk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkEnded(CallEvent):
    """The talk that `TalkStarted` with the same parties began is over."""

    parties: tuple[Party, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStarted(CallEvent):
    """`party` put the other side on hold by a key of the phone (not the switch's own hold during a transfer)."""

    party: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(CallEvent):
    """The hold of `party` is over."""

    party: Party
    by_switch: bool = False
    """It was none: the switch held for a transfer key (chan_sip tells both alike, until the operator goes aside)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEntered(CallEvent):
    """The caller waits in a queue."""

    queue: str
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeft(CallEvent):
    """The caller waits no longer: answered, gave up or timed out (`reason`: "answered", "abandoned", "timeout", "")."""

    queue: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRefused(CallEvent):
    """A queue did not let the caller wait, or no longer: `reason` "full" or "empty" (nobody on duty)."""

    queue: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred(CallEvent):
    """The conversation was handed on. `by` did it; `source` is who talked, `target` who gets it."""

    kind: TransferKind
    source: Party
    target: Party


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailEntered(CallEvent):
    """The caller was put to voicemail: a flag, never an answer."""

    mailbox: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncementPlayed(CallEvent):
    """The dialplan played a party of the call that it is recorded, and says so (asterisk-conf: `slovo-notice`)."""

    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingNamed(CallEvent):
    """Asterisk writes a recording of this call. Paths as the PBX names them; "" where that file is not made.

    `receive` holds what the recorded leg says (MixMonitor `r()`), `transmit` what it hears (`t()`). `party` is the
    recorded leg's; `bridged_only` is MixMonitor's option b (audio time is not call time then).
    """

    leg: Uniqueid
    party: Party
    mixed: str = ""
    receive: str = ""
    transmit: str = ""
    bridged_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsMerged(CallEvent):
    """The calls `absorbed` turned out to be this call: their legs are its legs now and they have no end of their own."""

    absorbed: tuple[Linkedid, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallEvent):
    """All legs are gone. Once per call, last of its events."""

    ended_by: EndedBy
    cause: int = 0
    """Asterisk's hang-up cause of the calling leg (pbx.causes), 0 if unknown."""
    seen: bool = True
    """False when nobody told the end; `at` is then when it was noticed."""
    how: EndedHow = EndedHow.SEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class EndExplained(CallEvent):
    """Why a call ended a moment ago, learnt only now: after its `CallEnded`, the one event that may come there."""

    how: EndedHow


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResynced(CallEvent):
    """Events of this call were missed; what Asterisk holds now is known, and told before this.

    `may_have_talked`: nothing excludes that its caller talked with somebody meanwhile, and does so no longer.
    """

    may_have_talked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkEvent:
    """Base: what happened to our connection to one PBX."""

    pbx: PbxName
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRestored(LinkEvent):
    """Connected and logged in; `blind_since` is when the connection before was lost, None at the first connection."""

    blind_since: datetime | None = None
    version: str = ""
    resynced: bool = True
    """False: Asterisk refused to list its channels, so what the gap hid stays hidden and no call may be ended by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost(LinkEvent):
    """The connection is gone. `why` in words for the log; `login_refused` stops the attempts until settings change."""

    why: str = ""
    login_refused: bool = False
    never_up: bool = False
    """There was no connection yet since this process started: we are blind since another one ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkHeard(LinkEvent):
    """Everything that Asterisk told up to `at` has come before this. Sent every few seconds, and at a clean stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of our phones as a member of one queue."""

    queue: str
    interface: str
    """As the queue calls it: what QueuePause and QueueRemove name."""
    extension: str
    paused: bool = False
    reason: str = ""
    paused_at: datetime | None = None
    dynamic: bool = False
    """Logged in by QueueAdd (or a realtime table), and not by queues.conf."""
    wrap_up_s: int = 0
    """How long after a call the queue gives it none, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanged(LinkEvent):
    """A queue member was added, removed (not `present`), paused or unpaused."""

    member: Member
    present: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentsListed(LinkEvent):
    """All queue members and phones as they are after a login. What is not listed is no more, or unknown."""

    members: tuple[Member, ...]
    devices: tuple[tuple[str, str], ...]
    """(extension, state as in `DeviceChanged`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(LinkEvent):
    """The state of one of our phones: "idle", "ringing", "in_use", "busy", "unavailable", "unknown"."""

    extension: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CdrReported(LinkEvent):
    """One line of Asterisk's own record, at a call's end; only with cdr_manager. Not a call: a call leaves many."""

    values: tuple[tuple[str, str], ...]
    """By header name, as they came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """How much of the stream was of what kind; for doctor and benches."""

    messages: int = 0
    unknown: int = 0
    malformed: int = 0
    orphaned: int = 0
    by_name: dict[str, int] = field(default_factory=dict)


PbxEvent = CallEvent | LinkEvent
"""Anything that travels from `pbx` to `calls.dispatch`, in order."""
