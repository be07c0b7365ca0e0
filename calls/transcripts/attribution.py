"""Which person spoke, and whether it was a person at all: by legs, bridges and holds of the call. Pure.

A recording belongs to one leg. One of its sides is what that leg says: its own person, from beginning to end. The other
side is what that leg hears: whoever talks with it at that moment, and between the talks menus, ringing, queues, music and
announcements, which are no person's words. So after a transfer the words belong to the one who spoke them.

In: the call's record, what was recorded (`Recording.source`), when audio second 0 was. Out: a `Voice` for any second of
either side. Where nobody can say who spoke, the speaker is "": never the likeliest one.

Source: MixMonitor of Asterisk 13 to 22; traces `xfer-*`, `hold-*`, `rec-transfer`, `attended-three-way`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from calls.endings import RESYNC
from calls.model import CallRecord, Talk
from calls.recordings import audio_time
from calls.transcripts.segments import Side
from pbx.events import Direction, Party

EDGE = timedelta(seconds=0.3)
"""A word that begins or ends so near a talk belongs to it: engines place words that exactly."""
CDR_EDGE = timedelta(seconds=1.5)
"""The same where the times are the PBX's own record's, which counts whole seconds."""


class NoPerson(StrEnum):
    """Why what was heard is nobody's word. "" in `Voice.left_out`: it is somebody's."""

    HOLD = "hold"
    """Music on hold, also while colleagues consult."""
    WAITING = "waiting"
    """Menu, queue, ringing, announcements: nobody talked with this leg."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who is heard on a side at a moment. `speaker`: extension or number, "" where nobody can say."""

    side: Side
    speaker: str = ""
    left_out: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Tells whose words a recording holds.

    `record`: the call; None where none is kept. `source`: as `Recording.source`. `started_at`: of audio second 0; None =
    unknown, then only a call of one talk has names, and nothing is left out.
    """

    record: CallRecord | None
    source: Mapping[str, Any] = field(default_factory=dict)
    started_at: datetime | None = None

    def voice(self, side: Side, second_s: float) -> Voice:
        """Who is heard on a side of the recording at a second of it (that of a word's middle)."""
        if self.record is None:
            return Voice(side)
        at = audio_time.moment(self.source, self.record, self.started_at, second_s)
        talks = self._talks()
        if at is None or not talks or not _timed(talks):
            return self._without_times(side, talks)
        talk = self._talk_at(talks, at)
        if side is Side.UNKNOWN:
            return Voice(side, "", "" if self._message(at) else self._silence(talk, at))
        if side is self._mouth:
            return Voice(self._side_of_leg(side, talk), self._leg(talk))
        silence = self._silence(talk, at)
        return Voice(side, "", silence) if silence else self._other(side, talk)

    @property
    def _mouth(self) -> Side:
        """The side that the recorded leg says."""
        return Side.OPERATOR if self.source.get("client_side") == "transmit" else Side.CLIENT

    @property
    def _label(self) -> str | None:
        """The recorded leg's person; None where it is one of ours that nobody named."""
        named = str(self.source.get("recorded_party") or "")
        if named:
            return named
        return _client(self.record).label if self._mouth is Side.CLIENT else None

    def _takes_part(self, talk: Talk) -> bool:
        return self._label is None or any(p.label == self._label for p in talk.parties)

    def _talks(self) -> list[Talk]:
        """The talks of the recorded leg; stretches without any length are Asterisk's own moving of legs."""
        assert self.record is not None  # noqa: S101 - asked in `voice`
        return [
            talk
            for talk in self.record.talks
            if self._takes_part(talk)
            and (
                talk.ended_at is None or talk.started_at is None or talk.started_at < talk.ended_at
            )
        ]

    def _talk_at(self, talks: Sequence[Talk], at: datetime) -> Talk | None:
        """The talk that goes on at a moment, else one that is as good as going on."""
        assert self.record is not None  # noqa: S101 - asked in `voice`
        edge = CDR_EDGE if self.record.source == "cdr" else EDGE
        inside = (talk for talk in talks if _distance(talk, at) == timedelta())
        return next(inside, None) or next(
            (t for t in sorted(talks, key=lambda t: _distance(t, at)) if _distance(t, at) <= edge),
            None,
        )

    def _silence(self, talk: Talk | None, at: datetime) -> str:
        """Why the recorded leg hears no person at this moment; "" where it may hear one."""
        record = self.record
        assert record is not None  # noqa: S101 - asked in `voice`
        on_hold = any(
            hold.started_at is not None
            and hold.started_at <= at
            and (hold.ended_at is None or at <= hold.ended_at)
            and hold.party.label != self._label
            for hold in record.holds
        )
        if on_hold:
            return NoPerson.HOLD
        if talk is not None or record.may_have_talked or record.source == RESYNC:
            return ""
        others = any(_distance(other, at) == timedelta() for other in record.talks)
        return NoPerson.HOLD if others else NoPerson.WAITING

    def _message(self, at: datetime) -> bool:
        """Whether a message is being left: one track holds the announcement and the person."""
        since = self.record.voicemail_at if self.record else None
        return since is not None and at >= since

    def _other(self, side: Side, talk: Talk | None) -> Voice:
        """The person whom the recorded leg hears; several at once cannot be told apart."""
        if talk is None:
            return Voice(side)
        others = [party for party in talk.parties if party.label != self._label]
        if self._label is None:
            others = [party for party in talk.parties if self._side(party) is side]
        sides = {self._side(party) for party in others}
        heard = sides.pop() if len(sides) == 1 else (Side.UNKNOWN if sides else side)
        return Voice(heard, others[0].label if len(others) == 1 else "")

    def _leg(self, talk: Talk | None) -> str:
        if self._label is not None:
            return self._label
        ours = [p for p in (talk.parties if talk else ()) if self._side(p) is Side.OPERATOR]
        return ours[0].label if len(ours) == 1 else ""

    def _side_of_leg(self, side: Side, talk: Talk | None) -> Side:
        own = [p for p in (talk.parties if talk else ()) if p.label == self._label]
        return self._side(own[0]) if own else side

    def _side(self, party: Party) -> Side:
        """The client, or somebody on the company's side: a colleague, or a number that the call was handed to."""
        client = _client(self.record)
        return Side.CLIENT if party.label == client.label else Side.OPERATOR

    def _without_times(self, side: Side, talks: Sequence[Talk]) -> Voice:
        """Without times, persons are known only where there was one talk; the client is the same in all of them."""
        if side is Side.UNKNOWN:
            return Voice(side)
        if side is self._mouth:
            return Voice(side, self._leg(talks[0] if len(talks) == 1 else None))
        if len(talks) == 1:
            return self._other(side, talks[0])
        return Voice(side, _client(self.record).label if side is Side.CLIENT else "")


def _client(record: CallRecord | None) -> Party:
    """The outside party of a call; of an internal one the person who called."""
    if record is None:
        return Party()
    return record.called if record.direction is Direction.OUT else record.caller


def _timed(talks: Sequence[Talk]) -> bool:
    return all(talk.started_at is not None for talk in talks)


def _distance(talk: Talk, at: datetime) -> timedelta:
    """How far a moment lies from a talk; zero inside it."""
    if talk.started_at is None:
        return timedelta.max
    if at < talk.started_at:
        return talk.started_at - at
    if talk.ended_at is None or at < talk.ended_at:
        return timedelta()
    return max(at - talk.ended_at, timedelta(microseconds=1))
