"""Who talks with whom in a call, and who holds. Pure.

In: calls whose channels entered or left bridges. Out: `TalkStarted` and `TalkEnded` in pairs, and `HoldEnded`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pbx import legs
from pbx.bridge import joined
from pbx.channel import Channel
from pbx.events import HoldEnded, Party, RingResult, TalkEnded, TalkStarted

if TYPE_CHECKING:
    from pbx.call_state import LiveCall
    from pbx.switchboard import Switchboard


def refresh_after(board: Switchboard, channel: Channel) -> None:
    """Look again who talks, after this channel was answered or got its other half."""
    if channel.bridge is not None:
        refresh_calls_of(board, joined(channel.bridge))


def refresh_calls_of(board: Switchboard, channels: Iterable[Channel]) -> None:
    """Look again who talks in the calls of these channels."""
    calls: list[LiveCall] = []
    for channel in channels:
        if channel.call is not None and channel.call not in calls:
            calls.append(channel.call)
    for call in calls:
        refresh(board, call)


def refresh(board: Switchboard, call: LiveCall) -> None:
    """Emit the end of the former talk and the begin of the present one, if they differ."""
    persons = call.current_talk()
    talk = tuple(sorted(person.uniqueid for person in persons))
    if talk == call.talk:
        return
    stop(board, call)
    if not persons:
        return
    call.talk = talk
    call.talk_parties = tuple(_party(call, person) for person in persons)
    call.hung_up_by = None  # whoever hung up before, the talk goes on with others
    for person in persons:
        person.left_talk_with = None
        if person.call is call:
            legs.stop(board, person, RingResult.ANSWERED)
    rooms = any(p.bridge is not None and p.bridge.is_room for p in persons)
    board.emit(TalkStarted, call, parties=call.talk_parties, legs=talk, conference=rooms)


def stop(board: Switchboard, call: LiveCall) -> None:
    """Emit the end of the present talk, if there is one, and note who was left in it."""
    if not call.talk:
        return
    talk, parties = call.talk, call.talk_parties
    call.talk, call.talk_parties = (), ()
    board.emit(TalkEnded, call, parties=parties)
    present = [board.channels[uniqueid] for uniqueid in talk if uniqueid in board.channels]
    explained, call.explained = call.explained, False
    leaver = board.leaver
    if explained or leaver not in present or any(c.hangup_requested for c in present):
        return
    ours = [p for p in parties if p.is_ours and p.label != leaver.extension]
    leaver.left_talk_with = ours[0] if ours else None


def goes_aside(channel: Channel) -> bool:
    """Whether an operator leaves the client for a consultation: he who pressed hold on his phone stays in the bridge."""
    call = channel.call
    talks = call is not None and channel.uniqueid in call.talk and not call.explained
    return talks and channel.held_unnamed and not channel.hangup_requested


def end_hold(board: Switchboard, channel: Channel, *, by_switch: bool = False) -> None:
    """End the hold of this channel, if it holds."""
    call = channel.call
    party = call.holds.pop(channel.uniqueid, None) if call is not None else None
    if call is not None and party is not None:
        board.holding.count(party.extension, -1)
        board.emit(HoldEnded, call, party=party, by_switch=by_switch)


def _party(call: LiveCall, person: Channel) -> Party:
    return person.call.party_of(person) if person.call is not None else call.party_of(person)
