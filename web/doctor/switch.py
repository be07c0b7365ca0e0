"""Checks of Asterisk: connection, login, rights, and a test call that shows whether the needed events arrive.

In: the settings of the PBX. Out: findings. What it does there: asks, calls Asterisk from Asterisk (a Local channel in the
dialplan of `asterisk-conf/`, two seconds), adds a paused member to a queue and removes it again. No phone rings.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pbx.errors import ActionFailed, LoginRefused, NotConnected, PbxError
from pbx.link import AmiLink
from pbx.protocol import Headers
from pbx.settings import PbxSettings
from web.doctor.evidence import Evidence, judge
from web.doctor.finding import Finding, fail, ok, warn

DIALPLAN = "slovo-doctor"
RING, TALK, MEMBER = "ring", "talk", f"Local/nobody@{DIALPLAN}"
PATIENCE_S = 8.0
"""How long the test call may take; it takes two seconds."""
SETTLE_S = 0.3
"""After the last hang-up: its Cdr, its file."""
CLOCK_WARN_S = 2.0
NEEDED_ACTIONS = {
    "Originate": "originate",
    "Redirect": "call",
    "CoreShowChannels": "reporting",
    "QueuePause": "agent",
}
"""An action that is offered only to accounts with this write right. QueuePause needs app_queue too."""
WRITE_LINE = "write = originate,call,agent,reporting"
DANGEROUS_ACTIONS = {"Command": "command", "UpdateConfig": "config", "DBPut": "system"}


class Ear:
    """Keeps what Asterisk says, and waits until enough was said."""

    def __init__(self) -> None:
        self.heard: list[Headers] = []
        self._news = asyncio.Event()

    def hear(self, headers: Headers) -> None:
        """Keep one message."""
        self.heard.append(headers)
        self._news.set()

    async def until(self, over: Callable[[], bool], patience_s: float) -> None:
        """Wait until `over`, but no longer than `patience_s` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while not over():
                    self._news.clear()
                    await self._news.wait()


async def examine_switch(settings: PbxSettings, recording_dir: Path | None) -> list[Finding]:
    """Make all checks of one Asterisk.

    Args:
        settings: how to reach it; the secret is set.
        recording_dir: where its recordings are, None where that is not known or not readable.
    """
    ear = Ear()
    link = AmiLink(settings, ear.hear)
    found, connected = await _connect(link, settings)
    if not connected:
        return found
    try:
        found.append(await _clock(link))
        found.append(await _rights(link))
        evidence = await _test_call(link, ear, recording_dir)
        return found + judge(replace(evidence, recording_key=settings.key("recording_dir")))
    except PbxError as error:
        mend = "Look into Asterisk's log; run `slovo doctor` again when it is idle."
        return [*found, fail("ami-events", f"The examination broke off: {error}.", mend)]
    finally:
        await link.close()


async def _connect(link: AmiLink, settings: PbxSettings) -> tuple[list[Finding], bool]:
    where = f"{settings.ami_host}:{settings.ami_port}"
    try:
        await link.connect()
    except LoginRefused:
        refused = fail(
            "ami-login",
            f"Asterisk refuses the login of {settings.ami_user}.",
            f"In manager.conf section [{settings.ami_user}]: is the secret {settings.key('ami_secret')}, does a permit "
            "line hold the address of this machine? Then: asterisk -rx 'manager reload'.",
        )
        return [ok("ami", f"Asterisk answers at {where}."), refused], False
    except NotConnected as error:
        mend = (
            "Is Asterisk running? Does manager.conf say enabled = yes and a bindaddr that this machine reaches? Are "
            f"{settings.key('ami_host')} and {settings.key('ami_port')} right, and is no firewall between?"
        )
        return [fail("ami", f"No AMI at {where}: {error}.", mend)], False
    except PbxError as error:
        mend = f"Correct the settings {settings.key('ami_…')}."
        return [fail("ami", f"No AMI at {where}: {error}.", mend)], False
    found = [ok("ami", f"Asterisk answers at {where}, AMI {link.version}.")]
    return [*found, ok("ami-login", f"Logged in as {settings.ami_user}.")], True


async def _clock(link: AmiLink) -> Finding:
    """Asterisk's clock beside ours, by its answer to Ping."""
    asked_at = time.time()
    answer = (await link.send({"Action": "Ping"}))[0]
    middle = (asked_at + time.time()) / 2
    try:
        off_s = float(str(answer["Timestamp"])) - middle
    except (KeyError, ValueError):
        return warn(
            "clock", "Asterisk does not tell its time.", "Update Asterisk: 18 or later does."
        )
    if abs(off_s) <= CLOCK_WARN_S:
        return ok("clock", f"Asterisk's clock and ours differ by {abs(off_s):.1f} s.")
    way = "ahead of" if off_s > 0 else "behind"
    mend = "Let both machines follow a time server: timedatectl set-ntp true."
    return warn("clock", f"Asterisk's clock is {abs(off_s):.0f} s {way} ours: calls get wrong times.", mend)  # fmt: skip


async def _rights(link: AmiLink) -> Finding:
    """What the account may do: Asterisk lists to each account the actions that it may send."""
    offered = (await link.send({"Action": "ListCommands"}))[0]
    missing = {right: action for action, right in NEEDED_ACTIONS.items() if action not in offered}
    too_many = [right for action, right in DANGEROUS_ACTIONS.items() if action in offered]
    line = f"{WRITE_LINE} in the account's section of manager.conf, then: asterisk -rx 'manager reload'."
    agent_only = set(missing) == {"agent"}
    if missing and not agent_only:
        what = f"The account may not: {', '.join(f'{a} (right {r})' for r, a in missing.items())}."
        return fail("ami-rights", what, f"Set {line}")
    if agent_only:
        what = "The account cannot pause queue members (right agent), or Asterisk has no queues."
        return warn("ami-rights", what, f"Set {line} Is app_queue loaded?")
    if too_many:
        what = (
            f"The account may do more than Slovo needs ({', '.join(too_many)}): whoever has its secret can take "
            "Asterisk over."
        )
        return warn("ami-rights", what, f"Set {line}")
    return ok("ami-rights", "The account may do what is needed and nothing dangerous.")


async def _test_call(link: AmiLink, ear: Ear, recording_dir: Path | None) -> Evidence:
    """Let Asterisk call itself and collect what it says about that."""
    before = _states(recording_dir)
    began = len(ear.heard)
    queue = await _touch_queue(link)
    refused = ""
    try:
        await link.send(
            {
                "Action": "Originate", "Channel": f"Local/{RING}@{DIALPLAN}", "Context": DIALPLAN, "Exten": TALK,
                "Priority": "1", "Timeout": "5000", "Async": "true",
            },
            single=True,
        )  # fmt: skip
        await ear.until(lambda: _is_over(ear.heard[began:]), PATIENCE_S)
    except ActionFailed as error:
        refused = error.message
    await asyncio.sleep(SETTLE_S)
    after = _states(recording_dir)
    return Evidence(
        heard=tuple(ear.heard[began:]),
        booted=any(m.get("Event") == "FullyBooted" for m in ear.heard),
        refused=refused,
        queue=queue,
        recording_dir=recording_dir,
        new_files=frozenset(name for name, state in after.items() if before.get(name) != state),
    )


async def _touch_queue(link: AmiLink) -> str:
    """Add a paused member to some queue and remove it; return the queue's name, "" where there is none."""
    try:
        answer = await link.send({"Action": "QueueStatus"})
        queue = next((str(m["Queue"]) for m in answer if m.get("Event") == "QueueParams"), "")
        if queue:
            fields = {"Queue": queue, "Interface": MEMBER}
            await link.send({"Action": "QueueAdd", "Paused": "true", **fields}, single=True)
            await link.send({"Action": "QueueRemove", **fields}, single=True)
    except ActionFailed:
        return ""  # no right or no queues: the check of the rights says so
    return queue


def _is_over(heard: list[Headers]) -> bool:
    """Whether both halves of the Local channel hung up, or the call could not begin."""
    failed = any(m.get("Event") == "OriginateResponse" and m.get("Response") == "Failure" for m in heard)  # fmt: skip
    ours = f"Local/{RING}@{DIALPLAN}-"
    ends = sum(m.get("Event") == "Hangup" and str(m.get("Channel", "")).startswith(ours) for m in heard)  # fmt: skip
    return failed or ends >= 2


def _states(folder: Path | None) -> dict[str, tuple[int, int]]:
    """Name → (time of change, size) of the files in the directory of the recordings, not below it."""
    if folder is None:
        return {}
    found = {}
    for path in folder.glob(f"{DIALPLAN}*"):
        stat = path.stat()
        found[path.name] = (stat.st_mtime_ns, stat.st_size)
    return found
