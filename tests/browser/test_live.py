from playwright.async_api import expect
from support.browser import LiveSite, OpenPage
from support.live import AT
from support.web_seed import seed_day

from crm import agents
from crm.access import SYSTEM
from web.live.protocol import LinkView


async def test_lost_pbx_is_told_with_its_time_and_found_again(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    links = [LinkView(pbx="main", connected=True)]
    live_site.services.links = lambda: tuple(links)
    watched = await open_page("anna")
    state = watched.page.get_by_test_id("link-state")
    await expect(state).to_have_text("connected")
    links[0] = LinkView(pbx="main", connected=False, since=AT)
    live_site.services.hub.announce(["link"])
    await expect(state).to_contain_text("No connection to the PBX since 12:30")
    links[0] = LinkView(pbx="main", connected=True)
    live_site.services.hub.announce(["link"])
    await expect(state).to_have_text("connected")


async def test_page_finds_a_restarted_server_and_shows_the_new_state(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    watched = await open_page("mila")
    for part in ("ERR_CONNECTION_REFUSED", "htmx:ws:error", "ERR_CONNECTION_RESET", "WebSocket"):
        watched.allow(part)
    await expect(watched.page.locator("html[data-live=yes]")).to_be_attached()
    await live_site.server.stop()
    await expect(watched.page.locator("#server-lost")).to_be_visible()
    await seed_day(live_site.services)
    await live_site.server.start()
    await expect(watched.page.get_by_test_id("task")).to_have_count(1, timeout=20000)
    await expect(watched.page.locator("#server-lost")).to_be_hidden()


async def test_locked_out_person_lands_at_the_login(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    watched = await open_page("anna")
    await expect(watched.page.locator("html[data-live=yes]")).to_be_attached()
    async with live_site.services.db.write() as session:
        await agents.set_active(session, SYSTEM, live_site.people["anna"], False)
    live_site.services.hub.announce(["user"])
    await watched.page.wait_for_url("**/login**")


async def test_keys_lead_through_pages_and_rows(live_site: LiveSite, open_page: OpenPage) -> None:
    await seed_day(live_site.services)
    page = (await open_page("mila")).page
    await page.keyboard.press("g")
    await page.keyboard.press("l")
    await page.wait_for_url("**/clients")
    await page.keyboard.press("/")
    await expect(page.locator("#client-q")).to_be_focused()
    await page.keyboard.type("соколова")
    await expect(page.locator("#client-list [data-row]")).to_have_count(1)
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/clients/*")
    await expect(page.locator("h1")).to_contain_text("Ирина Соколова")
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#keys")).to_be_hidden()


async def test_person_without_a_phone_is_told_why_nothing_is_dialled(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    ids = await seed_day(live_site.services)
    page = (await open_page("nophone", f"/clients/{ids['irina']}")).page
    await page.locator(".phone-dial").first.dispatch_event("click")
    await expect(page.locator(".toast-line")).to_contain_text("You have no phone")


async def test_script_in_a_name_does_not_run(live_site: LiveSite, open_page: OpenPage) -> None:
    page = (await open_page("anna", "/clients/new")).page
    await page.locator("#f-name").fill("<img src=x onerror=document.title='owned'>")
    await page.get_by_role("button", name="Create client").click()
    await expect(page.locator("h1")).to_contain_text("<img src=x")
    assert "owned" not in (await page.title()).split("·")[1]
