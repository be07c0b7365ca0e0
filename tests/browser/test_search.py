from datetime import UTC, datetime

from playwright.async_api import Locator, Page, expect
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.call_samples import Sample, add_heard_call

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def heard(site: LiveSite) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, AT)


async def started_at(page: Page, click: Locator) -> float:
    """Click, wait until the sound is heard, and return the position from which it plays."""
    await page.evaluate(
        """() => {
          window.heard = new Promise((done) => document.querySelector("#search-sound").addEventListener(
            "playing", (event) => done(event.target.currentTime), { once: true }));
        }"""
    )
    await click.click()
    return float(await page.evaluate("window.heard"))


async def test_hit_plays_from_its_word_without_leaving_the_page(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await heard(live_site)
    page = (await open_page("mila", "/search")).page
    await page.get_by_label("What to look for").fill("процент")
    await page.keyboard.press("Enter")
    hit = page.get_by_test_id("search-hit")
    await expect(hit).to_have_count(1)
    await expect(hit.locator("mark")).to_have_text("процентов")
    await screenshot(page, "search-desktop")
    button = hit.get_by_role("button", name="Play from here")
    assert 10.4 <= await started_at(page, button) < 14
    await expect(button).to_have_attribute("aria-pressed", "true")
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "false")


async def test_other_hit_of_the_playing_call_takes_over(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await heard(live_site)
    page = (await open_page("mila", "/search?q=скидка")).page
    first, second = await page.get_by_role("button", name="Play from here").all()
    await started_at(page, first)
    await second.click()
    await expect(second).to_have_attribute("aria-pressed", "true")
    await expect(first).to_have_attribute("aria-pressed", "false")


async def test_hit_leads_to_the_call_at_its_word(live_site: LiveSite, open_page: OpenPage) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", "/search?q=подписать")).page
    await page.get_by_test_id("search-hit").get_by_role("link", name="call, 0:14").click()
    await page.wait_for_url(f"**/calls/{sample.call}?t=14.5")
    await expect(page.locator(".word.is-playing")).to_have_text("подпишу")


async def test_wrong_query_shows_what_can_be_typed(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    watched = await open_page("mila", '/search?q="до')
    watched.allow("400")
    await expect(watched.page.get_by_test_id("search-wrong")).to_contain_text("quotation mark")
    await expect(watched.page.locator(".search-help")).to_have_attribute("open", "")


async def test_page_is_accessible_and_fits_a_phone(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await heard(live_site)
    page = (await open_page("mila", "/search?q=скидка")).page
    assert await axe_violations(page) == []
    small = (await open_page("mila", "/search?q=скидка", viewport=PHONE, dark=True)).page
    await expect(small.get_by_test_id("search-hit")).to_have_count(2)
    assert await small.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await screenshot(small, "search-phone-dark")


async def test_search_is_narrowed_saved_and_opened_again(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await heard(live_site)
    page = (await open_page("mila", "/search?q=10%25 скидка")).page
    hit = page.get_by_test_id("search-hit")
    await expect(hit.first.locator("mark").first).to_have_text("скидку")
    await screenshot(page, "search-facets")
    await page.locator('[data-facet="operator"] a').first.click()
    await page.wait_for_url("**operator=101**")
    await page.get_by_text("Save this search").click()
    await page.get_by_label("Name of the search").fill("Скидка десять")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.goto(f"{live_site.url}/search")
    await page.get_by_test_id("saved-searches").get_by_role("link", name="Скидка десять").click()
    await page.wait_for_url("**operator=101**")
    await page.get_by_label("What to look for").fill("договар")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Possibly misheard")).to_be_visible()
    await screenshot(page, "search-tolerant")
    assert await axe_violations(page) == []
