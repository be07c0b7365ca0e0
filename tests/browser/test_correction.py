"""A correction from the key e to its versions: a colleague who was faster, what was heard brought back, another model."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import expect
from sqlalchemy import select
from support.browser import LiveSite, OpenPage, screenshot
from support.call_samples import add_heard_call, words_of

from calls.tables import Recording, Transcript, Utterance
from crm.access import Actor, Role
from crm.transcript_corrections import correct

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def test_turn_is_corrected_with_the_keyboard_and_brought_back(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    services = live_site.services
    sample = await add_heard_call(services.db, services.settings.data_dir, AT)
    async with services.db.write() as session:
        recording = (await session.scalars(select(Recording.id))).one()
        second = Transcript(call_id=sample.call, recording_id=recording, origin="engine",
                            model="bigger", lang="ru", current=False, created_at=AT)  # fmt: skip
        said = "Мы сделаем вам скидку двенадцать процентов до пятницы"
        second.utterances = [
            Utterance(call_id=sample.call, turn=0, side="operator", start_s=8.0, end_s=12.0,
                      text=said, words=words_of(said, 8.0))
        ]  # fmt: skip
        session.add(second)
        heard = await session.get_one(Utterance, sample.utterances[1])
        heard.overlaps = [[4.0, 4.6]]
    watched = await open_page("sergey", f"/calls/{sample.call}")
    watched.allow("409")  # the browser says so of the answer that asks which version is right
    page = watched.page
    await expect(page.locator("html")).to_have_attribute("data-live", "yes")
    await expect(page.locator("[data-transcript]")).to_have_attribute("data-ready", "true")
    turn = page.locator(f"#u{sample.utterances[2]}")
    await expect(page.locator(".mark-overlap")).to_have_count(1)
    await turn.locator(".word").first.focus()
    await page.keyboard.press("e")
    editor = turn.locator("textarea")
    await expect(editor).to_have_value("Мы сделаем вам скидку десять процентов до пятницы")
    # A colleague is faster.
    mila = Actor(
        user_id=live_site.people["mila"], login="mila", name="Мила Котова", role=Role.MANAGER
    )
    async with services.db.write() as session:
        await correct(session, mila, sample.utterances[2], "Первый вариант", version=0)
    await editor.fill("Мы сделаем вам скидку пятнадцать процентов до пятницы")
    await page.keyboard.press("Control+Enter")
    await expect(turn.get_by_role("alert")).to_contain_text("Первый вариант")
    await expect(turn.locator("textarea")).to_have_value(
        "Мы сделаем вам скидку пятнадцать процентов до пятницы"
    )
    await page.keyboard.press("Control+Enter")
    await expect(turn.locator(".word.is-typed")).to_have_text(["пятнадцать"])
    await screenshot(page, "transcript-corrected")
    await turn.locator("[data-versions]").click()
    versions = turn.locator(".turn-version")
    await expect(versions).to_have_count(3)
    await expect(versions.first).to_contain_text("десять")
    await versions.first.get_by_role("button", name="Bring this one back").click()
    await expect(turn.locator(".word").nth(4)).to_have_text("десять")
    # The other reading is compared and chosen.
    await page.locator("[data-readings] summary").click()
    await page.get_by_role("button", name="What it heard otherwise").click()
    await expect(page.locator(".compared-line del")).to_contain_text(["десять"])
    await page.get_by_role("button", name="Show this reading from now on").click()
    await expect(page.get_by_test_id("word").filter(has_text="двенадцать")).to_be_visible()
