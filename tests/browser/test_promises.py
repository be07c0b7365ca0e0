"""From a claim that was found in a call to the verdict that the operator reads; and the ledger by keys."""

from __future__ import annotations

from datetime import UTC, datetime

from playwright.async_api import expect
from sqlalchemy import select
from support import acts
from support.browser import LiveSite, OpenPage, screenshot
from support.call_samples import Sample, add_heard_call

from calls.promises.task import find_acts
from calls.tables import Transcript, Utterance
from crm import company_settings, promise_finding
from crm.access import SYSTEM
from crm.dispute_rules import SETTING, DisputeRules
from crm.tables import Dispute, Promise

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


async def understood(site: LiveSite) -> Sample:
    """A talk of Anna's with a promise of hers and a claim of the client; verdicts need two people."""
    services = site.services
    sample = await add_heard_call(services.db, services.settings.data_dir, AT)
    async with services.db.write() as session:
        turn = await session.get_one(Utterance, sample.utterances[3])
        turn.text, turn.words = "вы обещали мне десять процентов", []
        transcript = (await session.scalars(select(Transcript))).one()
        await find_acts(session, transcript, rules=acts.RULES, zone=services.zone)
        await promise_finding.keep_found(session, transcript)
        await company_settings.save(session, SYSTEM, SETTING, DisputeRules(four_eyes=True))
    return sample


async def test_claim_becomes_a_dispute_with_evidence_a_verdict_and_an_answer(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    sample = await understood(live_site)
    page = (await open_page("sergey", f"/calls/{sample.call}")).page
    claim = page.locator(".act-claim")
    await expect(claim).to_contain_text("обещали мне десять процентов")
    await expect(page.locator(".word.is-claim").first).to_be_visible()
    await claim.get_by_role("link", name="Open a dispute").click()
    await page.get_by_role("button", name="Open the dispute").click()
    best = page.locator("[data-evidence]").first
    await expect(best).to_contain_text("сделаем вам скидку десять процентов")
    await expect(page.get_by_test_id("coverage")).to_contain_text("1 talk")
    await expect(page.locator("html")).to_have_attribute("data-live", "yes")
    await page.keyboard.press("Space")
    await expect(best).to_have_class("evidence-row is-proposed speaks-for is-selected is-sounding")
    await page.keyboard.press("y")
    await expect(best.locator(".tag-good")).to_have_text("taken")
    await screenshot(page, "dispute")
    address = page.url
    await page.goto(f"{live_site.url}/calls/{sample.call}")
    await expect(page.locator("[data-transcript]")).to_have_attribute("data-ready", "true")
    await page.locator(".word", has_text="скидку").first.focus()
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("d")
    await page.locator("[data-dispute-add] button").click()
    await expect(page.locator("[data-dispute-dialog]")).to_be_hidden()
    await page.goto(address)
    await expect(page.get_by_text("added by hand")).to_be_visible()
    await page.get_by_label("partly for the client").check()
    await page.locator("#v-text").fill("Five percent were promised")
    await page.locator("#v-sum").fill("5")
    await page.get_by_role("button", name="Decide").click()
    await expect(page.get_by_text("Another supervisor has to approve it.")).to_be_visible()
    second = (await open_page("root", address)).page
    await second.get_by_role("button", name="Approve").click()
    await expect(second.get_by_text("approved by Ольга Админ")).to_be_visible()
    operator = (await open_page("anna", "/")).page
    await operator.get_by_test_id("my-day").locator("[data-verdict] a").click()
    await expect(operator.get_by_test_id("verdict")).to_contain_text("Five percent were promised")
    await operator.get_by_placeholder("Your answer").fill("I see")
    await operator.get_by_role("button", name="Send").click()
    await expect(operator.locator('[data-remark="answer"]')).to_contain_text("I see")
    async with live_site.services.db.read() as session:
        assert (await session.scalars(select(Dispute.verdict))).all() == ["partly"]
        assert (await session.scalars(select(Promise.state))).all() == ["broken"]


async def test_ledger_is_decided_with_one_key_a_promise(
    live_site: LiveSite, open_page: OpenPage
) -> None:
    await understood(live_site)
    page = (await open_page("sergey", "/promises")).page
    await expect(page.locator("html")).to_have_attribute("data-live", "yes")
    row = page.locator("[data-promise]")
    await expect(row).to_have_attribute("data-state", "found")
    await page.keyboard.press("Space")
    await expect(page.locator(".is-sounding")).to_have_count(1)
    await page.keyboard.press("y")
    await expect(row).to_have_attribute("data-state", "open")
    await page.keyboard.press("u")
    await expect(row).to_have_attribute("data-state", "found")
    await page.keyboard.press("x")
    await expect(row).to_have_attribute("data-state", "rejected")
    await screenshot(page, "promises")
