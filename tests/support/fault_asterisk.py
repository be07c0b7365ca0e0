"""The Asterisk of a run with faults: many phones by what they do, and it can be restarted under load.

In: the plan's extensions. Out: `FaultAsterisk`; the phones of one behaviour share one address, on which one sipp plays all
of them, so a phone that calls is known by its name and not by its address.
"""

from __future__ import annotations

import contextlib
import re
import time

from support import fault_plan as plan
from support.asterisk_server import START_TIMEOUT_S, AsteriskServer

HOSTS = {
    "answering": 101,
    "hanging_up": 102,
    "silent": 103,
    "busy": 104,
    "declining": 105,
    "refusing": 106,
    "away": 107,
    "handing_on": 108,
    "dialling": 20,
}
"""Last part of the address of each behaviour's sipp."""
BEHAVIOURS = {
    "answering": (*plan.ANSWERING, *plan.AGENTS, *plan.CLICKING),
    "hanging_up": plan.HANGING_UP,
    "silent": (*plan.SILENT, *plan.WITH_VOICEMAIL),
    "busy": plan.BUSY,
    "declining": plan.DECLINING,
    "refusing": plan.REFUSING,
    "away": plan.AWAY,
    "handing_on": plan.HANDING_ON,
    "dialling": plan.DIALLING,
}


class FaultAsterisk(AsteriskServer):
    """A test Asterisk with the phones, groups and queues of `fault_plan`."""

    def address(self, behaviour: str) -> str:
        return f"{self.net.prefix}.{HOSTS[behaviour]}"

    def restart(self, *, kill: bool) -> None:
        """Restart it at once, calls or not; `kill` as a crash does it, otherwise as an administrator does."""
        process = self._process
        assert process is not None
        if kill:
            process.kill()
            process.wait(10)
            self._start()
            return
        asked = time.monotonic()
        with contextlib.suppress(OSError):  # it may be gone before it has said so
            self.cli("core restart now")
        while not (self._is_up() and self._uptime_s() < time.monotonic() - asked + 1):
            assert process.poll() is None, "Asterisk did not survive its restart"
            assert time.monotonic() < asked + START_TIMEOUT_S, "Asterisk did not come up again"
            time.sleep(0.2)

    def _uptime_s(self) -> float:
        said = re.search(r"System uptime: (\d+)", self.cli("core show uptime seconds"))
        return float(said[1]) if said else 0.0

    def _test_lines(self, name: str) -> str:
        match name:
            case "pjsip":
                return self._pjsip()
            case "queues":
                return "".join(_queue(q, members) for q, (_, members) in plan.QUEUES.items())
            case "voicemail":
                boxes = "".join(f"{n} => 4711,Box {n}\n" for n in plan.WITH_VOICEMAIL)
                return f"[slovo](+)\n{boxes}"
            case "extensions":
                return self._extensions()
            case _:
                return super()._test_lines(name)

    def _pjsip(self) -> str:
        common = (
            f"media_address = {self.net.pbx}\nbind_rtp_to_media_address = yes\n"
            "rewrite_contact = no\nforce_rport = no\n"
        )
        text = f"[slovo-udp](+)\nbind = {self.sip}\n"
        for behaviour, extensions in BEHAVIOURS.items():
            for number in extensions:
                contact = f"sip:{number}@{self.address(behaviour)}:5060"
                text += (
                    f'[{number}](slovo-phone)\naors = {number}\ncallerid = "P{number}" <{number}>\n{common}'
                    f"[{number}](slovo-phone-aor)\nqualify_frequency = 0\ncontact = {contact}\n"
                )
        address = self.net.trunk
        return (
            f"{text}[trunk](slovo-trunk)\naors = trunk\n{common}[trunk](slovo-trunk-aor)\n"
            f"qualify_frequency = 0\ncontact = sip:{address}:5060\n"
            f"[trunk-id]\ntype = identify\nendpoint = trunk\nmatch = {address}\n"
        )

    def _extensions(self) -> str:
        groups = "".join(
            f"SLOVO_GROUP_{number} = {'&'.join(f'PJSIP/{m}' for m in members)}\n"
            for number, members in plan.GROUPS.items()
        )
        queues = "".join(f"SLOVO_QUEUE_{number} = {q}\n" for q, (number, _) in plan.QUEUES.items())
        short = plan.QUEUES["short"][0]
        return (
            f"[globals](+)\nSLOVO_RECORD_DIR = {self.inside}/monitor\nSLOVO_RING_S = 6\n"
            f"{groups}{queues}[slovo-numbers](+)\n"
            f"exten => _{plan.TOWN}0XXX,1,Goto(slovo-to-phone,${{EXTEN:8}},1)\n"
            f"exten => _{plan.TOWN}1XXX,1,Goto(slovo-to-group,${{EXTEN:8}},1)\n"
            f"exten => _{plan.TOWN}2XXX,1,Goto(slovo-to-queue,${{EXTEN:8}},1)\n"
            f"exten => {plan.TOWN}2{short},1,Gosub(slovo-record,s,1)\n"
            f" same => n,Queue(short,tkr,,,{plan.SHORT_QUEUE_S})\n same => n,Hangup()\n"
            f"exten => {plan.MENU},1,Answer()\n same => n,Wait(30)\n same => n,Hangup()\n"
        )


def _queue(name: str, members: tuple[int, ...]) -> str:
    ways = {"quick": ("rrmemory", 10), "second": ("linear", 3)}
    strategy, timeout_s = ways.get(name, ("ringall", 10))
    lines = "".join(f"member => PJSIP/{m},0,Agent {m},PJSIP/{m}\n" for m in members)
    return f"[{name}](slovo-queue)\nstrategy = {strategy}\ntimeout = {timeout_s}\nautofill = yes\n{lines}"
