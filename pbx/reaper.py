"""Puts right what lost events left wrong, by looks at Asterisk's channels now and then while the connection lives. Pure.

In: the list of channels that Asterisk has at a moment. Out: ghosts taken out, unknown channels taken up, people put into
the bridges they are in. One look proves nothing, for events are on their way while the list is made: only what two looks
in a row say against us, with nothing changed on our side, is believed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from pbx import resync
from pbx.ami_events import ChannelInfo
from pbx.events import EndedHow, Uniqueid
from pbx.messages import channel_info, text
from pbx.resync import Answer
from pbx.switchboard import Switchboard


class Difference(NamedTuple):
    """What Asterisk says of one channel against what we know; `theirs` and `ours` are bridges, "-" for no channel."""

    channel: Uniqueid
    theirs: str
    ours: str


class Reaper:
    """Remembers what the last look said against us."""

    def __init__(self) -> None:
        self._doubted: frozenset[Difference] = frozenset()
        self.reaped = 0
        """Channels that were taken out so far: each is a lost Hangup."""

    def forget(self) -> None:
        """Begin anew, after a loss of the connection."""
        self._doubted = frozenset()

    def look(self, board: Switchboard, channels: Answer) -> None:
        """Take one whole list of channels (CoreShowChannel items)."""
        listed: dict[Uniqueid, tuple[ChannelInfo, str]] = {}
        for item in channels:
            info = channel_info(item)
            if info is not None:
                bridge = text(item, "BridgeId") if "BridgeId" in item else None
                ours = board.channels.get(info.uniqueid)
                known = ours.bridge.uniqueid if ours is not None and ours.bridge else ""
                listed[info.uniqueid] = (info, known if bridge is None else bridge)
        differences = frozenset(_differences(board, listed))
        sure, self._doubted = differences & self._doubted, differences - self._doubted
        if sure:
            self._believe(board, sure, listed)

    def _believe(
        self,
        board: Switchboard,
        sure: frozenset[Difference],
        listed: Mapping[Uniqueid, tuple[ChannelInfo, str]],
    ) -> None:
        present = sorted((d for d in sure if d.theirs != "-"), key=lambda d: d.channel)
        for found in present:
            board.see(listed[found.channel][0])
        resync.pair_locals(board)
        for found in present:
            channel = board.channels.get(found.channel)
            if channel is None:
                continue
            if found.theirs:
                board.enter_bridge(channel, board.bridge(found.theirs))
            else:
                board.leave_bridge(channel)
            resync.catch_up(board, channel)
        for found in sorted(d for d in sure if d.theirs == "-"):
            ghost = board.channels.get(found.channel)
            if ghost is not None:
                self.reaped += 1
                resync.vanished(board, ghost, EndedHow.REAPED)


def _differences(
    board: Switchboard, listed: Mapping[Uniqueid, tuple[ChannelInfo, str]]
) -> list[Difference]:
    found = [Difference(uniqueid, "-", "") for uniqueid in board.channels if uniqueid not in listed]
    for uniqueid, (_, bridge) in listed.items():
        channel = board.channels.get(uniqueid)
        if channel is None:
            if not board.is_over(uniqueid):
                found.append(Difference(uniqueid, bridge, "-"))
            continue
        ours = channel.bridge.uniqueid if channel.bridge else ""
        if ours != bridge:
            found.append(Difference(uniqueid, bridge, ours))
    return found
