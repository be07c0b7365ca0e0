from datetime import UTC, datetime, timedelta

from playwright.async_api import expect
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.call_samples import add_heard_call, answered_call

from calls.tables import Call
from crm.notices import announce

NAMES = ("Пётр Иванов", "ООО «Берёзка»", "Maria Petrenko", "Ли Вэй")


async def seeded(site: LiveSite) -> list[int]:
    now = site.services.clock()
    ids = []
    for number, name in enumerate(NAMES):
        sample = await add_heard_call(
            site.services.db,
            site.services.settings.data_dir,
            now - timedelta(minutes=7 + 200 * number),
            extension="101" if number % 2 == 0 else "102",
            number=f"+7916000000{number}",
            name=name,
            linkedid=f"179000000{number}.1",
        )
        ids.append(sample.call)
    return ids


def missed(linkedid: str, at: datetime) -> Call:
    return Call(
        pbx="main", linkedid=linkedid, linkedids=[linkedid], direction="in", caller="+79160000077",
        called="74950000001", remote_number="+79160000077", remote_e164="+79160000077",
        queue="sales", started_at=at, ended_at=at + timedelta(seconds=40), ended=True,
        outcome="abandoned", reason_key="abandoned_queue", needs_callback=True,
        reason_args={"after_s": "40", "queue": "sales"}, wait_s=40.0,
    )  # fmt: skip


async def test_keys_walk_along_the_rows_and_open_one(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    ids = await seeded(live_site)
    page = (await open_page("mila", "/calls")).page
    await expect(page.get_by_test_id("call-row")).to_have_count(4)
    await screenshot(page, "calls-desktop")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/calls/{ids[1]}")


async def test_filter_applies_at_once_and_stays_in_the_address(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seeded(live_site)
    page = (await open_page("mila", "/calls")).page
    await page.get_by_label("Operator").select_option("102")
    await expect(page.get_by_test_id("call-row")).to_have_count(2)
    assert page.url.endswith("/calls?operator=102")
    await page.reload()
    await expect(page.get_by_label("Operator")).to_have_value("102")


async def test_play_button_of_a_row_opens_the_call_and_plays(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seeded(live_site)
    page = (await open_page("anna", "/calls")).page
    await page.get_by_role("link", name="Play the recording").first.click()
    await expect(page.locator("[data-player-toggle]")).to_have_attribute("aria-pressed", "true")


async def test_new_call_appears_on_top_and_changes_by_itself(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seeded(live_site)
    page = (await open_page("mila", "/calls")).page
    await expect(page.get_by_test_id("call-row")).to_have_count(4)
    now = datetime.now(UTC)
    call = answered_call("1790000009.9", now, "102", "+79160000055")
    call.ended, call.outcome, call.reason_key = False, None, ""
    async with live_site.services.db.write() as session:
        session.add(call)
        await session.flush()
        announce(session, "call", call.id)
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('slovo:call'))")
    await expect(page.get_by_test_id("call-row")).to_have_count(5)
    first = page.get_by_test_id("call-row").first
    await expect(first.locator(".tag-live")).to_have_text("now")
    async with live_site.services.db.write() as session:
        kept = await session.get_one(Call, call.id)
        kept.ended, kept.outcome = True, "answered"
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('slovo:call'))")
    await expect(first.locator(".tag-good")).to_have_text("answered")
    await expect(page.get_by_test_id("call-row")).to_have_count(5)


async def test_first_call_replaces_the_empty_list(live_site: LiveSite, open_page: OpenPage) -> None:
    page = (await open_page("mila", "/calls")).page
    await expect(page.get_by_text("No calls yet")).to_be_visible()
    async with live_site.services.db.write() as session:
        session.add(missed("7.7", datetime.now(UTC)))
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('slovo:call'))")
    await expect(page.get_by_test_id("call-row")).to_have_count(1)


async def test_list_is_accessible_and_becomes_cards_on_a_phone(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await seeded(live_site)
    async with live_site.services.db.write() as session:
        session.add(missed("7.7", live_site.services.clock()))
    page = (await open_page("mila", "/calls")).page
    assert await axe_violations(page) == []
    small = (await open_page("mila", "/calls", viewport=PHONE)).page
    await small.locator("form[action='/language']").evaluate(
        "form => { form.locale; form.querySelector('[value=ru]').click(); }"
    )
    await expect(small.locator("h1")).to_have_text("Звонки")
    await expect(small.get_by_test_id("call-row").first).to_be_visible()
    assert await small.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await screenshot(small, "calls-phone-ru")
