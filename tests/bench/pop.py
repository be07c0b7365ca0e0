"""Ring → card: from the moment at which the AMI server writes the event to the moment at which the card is in the page.

One real Chromium page and 49 more websocket clients, all of one operator, so that every card goes to all fifty. With
`--own` the 49 are pages of 49 other operators, as in a company: each card goes to the one page alone, and the others hear
of the calls and tasks. Beside it, in the same run and the same Chromium, the floor (`pop_floor.py`), which sends to all in
both cases. Floor and product take turns in short blocks.

    python tests/bench/pop.py --slow 40 --fast 200 --json
    python tests/bench/pop.py --own

The page's clock is compared with ours at every block (quickest of 30 round trips), so a drift does no harm.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import httpx2  # noqa: E402
from playwright.async_api import Page, async_playwright  # noqa: E402
from support.browser import ARGUMENTS  # noqa: E402
from support.fake_ami import FakeAmi, message  # noqa: E402
from websockets.asyncio.client import connect  # noqa: E402

from calls.db import Database  # noqa: E402
from crm import agents, passwords  # noqa: E402
from crm.access import SYSTEM  # noqa: E402
from crm.person_fields import Person, Phone  # noqa: E402
from web.live.pops import key_of  # noqa: E402

AIM_MS = 10.0
"""How far the product's p99 may be above the floor's."""
PASSWORD = "seven-quiet-lanterns"
WATCH = """
window.seenPops = {};
new MutationObserver((records) => {
  const now = performance.timeOrigin + performance.now();
  for (const card of document.querySelectorAll('article[id^="pop-"]'))
    window.seenPops[card.id] ??= now;
}).observe(document, {childList: true, subtree: true, attributes: true, attributeFilter: ["id"]});
"""
CLOCK = "performance.timeOrigin + performance.now()"


class Pbx(FakeAmi):
    """The AMI server of both; each event goes to one of them."""

    def __init__(self) -> None:
        super().__init__()
        self.logins: dict[str, int] = {}

    def parties(self) -> dict[str, asyncio.StreamWriter]:
        """User of the login → its connection, in the order of the logins."""
        users = [str(login.get("Username")) for login in self.actions("Login")]
        return dict(zip(users, self._writers, strict=True))


class Calls:
    """Writes ringing calls with fresh ids, and ends them soon after."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._count = 0

    async def ring(self, writer: asyncio.StreamWriter) -> tuple[str, float]:
        """Let phone 101 ring; returns the linkedid and when the event was written (ms since 1970)."""
        self._count += 1
        linkedid = f"{1_790_000_000 + self._count}.{self._count * 2}"
        number = f"7900{self._dice.randrange(10**7):07d}"
        trunk = _leg("PJSIP/trunk", linkedid, linkedid, self._count)
        phone = _leg("PJSIP/101", f"{linkedid}1", linkedid, self._count)
        caller = trunk | {"CallerIDNum": number, "Exten": "74951230001", "Context": "from-trunk"}
        called = phone | {"CallerIDNum": "101", "ConnectedLineNum": number, "Exten": "s"}
        dial = caller | {f"Dest{name}": value for name, value in called.items()}
        before = _event("Newchannel", caller, "4", "Ring") + _event(
            "Newchannel", called, "0", "Down"
        )
        before += message(Event="DialBegin", **dial, DialString="101")
        writer.write(before)
        await asyncio.sleep(0.01)
        written_at = time.time() * 1000
        writer.write(_event("Newstate", called, "5", "Ringing"))
        asyncio.get_running_loop().call_later(0.2, self._end, writer, caller, called)
        return linkedid, written_at

    @staticmethod
    def _end(writer: asyncio.StreamWriter, caller: dict[str, str], called: dict[str, str]) -> None:
        for leg, cause in ((called, "0"), (caller, "127")):
            fields = {**leg, "ChannelState": "4", "ChannelStateDesc": "Ring"}
            writer.write(message(Event="Hangup", **fields, Cause=cause, **{"Cause-txt": ""}))


def _leg(endpoint: str, uniqueid: str, linkedid: str, number: int) -> dict[str, str]:
    return {
        "Channel": f"{endpoint}-{number:08x}",
        "ConnectedLineNum": "<unknown>",
        "Priority": "1",
        "Uniqueid": uniqueid,
        "Linkedid": linkedid,
    }


def _event(name: str, leg: dict[str, str], state: str, text: str) -> bytes:
    return message(Event=name, ChannelState=state, ChannelStateDesc=text, **leg)


class Subject:
    """The floor or the product: its AMI connection and its page."""

    def __init__(self, name: str, writer: asyncio.StreamWriter, page: Page) -> None:
        self.name = name
        self.writer = writer
        self.page = page
        self.taken: dict[float, list[float]] = {}
        self.lost = 0

    async def block(self, calls: Calls, rate: float, count: int) -> None:
        """Ring `count` times at `rate` calls/s and read when the page had each card."""
        ahead_ms = await self._clock_ahead_ms()
        rung: dict[str, float] = {}
        for _ in range(count):
            began = time.monotonic()
            linkedid, written_at = await calls.ring(self.writer)
            rung[f"pop-{linkedid if self.name == 'floor' else key_of('main', linkedid)}"] = (
                written_at
            )
            await asyncio.sleep(max(0.0, 1 / rate - (time.monotonic() - began)))
        await asyncio.sleep(0.5)
        seen: dict[str, float] = await self.page.evaluate("window.seenPops")
        taken = self.taken.setdefault(rate, [])
        for key, written_at in rung.items():
            if key in seen:
                taken.append(seen[key] - ahead_ms - written_at)
            else:
                self.lost += 1

    async def _clock_ahead_ms(self) -> float:
        """How much the page's clock is ahead of ours."""
        best = (float("inf"), 0.0)
        for _ in range(30):
            before = time.time() * 1000
            there = await self.page.evaluate(CLOCK)
            after = time.time() * 1000
            best = min(best, (after - before, there - (before + after) / 2))
        return best[1]

    def report(self, rate: float) -> dict[str, float]:
        """p50, p95, p99 in milliseconds."""
        values = self.taken[rate]
        cuts = quantiles(values, n=100, method="inclusive")
        return {
            "count": len(values),
            "p50_ms": round(cuts[49], 2),
            "p95_ms": round(cuts[94], 2),
            "p99_ms": round(cuts[98], 2),
        }


@asynccontextmanager
async def _process(*command: str, **env: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **env}, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _set_up_slovo(folder: str, ami_port: int) -> dict[str, str]:
    """A fresh installation with one operator; returns its environment."""
    env = {
        "SLOVO_DATA_DIR": folder,
        "SLOVO_CONFIG": "",
        "SLOVO_AMI_PORT": str(ami_port),
        "SLOVO_AMI_SECRET": "right",
        "SLOVO_SECRET_KEY": "for-this-bench-only",
        "SLOVO_HTTP_PORT": "0",
        "SLOVO_LOG_LEVEL": "warning",
    }
    slovo = [sys.executable, "-m", "web"]
    for command, typed in (
        (["migrate"], b""),
        (["user", "add", "anna", "--role", "operator", "--extension", "101"], PASSWORD.encode()),
    ):
        process = await asyncio.create_subprocess_exec(
            *slovo,
            *command,
            env={**os.environ, **env},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            cwd=ROOT,
        )
        await process.communicate(typed)
        if process.returncode:
            raise SystemExit(f"slovo {command[0]} failed")
    return env


async def _port_of(process: asyncio.subprocess.Process) -> int:
    assert process.stderr is not None
    while line := (await process.stderr.readline()).decode():
        if "http://127.0.0.1:" in line:
            return int(line.split("http://127.0.0.1:")[1].split()[0])
    raise SystemExit("slovo serve did not start")


@asynccontextmanager
async def _slovo(env: dict[str, str]) -> AsyncIterator[tuple[int, asyncio.subprocess.Process]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "web", "serve", env={**os.environ, **env}, cwd=ROOT,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        port = await asyncio.wait_for(_port_of(process), 30)
        drain = asyncio.create_task(_drain(process))
        yield port, process
        drain.cancel()
    finally:
        process.terminate()
        await process.wait()


async def _drain(process: asyncio.subprocess.Process) -> None:
    assert process.stderr is not None
    while await process.stderr.readline():
        pass


def _resident_mb(pid: int) -> float:
    """Memory of one process, from /proc."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0


async def _add_others(folder: str, count: int) -> list[str]:
    """Further operators, each with a phone of his own; returns their logins."""
    db = Database(f"sqlite:///{folder}/slovo.db")
    password_hash = await passwords.hashed(PASSWORD)
    logins = [f"operator{number}" for number in range(count)]
    for number, login in enumerate(logins):
        person = Person(
            login=login, name=login, role="operator", phones=(Phone(str(201 + number), "main"),)
        )
        async with db.write() as session:
            await agents.add(session, SYSTEM, person, password_hash)
    await db.dispose()
    return logins


async def _log_in(port: int, login: str = "anna") -> str:
    """Return the session cookie of the operator."""
    base = f"http://127.0.0.1:{port}"
    async with httpx2.AsyncClient(headers={"Origin": base}) as client:
        answer = await client.post(f"{base}/login", data={"login": login, "password": PASSWORD})
        if not client.cookies:
            raise SystemExit(f"login failed: {answer.status_code}")
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def _listen(stack: AsyncExitStack, url: str, clients: list[dict[str, Any]]) -> None:
    """Open websocket clients that read everything, each with its own options."""

    async def read(socket: Any) -> None:
        async for _ in socket:
            pass

    tasks = await stack.enter_async_context(asyncio.TaskGroup())
    for options in clients:
        socket = await stack.enter_async_context(connect(url, compression=None, **options))
        stack.push_async_callback(socket.close)
        tasks.create_task(read(socket))


async def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Run everything; return the report."""
    async with AsyncExitStack() as stack:
        pbx = await stack.enter_async_context(Pbx())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        floor_process = await stack.enter_async_context(
            _process(sys.executable, str(Path(__file__).with_name("pop_floor.py")), str(pbx.port))
        )
        assert floor_process.stdout is not None
        floor_port = json.loads(await floor_process.stdout.readline())["port"]
        env = await _set_up_slovo(folder, pbx.port)
        others = await _add_others(folder, args.clients) if args.own else []
        port, slovo = await stack.enter_async_context(_slovo(env))
        base = f"http://127.0.0.1:{port}"
        cookies = [await _log_in(port, login) for login in others or ["anna"]]
        await pbx.until_received("QueueStatus")
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        stack.push_async_callback(browser.close)
        floor_page = await _page(browser, f"http://127.0.0.1:{floor_port}/")
        slovo_page = await _page(browser, f"{base}/login", f"{base}/")
        await _listen(stack, f"ws://127.0.0.1:{floor_port}/live", [{}] * args.clients)
        pages = [
            {"origin": base, "additional_headers": {"Cookie": cookies[number % len(cookies)]}}
            for number in range(args.clients)
        ]
        await _listen(stack, f"ws://127.0.0.1:{port}/live", pages)
        await asyncio.sleep(2)
        users = pbx.parties()
        floor = Subject("floor", users["floor"], floor_page)
        product = Subject("slovo", users["slovo"], slovo_page)
        calls = Calls(args.seed)
        for subject in (floor, product):  # warm up
            await subject.block(calls, 10, 10)
            subject.taken.clear()
        for rate, count in ((1.0, args.slow), (20.0, args.fast)):
            for _ in range(args.blocks):
                for subject in (floor, product):
                    await subject.block(calls, rate, count // args.blocks)
        resident_mb = _resident_mb(slovo.pid)
        return _report(args, floor, product, resident_mb)


async def _page(browser: Any, url: str, then: str = "") -> Page:
    """Open a page in its own context; log in if `then` says where to go."""
    page: Page = await (
        await browser.new_context(viewport={"width": 1440, "height": 900})
    ).new_page()
    await page.add_init_script(WATCH)
    await page.goto(url)
    if then:
        await page.fill("input[name=login]", "anna")
        await page.fill("input[name=password]", PASSWORD)
        await page.press("input[name=password]", "Enter")
        await page.wait_for_url(then)
    return page


def _report(
    args: argparse.Namespace, floor: Subject, product: Subject, resident_mb: float
) -> dict[str, Any]:
    rates: dict[str, Any] = {}
    for rate in (1.0, 20.0):
        both = {subject.name: subject.report(rate) for subject in (floor, product)}
        above = both["slovo"]["p99_ms"] - both["floor"]["p99_ms"]
        rates[f"{rate:g}/s"] = {
            **both,
            "p99_above_floor_ms": round(above, 2),
            "reached": above <= AIM_MS,
        }
    return {
        "clients": args.clients + 1,
        "of": "as many operators" if args.own else "one operator",
        "rates": rates,
        "lost": {"floor": floor.lost, "slovo": product.lost},
        "web_and_listener_resident_mb": resident_mb,
        "aim": f"p99 within {AIM_MS:g} ms of the floor",
        "passed": all(rate["reached"] for rate in rates.values()) and not product.lost,
    }


def main() -> None:
    """Run, print, and exit with 1 if the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", type=int, default=60, help="calls at 1/s, for each of both")
    parser.add_argument("--fast", type=int, default=400, help="calls at 20/s, for each of both")
    parser.add_argument("--clients", type=int, default=49, help="websocket clients beside the page")
    parser.add_argument("--own", action="store_true", help="the clients are other operators' pages")
    parser.add_argument("--blocks", type=int, default=4, help="turns of floor and product")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    report = asyncio.run(measure(args))
    print(json.dumps(report, indent=2) if args.json else _as_text(report))
    sys.exit(0 if report["passed"] else 1)


def _as_text(report: dict[str, Any]) -> str:
    lines = [
        f"{'':8}{'':8}{'p50':>8}{'p95':>8}{'p99':>8}  ms, {report['clients']} clients of {report['of']}"
    ]
    for rate, both in report["rates"].items():
        for name in ("floor", "slovo"):
            row = both[name]
            lines.append(
                f"{rate:8}{name:8}{row['p50_ms']:8.2f}{row['p95_ms']:8.2f}{row['p99_ms']:8.2f}"
            )
        lines.append(f"{'':16}p99 above the floor: {both['p99_above_floor_ms']} ms")
    lines.append(f"lost: {report['lost']}")
    lines.append(f"web and listener: {report['web_and_listener_resident_mb']} MB resident")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
