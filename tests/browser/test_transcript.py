from datetime import UTC, date, datetime

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select
from support.browser import LiveSite, OpenPage, axe_violations, screenshot
from support.call_samples import Sample, add_heard_call

from crm.tables import Promise

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def heard(site: LiveSite, origin: str = "engine") -> Sample:
    return await add_heard_call(
        site.services.db, site.services.settings.data_dir, AT, origin=origin
    )


async def ready(page: Page) -> None:
    await expect(page.get_by_test_id("player")).to_have_attribute("data-ready", "true")
    await expect(page.locator("[data-transcript]")).to_have_attribute("data-ready", "true")


async def position(page: Page) -> float:
    return float(await page.evaluate("document.querySelector('audio').currentTime"))


@pytest.mark.parametrize(("word", "start_s"), [("договору", 6.5), ("пятницы", 11.5)])
async def test_click_on_a_word_plays_from_it(
    live_site: LiveSite, open_page: OpenPage, word: str, start_s: float
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    await page.evaluate(
        """() => {
          const audio = document.querySelector("audio");
          window.startedAt = new Promise((tell) => {
            audio.addEventListener("playing", () => tell(audio.currentTime), { once: true });
          });
        }"""
    )
    await page.get_by_test_id("word").filter(has_text=word).click()
    await expect(page.locator("[data-player-toggle]")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".word.is-playing").filter(has_text=word)).to_be_visible()
    assert abs(float(await page.evaluate("window.startedAt")) - start_s) < 0.3
    assert await position(page) >= start_s - 0.01


async def test_words_follow_the_sound(live_site: LiveSite, open_page: OpenPage) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}?t=4.0")).page
    await ready(page)
    for word in ("жду", "скидку"):
        await expect(page.locator(".turn-client .word.is-playing").first).to_have_text(word)


async def test_words_are_shown_by_speaker_and_doubtful_ones_look_so(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    who = await page.locator(".turn-who").all_inner_texts()
    assert who == ["Анна Белова", "Пётр Иванов", "Анна Белова", "Пётр Иванов"]
    doubtful = page.locator(".word.is-doubtful")
    await expect(doubtful).to_have_text(["десять"])
    await expect(doubtful).to_have_attribute("title", "heard with doubt: 40 %")


async def test_prepared_transcript_says_that_no_engine_heard_it(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site, origin="sample")
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await expect(page.get_by_text("sample: prepared, not heard by an engine")).to_be_visible()


async def test_words_marked_with_the_keyboard_become_a_promise(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    watched = await open_page("sergey", f"/calls/{sample.call}")
    watched.allow("inline")  # axe makes a style element to read the waveform's
    page = watched.page
    await ready(page)
    first = page.locator(".word", has_text="сделаем")
    await first.focus()
    for _ in range(4):
        await page.keyboard.press("Shift+ArrowRight")
    await expect(page.locator(".word.is-selected")).to_have_count(5)
    await page.keyboard.press("p")
    dialog = page.locator("[data-promise-dialog]")
    await expect(dialog.locator("[data-promise-quote]")).to_have_text(
        "сделаем вам скидку десять процентов"
    )
    await screenshot(page, "promise-form")
    await dialog.get_by_label("What").fill("Скидка 10 %")
    await dialog.get_by_label("Until when").fill("2026-11-27")
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_be_hidden()
    await expect(page.locator("#promises")).to_contain_text("Скидка 10 %")
    await expect(page.locator(".word.is-promise")).to_have_count(5)
    await screenshot(page, "call-promise")
    async with live_site.services.db.read() as session:
        promise = (await session.scalars(select(Promise))).one()
    assert (promise.by_side, promise.by_party) == ("operator", "101")
    assert promise.due_on == date(2026, 11, 27)
    assert promise.client_id == sample.client
    assert promise.start_s == 8.5
    await page.reload()
    await ready(page)
    await expect(page.locator(".word.is-promise")).to_have_count(5)
    assert await axe_violations(page, skip=("region",)) == []


async def test_words_are_marked_with_the_mouse_and_the_promise_is_closed(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    await ready(page)
    start = await page.locator(".word", has_text="тогда").bounding_box()
    end = await page.locator(".word", has_text="подпишу").bounding_box()
    assert start is not None
    assert end is not None
    await page.mouse.move(start["x"] + 2, start["y"] + 8)
    await page.mouse.down()
    await page.mouse.move(end["x"] + end["width"] - 2, end["y"] + 8, steps=4)
    await page.mouse.up()
    await expect(page.locator(".word.is-selected")).to_have_text(["тогда", "я", "подпишу"])
    await page.get_by_role("button", name="Mark as a promise").click()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#promises .promise")).to_have_count(1)
    await page.locator(".promise").get_by_role("button", name="kept").click()
    await expect(page.locator("#promises .tag-good")).to_have_text("kept")


async def test_operator_reads_the_words_but_is_not_offered_to_mark_them(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await heard(live_site)
    page = (await open_page("anna", f"/calls/{sample.call}")).page
    await ready(page)
    assert await page.locator("[data-promise-dialog]").count() == 0
    await page.locator(".word").first.focus()
    await page.keyboard.press("ArrowRight")
    assert await page.evaluate("document.activeElement.textContent") == "день"
