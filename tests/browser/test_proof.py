"""A proof pack from the page of a dispute to an outsider's browser without a network."""

from __future__ import annotations

import zipfile
from pathlib import Path

from playwright.async_api import Browser, expect
from support.browser import LiveSite, OpenPage, screenshot
from support.proof_case import seed_case

from calls import jobs
from calls.proof import verify
from calls.proof.keys import KeyStore
from crm import proof_packs
from web.proof_making import PackMaker


async def work(site: LiveSite) -> None:
    job = await jobs.claim(site.services.db, [proof_packs.MAKE], "test", 60)
    assert job is not None
    assert await PackMaker(site.services.db, site.services.settings).make_pack(job)


async def test_pack_is_made_downloaded_and_opened_by_an_outsider(
    live_site: LiveSite, open_page: OpenPage, browser: Browser, tmp_path: Path
) -> None:
    data_dir = live_site.services.settings.data_dir
    seeded = await seed_case(live_site.services.db, data_dir, live_site.people["sergey"])
    page = (await open_page("sergey", f"/disputes/{seeded.dispute}")).page
    await page.get_by_test_id("make-proof").click()
    await expect(page.get_by_test_id("proof-pack")).to_have_attribute("data-state", "waiting")
    await work(live_site)
    await expect(page.get_by_test_id("proof-pack")).to_have_attribute("data-state", "ready")
    await screenshot(page, "proof-panel")
    async with page.expect_download() as waiting:
        await page.locator("#proof").get_by_role("link", name="Download").click()
    pack = tmp_path / "pack.zip"
    await (await waiting.value).save_as(pack)
    assert verify.check(pack, KeyStore(data_dir).load().public).ok
    await page.goto(page.url.partition("/disputes")[0] + "/proof")
    await expect(page.get_by_test_id("public-key")).to_have_text(
        KeyStore(data_dir).load().public.hex()
    )
    await screenshot(page, "proof-packs")
    with zipfile.ZipFile(pack) as file:
        file.extractall(tmp_path / "pack")
    await outsider(browser, tmp_path / "pack" / "index.html")


async def outsider(browser: Browser, index: Path) -> None:
    """Reads the page as a file: no request may leave it, no word of a client may run."""
    context = await browser.new_context(offline=True)
    page = await context.new_page()
    troubles: list[str] = []
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on("console", lambda message: troubles.append(message.text))
    page.on(
        "request", lambda sent: None if sent.url.startswith("file:") else troubles.append(sent.url)
    )
    await page.goto(index.as_uri())
    await page.locator("label[for=en]").click()
    await expect(page.get_by_role("heading", name="For the client's claim")).to_be_visible()
    await expect(page.get_by_role("heading", name="За слова клиента")).to_be_hidden()
    await page.locator("label[for=ru]").click()
    await expect(page.get_by_role("heading", name="За слова клиента")).to_be_visible()
    await expect(page.locator("mark").first).to_contain_text("семь")
    length_s = await page.locator("audio").first.evaluate(
        "audio => new Promise((done) => {"
        " audio.onloadedmetadata = () => done(audio.duration);"
        " audio.onerror = () => done(-1); audio.preload = 'auto'; audio.load(); })"
    )
    assert length_s == 17, "seven seconds of words, five before and behind them"
    assert troubles == []
    await context.close()
