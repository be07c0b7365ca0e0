"""From two cards to one and back, as a manager does it; and a stranger's call sorted by keys."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import expect
from support.browser import DESKTOP, PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.told_calls import Teller, Told
from support.web_seed import add_call, add_client

PHONE_NUMBER = "+79161234567"


async def two_cards(live_site: LiveSite) -> tuple[int, int]:
    now = datetime.now(UTC)
    async with live_site.services.db.write() as session:
        one = await add_client(session, "Анна Петрова", PHONE_NUMBER, notes="любит чай")
        other = await add_client(session, "Петрова Аня", PHONE_NUMBER, notes="просила скидку")
        for number, owner in enumerate((one.id, other.id), start=1):
            at = now - timedelta(hours=number)
            await add_call(session, f"9.{number}", at=at, number=PHONE_NUMBER, client_id=owner)
        return one.id, other.id


async def test_duplicates_are_merged_and_parted_with_both_histories(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    one, other = await two_cards(live_site)
    watched = await open_page("mila", "/duplicates")
    page = watched.page
    await page.get_by_role("button", name="Compare now").click()
    pair = page.get_by_test_id("duplicate")
    await expect(pair).to_have_count(1)
    await expect(pair).to_contain_text("same phone")
    await pair.get_by_role("link", name="Compare and merge").click()
    await page.get_by_text("Петрова Аня", exact=True).last.click()
    assert await axe_violations(page) == []
    await page.get_by_role("button", name="Merge", exact=True).click()
    await expect(page.locator("h1")).to_have_text("Merged into one card")
    await page.get_by_role("link", name="To the card").click()
    await expect(page.locator("h1")).to_contain_text("Петрова Аня")
    await expect(page.get_by_text("просила скидку").first).to_be_visible()
    await page.goto(f"/clients/{one}")
    for number in (1, 2):
        await expect(page.locator(f'a[href*="/calls/{number}"]').first).to_be_visible()
    await page.get_by_role("link", name="Undo …").click()
    await page.get_by_role("button", name="Undo the merge").click()
    await expect(
        page.get_by_role("status").filter(has_text="Each card has its own again")
    ).to_be_visible()
    for card, own, foreign in ((one, 1, 2), (other, 2, 1)):
        await page.goto(f"/clients/{card}")
        await expect(page.locator(f'main a[href*="/calls/{own}"]').first).to_be_visible()
        await expect(page.locator(f'main a[href*="/calls/{foreign}"]')).to_have_count(0)
    await expect(page.locator("h1")).to_contain_text("Петрова Аня")


async def test_strangers_call_is_sorted_by_keys_and_pages_of_intake_fit(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await two_cards(live_site)
    teller = Teller(live_site.services.db, intake=True)
    await teller.tell(Told(number="+79035550011", at=datetime.now(UTC)))
    watched = await open_page("root", "/inquiries")
    page = watched.page
    await expect(page.locator("html[data-live=yes]")).to_be_attached()
    await expect(page.locator("#live-badge-inquiries")).to_contain_text("1")
    await page.keyboard.press("j")
    await page.keyboard.press("x")
    await expect(page.get_by_role("status").filter(has_text="Closed as not ours")).to_be_visible()
    await expect(page.get_by_text("The feed is empty")).to_be_visible()
    await expect(
        page.locator("html[data-live=yes]")
    ).to_be_attached()  # the keys come with the scripts
    await page.keyboard.press("u")
    await expect(page.get_by_test_id("inquiry")).to_have_count(1)
    await page.get_by_text("Later", exact=True).click()
    await expect(page.get_by_role("button", name="tomorrow morning")).to_be_visible()
    for viewport in (DESKTOP, PHONE):
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for path in (
            "/inquiries", "/duplicates", "/clients/1/merge/2", "/cleaning", "/admin/intake", "/clients/1",
        ):  # fmt: skip
            await page.goto(path)
            await expect(page.locator("html[data-live=yes]")).to_be_attached()
            assert await axe_violations(page) == [], path
            width = await page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], path
            name = path.strip("/").replace("/", "-")
            await screenshot(page, f"intake-{viewport['width']}-{name}")
