"""Reads the stored halves of one person's cards, for all of the person's pages; a pop never waits for it.

In: what `Desk.due` says must be read. Out: `Desk.loaded`. New cards come first; those that may have changed wait longer.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import structlog

from calls.errors import DatabaseUnavailable
from web.live import cards
from web.live.desk import Desk
from web.live.pops import Pop
from web.services import Services

log = structlog.get_logger(__name__)

FIRST_S = 0.05
"""So long the database is left alone after a change: the card itself reaches all pages before."""
AGAIN_S = 0.4
"""Least time between two readings of cards that were read before."""
RETRY_S = 1.0


@asynccontextmanager
async def cards_kept(services: Services, desk: Desk) -> AsyncIterator[None]:
    """Keep the person's cards as the database has them, as long as any page of the person is in this block."""
    if desk.keeper is None or desk.keeper.done():
        desk.keeper = asyncio.create_task(_keep(services, desk), name="live-cards")
    try:
        yield
    finally:
        if not desk.pages and desk.keeper is not None:
            desk.keeper.cancel()


async def _keep(services: Services, desk: Desk) -> None:
    again_at = 0.0
    while True:
        await desk.bell.wait()
        await asyncio.sleep(FIRST_S)
        desk.bell.clear()
        new_only = monotonic() < again_at
        if not new_only:
            again_at = monotonic() + AGAIN_S
        if due := desk.due(new_only=new_only):
            await _read(services, desk, due)
        if new_only and desk.due(new_only=False):
            asyncio.get_running_loop().call_later(AGAIN_S, desk.bell.set)


async def _read(services: Services, desk: Desk, due: list[Pop]) -> None:
    try:
        async with services.hub.turn:
            desk.loaded(await cards.load(services, desk.actor, due))
    except DatabaseUnavailable as error:
        log.warning("cards_without_database", why=str(error))
        await _ring_later(desk, RETRY_S)
    except Exception:
        # The cards stay as they are: number and name are there, and the next change tries again.
        log.exception("cards_not_read")
        await _ring_later(desk, RETRY_S)


async def _ring_later(desk: Desk, wait_s: float) -> None:
    await asyncio.sleep(wait_s)
    desk.bell.set()
