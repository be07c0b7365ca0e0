"""Asks Asterisk what is going on now, in one go after each login.

In: a function that sends an action. Out: the `Snapshot` that `pbx.resync` compares with what we knew. Nothing is repeated
after a new login (Asterisk 22), so this is the only way to learn what a lost connection hid.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from pbx.errors import ActionFailed
from pbx.link import Fields
from pbx.protocol import Headers
from pbx.resync import Snapshot

log = structlog.get_logger(__name__)


class Send(Protocol):
    """`AmiLink.send`, as far as it is needed here."""

    async def __call__(
        self, fields: Fields, *, mark: Callable[[], None] | None = None
    ) -> list[Headers]:
        """Send an action, return its answer."""
        ...


async def take_snapshot(send: Send, mark: Callable[[], None]) -> Snapshot:
    """Return all channels, bridges, queues and devices of this moment.

    Args:
        send: sends one action.
        mark: called at the place in the event stream at which the first answer stands.

    Raises:
        ActionTimedOut, NotConnected: as for every action. What Asterisk refuses is left out and logged.
    """
    channels: list[Headers] | None = None
    try:
        channels = await list_channels(send, mark)
    except ActionFailed as error:
        # Calls are followed all the same, but what a gap hid stays hidden: an account without the right to ask.
        log.error("resync_refused", why=str(error), mend="read and write need system or reporting")
    status = await _ask(send, "Status")
    bridges = await _ask(send, "BridgeList")
    members: list[Headers] = []
    for bridge in _events(bridges, "BridgeListItem"):
        info = await _ask(send, "BridgeInfo", BridgeUniqueid=str(bridge["BridgeUniqueid"]))
        members += [
            {**item, "BridgeUniqueid": bridge["BridgeUniqueid"]}
            for item in _events(info, "BridgeInfoChannel")
        ]
    queues = await _ask(send, "QueueStatus")
    devices = await _ask(send, "DeviceStateList")
    return Snapshot(
        channels=channels,
        status=_events(status, "Status"),
        bridges=_events(bridges, "BridgeListItem"),
        bridge_channels=members,
        queues=_events(queues, "QueueParams", "QueueMember", "QueueEntry"),
        devices=_events(devices, "DeviceStateChange"),
    )


async def list_channels(send: Send, mark: Callable[[], None] | None = None) -> list[Headers] | None:
    """Return all channels of this moment; None if the list was not whole, for half of it would end the other half's calls.

    Raises:
        ActionFailed, ActionTimedOut, NotConnected: as for every action.
    """
    answer = await send({"Action": "CoreShowChannels"}, mark=mark)
    channels = _events(answer, "CoreShowChannel")
    ends = _events(answer, "CoreShowChannelsComplete")
    told = str(ends[0].get("ListItems", len(channels))) if ends else "no end"
    if told != str(len(channels)):
        log.error("channel_list_incomplete", got=len(channels), told=told)
        return None
    return channels


async def _ask(send: Send, action: str, **fields: str) -> list[Headers]:
    """Return a list's items; none where Asterisk refuses (no app_queue, a bridge that is gone, fewer rights)."""
    try:
        return await send({"Action": action, **fields})
    except ActionFailed as error:
        log.info("snapshot_part_missing", action=action, why=error.message)
        return []


def _events(messages: list[Headers], *names: str) -> list[Headers]:
    return [message for message in messages if message.get("Event") in names]
