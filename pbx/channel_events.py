"""Channels and bridges that come and go, dial and are answered. Pure.

In: typed AMI events of channels, dialling and bridges. Out: changes of the `Switchboard`, and through it call events.
"""

from __future__ import annotations

from pbx import legs, talk, transfer, unseen
from pbx.ami_events import (
    BridgeDestroy,
    BridgeEnter,
    BridgeLeave,
    Dial,
    DialEnd,
    DialState,
    Hangup,
    HangupRequest,
    Hold,
    LocalBridge,
    NewCallerId,
    NewChannel,
    NewState,
    OriginateResponse,
    Unhold,
)
from pbx.call_state import LiveCall, dials, picks_up, suppose_called
from pbx.channel import RING, RINGING, UP, Channel
from pbx.events import EndedBy, HoldStarted, Uniqueid
from pbx.numbers import dialled_number, sent_number
from pbx.switchboard import Switchboard


def on_new_channel(board: Switchboard, event: NewChannel) -> None:
    """A leg exists."""
    board.add(event.channel)


def on_new_state(board: Switchboard, event: NewState) -> None:
    """A phone rings, or is answered."""
    channel = board.see(event.channel)
    if channel is None or channel.technical:
        return
    if channel.state == RING and channel.leg is None:
        channel.calling = True  # chan_sip: its first event did not say so
    board.announce(channel)
    if channel.state == UP:
        if channel.call is not None:
            picks_up(channel.call, channel)
            if channel is channel.call.caller_channel and not channel.call.talk:
                board.note(channel.call, "the line is open, but no person talks yet")
        talk.refresh_after(board, channel)
    elif channel.state == RINGING:
        legs.ring(board, channel)


def on_caller_id(board: Switchboard, event: NewCallerId) -> None:
    """The dialplan corrected a number: taken only for a caller who sent none."""
    channel = board.known(event.channel)
    call = channel.call if channel else None
    if channel is None or call is None or channel is not call.caller_channel:
        return
    found = channel.party
    if not call.caller.is_ours and not call.caller.number and found.number:
        call.caller = found
        board.updated(call)


def on_dial_begin(board: Switchboard, event: Dial) -> None:
    """Asterisk starts to call somebody; no dialler when Originate does."""
    dialler = board.see(event.channel) if event.channel else None
    dest = board.see(event.dest)
    if dest is None or dest.call is None:
        return
    dest.dialler = dest.dialler or dialler
    if dialler is not None:
        dialler.wanted_dial = ""
    dest.dialled = dest.dialled or _number_of(event)
    _begin_of(board, dialler, dest)
    if dialler is not None and dest.call is not dialler.call and dialler.call is not None:
        # Dialled with a Linkedid of its own, or with none: still the same call, and what belongs to it.
        board.move(_with_half(dest), dialler.call)
    call = dest.call
    if dialler is None and call.announced:
        _suppose_called(board, call, event.dest.connected)
    if not dest.technical:
        exten = dialler.now_at_exten if dialler is not None else ""
        board.ties.learn_dialled(dest.name, event.dial_string, event.dest.number, exten)
        dest.extension = board.ties.extension_of(dest.name)
        _offer(board, dialler, dest)


def _begin_of(board: Switchboard, dialler: Channel | None, dest: Channel) -> None:
    """Whoever dials by itself calls; whom the switch dials without a dialler (Originate) is called."""
    if dialler is None:
        board.announce(dest, sure=True)
    elif dialler.undecided and dialler.leg is None:
        dialler.calling = True
        board.announce(dialler)


def _with_half(dest: Channel) -> list[Channel]:
    """Return what moves with a channel that is dialled: all of a call of its own, else its other half."""
    call = dest.call
    if call is None:
        return []
    alone = all(c is dest or c is dest.other_half or c.technical for c in call.channels.values())
    both = [dest, *([dest.other_half] if dest.other_half is not None else [])]
    return list(call.channels.values()) if alone else both


def _suppose_called(board: Switchboard, call: LiveCall, number: str) -> None:
    if suppose_called(call, number, board.endpoints):
        board.updated(call)


def _offer(board: Switchboard, dialler: Channel | None, dest: Channel) -> None:
    """A telephone or a trunk is dialled: learn who is called, notice a redirection, offer the call."""
    dest.calling = False
    if dest.call is not None and dials(dest.call, dialler, dest):
        board.updated(dest.call)
    root = dest.root()
    if root is not dest and root.left_talk_with is not None:
        transfer.redirected(board, root, dest.party)
    legs.offer(board, dest)


def _number_of(event: Dial) -> str:
    """Return the number that a DialBegin calls: DialString's, or what the channel calls itself."""
    return dialled_number(event.dial_string) or sent_number(event.dest.number)


def on_dial_state(board: Switchboard, event: DialState) -> None:
    """A dialled phone rings (Asterisk 14 and later; before, only Newstate says so), or is heard."""
    dest = board.see(event.dest)
    if dest is None or dest.technical or event.status not in ("RINGING", "PROGRESS"):
        return
    if dest.leg is None or not dest.leg.offered:
        on_dial_begin(board, event)  # it was missed, and this says the same
    if event.status == "RINGING":
        legs.ring(board, dest)
    else:
        legs.progress(board, dest)


def on_dial_end(board: Switchboard, event: DialEnd) -> None:
    """What became of a dialled phone."""
    if event.channel is not None:
        board.known(event.channel)
    dest = board.known(event.dest)
    if dest is not None and not dest.technical:
        legs.dial_ended(board, dest, event.status, forwarded=bool(event.forward))


def on_hangup_request(board: Switchboard, event: HangupRequest) -> None:
    """Somebody hung up: the caller, or one of those who talk, ends the call."""
    channel = board.known(event.channel)
    call = channel.call if channel else None
    if channel is None or call is None or channel.hangup_requested:
        return
    channel.hangup_requested = True
    channel.hangup_cause = event.cause
    if call.hung_up_by is None and not channel.technical:
        if channel is call.caller_channel:
            call.hung_up_by = EndedBy.CALLER
            board.note(call, "the caller hangs up")
        elif channel.uniqueid in call.talk:
            call.hung_up_by = EndedBy.CALLED
            board.note(call, f"{call.party_of(channel).label or 'the other side'} hangs up")


def on_hangup(board: Switchboard, event: Hangup) -> None:
    """A leg is gone."""
    channel = board.known(event.channel)
    if channel is not None:
        board.remove(channel, event.cause)


def on_bridge_enter(board: Switchboard, event: BridgeEnter) -> None:
    """A channel hears what is in a bridge."""
    channel = board.see(event.channel)
    if channel is not None:
        bridge = board.bridge(event.bridge, event.bridge_type, event.technology)
        board.enter_bridge(channel, bridge)
        unseen.came(board, bridge, event.size)


def on_bridge_leave(board: Switchboard, event: BridgeLeave) -> None:
    """It hears it no longer."""
    channel = board.known(event.channel)
    if channel is None:
        return
    bridge = board.bridge(event.bridge, event.bridge_type, event.technology)
    unseen.leaves(board, channel, bridge, event.size)
    if channel.bridge is bridge:
        talk.end_hold(board, channel, by_switch=talk.goes_aside(channel))
        board.leave_bridge(channel)
    elif not bridge.channels:
        board.bridges.pop(bridge.uniqueid, None)  # said twice: it is gone


def on_bridge_destroy(board: Switchboard, event: BridgeDestroy) -> None:
    """A bridge is gone."""
    bridge = board.bridges.pop(event.bridge, None)
    for channel in list(bridge.channels.values()) if bridge else []:
        board.leave_bridge(channel)


def on_local_bridge(board: Switchboard, event: LocalBridge) -> None:
    """Two channels are the halves of one Local channel."""
    one, two = board.see(event.one), board.see(event.two)
    if one is not None and two is not None:
        one.other_half, two.other_half = two, one
        if one.call is not None:
            board.move([two], one.call)  # without Linkedid headers they began as two calls
        talk.refresh_after(board, one)


def on_hold(board: Switchboard, event: Hold) -> None:
    """Count only a hold that a person pressed: the switch's own, at *2, ## and Atxfer, names no music class."""
    channel = board.known(event.channel)
    call = channel.call if channel else None
    if channel is None or call is None or channel.technical or channel.uniqueid in call.holds:
        return
    if channel.uniqueid not in call.talk:
        return
    if not event.music_class and channel.name.startswith("PJSIP/"):
        board.note(call, "no music class: the switch holds (transfer key), and no person")
        return
    party = call.party_of(channel)
    call.holds[channel.uniqueid] = party
    channel.held_unnamed = not event.music_class
    board.holding.count(party.extension, +1)
    board.emit(HoldStarted, call, party=party)


def on_unhold(board: Switchboard, event: Unhold) -> None:
    """The hold is over; without a hold it means nothing."""
    channel = board.known(event.channel)
    if channel is not None and channel.call is not None:
        if channel.uniqueid not in channel.call.holds:
            board.note(channel.call, "ignored: nobody held the call")
        talk.end_hold(board, channel)


def on_originate_response(board: Switchboard, event: OriginateResponse) -> None:
    """Originate told whom the first leg will be connected to."""
    channel = board.channels.get(Uniqueid(event.uniqueid))
    call = channel.call if channel else None
    if call is not None and call.announced and call.click_to_call:
        _suppose_called(board, call, event.exten)
