"""A code that was said is found, hidden for good, and silent; a call is held, and deleted when it is free again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select
from support.browser import PHONE, LiveSite, OpenPage, axe_violations, screenshot
from support.call_samples import DURATION_S, Sample, add_heard_call, words_of

from calls import jobs
from calls.search import index_utterances
from calls.tables import Recording, Utterance
from crm.redaction import SILENCE_JOB
from crm.redaction_sound import Silencer
from crm.tables import RecordingPause

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SAID = "код из смс сорок пять двенадцать"


async def call_with_a_code(site: LiveSite) -> Sample:
    sample = await add_heard_call(site.services.db, site.services.settings.data_dir, AT)
    async with site.services.db.write() as session:
        turn = await session.get_one(Utterance, sample.utterances[1])
        turn.text, turn.words = SAID, words_of(SAID, 4.0)
        await index_utterances(session, [turn])
    return sample


async def silence(site: LiveSite) -> None:
    """What the worker does: these pages have none beside them."""
    job = await jobs.claim(site.services.db, [SILENCE_JOB], "browser", 60)
    assert job is not None
    assert await Silencer(site.services.db, site.services.settings.data_dir).silence(job)


async def opened(page: Page, address: str) -> None:
    await page.goto(address)
    await page.wait_for_selector("html[data-live=yes]")


async def test_found_data_are_hidden_for_good(
    live_site: LiveSite, open_page: OpenPage, tmp_path: Path
) -> None:
    sample = await call_with_a_code(live_site)
    page = (await open_page("root", f"/calls/{sample.call}")).page
    await page.get_by_role("link", name="Find personal data").click()
    await expect(page.get_by_text("сорок пять двенадцать")).to_be_visible()
    assert await axe_violations(page) == []
    await page.get_by_role("button", name="Hide for good").click()
    await expect(page.get_by_test_id("redaction")).to_contain_text("one-time code")
    await expect(page.get_by_text("двенадцать")).to_have_count(0)
    async with live_site.services.db.read() as session:
        old = (await session.scalars(select(Recording.path))).one()
    await silence(live_site)
    assert not (live_site.services.settings.data_dir / old).exists()
    await page.reload()
    await expect(page.get_by_test_id("redaction")).to_contain_text("SHA-256")
    await expect(page.get_by_test_id("player")).to_have_attribute("data-ready", "true")
    await screenshot(page, "redacted")


async def test_a_held_call_is_deleted_only_when_it_is_free(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await call_with_a_code(live_site)
    page = (await open_page("root", f"/calls/{sample.call}")).page
    await page.locator("#call-privacy summary").click()
    await page.get_by_label("Why it must stay").fill("a court asked for it")
    await page.get_by_role("button", name="Forbid deletion").click()
    await expect(page.get_by_test_id("hold")).to_contain_text("a court asked for it")
    await page.get_by_role("link", name="Delete for good…").click()
    await expect(page.get_by_role("button", name="Delete for good")).to_be_disabled()
    await page.goto(f"{page.url.rsplit('/', 1)[0]}")
    await page.get_by_role("button", name="Lift the hold").click()
    await expect(page.get_by_test_id("hold")).to_have_count(0)
    await page.get_by_role("link", name="Delete for good…").click()
    await page.get_by_label("all of it: sound, words, and the call itself").check()
    await page.get_by_label("Reason (without the words themselves)").fill("the client asked")
    await page.get_by_label("I know that nobody can bring it back").check()
    await page.get_by_role("button", name="Delete for good").click()
    await expect(page.get_by_test_id("erasure").first).to_contain_text("clean")
    assert await axe_violations(page) == []
    assert not any(one.is_file() for one in live_site.services.settings.data_dir.rglob("*.wav"))
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await screenshot(page, "retention")


async def test_a_rule_shows_what_it_would_delete_before_it_is_on(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await call_with_a_code(live_site)
    page = (await open_page("root", "/admin/retention")).page
    form = page.locator("form[action='/admin/retention/rules']").last
    await form.get_by_label("Title").fill("Old sound")
    await form.get_by_label("Older than, in days").fill("1")
    await form.get_by_role("button", name="Preview").click()
    await expect(page.get_by_test_id("retention-preview")).to_contain_text("1 recording")
    await form.get_by_role("button", name="Save, switched off").click()
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    await expect(
        page.locator("html[data-live=yes]")
    ).to_be_attached()  # the preview comes with the scripts
    await expect(page.get_by_test_id("retention-rule")).to_contain_text("off")
    await page.get_by_test_id("retention-rule").get_by_role("button", name="Preview").click()
    await expect(page.get_by_test_id("retention-preview")).to_contain_text("1 recording")
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.get_by_test_id("retention-rule")).to_contain_text("Switch off")


async def test_a_pause_of_the_recording_is_hatched_and_leads_there(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    db = live_site.services.db
    sample = await add_heard_call(db, live_site.services.settings.data_dir, AT)
    async with db.write() as session:
        (await session.get_one(Recording, sample.recording)).started_at = AT
        at = [AT + timedelta(seconds=s) for s in (3, 60, 6)]
        pause = RecordingPause(
            call_id=sample.call, channel="PJSIP/trunk-1", from_at=at[0], due_at=at[1],
            until_at=at[2], ended_by="person", by_id=live_site.people["root"],
        )  # fmt: skip
        session.add(pause)
    page = (await open_page("root", f"/calls/{sample.call}")).page
    await expect(page.get_by_test_id("player")).to_have_attribute("data-ready", "true")
    hatched = page.locator("[part=pause]")
    await expect(hatched).to_be_visible()
    title = await hatched.get_attribute("title")
    assert title is not None
    assert title.startswith("Recording paused by")
    wave = await page.locator("[part=pauses]").bounding_box()
    box = await hatched.bounding_box()
    assert wave is not None
    assert box is not None
    assert (box["x"] - wave["x"]) / wave["width"] == pytest.approx(3 / DURATION_S, abs=0.02)
    assert box["width"] / wave["width"] == pytest.approx(3 / DURATION_S, abs=0.02)
    button = page.get_by_role("button", name=title)
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-player-position]")).to_have_text("0:03")
    await screenshot(page, "pause-on-the-waveform")
    await page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await screenshot(page, "pause-on-the-waveform-phone")
