"""Several PBXs in one process: the listeners stand alone, and share one dispatcher."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from support.patience import until

from crm import migrate
from pbx.errors import SettingMissing
from pbx.settings import PbxSettings
from pbx.simulator import Simulator
from web import listening
from web.core import Core
from web.reconciling import own_records
from web.settings import load


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLOVO_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SLOVO_CONFIG", "")
    migrate.upgrade(f"sqlite:///{tmp_path}/slovo.db")
    return tmp_path


def pbx(name: str, port: int, secret: str = "right") -> PbxSettings:
    return PbxSettings(
        name=name, ami_port=port, ami_secret=SecretStr(secret), login_attempts=1,
        reconnect_min_s=0.01, reconnect_max_s=0.02,
    )  # fmt: skip


@asynccontextmanager
async def heard(*pbxs: PbxSettings) -> AsyncIterator[Core]:
    async with Core.open(load(pbxs)) as core:
        dispatcher = listening.build_dispatcher(core, ())
        core.listeners = {one.name: listening.build_listener(one, dispatcher, ()) for one in pbxs}
        task = asyncio.create_task(listening.listen(core, dispatcher))
        yield core
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_pbx_that_refuses_or_is_away_stops_no_other(installation: Path) -> None:
    simulator = Simulator(account=("slovo", "right"))
    port = await simulator.start()
    pbxs = (pbx("refuses", port, "wrong"), pbx("away", 1), pbx("works", port))
    async with heard(*pbxs) as core:

        def states() -> dict[str, tuple[bool, bool]]:
            return {v.pbx: (v.connected, v.login_refused) for v in core.links.views()}

        await until(lambda: states()["works"][0] and states()["refuses"][1])
        assert states() == {
            "refuses": (False, True), "away": (False, False), "works": (True, False),
        }  # fmt: skip
    await simulator.close()


async def test_pbx_that_another_process_hears_keeps_no_other_waiting(installation: Path) -> None:
    simulator = Simulator(account=("slovo", "right"))
    port = await simulator.start()
    one, other = pbx("one", port), pbx("other", port)
    async with heard(one) as first, heard(one, other) as second:
        await until(lambda: all(view.connected for view in first.links.views()))
        await until(lambda: second.links.views()[1].connected)
        assert second.listeners["one"].link_state == "connecting"
        # Commands need no right to listen.
        for settings in (one, other):
            await listening.actions_on(second, settings).ping()
    await simulator.close()


async def test_missing_secret_of_any_pbx_is_named_before_anything_runs(installation: Path) -> None:
    (installation / "slovo.toml").write_text('[[pbx]]\nname = "north"\n')
    settings = load()
    async with Core.open(settings) as core:
        dispatcher = listening.build_dispatcher(core, ())
        with pytest.raises(SettingMissing, match=r"\[\[pbx\]\] north, ami_secret"):
            listening.build_listener(settings.pbxs[0], dispatcher, ())


def test_numbers_of_the_company_are_known_to_the_listener_and_to_the_comparison() -> None:
    own = ("+7 495 000-00-01",)
    with_record = PbxSettings(name="office", cdr_csv=Path("Master.csv"))
    (record,) = own_records([with_record], own)
    for endpoints in (listening.endpoints_of(with_record, own), record.endpoints):
        assert endpoints.is_own("84950000001")
        assert not endpoints.is_own("84950000002")
