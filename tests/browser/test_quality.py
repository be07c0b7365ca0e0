"""A supervisor's morning: from the listening queue to a judged call and a note; the operator reads both on a telephone."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import expect
from support.browser import DESKTOP, PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.call_samples import add_heard_call
from support.quality import ASKED, CONSENT, GREETED

from crm.access import SYSTEM
from crm.quality import forms
from crm.quality.forms import Card
from crm.tables import ListeningItem


async def test_call_is_taken_from_the_queue_judged_and_talked_over(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services, now = live_site.services, datetime.now(UTC)
    heard = await add_heard_call(services.db, services.settings.data_dir, now)
    async with services.db.write() as session:
        await forms.add(session, SYSTEM, Card(name="Usual", criteria=(GREETED, ASKED, CONSENT)))
        session.add(ListeningItem(call_id=heard.call, why="random", start_s=8.0, added_at=now))
    watched = await open_page("sergey", "/quality")
    watched.allow("422")  # a card that is not filled in is refused
    page = watched.page
    await expect(page.locator("html[data-live=yes]")).to_be_attached()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Judge this call")).to_be_visible()
    await page.get_by_role("button", name="Judge this call").click()
    card = page.get_by_test_id("score-card")
    await card.get_by_role("group").get_by_text("yes", exact=True).first.click()
    await card.get_by_role("button", name="Take the time of the player").first.click()
    await card.get_by_role("button", name="Finish").click()
    await expect(page.get_by_role("alert").filter(has_text="Asked what is needed")).to_be_visible()
    await card.get_by_text("4", exact=True).click()
    await card.get_by_text("yes", exact=True).last.click()
    await card.get_by_role("button", name="Finish").click()
    await expect(page.get_by_test_id("review")).to_contain_text("90")
    await page.get_by_test_id("word").filter(has_text="скидку").last.click()
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("n")
    await page.keyboard.type("Say until when")
    await page.locator("[data-coaching-form]").get_by_role("button", name="Send").click()
    await expect(page.get_by_test_id("coaching-note")).to_contain_text("Say until when")
    watched.allow("inline")  # axe makes a style element to read the waveform's
    assert await axe_violations(page, skip=("region",)) == []
    operator = (await open_page("anna", "/quality/mine")).page
    for viewport in (DESKTOP, PHONE):
        await operator.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert await axe_violations(operator) == []
        await screenshot(operator, f"quality-mine-{viewport['width']}")
    await operator.get_by_role("link", name="Say until when").click()
    note = operator.get_by_test_id("coaching-note")
    await note.locator("summary").click()
    await note.get_by_role("textbox").fill("I will")
    await note.get_by_role("button", name="Send").click()
    await expect(note).to_contain_text("I will")
    for viewport in (DESKTOP, PHONE):
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for path in ("/quality", "/quality/cards/new", "/quality/rules", "/reports/quality"):
            await page.goto(path)
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], path
            assert await axe_violations(page) == [], path
            await screenshot(
                page, f"quality-{viewport['width']}-{path.strip('/').replace('/', '-')}"
            )
