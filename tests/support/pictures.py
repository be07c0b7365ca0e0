"""`python -m support.pictures`: the README's pictures, taken from the running demonstration. Needs Chromium.

In: nothing. Out: PNG files in `docs/pictures`. The demonstration runs in a directory of its own, on a free port.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, Page, async_playwright, expect
from support.browser import ARGUMENTS, DESKTOP

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
CLIENT = "Корабельников Дмитрий"
"""The client of the sample data whose card is shown: he has called and bought several times."""
HISTORY = ".history-line"
CLIENTS = "/clients?sort=-last_contact_at"
WARM_UP_S = 45
"""So long calls come in before pictures are taken: an empty board shows nothing."""


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what."""

    name: str
    login: str
    path: str
    wait_for: str
    locale: str = "en-US"
    follow: str = ""
    """The text of a link to follow first: cards of the sample data are known by name, not by number."""


async def main() -> None:
    """Run the demonstration and take all pictures."""
    with tempfile.TemporaryDirectory() as folder:
        env = {k: v for k, v in os.environ.items() if not k.startswith("SLOVO_")}
        env |= {"SLOVO_DATA_DIR": folder, "SLOVO_HTTP_PORT": "0", "PYTHONUNBUFFERED": "1"}
        slovo = [sys.executable, "-m", "web"]
        done = await asyncio.create_subprocess_exec(*slovo, "init", env=env, cwd=ROOT)
        await done.wait()
        demo = await asyncio.create_subprocess_exec(
            *slovo, "demo", env=env, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert demo.stdout is not None
            address = await _address(demo.stdout)
            accounts = json.loads((Path(folder) / "sample-accounts.json").read_text("utf-8"))
            passwords = {account["login"]: account["password"] for account in accounts}
            await asyncio.sleep(WARM_UP_S)
            await _take_all(address, passwords, await _call_with_discount(env))
        finally:
            demo.terminate()
            await demo.wait()


async def _address(printed: asyncio.StreamReader) -> str:
    while line := (await printed.readline()).decode():
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise SystemExit("slovo demo did not start")


async def _call_with_discount(env: dict[str, str]) -> int:
    """The call of the sample data in which an operator promises a discount."""
    search = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "web", "search", "сделаем скидку", "--json"),
        env=env,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await search.communicate()
    return int(json.loads(printed)[0]["call"])


async def _take_all(address: str, passwords: dict[str, str], call: int) -> None:
    shots = (
        Shot("operator", "anna", "/", "[data-testid=pop-client] a"),
        Shot("call", "sofia", f"/calls/{call}", "[data-testid=word]"),
        Shot("board", "gleb", "/", "[data-testid=link-state]", "ru-RU"),
        Shot("search", "sofia", "/search?q=скидка", "[data-testid=search-hit]", "ru-RU"),
        Shot("client", "sofia", f"/clients?q={quote(CLIENT)}", HISTORY, follow=CLIENT),
        Shot("client-ru", "sofia", f"/clients?q={quote(CLIENT)}", HISTORY, "ru-RU", CLIENT),
        Shot("deals", "sofia", "/deals", "[data-cards] > li"),
        Shot("deals-ru", "sofia", "/deals", "[data-cards] > li", "ru-RU"),
        Shot("promises", "sofia", "/promises", "[data-promises] [data-row]"),
        Shot("promises-ru", "sofia", "/promises", "[data-promises] [data-row]", "ru-RU"),
        Shot("dispute", "sofia", "/disputes/1", "[data-evidence]"),
        Shot("dispute-ru", "sofia", "/disputes/1", "[data-evidence]", "ru-RU"),
        Shot("clients", "sofia", CLIENTS, "[data-count]"),
        Shot("clients-ru", "sofia", CLIENTS, "[data-count]", "ru-RU"),
    )
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        for shot in shots:
            await _take(browser, address, passwords[shot.login], shot)
        await browser.close()


async def _take(browser: Browser, address: str, password: str, shot: Shot) -> None:
    context = await browser.new_context(viewport=DESKTOP, locale=shot.locale)
    page: Page = await context.new_page()
    await page.goto(f"{address}/login")
    await page.fill("input[name=login]", shot.login)
    await page.fill("input[name=password]", password)
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url(f"{address}/")
    if shot.path != "/":
        await page.goto(address + shot.path)
    if shot.follow:
        await page.locator("#client-list").get_by_role("link", name=shot.follow).first.click()
    await page.wait_for_selector(shot.wait_for, timeout=120_000)
    # Not by a function: the page's policy lets no string become a script.
    await expect(page.locator("main .loading:visible")).to_have_count(0, timeout=30_000)
    await page.wait_for_timeout(1500)
    await page.screenshot(path=PICTURES / f"{shot.name}.png")
    await context.close()


if __name__ == "__main__":
    asyncio.run(main())
