"""The whole product as a company has it: `slovo serve` in processes of its own on a real Asterisk, people at its pages.

In: a running Asterisk, a database, a browser. Out: `Office`, the installation (started, killed, asked on the command
line), `People`, who sit at its pages, and `Spoken`, the words of a call as its page shows them.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import soundfile
from playwright.async_api import Browser, Page, expect
from support.asterisk_server import AsteriskServer
from support.browser import Watched, log_in, watched_page
from support.speech import RATE_HZ, sample_call

from pbx.samples import Turn

PATIENCE_S = 90.0
"""How long anything may take on a busy machine."""
READY = re.compile(r"Slovo is ready: (http://\S+)")
PASSWORD = "correct horse battery"
STAFF = (
    ("anna", "operator", "Анна Белова", ("--extension", "101", "--queue", "support")),
    ("boris", "operator", "Борис Орлов", ("--extension", "102", "--queue", "sales")),
    ("sergey", "supervisor", "Сергей Лис", ()),
    ("root", "administrator", "Ольга Админ", ()),
)
"""Login, role, name and what else `slovo user add` is told."""


@dataclass
class Office:
    """One installation of Slovo. Use as a context manager: at its end nothing of it runs."""

    asterisk: AsteriskServer
    data_dir: Path
    database_url: str = ""
    staff: tuple[tuple[str, str, str, tuple[str, ...]], ...] = STAFF
    parts: tuple[str, ...] = ("",)
    """One process for each: "web", "listen", "work"; "" does all."""
    url: str = ""
    ami: tuple[str, int] | None = None
    """Where the AMI is reached, if not at Asterisk itself: a bad line between."""
    more: dict[str, str] = field(default_factory=dict)
    """Further settings."""
    _port: str = "0"
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _starts: Iterator[int] = field(default_factory=itertools.count)

    def __enter__(self) -> Office:
        self.slovo("migrate")
        for login, role, name, more in self.staff:
            self.slovo(
                "user", "add", login, "--role", role, "--name", name, "--locale", "en", *more,
                stdin=f"{PASSWORD}\n",
            )  # fmt: skip
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)

    def start(self) -> None:
        """Run its processes until the pages can be opened; the second time at the same address."""
        number = next(self._starts)
        for part in self.parts:
            log = self.data_dir / f"{part or 'all'}-{number}.log"
            only = ("--only", part) if part else ()
            with log.open("wb") as said:
                self._running.append(
                    subprocess.Popen(
                        [*_COMMAND, "serve", *only],
                        env=self._environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                    )
                )  # fmt: skip
            if part in ("", "web"):
                self.url = _ready(log, self._running[-1])
        self._port = self.url.rpartition(":")[2]

    def kill(self) -> None:
        """`kill -9` all of it."""
        for process in self._running:
            process.kill()
        for process in self._running:
            process.wait(20)
        self._running.clear()

    def slovo(self, *arguments: str, stdin: str = "") -> str:
        """Run a command to its end; returns its standard output.

        Raises:
            AssertionError: it failed; with what it said.
        """
        done = subprocess.run(
            [*_COMMAND, *arguments],
            env=self._environment(), input=stdin, capture_output=True, text=True, check=False,
            timeout=PATIENCE_S,
        )  # fmt: skip
        assert done.returncode == 0, f"slovo {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def calls(self, number: str) -> list[dict[str, Any]]:
        """The calls from or to a number, as `slovo calls --json` prints them."""
        rows = [json.loads(line) for line in self.slovo("calls", "--json").splitlines()]
        return [row for row in rows if any(number in (row[key] or "") for key in ("caller", "called"))]  # fmt: skip

    def said(self) -> str:
        """What the processes wrote to their logs so far."""
        logs = sorted(self.data_dir.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')}" for log in logs)

    def _environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SLOVO_")}
        host, port = self.ami or self.asterisk.ami
        ours = {
            "SLOVO_DATA_DIR": str(self.data_dir), "SLOVO_SECRET_KEY": "0" * 64,
            "SLOVO_DATABASE_URL": self.database_url, "SLOVO_HTTP_PORT": self._port,
            "SLOVO_AMI_HOST": host, "SLOVO_AMI_PORT": str(port), "SLOVO_AMI_USER": "slovo",
            "SLOVO_AMI_SECRET": self.asterisk.secret, "SLOVO_SPEECH_LANG": "ko",
            "SLOVO_RECORDING_DIR": str(self.asterisk.recordings),
        }  # fmt: skip
        return clean | ours | self.more


_COMMAND = (sys.executable, "-m", "web")


def _ready(log: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := READY.search(log.read_text(errors="replace"))):
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"slovo serve did not start: {log.read_text(errors='replace')}")
        time.sleep(0.05)
    return found[1]


@contextmanager
def wide_recording(asterisk: AsteriskServer) -> Iterator[None]:
    """Record at 16 kHz, and let phones ring long enough for a slow machine to see it."""
    asterisk.set_global("SLOVO_RECORD_FORMAT", "wav16")
    asterisk.set_global("SLOVO_RING_S", "30")
    try:
        yield
    finally:
        asterisk.set_global("SLOVO_RECORD_FORMAT", "wav")
        asterisk.set_global("SLOVO_RING_S", "6")


@dataclass
class People:
    """Those who sit at the pages of one office in one test."""

    browser: Browser
    office: Office
    stack: AsyncExitStack
    seen: list[Watched] = field(default_factory=list)

    async def sit_down(self, login: str, path: str = "/") -> Page:
        """Open a browser of their own, log in, open a page and wait until it lives."""
        context = await self.browser.new_context(
            base_url=self.office.url,
            locale="en-US",
            reduced_motion="reduce",
            viewport={"width": 1440, "height": 900},
        )
        self.stack.push_async_callback(context.close)
        context.set_default_timeout(PATIENCE_S * 1000)
        watched = await watched_page(context)
        self.seen.append(watched)
        await log_in(watched.page, login, PASSWORD)
        await watched.page.goto(path)
        link = watched.page.get_by_test_id("link-state")
        await expect(link).to_have_attribute("data-connected", "true")
        return watched.page

    def allow(self, *parts: str) -> None:
        """Complaints of the browsers that this test expects."""
        for watched in self.seen:
            watched.allowed.extend(parts)

    def complaints(self) -> list[str]:
        """What their browsers complained about and nobody expected."""
        return [line for watched in self.seen for line in watched.left()]


@asynccontextmanager
async def people_of(office: Office, browser: Browser) -> AsyncIterator[People]:
    """The people of a test; at its end their browsers must have had nothing to complain about."""
    async with AsyncExitStack() as stack:
        people = People(browser, office, stack)
        yield people
        complaints = people.complaints()
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


async def add_client(page: Page, name: str, number: str) -> str:
    """Write a new client down, as an operator does; returns the address of his card."""
    await page.goto("/clients/new")
    await page.locator("#f-name").fill(name)
    await page.get_by_label("Number 1", exact=True).fill(number)
    await page.locator("main").get_by_role("button", name="Create client").click()
    await expect(page.locator("h1")).to_contain_text(name)
    return page.url


def cut_sides(folder: Path, sample: str, seconds: float) -> dict[str, Path]:
    """The first seconds of a sample call: one sound file for each side."""
    sound, rate = soundfile.read(sample_call(sample).path, frames=int(seconds * RATE_HZ))
    paths = {side: folder / f"{side}.wav" for side in ("client", "operator")}
    for column, path in enumerate(paths.values()):
        soundfile.write(path, sound[:, column], rate)
    return paths


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """One word of the transcript in the page; `at` is its place among all words of the page."""

    side: str
    text: str
    start_s: float
    at: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """All words of the transcript in a page."""

    words: tuple[SpokenWord, ...]

    @classmethod
    async def on(cls, page: Page) -> Spoken:
        """Read the transcript of the page of a call."""
        found = await page.get_by_test_id("word").evaluate_all(
            "(words) => words.map((w) => [w.closest('[data-side]').dataset.side, w.textContent, +w.dataset.start])"
        )
        return cls(tuple(SpokenWord(*word, at) for at, word in enumerate(found)))

    def line(self, side: str) -> str:
        """What one side said, without spaces: the engine divides words otherwise than people do."""
        return "".join(word.text for word in self.words if word.side == side)

    def only(self, side: str, wanted: Iterable[str]) -> list[SpokenWord]:
        """Those of the wanted words that this side said as one word, and nobody else said."""
        texts = [word.text for word in self.words]
        return [
            word
            for word in self.words
            if word.side == side and word.text in wanted and texts.count(word.text) == 1
        ]


def turn_with(turns: Iterable[Turn], side: str, word: str) -> Turn:
    """The turn in which a side really says the word."""
    return next(turn for turn in turns if turn.side == side and word in turn.text)


async def eventually(look: Any, what: str) -> Any:
    """Look until something true is seen; for what no page shows.

    Raises:
        AssertionError: it never came.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"never seen: {what}"
        await asyncio.sleep(0.1)
    return found
