"""Everything that the page of one call shows.

In: what `call_reads` found. Out: `CallFacts` for the template, with the names of people put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from calls.tables import Call, CallTransfer, Recording, Transcript
from crm.shared_clips import ShareRules
from crm.tables import Client
from pbx.events import Party
from web.format import pretty_number
from web.i18n import gettext as _
from web.pages.call_pauses import ShownPause
from web.pages.call_promises import ShownAct
from web.pages.call_timeline import Timeline
from web.pages.phone_names import PhoneNames
from web.pages.sound_state import NOT_RECORDED, Reading
from web.pages.transcript_view import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownNote:
    """What one person wrote."""

    user_id: int
    who: str
    text: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTransfer:
    """One handing on, with names."""

    kind: str
    source: str
    target: str
    at: datetime | None


@dataclass(kw_only=True)
class CallFacts:
    """One call for its page."""

    call: Call
    names: PhoneNames
    region: str
    today: date
    reason: str = ""
    timeline: Timeline | None = None
    client: Client | None = None
    client_choices: Sequence[Client] = ()
    notes: Sequence[ShownNote] = ()
    call_transfers: Sequence[CallTransfer] = ()
    recordings: Sequence[Recording] = ()
    player: Recording | None = None
    pauses: Sequence[ShownPause] = ()
    sound: str = ""
    sound_error: str = ""
    share_rules: ShareRules = field(default_factory=ShareRules)
    transcript: Transcript | None = None
    turns: Sequence[Turn] = ()
    reading: Reading = NOT_RECORDED
    promises: Sequence[ShownAct] = ()

    @property
    def company_name(self) -> str:
        """Where the client works, if known."""
        return self.client.organisation.name if self.client and self.client.organisation else ""

    @property
    def transfers(self) -> list[ShownTransfer]:
        """How the conversation was handed on."""
        return [
            ShownTransfer(
                kind=one.kind,
                source=self.label(one.source),
                target=self.label(one.target),
                at=one.at,
            )
            for one in self.call_transfers
        ]

    def speaker(self, side: str, party: str) -> str:
        """Who said a turn; "" where only the side is known."""
        if side == "client":
            return self.remote_name or (self.label(party) if party else "")
        if side != "operator":
            return ""
        party = party or self.call.answered_by
        return self.label(party) if party else ""

    @property
    def recording_count(self) -> int:
        """How many parts can be played."""
        return len(self.recordings)

    def note_of(self, user_id: int) -> str:
        """What this person wrote."""
        return next((note.text for note in self.notes if note.user_id == user_id), "")

    @property
    def remote_name(self) -> str:
        """The client's name, if known."""
        return self.client.name if self.client else ""

    def label(self, value: str, caller: bool = False) -> str:
        """A person behind an extension or number as the log has it."""
        if not value:
            return _("hidden number") if caller else _("nobody")
        if value == self.call.remote_number and self.remote_name:
            return self.remote_name
        named = self.names.of(self.call.pbx, value, self.call.answered_at or self.call.started_at)
        return named if named != value else pretty_number(value, self.region)

    @property
    def caller_name(self) -> str:
        """Who called."""
        return self.label(self.call.caller, caller=True)

    @property
    def called_name(self) -> str:
        """Who was called: the person who answered, else the number as dialled."""
        if self.call.direction == "in" and self.call.answered_by:
            return self.label(self.call.answered_by)
        return self.label(self.call.called)

    def party_name(self, party: Party) -> str:
        """A party of the timeline."""
        return self.label(party.label, caller=True)

    @property
    def promisers(self) -> list[tuple[str, str]]:
        """Who may have promised: ("side:party", name), speakers of this call first."""
        found: dict[str, str] = {}
        for turn in self.turns:
            found.setdefault(f"{turn.side}:{turn.speaker}", turn.who)
        found.setdefault(f"client:{self.call.remote_number}", self.remote_name)
        if not any(key.startswith("operator:") for key in found):
            party = self.call.answered_by or self.call.final_handler
            found[f"operator:{party}"] = self.label(party) if party else ""
        return list(found.items())

    @property
    def due_days(self) -> list[tuple[str, str]]:
        """Days that are often meant."""
        return [
            (self.today.isoformat(), _("today")),
            ((self.today + timedelta(days=1)).isoformat(), _("tomorrow")),
            ((self.today + timedelta(days=7)).isoformat(), _("in a week")),
        ]
