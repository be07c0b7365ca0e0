"""`slovo doctor`: the checks of Asterisk, against a scripted one; each is made to fail."""

from __future__ import annotations

import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from support.fake_ami import FakeAmi, Fields, listing

from pbx.settings import PbxSettings
from web.doctor.evidence import CALL_EVENTS, Evidence, judge
from web.doctor.finding import Finding, State
from web.doctor.switch import examine_switch

OFFERED = ("Originate", "Redirect", "CoreShowChannels", "QueuePause", "Ping")
ENDS = [{"Event": "Hangup", "Channel": f"Local/ring@slovo-doctor-0001;{n}"} for n in (1, 2)]


def settings(port: int, secret: str = "right") -> PbxSettings:
    return PbxSettings(
        ami_port=port, ami_secret=SecretStr(secret), action_timeout_s=0.3, connect_timeout_s=0.5
    )


def offer(*actions: str) -> list[Fields]:
    return [{"Response": "Success", **dict.fromkeys(actions, "(Priv: some)")}]


@pytest.fixture
async def ami() -> AsyncIterator[FakeAmi]:
    """An Asterisk on which everything is as it should be, but that tells nothing of its calls."""
    async with FakeAmi() as fake:
        fake.replies["Ping"] = lambda _: [
            {"Response": "Success", "Timestamp": f"{time.time():.6f}"}
        ]
        fake.replies["ListCommands"] = lambda _: offer(*OFFERED)
        fake.replies["Originate"] = lambda _: [{"Response": "Success"}, *ENDS]
        yield fake


def of(found: list[Finding], check: str) -> Finding:
    return next(finding for finding in found if finding.check == check)


async def test_nobody_listens_is_named() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        (found,) = await examine_switch(settings(free.getsockname()[1]), None)
    assert (found.check, found.state) == ("ami", State.FAIL)
    assert "Is Asterisk running?" in found.mend


async def test_something_else_than_an_ami_is_named(ami: FakeAmi) -> None:
    ami.silent = True
    (found,) = await examine_switch(settings(ami.port), None)
    assert (found.check, found.state) == ("ami", State.FAIL)


async def test_wrong_secret_is_named(ami: FakeAmi) -> None:
    found = await examine_switch(settings(ami.port, "wrong"), None)
    assert [(f.check, f.state) for f in found] == [("ami", State.OK), ("ami-login", State.FAIL)]
    assert "SLOVO_AMI_SECRET" in found[1].mend


@pytest.mark.parametrize(("off_s", "word"), [(-90, "90 s behind"), (40, "40 s ahead of")])
async def test_clock_that_is_off_warns(ami: FakeAmi, off_s: float, word: str) -> None:
    ami.replies["Ping"] = lambda _: [{"Response": "Success", "Timestamp": str(time.time() + off_s)}]
    clock = of(await examine_switch(settings(ami.port), None), "clock")
    assert clock.state is State.WARN
    assert word in clock.what


async def test_clock_that_is_not_told_warns(ami: FakeAmi) -> None:
    ami.replies["Ping"] = lambda _: [{"Response": "Success"}]
    assert of(await examine_switch(settings(ami.port), None), "clock").state is State.WARN


async def test_right_clock_is_ok(ami: FakeAmi) -> None:
    assert of(await examine_switch(settings(ami.port), None), "clock").state is State.OK


@pytest.mark.parametrize(
    ("actions", "state", "word"),
    [
        (OFFERED, State.OK, "nothing dangerous"),
        (OFFERED[1:], State.FAIL, "Originate (right originate)"),
        (("Originate", "Redirect", "CoreShowChannels"), State.WARN, "agent"),
        ((*OFFERED, "Command", "UpdateConfig"), State.WARN, "command, config"),
    ],
)
async def test_rights_are_judged(
    ami: FakeAmi, actions: tuple[str, ...], state: State, word: str
) -> None:
    ami.replies["ListCommands"] = lambda _: offer(*actions)
    rights = of(await examine_switch(settings(ami.port), None), "ami-rights")
    assert rights.state is state
    assert word in rights.what


async def test_asterisk_refuses_the_test_call_is_named(ami: FakeAmi) -> None:
    ami.replies["Originate"] = lambda _: [{"Response": "Error", "Message": "Permission denied"}]
    events = of(await examine_switch(settings(ami.port), None), "ami-events")
    assert events.state is State.FAIL
    assert "Permission denied" in events.what


async def test_asterisk_falls_silent_is_named(ami: FakeAmi) -> None:
    ami.replies["ListCommands"] = lambda _: None
    found = await examine_switch(settings(ami.port), None)
    assert "broke off" in found[-1].what
    assert found[-1].state is State.FAIL


async def test_member_of_the_test_is_paused_and_removed_again(ami: FakeAmi) -> None:
    ami.replies["QueueStatus"] = lambda fields: listing(
        fields, "QueueStatusComplete", [{"Event": "QueueParams", "Queue": "support"}]
    )
    for action in ("QueueAdd", "QueueRemove"):
        ami.replies[action] = lambda _: [{"Response": "Success"}]
    await examine_switch(settings(ami.port), None)
    (added,), (removed,) = ami.actions("QueueAdd"), ami.actions("QueueRemove")
    assert added["Paused"] == "true"
    assert (added["Queue"], added["Interface"]) == (removed["Queue"], removed["Interface"])


# --- what the test call proves

STEP = {"Event": "Newexten", "Application": "MixMonitor"}
NAMED = {"Event": "VarSet", "Variable": "MIXMONITOR_FILENAME", "Value": "/monitor/slovo-doctor.wav"}
WHOLE: tuple[Fields, ...] = (
    *({"Event": name, "Timestamp": "1795325759.1"} for name in CALL_EVENTS), STEP, NAMED,
    {"Event": "QueueMemberAdded"}, {"Event": "Cdr"},
)  # fmt: skip


def evidence(*without: str, more: tuple[Fields, ...] = (), **changes: object) -> Evidence:
    heard = tuple(m for m in WHOLE if m["Event"] not in without) + more
    values: dict[str, object] = {
        "queue": "support", "recording_dir": Path("/monitor"), "new_files": frozenset({"slovo-doctor.wav"}),
    }  # fmt: skip
    return Evidence(heard=heard, **{**values, **changes})  # type: ignore[arg-type]


def test_everything_seen_is_ok() -> None:
    assert {f.state for f in judge(evidence())} == {State.OK}


@pytest.mark.parametrize(
    ("seen", "check", "state", "word"),
    [
        (evidence("DialState"), "ami-events", State.FAIL, "DialState"),
        (evidence(*CALL_EVENTS), "ami-events", State.FAIL, "no event of it"),
        (evidence("QueueMemberAdded"), "ami-events", State.FAIL, "agent"),
        (evidence(booted=False), "ami-events", State.FAIL, "system"),
        (evidence("Cdr"), "ami-events", State.WARN, "Cdr"),
        (evidence("VarSet"), "ami-filter", State.FAIL, "MIXMONITOR_FILENAME"),
        (evidence("Newexten"), "ami-filter", State.FAIL, "Newexten"),
        (evidence(more=({"Event": "VarSet", "Variable": "X"},) * 9), "ami-filter", State.WARN, "no use"),
        (evidence(new_files=frozenset()), "recordings", State.FAIL, "/monitor/slovo-doctor.wav"),
        (evidence(recording_dir=None), "recordings", State.WARN, "Not examined"),
        (evidence("Newchannel", more=({"Event": "Newchannel"},)), "ami-timestamps", State.FAIL, "when"),
    ],
)  # fmt: skip
def test_something_missing_is_named(seen: Evidence, check: str, state: State, word: str) -> None:
    found = of(judge(seen), check)
    assert found.state is state
    assert word in found.what
    assert found.mend


def test_queue_events_are_not_missed_where_there_is_no_queue() -> None:
    assert of(judge(evidence("QueueMemberAdded", queue="")), "ami-events").state is State.OK


def test_call_that_fails_is_named() -> None:
    failed: Fields = {"Event": "OriginateResponse", "Response": "Failure"}
    (found,) = judge(Evidence(heard=(failed,)))
    assert (found.check, found.state) == ("ami-events", State.FAIL)
    assert "slovo/extensions.conf" in found.mend
