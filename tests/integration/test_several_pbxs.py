"""Two PBXs at once in one running Slovo, with the same extensions and the same ids of calls."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from support.patience import until
from support.several import MAIN, NORTH
from support.sockets import PageEnd, live_page
from support.web import Site, add_people

from calls.db import Database
from calls.tables import Call, LinkWindow
from crm import agents
from crm.access import SYSTEM
from crm.person_fields import Phone
from pbx.simulator import Simulator
from pbx.simulator.clock import Clock
from pbx.simulator.exchange import DIRECT
from web import bootstrap
from web.app import create_app
from web.core import Core, Extras
from web.settings import load

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = {MAIN: "79161234567", NORTH: "79035550011"}


@dataclass
class Running:
    """A running Slovo, and its PBXs by name."""

    site: Site
    core: Core
    pbxs: dict[str, Simulator]
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def desk(self, login: str) -> PageEnd:
        """An open page of this person that has its snapshot."""
        client = await self.site.client(login)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        page = await self.stack.enter_async_context(live_page(self.site.app, cookie, "day"))
        await page.receive_frame()
        return page


async def heard(db: Database, pbxs: set[str]) -> None:
    """Wait until somebody hears these PBXs."""
    async with asyncio.timeout(120):
        connected: set[str] = set()
        while not pbxs <= connected:
            await asyncio.sleep(0.02)
            async with db.read() as session:
                known = select(LinkWindow.pbx).where(LinkWindow.restored_at.is_not(None))
                connected = set(await session.scalars(known))


async def ended_calls(db: Database, pbxs: set[str]) -> dict[str, Call]:
    """The one call of each PBX, when those of these PBXs have ended."""
    async with asyncio.timeout(60):
        while True:
            async with db.read() as session:
                found = {row.pbx: row for row in await session.scalars(select(Call))}
            if pbxs <= {pbx for pbx, call in found.items() if call.ended}:
                return found
            await asyncio.sleep(0.01)


async def tables_of(pbxs: Mapping[str, Simulator]) -> str:
    """Start the simulators; returns their settings."""
    tables = ""
    for name, one in pbxs.items():
        port, secret = await one.start(), one.account.secret
        tables += (
            f'[[pbx]]\nname = "{name}"\nami_port = {port}\nami_secret = "{secret}"\n'
            "reconnect_max_s = 1.0\n"
        )
    return tables


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """All switches live in the same second, so that they give the same ids to their channels."""
    ticks = itertools.count(1)
    monkeypatch.setattr(Clock, "now", lambda self: 1_795_000_000.0 + min(next(ticks), 999) / 1000)


@pytest.fixture
async def running(
    db: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    one_second: None,
) -> AsyncIterator[Running]:  # fmt: skip
    """Anna has 101 of the first PBX, Boris 101 of the other one."""
    people = await add_people(db)
    async with db.write() as session:
        boris = agents.person_of(await agents.by_login(session, "boris"))
        boris = replace(boris, phones=(Phone("101", NORTH),))
        await agents.edit(session, SYSTEM, people["boris"], boris)
    pbxs = {name: Simulator(account=("slovo", f"right-{name}")) for name in (MAIN, NORTH)}
    file = tmp_path / "two.toml"
    file.write_text(
        'secret_key = "for-tests-only"\nlocale = "en"\nhttp_port = 0\n' + await tables_of(pbxs)
    )
    monkeypatch.setenv("SLOVO_CONFIG", str(file))
    monkeypatch.setenv("SLOVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SLOVO_DATABASE_URL", database_url)
    apps: list[Starlette] = []
    monkeypatch.setattr(bootstrap, "create_app", lambda s: apps.append(create_app(s)) or apps[0])
    cores: list[Core] = []

    async def keep(core: Core) -> None:
        cores.append(core)

    ready = asyncio.Event()
    slovo = asyncio.create_task(
        bootstrap.run(load(), on_ready=lambda port: ready.set(), extras=Extras(beside=(keep,)))
    )
    await asyncio.wait_for(ready.wait(), 60)
    app, (core,) = apps[0], cores
    await until(lambda: all(view.connected for view in core.links.views()))
    made = Running(Site(app, app.state.services, people), core, pbxs)
    async with made.stack, made.site.stack:
        yield made
        assert not slovo.done()
    slovo.cancel()
    await asyncio.gather(slovo, return_exceptions=True)
    for one in pbxs.values():
        await one.close()


async def card_on(page: PageEnd) -> str:
    """The one card of a page, when it is there."""
    while not page.cards:
        await page.receive_frame()
    (card,) = page.cards.values()
    return card


async def test_namesake_phones_ring_on_the_right_desks_and_a_lost_pbx_stops_no_other(
    running: Running,
) -> None:
    main, north = running.pbxs[MAIN], running.pbxs[NORTH]
    anna, boris = await running.desk("anna"), await running.desk("boris")
    for one in (main, north):
        one.hold_phone("101")
    calls = {name: await one.incoming(CLIENTS[name], DIRECT) for name, one in running.pbxs.items()}
    assert calls[MAIN].linkedid == calls[NORTH].linkedid

    assert "161234567" in digits(await card_on(anna))
    assert "035550011" in digits(await card_on(boris))

    # One PBX goes away while both phones ring: the other one's call goes on, and is answered.
    await main.close()
    await until(lambda: [view.connected for view in running.core.links.views()] == [False, True])
    await calls[NORTH].answer("101")
    await calls[NORTH].call.answered.wait()
    await calls[NORTH].hangup()
    found = await ended_calls(running.site.services.db, {NORTH})
    assert (found[NORTH].answered_by, found[NORTH].outcome) == ("101", "answered")
    assert (found[MAIN].linkedid, found[MAIN].answered_by) == (found[NORTH].linkedid, "")

    # Each sees the call of his own PBX only; the page says which PBX is away.
    for login, own, foreign in (("anna", MAIN, NORTH), ("boris", NORTH, MAIN)):
        client = await running.site.client(login)
        listed = (await client.get("/calls")).text
        assert f'id="call-row-{found[own].id}"' in listed
        assert f'id="call-row-{found[foreign].id}"' not in listed
        assert (await client.get(f"/calls/{found[foreign].id}")).status_code == 403
    assert "No connection to a PBX: main" in listed

    # A command still reaches the PBX that is there, and says so of the other.
    dialled = await client.post("/dial", data={"number": "102", "pbx": MAIN})
    assert dialled.status_code == 202
    annas = await running.site.client("anna")
    assert (await annas.post("/dial", data={"number": "102"})).status_code == 502


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


async def test_listeners_split_over_processes_share_one_call_log(
    postgresql_db: Database, tmp_path: Path, one_second: None
) -> None:
    pbxs = {name: Simulator(account=("slovo", "right")) for name in (MAIN, NORTH)}
    file = tmp_path / "two.toml"
    file.write_text(await tables_of(pbxs))
    url = postgresql_db.url.render_as_string(hide_password=False)
    env = {name: value for name, value in os.environ.items() if not name.startswith("SLOVO_")}
    env |= {"SLOVO_CONFIG": str(file), "SLOVO_DATA_DIR": str(tmp_path), "SLOVO_DATABASE_URL": url}
    command = [sys.executable, "-m", "web", "serve", "--only", "listen", "--pbx"]
    processes = [
        await asyncio.create_subprocess_exec(
            *command, name, env=env, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
        )
        for name in pbxs
    ]
    await heard(postgresql_db, set(pbxs))
    for one in pbxs.values():
        await one.call("in-direct-gave-up")
    found = await ended_calls(postgresql_db, set(pbxs))
    assert {pbx: (call.outcome, call.ended_at is not None) for pbx, call in found.items()} == {
        name: ("abandoned", True) for name in pbxs
    }
    for process in processes:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    for one in pbxs.values():
        await one.close()
