import pytest
from playwright.async_api import expect
from support.browser import DESKTOP, PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.web_seed import seed_day


async def test_client_is_made_found_and_edited(live_site: LiveSite, open_page: OpenPage) -> None:
    watched = await open_page("anna", "/clients")
    page = watched.page
    await page.get_by_role("link", name="New client").first.click()
    await page.locator("#f-name").fill("Семён Ёлкин")
    await page.get_by_label("Number 1", exact=True).fill("8 916 555 44 33")
    await page.get_by_role("button", name="Create client").click()
    await expect(page.locator("h1")).to_contain_text("Семён Ёлкин")
    await expect(page.locator(".number-list")).to_contain_text("+7 916 555-44-33")
    await page.goto("/clients")
    await page.locator("#client-q").press_sequentially("елкин")
    await expect(page.locator("#client-list [data-row]")).to_have_count(1)
    await page.locator("#client-list .row-link").first.click()
    await page.get_by_role("link", name="Edit").click()
    await page.get_by_label("Company 1", exact=True).fill("Новый двор")
    await page.get_by_label("Position at company 1", exact=True).fill("директор")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".page-head")).to_contain_text("директор")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_main_pages_are_accessible_and_fit(
    live_site: LiveSite, open_page: OpenPage, viewport: dict[str, int], dark: bool
) -> None:
    ids = await seed_day(live_site.services)
    watched = await open_page("root", "/", viewport=viewport, dark=dark)
    page = watched.page
    for path in (
        "/", "/tasks", "/tasks?state=done", "/clients", f"/clients/{ids['irina']}",
        f"/clients/{ids['company']}", f"/clients/{ids['irina']}?edit=1", "/admin", "/admin/people/new",
        "/admin/audit",
    ):  # fmt: skip
        await page.goto(path)
        await expect(page.locator("html[data-live=yes]")).to_be_attached()
        assert await axe_violations(page) == [], path
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], path
        name = path.strip("/").replace("/", "-").replace("?", "-") or "home"
        await screenshot(page, f"{'dark' if dark else 'light'}-{viewport['width']}-{name}")
