"""What phones and queue members do now, in memory: events in, the newest state out. Pure.

In: every event of some PBXs, in order, with the call's record after it. Out: `phones` and `members`, and which of them
changed since they were last taken (`crm.state_keeper` writes them).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from calls.record import CallRecord
from crm.engagement import TALKING, Engagement, engagements
from pbx.events import (
    AgentsListed,
    CallEvent,
    DeviceChanged,
    LinkEvent,
    LinkLost,
    LinkRestored,
    Member,
    MemberChanged,
    PbxEvent,
)

PhoneKey = tuple[str, str]
"""(PBX, extension)."""
MemberKey = tuple[str, str, str]
"""(PBX, queue, interface)."""


@dataclass(slots=True)
class PhoneNow:
    """What one phone does."""

    device: str = ""
    device_at: datetime | None = None
    calls: dict[str, Engagement] = field(default_factory=dict)
    """By linkedid."""
    talk_ended_at: datetime | None = None
    talk_queue: str = ""
    blind_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberNow:
    """One member of one queue."""

    member: Member
    changed_at: datetime | None
    """Since when it is paused, or not."""


class AgentMemory:
    """The newest state of each phone and member of some PBXs."""

    def __init__(self, wrap_up_s: float = 0) -> None:
        self.phones: dict[PhoneKey, PhoneNow] = {}
        self.members: dict[MemberKey, MemberNow] = {}
        self.ends: dict[PhoneKey, datetime] = {}
        """When the wrap-up after the last talk ends."""
        self.dirty_phones: set[PhoneKey] = set()
        self.dirty_members: set[MemberKey] = set()
        self.touched: set[PhoneKey] = set()
        """Phones whose people's state may be another now."""
        self._wrap_up_s = wrap_up_s
        self._busy: dict[tuple[str, str], set[str]] = {}
        """(PBX, call) → extensions that are busy with it."""

    def restore(self, key: PhoneKey, phone: PhoneNow) -> None:
        """Take a phone as it was last written."""
        self.phones[key] = phone
        for call in phone.calls:
            self._busy.setdefault((key[0], call), set()).add(key[1])

    def expect_ends(self, pbx: str) -> None:
        """Expect the ends of the wrap-ups of before."""
        for key, phone in self.phones.items():
            if key[0] == pbx:
                self._expect_end(key, phone)

    def put(self, event: PbxEvent, record: CallRecord | None, now: datetime) -> None:
        """Take an event, with the call's record after it."""
        # A switch whose clock is ahead of ours must not date states into the future.
        at = min(event.at or now, now)
        if not isinstance(event, CallEvent):
            self._link_event(event, at)
        elif record is not None:
            self._call(record, at)

    def take_up(self, pbx: str, records: Iterable[CallRecord], now: datetime) -> None:
        """The calls of this PBX that were in progress when the last process ended; all others are over."""
        for key, phone in self.phones.items():
            if key[0] == pbx and phone.calls:
                phone.calls.clear()
                self._changed(key)
        self._busy = {call: busy for call, busy in self._busy.items() if call[0] != pbx}
        for record in records:
            if record.pbx == pbx:
                self._call(record, now)

    def over(self, now: datetime) -> bool:
        """Let wrap-ups end whose time has come; returns whether there were any."""
        over = {key for key, end in self.ends.items() if end <= now}
        for key in over:
            del self.ends[key]
        self.touched |= over
        return bool(over)

    def _link_event(self, event: LinkEvent, at: datetime) -> None:
        match event:
            case DeviceChanged():
                self._device((event.pbx, event.extension), event.state, at)
            case MemberChanged():
                self._member(event.pbx, event.member, event.present, at)
            case AgentsListed():
                self._listed(event, at)
            case LinkLost():
                self._blind(event.pbx, at)
            case LinkRestored():
                self._blind(event.pbx, None)
            case _:
                pass

    def _call(self, record: CallRecord, at: datetime) -> None:
        for absorbed in record.absorbed:
            self._engage(record.pbx, absorbed, {}, at)
        self._engage(record.pbx, record.linkedid, engagements(record), at)

    def _engage(self, pbx: str, call: str, now: dict[str, Engagement], at: datetime) -> None:
        before = self._busy.get((pbx, call), set())
        for extension in before | now.keys():
            key = (pbx, extension)
            phone = self.phones.setdefault(key, PhoneNow())
            was, one = phone.calls.get(call), now.get(extension)
            if was == one:
                continue
            if one is None:
                del phone.calls[call]
            else:
                phone.calls[call] = one
            if was is not None and was.kind == TALKING and not was.internal:
                self._talk_ended(key, phone, was, one, at)
            self._changed(key)
        if now:
            self._busy[pbx, call] = set(now)
        else:
            self._busy.pop((pbx, call), None)

    def _talk_ended(
        self,
        key: PhoneKey,
        phone: PhoneNow,
        was: Engagement,
        one: Engagement | None,
        at: datetime,
    ) -> None:
        if one is not None and one.kind == TALKING:
            return
        phone.talk_ended_at, phone.talk_queue = at, was.queue
        self._expect_end(key, phone)

    def _expect_end(self, key: PhoneKey, phone: PhoneNow) -> None:
        by_queue = [
            kept.member.wrap_up_s
            for (pbx, queue, _), kept in self.members.items()
            if (pbx, kept.member.extension, queue) == (*key, phone.talk_queue)
        ]
        lasts_s = max([self._wrap_up_s, *by_queue])
        if lasts_s and phone.talk_ended_at is not None:
            self.ends[key] = phone.talk_ended_at + timedelta(seconds=lasts_s)

    def _device(self, key: PhoneKey, state: str, at: datetime | None) -> None:
        phone = self.phones.setdefault(key, PhoneNow())
        if phone.device != state:
            phone.device, phone.device_at = state, at
            self._changed(key)

    def _member(self, pbx: str, member: Member, present: bool, at: datetime | None) -> None:
        key = (pbx, member.queue, member.interface)
        known = self.members.get(key)
        if present:
            same = known is not None and known.member.paused == member.paused
            changed_at = known.changed_at if known is not None and same else at
            kept = MemberNow(member, member.paused_at or changed_at)
            if kept == known:
                return
            self.members[key] = kept
        elif self.members.pop(key, None) is None:
            return
        self.dirty_members.add(key)
        self.touched.add((pbx, member.extension))

    def _listed(self, event: AgentsListed, at: datetime | None) -> None:
        states = dict(event.devices)
        ours = {extension for pbx, extension in self.phones if pbx == event.pbx}
        for extension in sorted(ours | states.keys()):
            self._device((event.pbx, extension), states.get(extension, "unknown"), at)
        listed = {(event.pbx, one.queue, one.interface): one for one in event.members}
        for key, kept in list(self.members.items()):
            if key[0] == event.pbx and key not in listed:
                self._member(event.pbx, kept.member, False, at)
        for member in listed.values():
            self._member(event.pbx, member, True, at)

    def _blind(self, pbx: str, at: datetime | None) -> None:
        for key, phone in self.phones.items():
            if key[0] != pbx:
                continue
            # The first loss counts: attempts that fail say nothing new.
            blind_at = phone.blind_at or at if at is not None else None
            if blind_at != phone.blind_at:
                phone.blind_at = blind_at
                self._changed(key)

    def _changed(self, key: PhoneKey) -> None:
        self.dirty_phones.add(key)
        self.touched.add(key)
