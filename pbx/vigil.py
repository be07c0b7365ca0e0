"""What is done beside listening while a connection lives: ping it, and look now and then what Asterisk holds.

In: the link and its stream. Out: a dropped link when Asterisk is silent; in the stream, in order with the events, that it
still answers (`Mark.HEARD`), and lists of its channels (`Listing`) from which `pbx.reaper` learns what events were lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from pbx.errors import ActionFailed, PbxError
from pbx.link import AmiLink
from pbx.settings import PbxSettings
from pbx.snapshot import list_channels
from pbx.stream import EventStream, Listing, Mark

log = structlog.get_logger(__name__)


async def watch(link: AmiLink, stream: EventStream, settings: PbxSettings) -> None:
    """Ping; drop a connection that does not answer, for TCP itself would not notice for minutes (trap 4)."""
    since_told = settings.heartbeat_s
    while not link.lost.is_set():
        await asyncio.sleep(settings.ping_interval_s)
        if stream.paused:
            continue  # we do not read, so no answer can reach us
        try:
            await link.send({"Action": "Ping"}, timeout_s=settings.ping_timeout_s)
        except PbxError as error:
            link.abort(f"silent: {error}")
            return
        since_told += settings.ping_interval_s
        if since_told >= settings.heartbeat_s:
            since_told = 0.0
            stream.mark(Mark.HEARD)


async def look_around(
    link: AmiLink, stream: EventStream, settings: PbxSettings, jitter: Callable[[], float]
) -> None:
    """List Asterisk's channels every `look_interval_s`, a quarter more or less so that PBXs are not asked all at once."""
    while not link.lost.is_set():
        await asyncio.sleep(settings.look_interval_s * (0.75 + jitter() / 2))
        if stream.paused:
            continue
        try:
            channels = await list_channels(link.send)
        except ActionFailed as error:
            log.warning("look_refused", why=str(error))
            return
        except PbxError as error:
            log.warning("look_failed", why=str(error))  # the watchdog decides about the connection
            continue
        if channels is not None:
            stream.put_listing(Listing(channels))
