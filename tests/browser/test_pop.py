import re

from playwright.async_api import expect
from support.browser import DESKTOP, PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.live import shown, withdrawn
from support.web_seed import CLIENT_NUMBER, STRANGER, add_call, seed_day

from crm import call_notes
from crm.number_lookup import find
from crm.number_rules import NumberRules
from crm.numbers_index import NumbersIndex
from crm.screen_pop import PopWhy
from web.live.protocol import LinkView
from web.services import utc_now


async def ring(site: LiveSite, call: str, number: str, *logins: str) -> None:
    site.services.hub.show_pop(
        shown(call, number=number, queue="sales"), [site.people[login] for login in logins]
    )


async def test_ring_shows_the_client_card_to_its_operator_only(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed_day(live_site.services)
    index = NumbersIndex(NumberRules())
    async with live_site.services.db.read() as session:
        await index.load(session)
    live_site.services.number_index = index
    anna, boris = await open_page("anna"), await open_page("boris", "/tasks")
    await expect(anna.page.locator("html[data-live=yes]")).to_be_attached()
    await expect(boris.page.locator("html[data-live=yes]")).to_be_attached()
    await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
    card = anna.page.get_by_test_id("screen-pop")
    await expect(card.get_by_test_id("pop-client")).to_have_text("Ирина Соколова")
    for text in ("+7 916 123-45-67", "ООО «Ромашка»", "прислать счёт", "queue sales", "Last calls"):
        await expect(card).to_contain_text(text)
    await expect(anna.page).to_have_title(re.compile("☎|Today"))
    await expect(boris.page.get_by_test_id("screen-pop")).to_have_count(0)
    assert await axe_violations(anna.page) == []


async def test_card_is_there_after_a_reload_and_on_every_page(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed_day(live_site.services)
    watched = await open_page("anna")
    await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
    await expect(watched.page.get_by_test_id("screen-pop")).to_have_count(1)
    for path in ("/", "/tasks", "/clients"):
        await watched.page.goto(path)
        await expect(watched.page.get_by_test_id("pop-client")).to_have_text("Ирина Соколова")


async def test_answered_by_a_colleague_is_said_and_the_card_goes_away(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed_day(live_site.services)
    watched = await open_page("anna")
    await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
    await expect(watched.page.get_by_test_id("screen-pop")).to_have_count(1)
    live_site.services.hub.withdraw_pop(
        withdrawn("1.1", "101", PopWhy.ANSWERED_ELSEWHERE, by="102")
    )
    gone = watched.page.get_by_test_id("pop-withdrawn")
    await expect(gone).to_contain_text("answered by Борис Орлов")
    await expect(watched.page.get_by_test_id("screen-pop")).to_have_count(0)
    await gone.get_by_role("button", name="Put the card away").click()
    await expect(gone).to_have_count(0)


async def test_notes_are_kept_as_typed_while_the_card_changes_and_after_a_reload(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    ids = await seed_day(live_site.services)
    watched = await open_page("anna")
    page = watched.page
    await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
    notes = page.locator("textarea[data-note]")
    await notes.click()
    await page.keyboard.type("просит счёт <до> ")
    live_site.services.hub.withdraw_pop(withdrawn("1.1", "101", PopWhy.ANSWERED_HERE))
    live_site.services.hub.announce(["client", "task", "promise"])
    await expect(page.locator('[data-state="answered"]')).to_have_count(1)
    await page.keyboard.type("пятницы")
    await expect(notes).to_be_focused()
    await expect(notes).to_have_value("просит счёт <до> пятницы")
    await expect(page.locator("[data-note-state]")).to_have_text("Saved")
    async with live_site.services.db.read() as session:
        (note,) = await call_notes.of_call(session, ids["talk"])
    assert note.text == "просит счёт <до> пятницы"
    await page.reload()
    await expect(notes).to_have_value("просит счёт <до> пятницы")


async def test_notes_typed_while_the_server_is_away_are_saved_when_it_is_back(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    ids = await seed_day(live_site.services)
    watched = await open_page("anna")
    for part in ("ERR_CONNECTION_REFUSED", "htmx:ws:error", "ERR_CONNECTION_RESET", "WebSocket"):
        watched.allow(part)
    await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
    await watched.page.locator("textarea[data-note]").wait_for()
    await live_site.server.stop()
    await watched.page.locator("textarea[data-note]").fill("while you were away")
    await expect(watched.page.locator("#server-lost")).to_be_visible()
    await expect(watched.page.locator("[data-note-state]")).to_have_text(
        "Not saved yet, trying again…"
    )
    await live_site.server.start()
    await expect(watched.page.locator("[data-note-state]")).to_have_text("Saved", timeout=15000)
    await expect(watched.page.locator("#server-lost")).to_be_hidden(timeout=15000)
    async with live_site.services.db.read() as session:
        (note,) = await call_notes.of_call(session, ids["talk"])
    assert note.text == "while you were away"


async def test_unknown_number_becomes_a_client_with_one_click(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed_day(live_site.services)
    watched = await open_page("anna")
    await ring(live_site, "1.9", STRANGER, "anna")
    card = watched.page.get_by_test_id("screen-pop")
    await expect(card.get_by_test_id("pop-client")).to_have_text("unknown number")
    await card.get_by_placeholder("Name, if you know it").fill("Олег Новиков")
    await card.get_by_role("button", name="Create client").click()
    await tell(live_site)
    await expect(card.get_by_test_id("pop-client")).to_have_text("Олег Новиков")
    async with live_site.services.db.read() as session:
        found = await find(session, STRANGER, NumberRules())
    assert found.one is not None


async def test_unknown_number_is_attached_to_a_client_that_is_known(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed_day(live_site.services)
    watched = await open_page("anna")
    await ring(live_site, "1.9", STRANGER, "anna")
    card = watched.page.get_by_test_id("screen-pop")
    await card.get_by_placeholder("Or attach to a client: name or number").press_sequentially(
        "pavel"
    )
    await card.get_by_role("button", name="Pavel Horák").click()
    await tell(live_site)
    await expect(card.get_by_test_id("pop-client")).to_have_text("Pavel Horák")


async def tell(site: LiveSite) -> None:
    """There is no feed in this rig: ring the doorbell of what the click has changed."""
    for _look in range(40):
        async with site.services.db.read() as session:
            if (await find(session, STRANGER, NumberRules())).one is not None:
                break
    site.services.hub.announce(["client", "call", "task"])


async def test_two_calls_at_once_lie_one_above_the_other(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seed_day(live_site.services)
    watched = await open_page("anna")
    await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
    await ring(live_site, "1.9", STRANGER, "anna")
    await expect(watched.page.get_by_test_id("screen-pop")).to_have_count(2)


async def test_talk_over_leaves_the_card_until_it_is_done(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    async with services.db.write() as session:
        await add_call(session, "3.1", at=utc_now())
    watched = await open_page("anna")
    await ring(live_site, "3.1", CLIENT_NUMBER, "anna")
    services.hub.withdraw_pop(withdrawn("3.1", "101", PopWhy.ANSWERED_HERE))
    card = watched.page.get_by_test_id("screen-pop")
    await expect(card).to_contain_text("the call is over")
    await card.get_by_role("button", name="Done").click()
    await expect(card).to_have_count(0)


async def test_card_fits_a_telephone_and_the_dark(live_site: LiveSite, open_page: OpenPage) -> None:
    await seed_day(live_site.services)
    for name, viewport in (("phone", PHONE), ("desk", DESKTOP)):
        watched = await open_page("anna", viewport=viewport, dark=True)
        await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
        await expect(watched.page.get_by_test_id("pop-client")).to_have_text("Ирина Соколова")
        width = await watched.page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"]
        assert await axe_violations(watched.page) == []
        await screenshot(watched.page, f"pop-{name}-dark")


async def test_cards_of_calls_that_are_over_fold_and_open_again_with_their_notes(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    async with services.db.write() as session:
        for number in range(5):
            await add_call(session, f"3.{number}", at=utc_now())
    page = (await open_page("anna")).page
    for number in range(5):
        await ring(live_site, f"3.{number}", CLIENT_NUMBER, "anna")
        services.hub.withdraw_pop(withdrawn(f"3.{number}", "101", PopWhy.ANSWERED_HERE))
    await expect(page.locator("[data-over]")).to_have_count(5)
    await expect(page.locator("[data-over]:visible")).to_have_count(3)
    await ring(live_site, "9.9", STRANGER, "anna")
    await expect(page.locator("[data-folded]:visible")).to_have_count(3)
    await expect(page.locator('[data-state="ringing"] textarea')).to_be_visible()
    folded = page.locator("[data-folded]:visible").first
    key = await folded.get_attribute("data-pop")
    await folded.get_by_role("button", name="Open the card").click()
    await expect(page.locator(f"#pop-{key} textarea")).to_be_visible()
    await page.get_by_role("button", name="More cards: 2").click()
    await expect(page.locator("[data-over]:visible")).to_have_count(5)


async def test_call_answered_by_a_colleague_is_seen_before_cards_of_earlier_calls(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    async with services.db.write() as session:
        for number in range(4):
            await add_call(session, f"3.{number}", at=utc_now())
    page = (await open_page("anna")).page
    for number in range(4):
        await ring(live_site, f"3.{number}", CLIENT_NUMBER, "anna")
        services.hub.withdraw_pop(withdrawn(f"3.{number}", "101", PopWhy.ANSWERED_HERE))
    await ring(live_site, "1.1", CLIENT_NUMBER, "anna")
    services.hub.withdraw_pop(withdrawn("1.1", "101", PopWhy.ANSWERED_ELSEWHERE, by="102"))
    await expect(page.get_by_test_id("pop-withdrawn")).to_be_visible()
    await expect(page.locator("[data-over]:visible")).to_have_count(3)


async def test_cards_leave_the_page_usable(live_site: LiveSite, open_page: OpenPage) -> None:
    live_site.services.links = lambda: (LinkView(pbx="main", connected=True),)
    for viewport in (PHONE, DESKTOP):
        page = (await open_page("anna", viewport=viewport)).page
        for number in range(4):
            await ring(live_site, f"5.{number}", STRANGER, "anna")
        await expect(page.get_by_test_id("screen-pop")).to_have_count(4)
        cards = await page.locator("#live-pops").bounding_box()
        state = await page.get_by_test_id("link-state").bounding_box()
        assert cards is not None
        assert state is not None
        assert cards["y"] >= state["y"] + state["height"]
        if viewport is PHONE:
            assert cards["height"] <= viewport["height"] / 2
