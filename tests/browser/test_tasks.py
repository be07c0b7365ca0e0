from playwright.async_api import expect
from support.browser import LiveSite, OpenPage
from support.web_seed import add_call, add_callback, seed_day

from web.services import utc_now


async def test_new_callback_appears_by_itself_and_is_taken_and_closed(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed_day(live_site.services)
    page = (await open_page("anna", "/tasks")).page
    tasks = page.get_by_test_id("task")
    await expect(tasks).to_have_count(1)
    await expect(page.locator("html[data-live=yes]")).to_be_attached()
    async with live_site.services.db.write() as session:
        call = await add_call(session, "8.1", at=utc_now(), number="+79997776655", outcome="missed")
        await add_callback(session, call)
    live_site.services.hub.announce(["call", "task"])
    await expect(tasks).to_have_count(2)
    await expect(page.locator("#live-badge-tasks")).to_contain_text("2")
    first = tasks.first
    await first.get_by_role("button", name="Take").click()
    await expect(tasks.first).to_contain_text("taken by Анна Белова")
    await tasks.first.get_by_text("Close", exact=True).click()
    await tasks.first.get_by_label("What came of it?").fill("sent the invoice")
    await tasks.first.get_by_role("button", name="Close the task").click()
    await expect(tasks).to_have_count(1)
    await page.get_by_role("link", name="Closed").click()
    await expect(tasks.first).to_contain_text("sent the invoice")


async def test_nothing_to_do_is_said(live_site: LiveSite, open_page: OpenPage) -> None:
    page = (await open_page("anna", "/tasks")).page
    await expect(page.locator("#task-list")).to_contain_text("Nobody waits for a call back")
