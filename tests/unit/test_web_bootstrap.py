"""The wiring: what starts, what stops, and what is refused before anything runs."""

import asyncio
from pathlib import Path

import pytest

from crm import migrate
from crm.errors import SettingInvalid
from pbx.errors import SettingMissing
from web.bootstrap import Part, run
from web.settings import load


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a fresh installation without a PBX."""
    for name, value in (
        ("SLOVO_DATA_DIR", str(tmp_path)),
        ("SLOVO_CONFIG", ""),
        ("SLOVO_HTTP_PORT", "0"),
        ("SLOVO_SECRET_KEY", "for-tests-only"),
        ("SLOVO_AMI_SECRET", "for-tests-only"),
        ("SLOVO_AMI_PORT", "1"),
    ):
        monkeypatch.setenv(name, value)
    return tmp_path


async def test_database_of_another_version_is_refused_with_the_command_that_mends_it(
    installation: Path,
) -> None:
    with pytest.raises(SettingInvalid, match="slovo migrate"):
        await run(load())


async def test_missing_secret_of_the_pbx_is_named(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load()
    await asyncio.to_thread(migrate.upgrade, settings.database_url)
    monkeypatch.setenv("SLOVO_AMI_SECRET", "")
    with pytest.raises((SettingMissing, ExceptionGroup)) as caught:
        await run(load(), frozenset({Part.LISTEN}))
    assert "SLOVO_AMI_SECRET" in repr(caught.value)


async def test_pages_are_served_while_the_pbx_is_away(installation: Path) -> None:
    settings = load()
    await asyncio.to_thread(migrate.upgrade, settings.database_url)
    ready = asyncio.Event()
    running = asyncio.create_task(run(settings, on_ready=lambda port: ready.set()))
    await asyncio.wait_for(ready.wait(), 30)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
