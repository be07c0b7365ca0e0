"""Waiting for what another task brings about: as long as it takes, with an end for what never comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

MOST_S = 60.0


async def until(condition: Callable[[], object]) -> None:
    """Return when the condition holds.

    Raises:
        TimeoutError: it did not hold within a minute.
    """
    async with asyncio.timeout(MOST_S):
        while not condition():
            await asyncio.sleep(0.002)
