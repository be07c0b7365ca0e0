"""Conversations that are handed on: transfers, parking, pickup, redirection. Pure.

In: typed AMI events. Out: `Transferred`, and the channels in the call to which they belong now.

Which call keeps an attended transfer: the client's. Two calls of one operator are joined; the one without the client was a
consultation and ends by itself. Source: Asterisk 22, traces `xfer-*`, `park-*`, `pickup-*`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pbx import legs
from pbx.ami_events import (
    AttendedTransfer,
    BlindTransfer,
    Parked,
    ParkedCall,
    ParkedCallTimeOut,
    Pickup,
    UnParkedCall,
)
from pbx.bridge import joined
from pbx.call_state import LiveCall, dialled_party
from pbx.channel import Channel
from pbx.events import Party, RingResult, TransferKind, Transferred

if TYPE_CHECKING:
    from pbx.switchboard import Switchboard


class HandOver(NamedTuple):
    """How, by whom and to whom a conversation was handed on."""

    kind: TransferKind
    source: Party
    target: Party


def on_blind(board: Switchboard, event: BlindTransfer) -> None:
    """The transferer sent the other side to an extension; the new leg follows as a DialBegin of its own."""
    transferer = board.known(event.transferer)
    transferee = board.known(event.transferee)
    call = transferer.call if transferer else transferee.call if transferee else None
    if call is None or not event.success or call.parked_by is not None:
        # "parked" says it already, where the extension was a parking lot
        board.note(call, "parked already" if event.success else "this transfer failed")
        return
    source = call.party_of(transferer) if transferer else Party()
    target = dialled_party(event.exten, board.endpoints)
    _explain(call)
    _tell(board, call, event.transferer.uniqueid, HandOver(TransferKind.BLIND, source, target))


def on_attended(board: Switchboard, event: AttendedTransfer) -> None:
    """The transferer joined the two conversations he had."""
    first, second = board.known(event.first), board.known(event.second)
    if (
        not event.success
        or first is None
        or second is None
        or first.call is None
        or second.call is None
    ):
        return
    call = first.call if first.call is second.call else _join(board, first, second)
    source = call.party_of(first)
    target = _target(board, event, {first, second})
    if target is not None and target is call.caller_channel:
        # The consultation was transferred to the client, and not he to it: the same to everybody who talks.
        target = board.known(event.transferee) or target
    for channel in call.channels.values():
        channel.left_talk_with = None
    answered = target is not None and target.is_person
    kind = TransferKind.ATTENDED if answered else TransferKind.SEMI_ATTENDED
    party = call.party_of(target) if target else Party()
    _tell(board, call, first.uniqueid + second.uniqueid, HandOver(kind, source, party))


def _join(board: Switchboard, first: Channel, second: Channel) -> LiveCall:
    """Bring the people of the consultation into the client's call; return that call."""
    kept, gone, leaving = first.call, second.call, second
    if kept is None or gone is None:  # excluded by the caller; keeps the types honest
        raise ValueError("a channel without a call")
    if _weight(gone) > _weight(kept):
        kept, gone, leaving = gone, kept, first
    if _weight(gone) == _CLIENTS:
        return kept  # two clients were joined: each called by himself, and keeps his call
    gone.consultation = gone.joined = True
    board.updated(gone)
    board.move([channel for channel in gone.channels.values() if channel is not leaving], kept)
    return kept


_CLIENTS = 2


def _weight(call: LiveCall) -> int:
    """Say how much a call is the client's: he called himself, or is in it at all, or neither."""
    caller = call.caller_channel
    if caller is not None and not caller.extension:
        return _CLIENTS
    return 1 if call.has_outside else 0


def _target(
    board: Switchboard, event: AttendedTransfer, transferers: set[Channel]
) -> Channel | None:
    """Return the person to whom the transferee was joined.

    The event names a Local channel instead, or nobody (it still rings, or the target is outside): then it is whoever hears
    the transferee now, or is being dialled at the far end of what he is joined to.
    """
    named = board.known(event.target)
    if named is not None and not named.technical:
        return named
    transferee = board.known(event.transferee)
    ends = [named, named.other_half if named else None]
    near = [*joined(transferee.bridge if transferee else None)]
    for end in [e for e in ends if e is not None]:
        near += [end, *joined(end.bridge)]
    near += [channel.other_half for channel in near if channel.other_half is not None]
    near += [second for second in transferers]
    people = [c for c in near if not c.technical]
    calls = dict.fromkeys(
        c.call for c in (*near, transferee) if c is not None and c.call is not None
    )
    dialled = [c for call in calls for c in call.channels.values() if c.dialler in near]
    people += dialled
    others = transferers | ({transferee} if transferee else set())
    return next((c for c in people if not c.technical and c not in others), None)


def on_pickup(board: Switchboard, event: Pickup) -> None:
    """A colleague took a call that rang at another phone; AgentConnect and AgentComplete still name the other phone."""
    taker, target = board.known(event.channel), board.known(event.target)
    if taker is None or target is None or target.call is None or taker is target:
        return
    call, root = target.call, target.root()
    taker.pickup_root = root if root is not target else None
    if taker.call is not None and taker.call is not call:
        board.move(list(taker.call.channels.values()), call)
    legs.stop(board, target, RingResult.ANSWERED_ELSEWHERE, taker.party)
    _tell(board, call, taker.uniqueid, HandOver(TransferKind.PICKUP, target.party, taker.party))


def on_parked(board: Switchboard, event: ParkedCall) -> None:
    """The parkee waits with music in a parking space."""
    parkee = board.known(event.parkee)
    call = parkee.call if parkee else None
    if parkee is None or call is None or call.parked_by is not None:
        return
    call.parked_by = _parker(board, event, parkee)
    _explain(call)
    board.emit(Transferred, call, kind=TransferKind.PARK, source=call.parked_by, target=Party())


def on_unparked(board: Switchboard, event: UnParkedCall) -> None:
    """Somebody dialled the parking space: his call and the parkee's are one."""
    parkee, retriever = board.known(event.parkee), board.see(event.retriever)
    call = parkee.call if parkee else None
    if parkee is None or retriever is None or call is None:
        return
    source = call.parked_by or _parker(board, event, parkee)
    call.parked_by = None
    if retriever.call is not None and retriever.call is not call:
        board.move(list(retriever.call.channels.values()), call)
    _tell(board, call, retriever.uniqueid, HandOver(TransferKind.PARK, source, retriever.party))


def on_park_timeout(board: Switchboard, event: ParkedCallTimeOut) -> None:
    """Nobody took the parkee: the switch calls the parker again."""
    parkee = board.known(event.parkee)
    if parkee is not None and parkee.call is not None:
        parkee.call.parked_by = None
        _explain(parkee.call)


def _parker(board: Switchboard, event: Parked, parkee: Channel) -> Party:
    extension = board.ties.device(event.parker_dial)
    if extension:
        return Party(extension=extension)
    talk = parkee.call.talk_parties if parkee.call is not None else ()
    ours = [party for party in talk if party.is_ours and party.label != parkee.extension]
    return parkee.left_talk_with or (ours[0] if ours else Party())


def redirected(board: Switchboard, channel: Channel, target: Party) -> None:
    """Notice an AMI Redirect: the switch took somebody out of a talk without a word, and dials for him now.

    There is no transfer event at all (trace `xfer-redirect-ami`). That the operator himself hung up, and the dialplan
    goes on with the client, is no transfer: his HangupRequest came first.
    """
    source, call = channel.left_talk_with, channel.call
    if source is None or call is None or call.talk:
        return
    channel.left_talk_with = None
    exten = dialled_party(channel.now_at_exten, board.endpoints)
    sent = exten.label.lstrip("+").isdigit() and exten.label != call.called.label
    board.emit(
        Transferred,
        call,
        kind=TransferKind.REDIRECT,
        source=source,
        target=exten if sent else target,
    )


def _explain(call: LiveCall) -> None:
    """An event told why people left the talk, or are about to: no redirection."""
    call.explained = bool(call.talk)
    for channel in call.channels.values():
        channel.left_talk_with = None


def _tell(board: Switchboard, call: LiveCall, key: str, handed: HandOver) -> None:
    """Emit a transfer once: the wire may repeat it."""
    if (handed.kind, key) not in call.handed_on:
        call.handed_on.add((handed.kind, key))
        board.emit(Transferred, call, kind=handed.kind, source=handed.source, target=handed.target)
