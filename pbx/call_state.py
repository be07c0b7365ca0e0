"""One call in progress: what a person means by it, kept apart from Asterisk's channels. Pure.

In: channels that join and leave it. Out: who calls whom and in which direction, and who talks at the moment.
"""

from __future__ import annotations

from pbx.bridge import persons_with
from pbx.channel import UP, Channel
from pbx.events import Direction, EndedBy, Linkedid, Party, Uniqueid
from pbx.legs import Leg
from pbx.numbers import NO_EXTEN, Endpoints


class LiveCall:
    """One call from its first channel to its last. Read it freely; only the tracker writes."""

    __slots__ = (
        "announced",
        "called",
        "called_sure",
        "caller",
        "caller_channel",
        "cause",
        "channels",
        "click_to_call",
        "consultation",
        "direction",
        "explained",
        "from_resync",
        "handed_on",
        "holds",
        "hung_up_by",
        "joined",
        "key",
        "legs",
        "linkedids",
        "parked_by",
        "queue",
        "rang",
        "recorded",
        "talk",
        "talk_parties",
        "trunk",
        "voicemail",
    )

    def __init__(self, key: Linkedid, *, from_resync: bool = False) -> None:
        self.key = key
        self.linkedids: list[Linkedid] = [key]
        self.from_resync = from_resync
        self.channels: dict[Uniqueid, Channel] = {}
        self.announced = False
        """Its `CallStarted` was emitted; before that, only Local channels of it were seen."""
        self.direction = Direction.INTERNAL
        self.caller = Party()
        self.called = Party()
        self.called_sure = False
        self.caller_channel: Channel | None = None
        self.trunk = ""
        self.click_to_call = False
        self.consultation = False
        """An operator talks to a colleague while a client of his is on hold."""
        self.joined = False
        """It ended by joining the client to the colleague."""
        self.queue = ""
        """Where the caller waits now."""
        self.legs: list[Leg] = []
        self.rang: set[str] = set()
        self.talk: tuple[Uniqueid, ...] = ()
        self.talk_parties: tuple[Party, ...] = ()
        self.holds: dict[Uniqueid, Party] = {}
        self.hung_up_by: EndedBy | None = None
        self.cause = 0
        self.parked_by: Party | None = None
        self.explained = False
        """An event told why the present talk is about to end: its end is no redirection."""
        self.handed_on: set[tuple[str, str]] = set()
        """Transfers that were told already: Asterisk may say them twice."""
        self.recorded: set[str] = set()
        self.voicemail = False

    @property
    def people(self) -> list[Channel]:
        """Its telephones and trunk legs."""
        return [channel for channel in self.channels.values() if not channel.technical]

    @property
    def has_outside(self) -> bool:
        """Whether somebody outside the company is in it."""
        return any(not channel.extension for channel in self.people)

    def party_of(self, channel: Channel) -> Party:
        """Return who is at a channel, the caller always as he was announced."""
        return self.caller if channel is self.caller_channel else channel.party

    def current_talk(self) -> list[Channel]:
        """Return who talks in this call now: the talk of its caller first, else any talk of its people."""
        caller = self.caller_channel
        people = self.people
        if caller is not None and caller.uniqueid in self.channels:
            people = [caller, *(c for c in people if c is not caller)]
        for person in people:
            persons = persons_with(person) if person.is_person else []
            if len(persons) > 1:
                return persons
        return []


def dialled_party(exten: str, endpoints: Endpoints) -> Party:
    """Return whom an Exten means: one of our extensions, a number, or nobody."""
    if exten in NO_EXTEN:
        return Party()
    return Party(extension=exten) if endpoints.is_internal(exten) else Party(number=exten)


def begin(call: LiveCall, first: Channel, endpoints: Endpoints) -> None:
    """Decide who calls whom from the first telephone or trunk leg of a call."""
    if first.calling:
        call.caller_channel = first
        call.caller = first.party
        call.called = dialled_party(first.exten, endpoints)
        call.direction = _dialled_direction(first, call.called, endpoints)
        call.trunk = "" if first.extension else first.endpoint
    elif Uniqueid(call.key) not in call.channels:
        _begin_with_called(call, first, endpoints)
    else:
        _begin_originated(call, first, endpoints)


def _dialled_direction(first: Channel, called: Party, endpoints: Endpoints) -> Direction:
    if not first.extension:
        return Direction.IN
    number = called.number
    inside = called.is_ours or not number or number[0] in "*#" or endpoints.is_own(number)
    return Direction.INTERNAL if inside else Direction.OUT


def _begin_with_called(call: LiveCall, first: Channel, endpoints: Endpoints) -> None:
    """The stream began in the middle, with a leg that was dialled: its connected line is the caller."""
    other = dialled_party(first.connected, endpoints)
    if first.extension:
        call.caller, call.called = other, first.party
        call.direction = Direction.INTERNAL if other.is_ours else Direction.IN
    else:
        call.caller, call.called = other, first.party
        call.direction, call.trunk = Direction.OUT, first.endpoint


def _begin_originated(call: LiveCall, first: Channel, endpoints: Endpoints) -> None:
    """Nobody called: the switch did (Originate). A phone that is rung first is the caller: click-to-call."""
    call.click_to_call = True
    call.direction = Direction.OUT
    if first.extension:
        call.caller_channel = first
        call.caller = Party(extension=first.extension)
        suppose_called(call, first.connected, endpoints)
    else:
        call.called = first.party
        call.trunk = first.endpoint


def suppose_called(call: LiveCall, number: str, endpoints: Endpoints) -> bool:
    """Take a number that Originate gave for the one to be called, until the switch dials it. True if that is news."""
    party = dialled_party(number, endpoints)
    if call.called_sure or call.called.label or not party.label:
        return False
    if party.label == call.caller.extension or endpoints.is_own(party.label):
        return False
    call.called = party
    call.direction = Direction.INTERNAL if party.is_ours else Direction.OUT
    return True


def dials(call: LiveCall, dialler: Channel | None, dest: Channel) -> bool:
    """Learn direction and called party from the first leg that is dialled for the caller. True if that is news."""
    if call.called_sure or call.direction is Direction.IN or dest is call.caller_channel:
        return False
    if dialler is None or not (call.caller.is_ours or call.click_to_call):
        return False
    if call.click_to_call and _rings_the_caller(call, dialler, dest):
        return False
    before = (call.direction, call.called, call.caller, call.trunk)
    call.called_sure = True
    party = dest.party
    if (
        call.caller_channel is None and dest.extension
    ):  # the outside was rung first, now the operator
        call.caller_channel, call.caller = dest, party
    elif call.click_to_call:
        call.called = party if party.label else call.called
        call.direction = Direction.INTERNAL if dest.extension else Direction.OUT
    elif dest.extension:
        call.direction = Direction.INTERNAL
    elif call.called.label and party.number.endswith(call.called.label.lstrip("+")):
        # A short number such as 112 looks like one of ours until a trunk is dialled for it.
        call.direction, call.called = Direction.OUT, Party(number=call.called.label)
    if not dest.extension and call.direction is Direction.OUT:
        call.trunk = dest.endpoint
    return before != (call.direction, call.called, call.caller, call.trunk)


def _rings_the_caller(call: LiveCall, dialler: Channel, dest: Channel) -> bool:
    """Whether a click-to-call still looks for the one who clicked: on another device, or through a Local channel."""
    if call.caller.extension and dest.extension == call.caller.extension:
        return True
    return call.caller.is_ours and dialler.technical and dialler.state != UP


def picks_up(call: LiveCall, channel: Channel) -> None:
    """With click-to-call, whichever device the operator picks up is the caller's side."""
    caller = call.caller_channel
    if not call.click_to_call or caller is None or channel is caller or caller.state == UP:
        return
    if channel.extension and channel.extension == call.caller.extension:
        call.caller_channel = channel


def keeps_its_call(client: Channel, other: LiveCall) -> bool:
    """Whether this is a client who was joined to a call that is older than his.

    Asterisk gives the older Linkedid to both. To us the client's call is the one that goes on: the other may be a
    consultation, the call of another client, or the day-long call of an agent who waits for clients on an open line.
    """
    call = client.call
    own = call is not None and client is call.caller_channel and not client.extension
    return own and other.announced
