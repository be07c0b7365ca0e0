"""What the work process does now and then, beside recordings and speech: one table of chores.

In: the core. Out: each chore is called again and again, so often as the table says; one that fails is logged and called
again at its next turn, and holds no other up. With several work processes each chore must claim the rows that it works on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from crm.finding.index import index_missing
from web.core import Core

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done every `every_s` seconds."""

    name: str
    every_s: float
    do: Callable[[Core], Awaitable[None]]


async def _index_clients(core: Core) -> None:
    await index_missing(core.db)


CHORES: Sequence[Chore] = (Chore("clients_indexed", 600, _index_clients),)


async def run_chores(core: Core, chores: Sequence[Chore] = CHORES) -> None:
    """Do all chores until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        for chore in chores:
            tasks.create_task(_repeat(core, chore), name=f"chore-{chore.name}")


async def _repeat(core: Core, chore: Chore) -> None:
    while True:
        try:
            await chore.do(core)
        except Exception:
            # One bad row must not end reminders for ever; the log and its alarm have the whole story.
            log.exception("chore_failed", chore=chore.name)
        await asyncio.sleep(chore.every_s)
