"""What a person does now: one rule for pages, boards and reports. Pure.

In: facts with their times: what each phone of the person does, the queues it serves, what the person said themselves.
Out: one `PersonState` with `since` and the reason why.

An operator reads it in the head of every page ("on a break since 12:03"), says with one key that there will be a pause,
that the wrap-up is over, or that they are away, and sees what Asterisk confirmed, never what was only asked for. A
supervisor reads the same of everybody on one board: who is free, who talks with whom, who has been on a break for long;
and may pause somebody or bring them back. An administrator sets the reasons for a pause and the time for wrap-up.

Priorities, from the strongest: talking, ringing, on the phone (dials, or uses it in a way that no call explains), wrap-up,
paused (in all queues), away, offline (no phone of theirs is registered), unknown (nothing was told of their phones),
available. A person without a phone has no state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from crm.engagement import CALLING, RINGING, TALKING, Engagement

LONG_AGO = datetime.min.replace(tzinfo=UTC)
OVER_SOON = timedelta(seconds=0.5)
"""A wrap-up that has no longer to go is over: clocks of several machines differ, and nobody tells a second time."""


class State(StrEnum):
    """What a person does, strongest first."""

    TALKING = "talking"
    RINGING = "ringing"
    BUSY = "busy"
    """On the phone without a talk that we know: dials, listens to a menu, or the call began unseen."""
    WRAP_UP = "wrap_up"
    PAUSED = "paused"
    AWAY = "away"
    OFFLINE = "offline"
    """Every phone of theirs is unregistered or broken."""
    UNKNOWN = "unknown"
    """Nothing was ever told of their phones: nobody shall count on them."""
    AVAILABLE = "available"
    NO_PHONE = "no_phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """What is known of one phone that is the person's now."""

    pbx: str
    extension: str
    held_at: datetime | None = None
    """Since when it is the person's."""
    seated: bool = False
    device: str = ""
    device_at: datetime | None = None
    engaged: tuple[Engagement, ...] = ()
    talk_ended_at: datetime | None = None
    talk_queue: str = ""
    blind_at: datetime | None = None

    @property
    def offline(self) -> bool:
        """Whether the switch cannot reach it."""
        return self.device == "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One of the person's phones in one queue."""

    pbx: str
    queue: str
    interface: str
    extension: str
    paused: bool = False
    reason: str = ""
    changed_at: datetime | None = None
    dynamic: bool = False
    wrap_up_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that a person's state follows from."""

    phones: tuple[Phone, ...] = ()
    memberships: tuple[Membership, ...] = ()
    away: bool = False
    away_reason: str = ""
    away_at: datetime | None = None
    ready_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonState:
    """What a person does now. Words for `why` are in `web.pages.agent_words`."""

    state: State
    since: datetime | None
    why: str
    """Key of the sentence that says why."""
    reason: str = ""
    """Of a pause or an absence."""
    phone: str = ""
    """The extension that the sentence speaks of."""
    engaged: Engagement | None = None
    until: datetime | None = None
    """When the wrap-up ends by itself."""
    may_end: bool = False
    """Whether the person can end the wrap-up now: the part of it that is Slovo's, not the queue's."""
    paused_in: tuple[str, ...] = ()
    """Queues in which they are paused."""
    blind_at: datetime | None = None
    """Since when the PBX is not heard: this is what was known then."""


def state_of(facts: Facts, now: datetime, wrap_up_s: float = 0) -> PersonState:
    """Decide what a person does.

    Args:
        facts: what is known.
        now: aware; a wrap-up ends by itself.
        wrap_up_s: how long after each talk with somebody outside, in seconds; a queue's own time counts if longer.
    """
    if not facts.phones:
        return PersonState(state=State.NO_PHONE, since=None, why="no_phone")
    decided = (
        _on_a_call(facts)
        or _wrapping_up(facts, now, wrap_up_s)
        or _paused(facts)
        or _away(facts)
        or _offline(facts)
        or _unknown(facts)
        or _available(facts, wrap_up_s)
    )
    blind = [phone.blind_at for phone in facts.phones if phone.blind_at is not None]
    return _with(decided, facts, min(blind, default=None))


def _with(decided: PersonState, facts: Facts, blind_at: datetime | None) -> PersonState:
    paused = tuple(sorted({one.queue for one in facts.memberships if one.paused}))
    return PersonState(
        state=decided.state,
        since=decided.since,
        why=decided.why,
        reason=decided.reason,
        phone=decided.phone,
        engaged=decided.engaged,
        until=decided.until,
        may_end=decided.may_end,
        paused_in=paused,
        blind_at=blind_at,
    )


def _on_a_call(facts: Facts) -> PersonState | None:
    kinds = ((TALKING, State.TALKING), (RINGING, State.RINGING), (CALLING, State.BUSY))
    for kind, state in kinds:
        found = [
            (phone, one) for phone in facts.phones for one in phone.engaged if one.kind == kind
        ]
        if found:
            phone, one = min(found, key=lambda pair: pair[1].since or LONG_AGO)
            return PersonState(
                state=state, since=one.since, why=kind, phone=phone.extension, engaged=one
            )
    for device, state in (("ringing", State.RINGING), ("in_use", State.BUSY), ("busy", State.BUSY)):
        for phone in facts.phones:
            if phone.device == device:
                return PersonState(
                    state=state,
                    since=phone.device_at,
                    why=f"device_{device}",
                    phone=phone.extension,
                )
    return None


def _wrapping_up(facts: Facts, now: datetime, wrap_up_s: float) -> PersonState | None:
    last = _last_talk(facts)
    if last is None or last.talk_ended_at is None:
        return None
    ended_at = last.talk_ended_at
    by_queue = ended_at + timedelta(seconds=_queue_wrap_up_s(facts, last))
    ours = ended_at + timedelta(seconds=wrap_up_s)
    if facts.ready_at is not None and facts.ready_at >= ended_at:
        ours = ended_at
    until = max(by_queue, ours)
    if until <= now + OVER_SOON:
        return None
    return PersonState(
        state=State.WRAP_UP,
        since=ended_at,
        why="wrap_up" if ours >= by_queue else "wrap_up_queue",
        phone=last.extension,
        until=until,
        may_end=ours > now + OVER_SOON,
    )


def _last_talk(facts: Facts) -> Phone | None:
    talked = [phone for phone in facts.phones if _talked_here(phone)]
    return max(talked, key=lambda phone: phone.talk_ended_at or LONG_AGO, default=None)


def _talked_here(phone: Phone) -> bool:
    """Whether the last talk was this person's: who sits down after it has nothing to wrap up."""
    if phone.talk_ended_at is None:
        return False
    return phone.held_at is None or phone.talk_ended_at >= phone.held_at


def _queue_wrap_up_s(facts: Facts, phone: Phone) -> int:
    here = (
        one.wrap_up_s
        for one in facts.memberships
        if (one.pbx, one.extension, one.queue) == (phone.pbx, phone.extension, phone.talk_queue)
    )
    return max(here, default=0)


def _paused(facts: Facts) -> PersonState | None:
    if not facts.memberships or not all(one.paused for one in facts.memberships):
        return None
    times = _known(one.changed_at for one in facts.memberships)
    last = max(facts.memberships, key=lambda one: one.changed_at or LONG_AGO)
    reason = last.reason or next((one.reason for one in facts.memberships if one.reason), "")
    return PersonState(
        state=State.PAUSED, since=max(times, default=None), why="paused", reason=reason
    )


def _away(facts: Facts) -> PersonState | None:
    if not facts.away:
        return None
    return PersonState(state=State.AWAY, since=facts.away_at, why="away", reason=facts.away_reason)


def _offline(facts: Facts) -> PersonState | None:
    if not all(phone.offline for phone in facts.phones):
        return None
    since = max(_known(phone.device_at for phone in facts.phones), default=None)
    return PersonState(
        state=State.OFFLINE, since=since, why="offline", phone=facts.phones[0].extension
    )


def _unknown(facts: Facts) -> PersonState | None:
    if any(phone.device not in ("", "unknown", "unavailable") for phone in facts.phones):
        return None
    phone = next(phone for phone in facts.phones if not phone.offline)
    return PersonState(state=State.UNKNOWN, since=None, why="unknown", phone=phone.extension)


def _available(facts: Facts, wrap_up_s: float) -> PersonState:
    usable = [phone for phone in facts.phones if not phone.offline]
    times = [
        *_known(phone.device_at for phone in usable),
        *_known(phone.held_at for phone in facts.phones),
        *_known(one.changed_at for one in facts.memberships),
        *_known((facts.away_at, facts.ready_at)),
    ]
    last = _last_talk(facts)
    if last is not None and last.talk_ended_at is not None:
        ready = facts.ready_at
        ended = last.talk_ended_at
        longest = max(wrap_up_s, _queue_wrap_up_s(facts, last))
        early = ready is not None and ready >= ended
        times.append(ended if early else ended + timedelta(seconds=longest))
    in_queues = bool(facts.memberships)
    return PersonState(
        state=State.AVAILABLE,
        since=max(times, default=None),
        why="available" if in_queues else "available_no_queue",
        phone=usable[0].extension,
    )


def _known(times: Iterable[datetime | None]) -> list[datetime]:
    return [time for time in times if time is not None]
