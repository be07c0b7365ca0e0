"""Pages of promises and disputes: who sees what, and one way through each of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from support import acts
from support.call_samples import Sample, add_heard_call
from support.web import Site

from calls.promises.task import find_acts
from calls.tables import SpeechAct, Transcript, Utterance
from crm import promise_finding
from crm.tables import Dispute, DisputeEvidence, Promise

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
async def heard(site: Site) -> Sample:
    """Anna's talk with a promise of hers, and a claim of the client."""
    sample = await add_heard_call(site.services.db, site.services.settings.data_dir, AT)
    async with site.services.db.write() as session:
        turn = await session.get_one(Utterance, sample.utterances[3])
        turn.text, turn.words = "вы обещали мне десять процентов", []
        transcript = (await session.scalars(select(Transcript))).one()
        await find_acts(session, transcript, rules=acts.RULES, zone=site.services.zone)
        await promise_finding.keep_found(session, transcript)
    return sample


async def promise_of(site: Site) -> Promise:
    async with site.services.db.read() as session:
        return (await session.scalars(select(Promise))).one()


async def test_found_promise_is_confirmed_and_taken_back_in_its_row(
    site: Site, heard: Sample
) -> None:
    page = await site.client("sergey")
    listed = (await page.get("/promises")).text
    assert "сделаем вам скидку десять процентов" in listed
    assert "discount, 10" in listed
    promise = await promise_of(site)
    answer = await page.post(f"/promises/{promise.id}/confirm", data={"place": "row"})
    assert (answer.status_code, 'data-state="open"' in answer.text) == (200, True)
    assert (await page.get(f"/promises/{promise.id}")).status_code == 200
    opened = (await page.get("/promises?tab=overdue")).text + (
        await page.get("/promises?tab=open")
    ).text
    assert f'data-promise="{promise.id}"' in opened
    answer = await page.post(f"/promises/{promise.id}/undo", data={"place": "row"})
    assert 'data-state="found"' in answer.text
    answer = await page.post(f"/promises/{promise.id}/reject", data={"place": "row"})
    assert 'data-state="rejected"' in answer.text
    assert "0 of 1" in (await page.get("/promises")).text
    report = await page.get("/reports/promises?from=2026-11-01&to=2026-11-30")
    assert "How right the rules are" in report.text


async def test_words_are_only_for_those_who_may_hear(site: Site, heard: Sample) -> None:
    promise = await promise_of(site)
    anna, boris = await site.client("anna"), await site.client("boris")
    assert promise.quote in (await anna.get("/promises")).text
    for address in ("/promises", f"/calls/{heard.call}/promises"):
        assert promise.quote not in (await boris.get(address)).text
    assert (await boris.get(f"/promises/{promise.id}")).status_code == 403
    answer = await boris.post(f"/promises/{promise.id}/confirm", data={"place": "row"})
    assert answer.status_code == 403
    answer = await anna.post(f"/promises/{promise.id}/confirm", data={"place": "row"})
    assert answer.status_code == 200


async def test_keys_are_named_to_those_who_may_use_them(site: Site, heard: Sample) -> None:
    for login, confirms, rejects in (
        ("sergey", True, True),
        ("anna", True, False),
        ("mila", False, False),
    ):
        listed = (await (await site.client(login)).get("/promises")).text
        assert "сделаем вам скидку" in listed
        assert ("<kbd>y</kbd> confirm" in listed, "<kbd>x</kbd> reject" in listed) == (
            confirms,
            rejects,
        )


async def test_call_page_lists_promises_claims_and_refusals(site: Site, heard: Sample) -> None:
    page = await site.client("sergey")
    text = (await page.get(f"/calls/{heard.call}")).text
    assert 'data-mark="promise"' in text
    assert 'data-mark="claim"' in text
    async with site.services.db.read() as session:
        claim = (await session.scalars(select(SpeechAct).where(SpeechAct.label == "claim"))).one()
    answer = await page.post(
        f"/acts/{claim.id}/judge", data={"right": "no"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, 'data-mark="claim"' in answer.text) == (200, False)


async def test_dispute_goes_from_the_found_claim_to_its_verdict(site: Site, heard: Sample) -> None:
    page = await site.client("sergey")
    async with site.services.db.read() as session:
        claim = (await session.scalars(select(SpeechAct).where(SpeechAct.label == "claim"))).one()
    form = (await page.get(f"/disputes/new?act={claim.id}")).text
    assert "обещали мне десять процентов" in form
    fields = {"client_id": heard.client, "act": claim.id, "call": heard.call, "claim": claim.quote,
              "action": "discount", "amount": "10", "unit": "percent", "claimed_on": "2026-11-20"}  # fmt: skip
    opened = await page.post("/disputes", data=fields)
    assert opened.status_code == 303
    address = opened.headers["location"]
    text = (await page.get(address)).text
    assert "сделаем вам скидку десять процентов" in text
    async with site.services.db.read() as session:
        best = (
            await session.scalars(
                select(DisputeEvidence.id).where(DisputeEvidence.found_by == "promise")
            )
        ).one()
    said = {"evidence_id": best, "state": "taken", "speaks": "for", "note": "clear"}
    assert (await page.post(f"{address}/weigh", data=said)).status_code == 303
    verdict = {"verdict": "partly", "text": "so it was said", "granted": "5"}
    assert (await page.post(f"{address}/verdict", data=verdict)).status_code == 303
    assert "partly for the client" in (await page.get(address)).text
    assert "partly for the client" in (await page.get("/disputes?state=closed")).text
    assert "all-disputes" in (await page.get("/reports/disputes")).text
    anna = await site.client("anna")
    assert "so it was said" in (await anna.get(address)).text
    assert (await anna.post(f"{address}/answer", data={"text": "yes"})).status_code == 303
    assert (await anna.get("/disputes")).status_code == 403
    boris = await site.client("boris")
    assert (await boris.get(address)).status_code == 403
    async with site.services.db.read() as session:
        assert (await session.scalars(select(Dispute.state))).all() == ["closed"]


async def test_dispute_without_words_says_what_is_missing(site: Site, heard: Sample) -> None:
    page = await site.client("sergey")
    answer = await page.post("/disputes", data={"client_id": heard.client, "claim": " "})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (await page.get("/disputes/new")).status_code == 200


async def test_administrator_asks_for_a_second_supervisor(site: Site) -> None:
    page = await site.client("root")
    assert (await page.post("/admin/disputes", data={"four_eyes": "true"})).status_code == 303
    assert "checked" in (await page.get("/admin/disputes")).text
    assert (await (await site.client("sergey")).get("/admin/disputes")).status_code == 403
