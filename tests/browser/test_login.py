from playwright.async_api import expect
from support.browser import LiveSite, OpenPage, log_in


async def test_wrong_password_is_told_and_right_one_opens_the_page(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    watched = await open_page("", "/login")
    page = watched.page
    watched.allow("401")
    await page.locator("#login").fill("anna")
    await page.locator("#password").fill("wrong")
    await page.locator("main button.btn-primary").click()
    await expect(page.locator("#login-failure")).to_have_text("Wrong login or password.")
    await log_in(page, "anna")
    await expect(page.locator("h1")).to_be_visible()
