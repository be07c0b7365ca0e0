"""Two people on one card: they see each other, and what both changed is asked, never overwritten."""

from playwright.async_api import expect
from support.browser import LiveSite, OpenPage, axe_violations, screenshot
from support.clients import client


async def test_two_people_on_one_card_see_each_other_and_lose_nothing(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    one = await client(live_site.services.db, "Ivan Petrov", "+7 912 000-11-22")
    anna = (await open_page("anna", f"/clients/{one}")).page
    mila_watched = await open_page("mila", f"/clients/{one}?edit=1")
    mila_watched.allow("409")  # the browser says so of the answer that asks which version is right
    mila = mila_watched.page
    present = anna.get_by_test_id("present")
    await expect(present).to_have_text("Мила Котова is editing this card")
    await expect(mila.get_by_test_id("present")).to_have_text("Анна Белова is looking at this card")
    await screenshot(anna, "presence")
    await anna.goto(f"/clients/{one}?edit=1")
    await expect(mila.get_by_test_id("present")).to_have_text("Анна Белова is editing this card")
    await anna.locator("#f-name").fill("Ivan Petrovich")
    await anna.get_by_role("button", name="Save").click()
    await expect(anna.locator("h1")).to_contain_text("Ivan Petrovich")
    live_site.services.hub.announce(["client"], row_id=one)
    await expect(mila.locator("#card-changed")).to_contain_text("Анна Белова has saved changes")
    await mila.locator("#f-name").fill("I. Petrov")
    await mila.get_by_role("button", name="Save").click()
    clash = mila.get_by_role("group", name="Name")
    await expect(clash).to_contain_text("mine: I. Petrov")
    await expect(clash).to_contain_text("the colleague's: Ivan Petrovich")
    assert await axe_violations(mila) == []
    await screenshot(mila, "clash")
    await mila.close()
    await expect(present).to_have_count(0)
