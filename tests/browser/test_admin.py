from playwright.async_api import expect
from support.browser import LiveSite, OpenPage, log_in


async def test_added_person_logs_in_with_their_phone(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    page = (await open_page("root", "/admin")).page
    await page.get_by_role("link", name="Add a person").click()
    await page.locator("#p-login").fill("vera")
    await page.locator("#p-name").fill("Вера")
    await page.locator("#p-phones").fill("103")
    await page.locator("#p-password").fill("a long enough phrase")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("main")).to_contain_text("Вера")
    other = (await open_page("", "/login")).page
    await log_in(other, "vera", "a long enough phrase")
    await other.locator(".nav-me > summary").click()
    await expect(other.locator(".nav-me-who")).to_contain_text("103")


async def test_operator_is_told_that_administration_is_not_theirs(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    watched = await open_page("anna", "/admin")
    watched.allow("403")
    await expect(watched.page.locator("main")).to_contain_text("You may not see this")
    await expect(watched.page.locator('.shell-nav a[href="/admin"]')).to_have_count(0)
