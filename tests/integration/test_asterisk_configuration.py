"""`asterisk-conf/`, included into Debian's own configuration, as the real Asterisk 22 understands it."""

from __future__ import annotations

import re

import pytest
from support.ami_tap import AmiTap, Message
from support.asterisk_server import OUR_CONF, AsteriskServer
from support.sipp import Phones

from pbx.messages import KNOWN_EVENTS, WANTED_APPLICATIONS, WANTED_VARIABLES

pytestmark = pytest.mark.asterisk

README = (OUR_CONF / "README.md").read_text()
CONFIGURED = ("pbx_config", "pbx.c", "manager", "app_queue", "res_pjsip", "res_sorcery", "features",
              "cdr.c", "cdr_csv", "cdr_manager", "app_voicemail", "res_parking", "app_mixmonitor")  # fmt: skip


def test_start_leaves_no_complaint_about_our_files(asterisk: AsteriskServer) -> None:
    complaints = [
        line
        for line in asterisk.start_log.splitlines()
        if re.search(r" (WARNING|ERROR)\[", line)
        and ("etc/slovo/" in line or any(f" {name}" in line for name in CONFIGURED))
        and "users.conf is deprecated" not in line  # Debian's own
    ]
    assert complaints == []


def test_every_module_of_the_readme_runs(asterisk: AsteriskServer) -> None:
    table = README.partition("Modules that must be there")[2]
    modules = re.findall(r"`((?:app|bridge|cdr|chan|codec|format|func|pbx|res)_\w+)`", table)
    running = asterisk.cli("module show")
    assert len(modules) > 20
    assert [
        name for name in modules if not re.search(rf"^{name}\.so .* Running ", running, re.M)
    ] == []


def test_readme_names_every_file_and_every_value() -> None:
    files = {path.name for path in OUR_CONF.glob("*.conf")}
    values = set(re.findall(r"^(SLOVO_\w+) =", (OUR_CONF / "extensions.conf").read_text(), re.M))
    assert {name for name in files if f"| `{name}` |" not in README} == set()
    assert {name for name in values if f"`{name}`" not in README} == set()


def test_readme_lists_the_rights_of_the_account(asterisk: AsteriskServer) -> None:
    account = asterisk.cli("manager show user slovo")
    granted = {
        kind: set(re.search(rf"{kind} perm: (\S+)", account)[1].split(","))  # type: ignore[index]
        for kind in ("read", "write")
    }
    rows = re.findall(r"^\| (\w+) \| (.*?) \| (.*?) \|$", README, re.M)
    for right, read, write in rows[rows.index(next(r for r in rows if r[0] == "system")) :]:
        for kind, cell in (("read", read), ("write", write)):
            if right in ("system", "call", "agent", "dialplan", "cdr", "originate", "reporting"):
                assert (right in granted[kind]) == (not cell.startswith(("no", "**no", "–"))), right
    assert granted["read"] | granted["write"] == {
        "system", "call", "agent", "dialplan", "cdr", "originate", "reporting",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "headers"),
    [
        ("Command", {"Command": "core show version"}),
        ("UpdateConfig", {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}),
        ("DBPut", {"Family": "a", "Key": "b", "Val": "c"}),
        ("ModuleLoad", {"LoadType": "reload"}),
        (
            "Originate",
            {"Channel": "Local/talk@slovo-doctor", "Application": "System", "Data": "id"},
        ),
    ],
)
def test_account_asks_for_more_than_its_rights_is_refused(
    ami: AmiTap, action: str, headers: dict[str, str]
) -> None:
    answer = ami.action(action, **headers)
    assert answer["Response"] == "Error"
    assert re.search("Permission denied|Forbidden", str(answer["Message"]))


def test_account_asks_for_the_present_is_answered(ami: AmiTap) -> None:
    for action in ("CoreShowChannels", "Status", "BridgeList", "QueueStatus", "CoreStatus", "Ping"):
        assert ami.action(action)["Response"] == "Success", action


def test_wrong_secret_is_refused(asterisk: AsteriskServer) -> None:
    with pytest.raises(AssertionError, match="Authentication failed"):
        AmiTap(asterisk.ami, "slovo", asterisk.secret + "x")


def test_filters_drop_only_what_no_call_needs(asterisk: AsteriskServer, phones: Phones) -> None:
    with (
        AmiTap(asterisk.ami, "everything", asterisk.secret) as everything,
        AmiTap(asterisk.ami, "slovo", asterisk.secret) as slovo,
    ):
        phones.rings("101")
        phones.answers("102", after_s=1)
        phones.calls("74951230004", talk_s=1).wait()
        for tap in (everything, slovo):
            tap.wait_event("Cdr")
        last = everything.events("Hangup")[-1]
        slovo.wait(lambda m: m == last)
        wanted = [_essence(m) for _, m in everything.messages if _means_something(m)]
        got = [_essence(m) for _, m in slovo.messages if _means_something(m)]
    assert sorted(wanted) == sorted(got)
    assert {"VarSet", "Newexten", "QueueCallerJoin", "DialState", "BridgeEnter"} <= {
        e[0] for e in got
    }
    assert {str(m["Variable"]) for m in slovo.events("VarSet")} <= WANTED_VARIABLES
    assert {m["Application"] for m in slovo.events("Newexten")} <= WANTED_APPLICATIONS
    assert len(slovo.messages) < len(everything.messages) / 2


@pytest.mark.parametrize(("target", "rights"), [("103", {"t", "k"}), ("79031112233", set())])
def test_client_handed_on_may_not_transfer_or_park(
    asterisk: AsteriskServer, phones: Phones, target: str, rights: set[str]
) -> None:
    """He is the calling side then; with T he could press ## and call on the company's bill."""
    phones.transfers("101", target, after_s=0.2, talk_s=0.2)
    for phone in ("103", "trunk"):
        phones.answers(phone, after_s=0.2)
    with AmiTap(asterisk.ami, "everything", asterisk.secret) as everything:
        phones.calls("74951230001", talk_s=60)
        dialled = everything.wait(
            lambda m: m.get("Application") == "Dial" and f"PJSIP/{target}" in str(m["AppData"])
        )
    assert set(str(dialled["AppData"]).split(",")[2]) == rights


def _means_something(message: Message) -> bool:
    name = message.get("Event")
    if name == "VarSet":
        return message["Variable"] in WANTED_VARIABLES
    if name == "Newexten":
        return message["Application"] in WANTED_APPLICATIONS
    return name in KNOWN_EVENTS and name not in ("FullyBooted", "DeviceStateChange")


def _essence(message: Message) -> tuple[str, str, str, str]:
    return tuple(  # type: ignore[return-value]
        str(message.get(key, "")) for key in ("Event", "Timestamp", "Uniqueid", "Variable")
    )
