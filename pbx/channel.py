"""Asterisk's channels as the stream shows them: what is, not what it means. Pure.

In: `ChannelInfo` of AMI messages. Out: `Channel`, which `pbx.bridge` and `pbx.call_state` refer to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbx.ami_events import ChannelInfo
from pbx.endpoint_ties import EndpointTies
from pbx.events import Linkedid, Party, Uniqueid
from pbx.numbers import NO_EXTEN, endpoint_of, is_technical, sent_number

if TYPE_CHECKING:
    from pbx.bridge import Bridge
    from pbx.call_state import LiveCall
    from pbx.legs import Leg

DOWN, RING, RINGING, UP = 0, 4, 5, 6
"""ChannelState: not yet, it calls, it is being called, it is answered (not necessarily by a person)."""


class Channel:
    """One channel from its first event to its Hangup."""

    __slots__ = (
        "bridge",
        "call",
        "caller_name",
        "calling",
        "connected",
        "context",
        "dialled",
        "dialler",
        "exten",
        "extension",
        "from_resync",
        "hangup_cause",
        "hangup_requested",
        "held_unnamed",
        "left_bridge",
        "left_talk_with",
        "leg",
        "linkedid",
        "name",
        "now_at_exten",
        "number",
        "other_half",
        "pickup_root",
        "recording_options",
        "state",
        "technical",
        "uniqueid",
        "wanted_dial",
        "wanted_queue",
    )

    def __init__(self, info: ChannelInfo, ties: EndpointTies, *, from_resync: bool = False) -> None:
        self.uniqueid: Uniqueid = info.uniqueid
        self.linkedid: Linkedid = info.linkedid
        self.name = info.name
        self.state = info.state
        self.exten = info.exten
        """Exten of its first event: what it dialled, if it calls. Menus and transfers move the later ones."""
        self.now_at_exten = info.exten
        self.context = info.context
        self.number = sent_number(info.number)
        self.caller_name = info.caller_name if info.caller_name != info.number else ""
        self.connected = info.connected
        self.technical = is_technical(info.name)
        if not self.technical and not from_resync:
            ties.learn(info.name, info.number, info.context)
        self.extension = "" if self.technical else ties.extension_of(info.name)
        self.calling = not self.technical and _calls(info, from_resync=from_resync)
        """It came to the switch by itself and was not dialled by it."""
        self.from_resync = from_resync
        self.call: LiveCall | None = None
        self.bridge: Bridge | None = None
        self.other_half: Channel | None = None
        """The other end of the same Local channel."""
        self.dialler: Channel | None = None
        self.dialled = ""
        """The number of its DialString: whom a trunk leg reaches."""
        self.leg: Leg | None = None
        self.hangup_requested = False
        self.hangup_cause = 0
        self.held_unnamed = False
        """Its hold named no music class: a phone of chan_sip, or the switch itself for a transfer key."""
        self.left_bridge = ""
        """The bridge that it was in last."""
        self.left_talk_with: Party | None = None
        """Whom it talked with when the switch took it out of the talk, and no event said why."""
        self.pickup_root: Channel | None = None
        """It took a call that this channel was dialling."""
        self.wanted_dial = ""
        """What its last Dial() is to call, until it does."""
        self.wanted_queue = ""
        """The queue that its last Queue() named: it may be turned away before it waits."""
        self.recording_options = ("", "", "", False)
        """File, r() file, t() file and option b of its last MixMonitor."""

    def update(self, info: ChannelInfo) -> None:
        """Take what a later event says; a number is only taken where none was known."""
        if info.state >= 0:
            self.state = info.state
        if info.name:
            self.name = info.name  # Asterisk renames channels that are masqueraded
        if info.connected:
            self.connected = info.connected
        self.now_at_exten = info.exten or self.now_at_exten
        if not self.number:
            self.number = sent_number(info.number)

    def is_half_of(self, other: Channel) -> bool:
        """Whether both are the ends of one Local channel, by their names ("…;1" and "…;2")."""
        return (
            self.technical
            and self is not other
            and self.name[-2:-1] == ";"
            and self.name[:-1] == other.name[:-1]
        )

    @property
    def is_person(self) -> bool:
        """A telephone or a trunk leg that is answered: somebody may speak here."""
        return not self.technical and self.state == UP

    @property
    def endpoint(self) -> str:
        """The endpoint's name: "trunk" of "PJSIP/trunk-0000001a"."""
        return endpoint_of(self.name)

    @property
    def party(self) -> Party:
        """Who is at the far end of this channel."""
        if self.extension:
            return Party(extension=self.extension, name=self.caller_name)
        if self.calling:
            return Party(number=self.number, name=self.caller_name, hidden=not self.number)
        return Party(number=self.dialled or self.number)

    @property
    def undecided(self) -> bool:
        """Nothing said yet whether it calls or is called: chan_sip and Originate begin alike, the next event tells."""
        return not self.technical and not self.calling and self.state == DOWN

    def root(self) -> Channel:
        """Return the channel on whose behalf this one was dialled, through any chain of Local channels."""
        at, seen = self, {self.uniqueid}
        if self.pickup_root is not None:
            return self.pickup_root.root()
        while True:
            above = at.dialler
            if above is None:
                return at
            if above.technical and above.other_half is not None:
                above = above.other_half
            if above.uniqueid in seen:
                return at
            seen.add(above.uniqueid)
            at = above


def _calls(info: ChannelInfo, *, from_resync: bool) -> bool:
    """Whether a channel came by itself, judged by its first event.

    chan_pjsip begins with Ring; chan_sip with Down and the dialled Exten, and says Ring next. A channel that is dialled
    begins with Down and the Exten `s`; later events of both may show any Exten.
    """
    if info.state == RING:
        return True
    named = info.exten not in NO_EXTEN
    if info.state == DOWN:
        return named and not from_resync and str(info.uniqueid) == str(info.linkedid)
    return info.state == UP and info.exten not in ("", "s")
