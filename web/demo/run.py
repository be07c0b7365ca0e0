"""Runs the demonstration: sample data once, then the simulated PBX beside all parts of Slovo, in one process.

In: settings of the installation. Out: pages with calls coming in. No other service is needed.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy import exists, select

from calls.db import Database
from calls.dispatch import Dispatcher
from calls.tables import Call
from crm import migrate
from crm.promise_decisions import House
from pbx.events import PbxName
from pbx.settings import PbxSettings
from pbx.simulator import Simulator
from web import bootstrap, promise_words
from web.core import Extras
from web.demo import sample_promises, samples
from web.demo.clients import Caller, callers
from web.demo.history import history
from web.demo.people import Account, accounts
from web.services import utc_now
from web.settings import Settings, load

PBX = "demo"
"""Not "main": a real PBX that is connected later keeps its own calls."""
CALLS_PER_MINUTE = 3.0


async def run(
    clients: int, on_accounts: Callable[[list[Account]], None], on_ready: Callable[[int], None]
) -> None:
    """Run until SIGINT or SIGTERM.

    Args:
        clients: how many sample clients there shall be at least.
        on_accounts: gets the accounts to log in with.
        on_ready: gets the port of the pages.

    Raises:
        SettingMissing, SettingInvalid: something needed is not set.
        DatabaseUnavailable: the database cannot be reached.
    """
    settings = load()
    settings.secret()  # missing: said before anything is made
    recording_dir = settings.data_dir / "sample-pbx"
    migrate.upgrade(settings.database_url)
    known = await _prepare(settings, clients, recording_dir, on_accounts)
    async with _simulated_pbx(known, recording_dir) as simulator:
        settings = load([_settings_of(simulator, recording_dir)])
        simulator.run_traffic(CALLS_PER_MINUTE)
        await bootstrap.run(
            settings,
            on_ready=on_ready,
            extras=Extras(
                sample_data=True,
                handlers=(samples.mark,),
                beside=(lambda core: samples.keep_prepared(core.db),),
            ),
        )


@asynccontextmanager
async def _simulated_pbx(known: list[Caller], recording_dir: Path) -> AsyncIterator[Simulator]:
    """Run the simulator inside the block."""
    simulator = Simulator(
        [(caller.number, caller.name) for caller in known],
        recording_dir=recording_dir,
        seed=secrets.randbits(32),  # every start is another day
    )
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.close()


def _settings_of(simulator: Simulator, recording_dir: Path) -> PbxSettings:
    """The simulator is the only PBX of the demonstration, whatever is set."""
    return PbxSettings(
        name=PBX,
        ami_host="127.0.0.1",
        ami_port=simulator.port,
        ami_user=simulator.account.user,
        ami_secret=SecretStr(simulator.account.secret),
        recording_dir=recording_dir,
    )


async def _prepare(
    settings: Settings,
    clients: int,
    recording_dir: Path,
    on_accounts: Callable[[list[Account]], None],
) -> list[Caller]:
    """Make people, clients and history where they are not there yet."""
    db = Database(settings.database_url)
    try:
        on_accounts(await accounts(db, settings.data_dir, PBX))
        told = await _has_history(db)
        known = await callers(db, clients, now=utc_now(), pbx=PBX, lang=settings.locale)
        house = House(
            ZoneInfo(settings.time_zone), partial(promise_words.task_title, settings.locale)
        )
        await sample_promises.fill(db, house, settings.locale, utc_now())
        if not told:
            await _tell_history(db, settings, known, recording_dir)
        return known
    finally:
        await db.dispose()


async def _has_history(db: Database) -> bool:
    async with db.read() as session:
        return bool(await session.scalar(select(exists().where(Call.pbx == PBX))))


async def _tell_history(
    db: Database, settings: Settings, known: list[Caller], recording_dir: Path
) -> None:
    handlers = (*bootstrap.handlers(settings), samples.mark)
    dispatcher = Dispatcher(db, handlers, region=settings.region)
    storing = asyncio.create_task(dispatcher.run(), name="history")
    for event in history(PbxName(PBX), known, utc_now(), recording_dir):
        dispatcher.put(event)
    await dispatcher.drain()
    storing.cancel()
