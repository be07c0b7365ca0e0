"""The board of deals in a real browser: dragging, losing with a reason, two people at once, the keyboard, a phone."""

import pytest
from playwright.async_api import Locator, Page, expect
from sqlalchemy import select
from support.browser import DESKTOP, PHONE, LiveSite, OpenPage, axe_violations, screenshot

from crm import deal_moves, deals, funnels
from crm.access import SYSTEM
from crm.deal_moves import Move
from crm.deals import DealFields
from crm.tables import Deal, Stage


async def stages(site: LiveSite) -> dict[str, int]:
    async with site.services.db.write() as session:
        await funnels.ensure(session, "en")
        return {stage.name: stage.id for stage in await session.scalars(select(Stage))}


async def add(site: LiveSite, *names: str) -> list[int]:
    """Deals in the first column, in this order from top to bottom."""
    async with site.services.db.write() as session:
        found = [
            (await deals.create(session, SYSTEM, DealFields(name=name))).id
            for name in reversed(names)
        ]
    return found[::-1]


async def stored(site: LiveSite, deal_id: int) -> Deal:
    async with site.services.db.read() as session:
        return await deals.load(session, deal_id)


def card(page: Page, name: str) -> Locator:
    return page.locator("[data-deal]", has=page.get_by_role("link", name=name, exact=True))


def names_in(page: Page, stage_id: int) -> Locator:
    return page.locator(f"#cards-{stage_id} [data-deal-link]")


async def settled(page: Page) -> None:
    """The board is as the server had it, and nothing is under way."""
    await expect(page.locator("#board:not([data-waits])")).to_be_attached()


async def drag(page: Page, name: str, stage_id: int) -> None:
    """By the mouse, in small steps as a hand does."""
    await settled(page)
    source, target = card(page, name), page.locator(f"#cards-{stage_id}")
    await target.scroll_into_view_if_needed()
    await source.scroll_into_view_if_needed()
    start, end = await source.bounding_box(), await target.bounding_box()
    assert start
    assert end
    await page.mouse.move(start["x"] + 40, start["y"] + start["height"] - 8)
    await page.mouse.down()
    await page.mouse.move(start["x"] + 60, start["y"] + start["height"], steps=4)
    await page.mouse.move(end["x"] + 60, end["y"] + 30, steps=12)
    await page.mouse.up()


async def test_deal_is_dragged_lost_with_a_reason_and_two_people_never_overwrite(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    stage = await stages(live_site)
    roof, floor, _walls = await add(live_site, "Roof", "Floor", "Walls")
    watched = await open_page("anna", "/deals")
    watched.allow("status of 409")
    page = watched.page
    await expect(names_in(page, stage["New"])).to_have_text(["Roof", "Floor", "Walls"])

    await drag(page, "Roof", stage["Needs found out"])
    await expect(page.locator("#board-said")).to_have_text("Roof: moved to “Needs found out”")
    assert (await stored(live_site, roof)).stage_id == stage["Needs found out"]

    await drag(page, "Roof", stage["Lost"])
    sheet = page.locator("#lost-sheet")
    await expect(sheet).to_be_visible()
    await sheet.get_by_role("button", name="Cancel").click()
    await expect(names_in(page, stage["Needs found out"])).to_have_text(["Roof"])
    assert (await stored(live_site, roof)).state == "open"
    await drag(page, "Roof", stage["Lost"])
    await sheet.get_by_label("Why was it lost?").select_option(label="No budget")
    await sheet.get_by_label("In a few words").fill("next year")
    await sheet.get_by_role("button", name="Lost").click()
    await expect(page.locator("#board-said")).to_have_text("Roof: moved to “Lost”")
    lost = await stored(live_site, roof)
    assert (lost.state, lost.loss_note) == ("lost", "next year")

    # A colleague moves "Floor" while this board still shows it where it was.
    await settled(page)
    async with live_site.services.db.write() as session:
        to = Move(stage_id=stage["Offer made"])
        await deal_moves.move(session, SYSTEM, floor, 1, to)
    await drag(page, "Floor", stage["Won"])
    await expect(page.locator("#toasts")).to_contain_text("Somebody was faster")
    await expect(names_in(page, stage["Offer made"])).to_have_text(["Floor"])
    assert (await stored(live_site, floor)).stage_id == stage["Offer made"]

    # What a colleague adds appears by itself.
    await add(live_site, "Windows")
    live_site.services.hub.announce(("deal",))
    await expect(names_in(page, stage["New"])).to_have_text(["Windows", "Walls"])
    await page.get_by_label("New deal in “New”").click()
    await page.locator(f"#quick-{stage['New']}").fill("Doors")
    await page.locator(f"#quick-sum-{stage['New']}").fill("1 500,50")
    await page.keyboard.press("Enter")
    await expect(names_in(page, stage["New"])).to_have_text(["Doors", "Windows", "Walls"])
    await expect(page.locator(f"#col-{stage['New']} .board-sum")).to_contain_text("1,500.50")
    assert await axe_violations(page) == []


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
async def test_board_is_used_with_the_keyboard_and_the_menu(
    live_site: LiveSite, open_page: OpenPage, viewport: dict[str, int]
) -> None:
    stage = await stages(live_site)
    roof, floor = await add(live_site, "Roof", "Floor")
    page = (await open_page("anna", "/deals", viewport=viewport)).page
    link = page.get_by_role("link", name="Floor", exact=True)
    await page.get_by_role("link", name="Roof", exact=True).focus()
    await page.keyboard.press("ArrowDown")
    await expect(link).to_be_focused()
    await page.keyboard.press("Shift+ArrowUp")
    await expect(names_in(page, stage["New"])).to_have_text(["Floor", "Roof"])
    await page.keyboard.press("Shift+ArrowRight")
    await expect(page.locator("#board-said")).to_have_text("Floor: moved to “Needs found out”")
    await expect(page.get_by_role("link", name="Floor", exact=True)).to_be_focused()
    assert (await stored(live_site, floor)).stage_id == stage["Needs found out"]

    await page.get_by_role("button", name="Move Roof").click()
    await page.locator("#move-sheet").get_by_role("button", name="Won").click()
    await expect(page.locator("#board-said")).to_have_text("Roof: moved to “Won”")
    assert (await stored(live_site, roof)).state == "won"
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= viewport["width"]
    await screenshot(page, f"board-{viewport['width']}")
