"""What the work process does now and then, beside recordings and speech: one table of chores.

In: the core. Out: each chore is called again and again, so often as the table says; one that fails is logged and called
again at its next turn, and holds no other up. With several work processes each chore must claim the rows that it works on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog

from calls.search.index import index_anew
from crm import (
    client_figures,
    duplicate_search,
    idempotency,
    inquiry_steps,
    webhook_delivery,
    webhook_outbox,
)
from crm.finding.index import index_missing
from crm.importing.work import work_once
from crm.quality import listening
from web import fixity_chore, personal_data_chores, promise_chores, task_chores
from web.core import Core
from web.import_place import import_place
from web.services import utc_now

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something that is done every `every_s` seconds."""

    name: str
    every_s: float
    do: Callable[[Core], Awaitable[None]]


async def _index_clients(core: Core) -> None:
    await index_missing(core.db)


async def _index_turns(core: Core) -> None:
    while await index_anew(core.db):
        pass


async def _tell_webhooks(core: Core) -> None:
    async with core.db.read() as session:
        news = await webhook_outbox.has_news(session)
    if news:
        async with core.db.write() as session:
            await webhook_outbox.collect(session)
    while await webhook_delivery.send_due(core.db):
        pass


async def _renew_figures(core: Core) -> None:
    await client_figures.renew_due(core.db, utc_now())


async def _forget_api_traces(core: Core) -> None:
    async with core.db.write() as session:
        await idempotency.prune(session)
        await webhook_delivery.prune(session)


async def _wake_inquiries(core: Core) -> None:
    now = utc_now()
    async with core.db.read() as session:
        if not await inquiry_steps.is_any_due(session, now):
            return
    async with core.db.write() as session:
        await inquiry_steps.wake_due(session, now)


async def _find_duplicates(core: Core) -> None:
    await duplicate_search.refresh(core.db)


async def _work_on_imports(core: Core) -> None:
    while await work_once(core.db, import_place(core.settings)):
        pass


async def _fill_listening(core: Core) -> None:
    """Rows are only written where something is drawn; the draw is the same in every process."""
    async with core.db.read() as session:
        if not await listening.has_rules(session):
            return
    async with core.db.write() as session:
        await listening.fill(session, utc_now())


CHORES: Sequence[Chore] = (
    Chore("listening_queue", 600, _fill_listening),
    Chore("imports", 1, _work_on_imports),
    Chore("inquiries", 20, _wake_inquiries),
    Chore("duplicates", 3600, _find_duplicates),
    Chore("clients_indexed", 600, _index_clients),
    Chore("turns_indexed", 600, _index_turns),
    Chore("reminders", 5, task_chores.show_reminders),
    Chore("reminder_mails", 10, task_chores.send_mails),
    Chore("snoozes", 5, task_chores.end_snoozes),
    Chore("series", 20, task_chores.continue_series),
    Chore("dates", 300, task_chores.remind_of_dates),
    Chore("promises_watched", 60, promise_chores.watch),
    Chore("promises_read_again", 120, promise_chores.read_again),
    Chore("client_figures", 60, _renew_figures),
    Chore("webhooks_told", 1, _tell_webhooks),
    Chore("retention", 900, personal_data_chores.keep_rules),
    Chore("deletions", 10, personal_data_chores.finish_deletions),
    Chore("recording_pauses", 2, personal_data_chores.end_pauses),
    Chore("recordings_fixity", 600, fixity_chore.look_at_recordings),
    Chore("api_pruned", 3600, _forget_api_traces),
)


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
