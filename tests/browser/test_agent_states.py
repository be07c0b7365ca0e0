"""One's own state in the page's head, the pause sheet, the board, and choosing a phone."""

from playwright.async_api import Page, expect
from sqlalchemy import select
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot

from crm.tables import PhoneState, QueueMember
from pbx.actions import Actions
from pbx.errors import ActionFailed
from web.services import utc_now


class Switch:
    """Confirms what is ordered the way Asterisk does: in the rows, then a notice; or refuses."""

    def __init__(self, site: LiveSite) -> None:
        self.site = site
        self.refuses = False

    async def send(self, fields, *, timeout_s=None, single=False):  # type: ignore[no-untyped-def]
        if self.refuses:
            raise ActionFailed("QueuePause", "Interface not found")
        async with self.site.services.db.write() as session:
            for member in await session.scalars(select(QueueMember)):
                member.paused = fields["Paused"] == "true"
                member.reason, member.changed_at = fields.get("Reason", ""), utc_now()
        self.site.services.hub.states_changed([self.site.people["anna"]])
        return [{"Response": "Success"}]


async def at_a_queue(site: LiveSite) -> Switch:
    switch = Switch(site)
    site.services.actions = {"main": Actions(switch.send)}
    now = utc_now()
    async with site.services.db.write() as session:
        session.add(
            PhoneState(pbx="main", extension="101", device="idle", device_at=now, engaged=[])
        )
        session.add(QueueMember(pbx="main", queue="sales", interface="PJSIP/101", extension="101"))
    return switch


def own(page: Page):  # type: ignore[no-untyped-def]
    return page.get_by_test_id("own-state")


async def test_operator_pauses_and_comes_back_by_keyboard_and_the_supervisor_sees_it(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await at_a_queue(live_site)
    anna = (await open_page("anna")).page
    board = (await open_page("sergey")).page
    line = board.get_by_test_id("agent").filter(has_text="Анна Белова")
    await expect(own(anna)).to_have_attribute("data-state", "available")
    await anna.keyboard.press("p")
    await expect(anna.locator("#pause-sheet")).to_be_visible()
    await screenshot(anna, "pause")
    await anna.keyboard.press("1")
    await expect(own(anna)).to_contain_text("paused: lunch")
    await expect(line).to_have_attribute("data-state", "paused")
    await screenshot(board, "board-agents")
    assert not await axe_violations(board)
    await anna.keyboard.press("p")
    await expect(own(anna)).to_have_attribute("data-state", "available")
    await expect(line).to_have_attribute("data-state", "available")


async def test_supervisor_pauses_somebody_with_a_typed_reason(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await at_a_queue(live_site)
    board = (await open_page("sergey")).page
    await board.get_by_role("button", name="Pause Анна Белова").click()
    await expect(board.locator("#pause-title")).to_have_text("Pause Анна Белова")
    await expect(board.locator("#pause-away")).to_be_hidden()
    await board.locator("#pause-text").fill("fire drill")
    await board.keyboard.press("Enter")
    line = board.get_by_test_id("agent").filter(has_text="Анна Белова")
    await expect(line).to_contain_text("paused in all queues: fire drill")


async def test_refused_pause_changes_nothing_and_says_so(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    (await at_a_queue(live_site)).refuses = True
    watched = await open_page("anna", viewport=PHONE)
    watched.allow("502")
    page = watched.page
    await own(page).get_by_role("button", name="Pause").click()
    await page.get_by_role("button", name="break").click()
    await expect(page.locator(".toast-line")).to_contain_text("Interface not found")
    await expect(own(page)).to_have_attribute("data-state", "available")
    await screenshot(page, "pause-refused")


async def test_sitting_down_at_a_colleagues_phone_asks_and_the_page_follows(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    watched = await open_page("nophone", "/seat", viewport=PHONE)
    watched.allow("409")
    page = watched.page
    desk = page.locator('[data-extension="102"]')
    await desk.get_by_role("button", name="Sit here").click()
    await expect(page.get_by_test_id("seat-taken")).to_contain_text("Борис Орлов")
    await screenshot(page, "seat-taken")
    assert not await axe_violations(page)
    await page.get_by_role("button", name="Sit down", exact=True).click()
    await page.wait_for_url("**/")
    await expect(own(page)).to_contain_text("102")
