"""Why a replayed call became what it became: its evidence in words, one line per message that counted.

In: a `ReplayedCall` with evidence. Out: `Step`s for `slovo replay --explain`. English, as all output of the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from calls.evidence import Evidence
from calls.record_json import iso
from calls.replay import ReplayedCall
from crm.screen_pop import PopShown, PopTracker
from pbx import events
from pbx.events import CallEvent, LegRinging, Party

PRESENT_TENSE = {
    events.CallStarted: "call from {caller} to {called} ({direction})",
    events.CallUpdated: "now known: from {caller} to {called} ({direction})",
    events.CallResynced: "events were missed, compared with what Asterisk holds now",
    events.LegOffered: "{party} is called",
    events.PhoneUnreachable: "{party} is not there: no such phone is registered",
    events.LegRinging: "{party} rings",
    events.LegStopped: "{party}: {result}",
    events.TalkStarted: "{parties} talk",
    events.TalkEnded: "{parties} talk no longer",
    events.HoldStarted: "{party} holds the call",
    events.HoldEnded: "{party} takes the call back from hold",
    events.QueueEntered: "the caller waits in queue {queue}",
    events.QueueLeft: "the caller left queue {queue}: {reason}",
    events.QueueRefused: "queue {queue} does not take the caller: {reason}",
    events.Transferred: "{source} hands the call on to {target} ({kind})",
    events.AnnouncementPlayed: "the caller is told of the recording: {name}",
    events.VoicemailEntered: "the caller is put to voicemail {mailbox}",
    events.RecordingNamed: "recorded to {mixed}",
    events.CallsMerged: "call {absorbed} turned out to be part of this one",
    events.CallEnded: "the call ended, by {ended_by}, cause {cause}",
    events.EndExplained: "its end was due to: {how}",
}
"""What is said of each event; names in braces are fields of the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of an explanation."""

    at: datetime | None
    after_s: float | None
    """Seconds since the call began."""
    name: str
    channel: str
    detail: str
    what: str

    def as_json(self) -> dict[str, object]:
        """Return the step as `--json` prints it."""
        return {
            "at": iso(self.at),
            "after_s": self.after_s,
            "event": self.name or None,
            "channel": self.channel or None,
            "detail": self.detail or None,
            "what": self.what,
        }

    def as_line(self) -> str:
        """Return the step as a person reads it."""
        after = "" if self.after_s is None else f"{self.after_s:.1f}"
        said = " ".join(part for part in (self.name, self.channel, self.detail) if part)
        return f"  {after:>8}  {said:<62} -> {self.what}" if said else f"  {after:>8}  {self.what}"


def explained(call: ReplayedCall) -> Iterator[Step]:
    """Yield each piece of evidence of a call in words, and its decision last."""
    pops = PopTracker()
    start = call.record.started_at
    for evidence in call.evidence:
        yield Step(
            at=evidence.at,
            after_s=_after(start, evidence.at),
            name=evidence.name,
            channel=evidence.channel,
            detail=evidence.detail,
            what=_meaning(evidence, pops),
        )
    decided = f"{call.decision.outcome.value}: {call.decision.reason}"
    yield Step(at=None, after_s=None, name="", channel="", detail="", what=decided)


def sentence(event: CallEvent) -> str:
    """Say what an event tells, in English."""
    fields = {name: _shown(getattr(event, name)) for name in event.__dataclass_fields__}
    return PRESENT_TENSE[type(event)].format_map(fields)


def _meaning(evidence: Evidence, pops: PopTracker) -> str:
    event = evidence.event
    if event is None:
        return evidence.note
    cards = [
        f"pop on {pop.extension}"
        if isinstance(pop, PopShown)
        else f"pop on {pop.extension} withdrawn: {pop.why.value}"
        for pop in pops.feed(event)
    ]
    again = isinstance(event, LegRinging) and event.again
    remarks = (["again"] if again else []) + cards
    return sentence(event) + (f" ({', '.join(remarks)})" if remarks else "")


def _after(start: datetime | None, at: datetime | None) -> float | None:
    return None if start is None or at is None else round((at - start).total_seconds(), 3)


def _shown(value: object) -> str:
    if isinstance(value, Party):
        return value.label or "somebody"
    if isinstance(value, tuple):
        return " and ".join(_shown(item) for item in value)
    return str(value)
