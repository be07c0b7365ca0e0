"""The player on a call of two hours, in a real Chromium: opening the page, the first sound, seeking, zooming, following.

The recording (8 kHz stereo WAV, a tone ten seconds each minute) is made in a temporary directory and removed. `--words`
words stand in its transcript. `follow_frames_ms` are the times between drawn frames while the words follow the sound at
three times the speed; `open_ms` ends when the player can be pressed.

    python tests/bench/player.py --words 20000 --json
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from playwright.async_api import Page, Response, async_playwright  # noqa: E402
from support.browser import ARGUMENTS, DESKTOP, Server, _chromium, log_in  # noqa: E402
from support.long_call import SECONDS, LongCall, add_long_call  # noqa: E402
from support.web import add_people, settings_for  # noqa: E402

from calls.db import Database  # noqa: E402
from crm.migrate import upgrade  # noqa: E402
from web.app import create_app  # noqa: E402
from web.services import Services  # noqa: E402

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TURN_EVERY_S = 4
SEEKS = 20
FRAMES = 240
READY = "[data-player][data-ready]"
_SEEK = """(time) => new Promise((tell) => {
  const audio = document.querySelector("audio");
  const began = performance.now();
  audio.addEventListener("seeked", () => tell(performance.now() - began), { once: true });
  audio.currentTime = time;
})"""
_FIRST_SOUND = """() => new Promise((tell) => {
  const began = performance.now();
  document.querySelector("audio").addEventListener("playing", () => tell(performance.now() - began), { once: true });
  document.querySelector("[data-player-toggle]").click();
})"""
_FRAMES = """(count) => new Promise((tell) => {
  const times = [];
  document.querySelector("audio").playbackRate = 3;
  const tick = (now) => (times.push(now), times.length > count ? tell(times) : requestAnimationFrame(tick));
  requestAnimationFrame(tick);
})"""


async def _opened(page: Page, address: str) -> dict[str, Any]:
    """Open the page twice and measure the second time: styles and scripts are in the browser's cache by then."""
    weights: dict[str, int] = {}

    async def weigh(answer: Response) -> None:
        if answer.url.endswith(address) or "/peaks" in answer.url:
            kind = "peaks" if "/peaks" in answer.url else "page"
            weights[f"{kind}_bytes"] = len(await answer.body())

    page.on("response", weigh)
    for _ in range(2):
        began = perf_counter()
        await page.goto(address)
        await page.locator(READY).wait_for()
    taken = round((perf_counter() - began) * 1000)
    await page.wait_for_load_state("networkidle")
    return {"open_ms": taken, **weights}


async def _zoomed(page: Page) -> list[dict[str, int]]:
    """Zoom in step by step to the largest: how long each step takes, and what it fetches."""
    steps = []
    button = page.locator('[data-player-zoom="1"]')
    while await button.is_enabled():
        zoom = int(await page.locator("[data-player]").get_attribute("data-zoom") or 1)
        began = perf_counter()
        async with page.expect_response(lambda answer: "/peaks" in answer.url) as told:
            await button.click()
        size = len(await (await told.value).body())
        await page.locator(f'[data-player][data-zoom="{zoom * 2}"]').wait_for()
        steps.append(
            {"zoom": zoom * 2, "ms": round((perf_counter() - began) * 1000), "bytes": size}
        )
    return steps


async def _measured(page: Page, sample: LongCall, chance: random.Random) -> dict[str, Any]:
    found = await _opened(page, f"/calls/{sample.call}")
    found["first_sound_ms"] = round(await page.evaluate(_FIRST_SOUND))
    seeks = [await page.evaluate(_SEEK, chance.uniform(0, SECONDS - 60)) for _ in range(SEEKS)]
    found["seek_ms"] = {"median": round(median(seeks)), "worst": round(max(seeks))}
    times = await page.evaluate(_FRAMES, FRAMES)
    gaps = [after - before for before, after in itertools.pairwise(times)]
    found["follow_frames_ms"] = {
        "median": round(median(gaps), 1),
        "p95": round(quantiles(gaps, n=20)[-1], 1),
        "worst": round(max(gaps), 1),
    }
    await page.evaluate("document.querySelector('audio').pause()")
    found["zoom"] = await _zoomed(page)
    return found


async def run(words: int, seed: int) -> dict[str, Any]:
    """Make the call, serve it, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        url = f"sqlite:///{place / 'slovo.db'}"
        await asyncio.to_thread(upgrade, url)
        db = Database(url)
        await add_people(db)
        a_turn = max(1, words * TURN_EVERY_S // SECONDS)
        sample = await add_long_call(db, place, AT, words_a_turn=a_turn, turn_every_s=TURN_EVERY_S)
        server = Server(create_app(Services(settings=settings_for(url, place), db=db)))
        await server.start()
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=_chromium(), args=ARGUMENTS)
            page = await browser.new_page(viewport=DESKTOP, base_url=server.url)  # type: ignore[arg-type]
            await log_in(page, "sergey")
            found = await _measured(page, sample, random.Random(seed))
            await browser.close()
        await server.stop()
        await db.dispose()
    return {"seconds": SECONDS, "words": a_turn * SECONDS // TURN_EVERY_S, **found}


def main(arguments: list[str]) -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    with contextlib.redirect_stdout(sys.stderr):  # the server's log
        found = asyncio.run(run(chosen.words, chosen.seed))
    if chosen.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name}: {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
