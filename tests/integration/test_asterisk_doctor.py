"""`slovo doctor` at a real Asterisk 22: all well on `asterisk-conf/`, and what an administrator may get wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from support.ami_tap import AmiTap
from support.asterisk_server import AsteriskServer
from typer.testing import CliRunner

from crm import migrate
from pbx.events import CallEvent, PbxName
from pbx.settings import PbxSettings
from pbx.tracker import CallTracker
from web.cli import app
from web.doctor.finding import Finding
from web.doctor.switch import examine_switch

pytestmark = pytest.mark.asterisk


def settings_of(asterisk: AsteriskServer, **changes: object) -> PbxSettings:
    host, port = asterisk.ami
    values = {"ami_host": host, "ami_port": port, "ami_secret": SecretStr(asterisk.secret)}
    return PbxSettings.model_validate({**values, **changes})


def by_check(found: list[Finding]) -> dict[str, str]:
    return {finding.check: finding.state.value for finding in found}


async def test_our_configuration_is_found_well(asterisk: AsteriskServer) -> None:
    found = await examine_switch(settings_of(asterisk), asterisk.recordings)
    assert {f"{f.check}: {f.what} {f.mend}" for f in found if f.state.value != "ok"} == set()
    assert set(by_check(found)) == {
        "ami", "ami-login", "ami-rights", "ami-events", "ami-timestamps", "ami-filter", "clock", "recordings",
    }  # fmt: skip
    assert "nobody" not in asterisk.cli("queue show")
    assert not asterisk.channels()


async def test_test_call_is_no_call_to_the_tracker(asterisk: AsteriskServer, ami: AmiTap) -> None:
    await examine_switch(settings_of(asterisk), asterisk.recordings)
    tracker = CallTracker(PbxName("main"))
    events = [event for at, message in ami.messages for event in tracker.feed(message, at)]
    assert "MIXMONITOR_FILENAME" in {m["Variable"] for m in ami.events("VarSet")}
    assert [event for event in events if isinstance(event, CallEvent)] == []


async def test_wrong_secret_is_named(asterisk: AsteriskServer) -> None:
    found = await examine_switch(settings_of(asterisk, ami_secret=SecretStr("no")), None)
    assert by_check(found) == {"ami": "ok", "ami-login": "fail"}


async def test_recordings_elsewhere_are_named(asterisk: AsteriskServer, tmp_path: Path) -> None:
    found = await examine_switch(settings_of(asterisk), tmp_path)
    (recordings,) = [f for f in found if f.check == "recordings"]
    assert recordings.state.value == "fail"
    assert "SLOVO_RECORDING_DIR" in recordings.mend


Change = Callable[[str], None]


@pytest.fixture
def manager_conf(asterisk: AsteriskServer) -> Iterator[Change]:
    """Adds lines to the server's manager.conf until the end of the test."""
    path = asterisk.root / "etc" / "manager.conf"
    before = path.read_text()

    def change(lines: str) -> None:
        path.write_text(f"{before}\n{lines}")
        asterisk.cli("manager reload")

    yield change
    change("")


@pytest.mark.parametrize(
    ("lines", "check", "state", "word"),
    [
        ("[general](+)\ntimestampevents = no\n", "ami-timestamps", "fail", "timestampevents"),
        ("[slovo](+)\neventfilter = !^Event: VarSet\n", "ami-filter", "fail", "VarSet"),
        ("[slovo](+)\neventfilter = !^Event: DialState\n", "ami-events", "fail", "DialState"),
        ("[slovo](+)\nread = agent,cdr\n", "ami-events", "fail", "right call"),
        ("[slovo](+)\nread = system,call,dialplan,cdr\n", "ami-events", "fail", "agent"),
        ("[slovo](+)\nread = call,agent,dialplan,cdr\n", "ami-events", "fail", "system"),
        ("[slovo](+)\nread = system,call,agent,cdr\n", "ami-filter", "fail", "names of recordings"),
        ("[slovo](+)\nread = system,call,agent,dialplan\n", "ami-events", "warn", "Cdr"),
        ("[slovo](+)\nwrite = call,agent,reporting\n", "ami-rights", "fail", "Originate"),
        ("[slovo](+)\nwrite = call,agent,originate\n", "ami-rights", "fail", "CoreShowChannels"),
        ("[slovo](+)\nwrite = call,reporting,originate\n", "ami-rights", "warn", "pause"),
        ("[slovo](+)\nwrite = all\n", "ami-rights", "warn", "more than"),
    ],
)
async def test_mistake_in_manager_conf_is_named(
    asterisk: AsteriskServer, manager_conf: Change, lines: str, check: str, state: str, word: str
) -> None:
    manager_conf(lines)
    found = await examine_switch(settings_of(asterisk), asterisk.recordings)
    (named,) = [f for f in found if f.check == check]
    assert named.state.value == state
    assert word in named.what + named.mend
    assert "manager" in named.mend


async def test_dialplan_without_our_file_is_named(asterisk: AsteriskServer) -> None:
    asterisk.cli("dialplan remove extension ring@slovo-doctor")
    try:
        found = await examine_switch(settings_of(asterisk), asterisk.recordings)
    finally:
        asterisk.cli("dialplan reload")
    (events,) = [f for f in found if f.check == "ami-events"]
    assert events.state.value == "fail"
    assert "extensions.conf" in events.mend


def test_whole_command_at_a_whole_installation_gives_no_failure(
    asterisk: AsteriskServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host, port = asterisk.ami
    values = {
        "SLOVO_DATA_DIR": tmp_path, "SLOVO_AMI_HOST": host, "SLOVO_AMI_PORT": port, "SLOVO_SECRET_KEY": "k" * 64,
        "SLOVO_AMI_SECRET": asterisk.secret, "SLOVO_RECORDING_DIR": asterisk.recordings,
    }  # fmt: skip
    for name, value in values.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.delenv("SLOVO_CONFIG", raising=False)
    monkeypatch.delenv("SLOVO_DATABASE_URL", raising=False)
    migrate.upgrade(f"sqlite:///{tmp_path}/slovo.db")
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = json.loads(result.stdout)
    assert result.exit_code == 0, found
    assert {f["check"]: f["state"] for f in found if f["state"] == "fail"} == {}
    assert len(found) == 15
