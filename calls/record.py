"""One call as we keep it. Pure.

In: nothing. Out: the frozen `CallRecord` that `calls.model.fold` makes from call events, and the pieces that it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pbx.events import (
    Direction,
    EndedBy,
    EndedHow,
    Linkedid,
    Party,
    PbxName,
    RingResult,
    TransferKind,
    Uniqueid,
)


class Outcome(StrEnum):
    """What technically became of a call; the terms are defined in CONTRIBUTING's glossary."""

    ANSWERED = "answered"
    MISSED = "missed"
    ABANDONED = "abandoned"
    BUSY = "busy"
    REJECTED = "rejected"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """Nobody had talked when we heard of it last, and its end was not seen: the PBX's own record has to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """One offer of the call to one party: from the dialling to its result."""

    leg: Uniqueid
    party: Party
    queue: str = ""
    offered_at: datetime | None = None
    rang: bool = False
    rang_at: datetime | None = None
    stopped_at: datetime | None = None
    result: RingResult | None = None
    """None while it is still being offered or rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A stretch of time in which the same persons heard each other."""

    parties: tuple[Party, ...]
    started_at: datetime | None
    ended_at: datetime | None = None
    is_open: bool = True
    conference: bool = False
    """They met in a room of the switch, to which each had called by himself or was moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A stretch of time in which one side had the other on hold."""

    party: Party
    started_at: datetime | None
    ended_at: datetime | None = None
    is_open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """The conversation handed on, by whom and to whom."""

    kind: TransferKind
    source: Party
    target: Party
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingName:
    """Files that the PBX said it writes; see `pbx.events.RecordingNamed`."""

    leg: Uniqueid
    party: Party
    mixed: str = ""
    receive: str = ""
    transmit: str = ""
    bridged_only: bool = False
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """Everything that is known of one call. (`pbx`, `linkedid`) is its key, for ever."""

    pbx: PbxName
    linkedid: Linkedid
    linkedids: tuple[Linkedid, ...]
    direction: Direction
    caller: Party
    called: Party
    trunk: str = ""
    click_to_call: bool = False
    consultation: bool = False
    from_resync: bool = False
    queue: str = ""
    """The queue that he waited in when somebody picked up, or last; queues that he was sent to later do not count."""
    queues: tuple[str, ...] = ()
    """All queues that he waited in, in order."""
    queue_left_at: datetime | None = None
    unreachable: tuple[Party, ...] = ()
    """Phones of ours that were to be called, but are not there (not registered)."""
    turned_away: str = ""
    """Why a queue did not let him wait: "full", "empty"; "" if he could, or was put through after all."""
    turned_away_from: str = ""
    """That queue, where it is known."""
    queue_result: str = ""
    """How the last waiting in a queue ended: "answered", "abandoned", "timeout"; "" while it lasts or if none was."""
    voicemail: bool = False
    voicemail_at: datetime | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    """When two persons first talked."""
    ended_at: datetime | None = None
    ended: bool = False
    end_seen: bool = True
    end_how: EndedHow = EndedHow.SEEN
    may_have_talked: bool = False
    """In a time that was not heard; without a talk that was, nobody can say that nobody answered."""
    unsettled: bool = False
    """The PBX's own record was asked and tells nothing of the call, or there is none: nobody will ever say."""
    ended_by: EndedBy = EndedBy.UNKNOWN
    cause: int = 0
    rings: tuple[Ring, ...] = ()
    talks: tuple[Talk, ...] = ()
    holds: tuple[Hold, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    recordings: tuple[RecordingName, ...] = ()
    absorbed: tuple[Linkedid, ...] = ()
    source: str = "live"
    """How we know of it: "live", "resync" (events were missed), "cdr" (told or corrected by the PBX's own record)."""

    @property
    def answered_by(self) -> Party | None:
        """The person whom the caller talked with first: on the called side; None while he talked with nobody."""
        with_him = (t for t in self.talks if any(same_person(p, self.caller) for p in t.parties))
        first = next(with_him, self.talks[0] if self.talks else None)
        return answerer(self, first) if first is not None else None


def answerer(record: CallRecord, first: Talk) -> Party | None:
    """Return who took the call in this talk; nobody, where the caller only came into a room in which others were."""
    others = [party for party in first.parties if not same_person(party, record.caller)]
    ours = [party for party in others if party.is_ours]
    if record.direction is Direction.IN and ours:
        return ours[0]
    if first.conference:
        took = [ring.party for ring in record.rings if ring.result is RingResult.ANSWERED]
        others = [party for party in others if any(same_person(party, one) for one in took)]
    return others[0] if others else None


def same_person(one: Party, other: Party) -> bool:
    """Whether two parties are the same phone or number; names may become known later."""
    return (one.extension, one.number) == (other.extension, other.number)
