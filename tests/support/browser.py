"""A real Chromium on a real server: the fixtures `browser`, `live_site` and `open_page`.

Everything runs in one event loop of the session, server included, so a test may `await` the site's own services. A page
collects what the browser complains about (console, uncaught errors, policy violations); `open_page` fails the test at the
end if there was anything that was not allowed.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from starlette.applications import Starlette
from support.web import PASSWORD, add_people, settings_for

from calls.db import Database
from crm.migrate import upgrade
from web.app import create_app
from web.services import Services

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--autoplay-policy=no-user-gesture-required",
]
_LEFT_EARLY = re.compile(
    r"WebSocket connection to 'ws://127\.0\.0\.1:\d+/live\?view=\w+' failed: "
    r"WebSocket is closed before the connection is established\."
)
"""Chromium warns so when a page is left before its socket opened, as a quick reader or a slow machine does: no fault."""
_WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("CSP violation: " + event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile);
});
"""


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is not installed (Debian: chromium)")
    pytest.skip("Chromium is not installed (Debian: chromium)")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests; each test has its own context."""
    executable = _chromium()
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield running
        await running.close()


@dataclass
class Server:
    """uvicorn in the test's loop, on a free port; may be stopped and started again on the same port."""

    app: Starlette
    port: int = 0
    _server: uvicorn.Server | None = None
    _task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=self.port,
            log_level="warning",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
            lifespan="on",
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._task = asyncio.create_task(self._server._serve(), name="test-server")
        async with asyncio.timeout(20):
            while not self._server.started:
                if self._task.done():
                    self._task.result()
                    raise RuntimeError("the server ended at once")
                await asyncio.sleep(0.02)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._server = self._task = None


@dataclass
class LiveSite:
    """A server with `PEOPLE` of `support.web` and an otherwise empty database."""

    server: Server
    services: Services
    people: dict[str, int]

    @property
    def url(self) -> str:
        return self.server.url


@pytest_asyncio.fixture(loop_scope="session")
async def live_site(tmp_path: Path) -> AsyncIterator[LiveSite]:
    """A fresh site on SQLite (the pages' own tests run on both databases)."""
    url = f"sqlite:///{tmp_path / 'slovo.db'}"
    await asyncio.to_thread(upgrade, url)
    db = Database(url)
    people = await add_people(db)
    services = Services(settings=settings_for(url, tmp_path), db=db)
    server = Server(create_app(services))
    await server.start()
    yield LiveSite(server, services, people)
    await server.stop()
    await db.dispose()


@dataclass
class Watched:
    """A page and what its browser complained about."""

    page: Page
    context: BrowserContext
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    """Parts of lines that this test expects, such as a refused connection while the server is away."""

    def allow(self, part: str) -> None:
        self.allowed.append(part)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "warning" and _LEFT_EARLY.fullmatch(message.text):
            return
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text} ({message.location})")

    def left(self) -> list[str]:
        return [c for c in self.complaints if not any(part in c for part in self.allowed)]


async def watched_page(context: BrowserContext) -> Watched:
    """A new page of which every complaint of the browser is kept."""
    page = await context.new_page()
    await page.add_init_script(_WATCH)
    watched = Watched(page, context)
    page.on("console", watched._heard)
    page.on("pageerror", lambda error: watched.complaints.append(f"uncaught: {error}"))
    return watched


OpenPage = Callable[..., Awaitable[Watched]]


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser, live_site: LiveSite) -> AsyncIterator[OpenPage]:
    """`await open_page("anna", "/tasks", viewport=PHONE, dark=True)` → a watched page, logged in and loaded."""
    opened: list[Watched] = []
    async with AsyncExitStack() as stack:

        async def open_one(
            login: str = "",
            path: str = "/",
            *,
            viewport: dict[str, int] | None = None,
            dark: bool = False,
            locale: str = "en-US",
            same_browser_as: Watched | None = None,
        ) -> Watched:
            if same_browser_as is not None:
                context = same_browser_as.context
            else:
                context = await browser.new_context(
                    viewport=viewport or DESKTOP,  # type: ignore[arg-type]
                    color_scheme="dark" if dark else "light",
                    locale=locale,
                    base_url=live_site.url,
                    reduced_motion="reduce",
                )
                stack.push_async_callback(context.close)
            watched = await watched_page(context)
            page = watched.page
            opened.append(watched)
            if login and same_browser_as is None:
                await log_in(page, login)
            await page.goto(path)
            return watched

        yield open_one
    complaints = [line for watched in opened for line in watched.left()]
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)


async def log_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Through the form, as a person does."""
    await page.goto("/login")
    await page.locator("#login").fill(login)
    await page.locator("#password").fill(password)
    await page.locator("main button.btn-primary").click()
    await page.wait_for_url("**/")


async def axe_violations(page: Page, skip: tuple[str, ...] = ()) -> list[str]:
    """What axe-core finds wrong with the page, one line each."""
    source = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
    if not source.is_file():
        pytest.skip("axe-core is not installed (npm ci)")
    await page.evaluate(source.read_text("utf-8"))
    result: dict[str, Any] = await page.evaluate("axe.run()")
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in result["violations"]
        if violation["id"] not in skip
        for node in violation["nodes"]
    ]


async def screenshot(page: Page, name: str) -> None:
    """Keep a picture in the folder that SLOVO_SCREENSHOTS names; nothing without it."""
    folder = os.environ.get("SLOVO_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")
