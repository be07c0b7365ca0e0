"""The wiring of everything: which parts run in this process and who hands what to whom.

In: settings and the parts to run. Out: a running Slovo, until it is told to stop. The handler table below is the one place
that says what happens with a call event.

    listener -> dispatcher.put -+-> at once: PopTracker -> feed -> hub -> pages
                                +-> one transaction: calls.log, HANDLERS -> notices -> feed -> hub -> pages
    worker: jobs -> recordings -> transcripts -> search
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine, Sequence
from enum import StrEnum
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from calls.dispatch import Handler
from calls.errors import DatabaseUnavailable
from calls.feed import LAGGED, prune
from calls.understanding import UNDERSTAND, Step, Understanding
from crm import (
    company_settings,
    funnels,
    last_contact,
    proof_keys,
    recording_notes,
    redaction,
    redaction_search,
    webhook_outbox,
)
from crm.call_links import CallLinks
from crm.deal_calls import DealCalls
from crm.intake import Intake
from crm.missed_calls import MissedCalls
from crm.number_rules import NumberRules
from crm.proof_packs import MAKE
from crm.quality import topics
from crm.redaction import SILENCE_JOB
from crm.saved_searches import Telling
from crm.sessions import Sessions
from crm.snooze import Snoozes
from pbx.settings import PbxSettings
from web import promise_chores
from web.app import create_app
from web.assets import require_assets
from web.chores import run_chores
from web.core import NO_EXTRAS, Core, Extras
from web.event_loop import rest_seldom
from web.listening import actions_on, build_dispatcher, build_listener, listen
from web.live.card_memory import lay_cards_again
from web.reconciling import Reconciling
from web.server import serve
from web.services import Services
from web.settings import Settings

log = structlog.get_logger(__name__)

FEED_KEPT_S = 24 * 3600.0
"""Notices are doorbells: a page that was away longer takes a snapshot."""
PRUNE_EVERY_S = 3600.0


Work = Callable[[], Coroutine[Any, Any, None]]


class Part(StrEnum):
    """What one process can do; one process may do all."""

    WEB = "web"
    LISTEN = "listen"
    WORK = "work"


ALL_PARTS = frozenset(Part)


def handlers(settings: Settings) -> tuple[Handler, ...]:
    """What happens with each call event, in this order, in the transaction of the call's own rows."""
    return (
        CallLinks(NumberRules.of(settings)).on_event,
        Intake(NumberRules.of(settings)).on_event,
        DealCalls().on_event,
        MissedCalls(settings).on_event,
        Snoozes().on_event,
        last_contact.on_event,
        recording_notes.on_event,
        webhook_outbox.on_event,
    )


def understanding_steps(settings: Settings) -> tuple[Step, ...]:
    """What is done with each transcript once it is stored, in this order, in one transaction."""
    return (
        redaction_search.apply_rules,
        *promise_chores.steps(settings),
        topics.apply,
        Telling(ZoneInfo(settings.time_zone)).tell,
    )


async def run(
    settings: Settings,
    parts: frozenset[Part] = ALL_PARTS,
    *,
    pbxs: Sequence[PbxSettings] | None = None,
    on_ready: Callable[[int], None] | None = None,
    extras: Extras = NO_EXTRAS,
) -> None:
    """Run these parts until SIGINT or SIGTERM, or until one of them fails.

    Args:
        settings: of the installation.
        parts: what this process does.
        pbxs: which PBXs this process listens to, if it does; None: all.
        on_ready: called with the port once pages can be opened.
        extras: what the demonstration adds.

    Raises:
        SettingMissing, SettingInvalid: something needed is not set.
        DatabaseUnavailable: the database cannot be reached at the start.
    """
    async with Core.open(settings) as core:
        await funnels.begin(core.db, settings.locale)
        await proof_keys.begin(core.db, settings.data_dir)
        core.on_ready = on_ready or core.on_ready
        core.extras = extras
        stop = asyncio.Event()
        _stop_on_signals(stop)
        heard = settings.pbxs if pbxs is None else pbxs
        work = _work_of(core, parts, heard, stop)
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(core.feed.run(), name="feed")]
            await core.feed.ready()
            running += [tasks.create_task(begin(), name=name) for name, begin in work.items()]
            await stop.wait()
            for task in running:
                if task.get_name() != "web":
                    task.cancel()


def _work_of(
    core: Core, parts: frozenset[Part], heard: Sequence[PbxSettings], stop: asyncio.Event
) -> dict[str, Work]:
    """What this process does, by name.

    Raises:
        SettingMissing: a part needs a secret that is not set.
    """
    work: dict[str, Work] = {"memory": partial(keep_memory, core)}
    if Part.LISTEN in parts:
        told = (*handlers(core.settings), *core.extras.handlers)
        reconciling = Reconciling(core, handlers(core.settings), heard)
        dispatcher = build_dispatcher(core, told, reconciling.on_event)
        own = core.settings.own_numbers
        core.listeners = {pbx.name: build_listener(pbx, dispatcher, own) for pbx in heard}
        work["listen"] = partial(listen, core, dispatcher)
        work["prune"] = partial(keep_pruned, core)
        work["reconcile"] = partial(reconciling.run, dispatcher)
    if Part.WORK in parts:
        work["work"] = partial(work_jobs, core)
        work["chores"] = partial(run_chores, core)
    if Part.WEB in parts:
        core.settings.secret()
        work["web"] = partial(serve_pages, core, stop)
    for index, beside in enumerate(core.extras.beside):
        work[f"beside-{index}"] = partial(beside, core)
    return work


async def keep_memory(core: Core) -> None:
    """Keep phones, numbers and link states in memory as the database has them."""
    with core.feed.subscribe() as items:
        async for item in items:
            try:
                await _refresh(core, item.topic, item.payload)
            except DatabaseUnavailable as error:
                # The next notice, or the reload after a lag, finds what was missed.
                log.warning("memory_not_refreshed", topic=item.topic, why=str(error))


async def _refresh(core: Core, topic: str, payload: Any) -> None:
    if topic == LAGGED:
        await core.load()
        return
    if topic not in ("client", "clients", "user", "link"):
        return
    async with core.db.read() as session:
        if topic == "client":
            await core.numbers.update(session, int(payload["id"]))
        elif topic == "clients":
            await core.numbers.update_many(session, [int(one) for one in payload["ids"]])
        elif topic == "user":
            await core.owners.load(session)
        elif await core.links.load(session):
            # The notice itself reached the pages before the table was read.
            core.feed.send_now("link", {"id": payload["id"]})


async def keep_pruned(core: Core) -> None:
    """Remove old notices and ended logins now and then."""
    sessions = Sessions(core.db, core.settings)
    while True:
        try:
            await prune(core.db, FEED_KEPT_S)
            await sessions.prune()
        except DatabaseUnavailable as error:
            log.warning("not_pruned", why=str(error))
        await asyncio.sleep(PRUNE_EVERY_S)


async def work_jobs(core: Core) -> None:
    """Collect recordings and transcribe them."""
    # numpy and soundfile take memory: only where there is work.
    from calls.recordings.places import sources_of
    from calls.transcripts.models import ModelStore
    from calls.transcripts.reading import Reader
    from calls.transcripts.rules import SETTING, SpeechRules
    from calls.transcripts.vocabulary import CHECK_WORDS, VocabularyCheck
    from calls.worker import Worker, WorkerSettings
    from crm.redaction_sound import Silencer
    from web.proof_making import PackMaker

    settings = core.settings
    reader = Reader(
        db=core.db,
        rules=partial(company_settings.load, name=SETTING, model=SpeechRules),
        zone=ZoneInfo(settings.time_zone),
        models=ModelStore(settings.data_dir / "models"),
        data_dir=settings.data_dir,
        lang=settings.speech_lang,
        unsettled=redaction.is_waiting,
    )
    places = WorkerSettings(data_dir=settings.data_dir, sources=sources_of(settings.pbxs))
    vocabulary = VocabularyCheck(db=core.db, models=ModelStore(settings.data_dir / "models"))
    others = {
        CHECK_WORDS: vocabulary.check,
        UNDERSTAND: Understanding(core.db, understanding_steps(settings)).understand,
        SILENCE_JOB: Silencer(core.db, settings.data_dir).silence,
        MAKE: PackMaker(core.db, settings).make_pack,
    }
    await Worker(db=core.db, settings=places, reader=reader, others=others).run()


def services_of_core(core: Core) -> Services:
    """What the pages of this process use."""
    settings = core.settings
    return Services(
        settings=settings,
        db=core.db,
        feed=core.feed,
        number_index=core.numbers,
        actions={pbx.name: actions_on(core, pbx) for pbx in settings.pbxs if pbx.ami_secret},
        links=core.links.views,
        sample_data=core.extras.sample_data,
    )


async def serve_pages(core: Core, stop: asyncio.Event) -> None:
    """Serve the pages until `stop`; tells the port to `on_ready`.

    Raises:
        SettingMissing: the signing key is not set.
        SettingInvalid: the address cannot be used.
    """
    settings = core.settings
    settings.secret()
    require_assets()
    services = services_of_core(core)
    await lay_cards_again(services)
    rest_seldom()
    await serve(create_app(services), settings.http_host, settings.http_port, stop, core.on_ready)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, partial(_stop, stop, number))


def _stop(stop: asyncio.Event, number: signal.Signals) -> None:
    log.info("stopping", signal=number.name)
    stop.set()
