"""Pages of the quality work: the queue, cards, rules, the panel of a call, the operator's own page."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from support.call_samples import Sample, add_heard_call
from support.web import Site

from calls.tables import Transcript
from crm.quality import topics
from crm.tables import CallReview, CoachingNote, ScoreForm, TopicRule

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CARD = {
    "name": "Usual", "pass_from": "70",
    "key": ["", "", ""], "section": ["Beginning", "", ""],
    "text": ["Greeted", "Asked what is needed", " "],
    "weight": ["1", "3", "1"], "scale": ["1", "5", "1"], "fatal": ["0", "0", "0"],
}  # fmt: skip


@pytest.fixture
async def heard(site: Site) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, AT)


async def test_call_is_judged_beside_its_player_and_the_operator_reads_it(
    site: Site, heard: Sample
) -> None:
    sergey, anna, boris = [await site.client(one) for one in ("sergey", "anna", "boris")]
    assert (await sergey.post("/quality/cards/new", data=CARD)).status_code == 303
    assert "2 criteria" in (await sergey.get("/quality/cards")).text
    await sergey.post(f"/calls/{heard.call}/listening")
    assert "Анна Белова" in (await sergey.get("/quality")).text
    async with site.services.db.read() as session:
        form = (await session.scalars(select(ScoreForm))).one()
    greeted, asked = (one["key"] for one in form.criteria)
    await sergey.post(f"/calls/{heard.call}/reviews", data={"form_id": form.id})
    async with site.services.db.read() as session:
        review = (await session.scalars(select(CallReview))).one()
    half = {f"points-{greeted}": "1", f"at-{greeted}": "4.5", "act": "keep"}
    assert (await sergey.post(f"/reviews/{review.id}", data=half)).status_code == 303
    refused = await sergey.post(f"/reviews/{review.id}", data={**half, "act": "finish"})
    assert (refused.status_code, "Asked what is needed" in refused.text) == (422, True)
    assert "Greeted" not in (await anna.get(f"/calls/{heard.call}/quality")).text
    whole = {**half, f"points-{asked}": "3", f"note-{asked}": "Too late", "comment": "In all fine"}
    await sergey.post(f"/reviews/{review.id}", data={**whole, "act": "finish"})
    told = (await anna.get("/notifications")).text
    assert "judged a call of yours: 70 of 100" in told
    assert (await anna.get(f"/reviews/{review.id}")).headers[
        "location"
    ] == f"/calls/{heard.call}#quality"
    assert "Too late" in (await anna.get(f"/calls/{heard.call}/quality")).text
    assert "In all fine" in (await anna.get("/quality/mine")).text
    assert (await boris.get(f"/reviews/{review.id}")).status_code == 404
    assert "Анна Белова" not in (await sergey.get("/quality")).text
    day = datetime.now(UTC).date().isoformat()
    assert "Анна Белова" in (await sergey.get(f"/reports/quality?from={day}&to={day}")).text


async def test_operator_answers_a_coaching_note(site: Site, heard: Sample) -> None:
    sergey, anna, boris = [await site.client(one) for one in ("sergey", "anna", "boris")]
    note = {"text": "Ask <b>first</b>", "start_s": "8.0", "utterance_id": heard.utterances[2]}
    assert (await sergey.post(f"/calls/{heard.call}/coaching", data=note)).status_code == 303
    async with site.services.db.read() as session:
        note_id = (await session.scalars(select(CoachingNote.id))).one()
    assert "t=8.0#quality" in (await anna.get(f"/coaching/{note_id}")).headers["location"]
    panel = (await anna.get(f"/calls/{heard.call}/quality")).text
    assert "Ask &lt;b&gt;first&lt;/b&gt;" in panel
    await anna.post(f"/coaching/{note_id}/reply", data={"text": "I will"})
    assert "I will" in (await sergey.get(f"/calls/{heard.call}/quality")).text
    assert (await boris.post(f"/coaching/{note_id}/reply", data={"text": "x"})).status_code == 404
    wrong = await sergey.post(
        f"/calls/{heard.call}/coaching", data={"text": "x", "start_s": "soon"}
    )
    assert wrong.status_code == 422


async def test_rules_are_arranged_and_a_wrong_one_says_why(site: Site, heard: Sample) -> None:
    sergey, mila = await site.client("sergey"), await site.client("mila")
    topic = {
        "name": "Discounts",
        "kind": "topic",
        "queries": "скидка\nдешевле",
        "active": "1",
        "alert": "1",
    }
    assert (await sergey.post("/quality/topic-rules", data=topic)).status_code == 303
    async with site.services.db.write() as session:
        rule = (await session.scalars(select(TopicRule))).one()
        transcript = (await session.scalars(select(Transcript))).one()
        transcript.created_at = datetime.now(UTC)
        await topics.apply(session, transcript)
    page = (await sergey.get("/quality/rules")).text
    assert re.search(r"Discounts</strong>[^<]*<span[^>]*>topic · 1 call, 30 days", page)
    assert "Was said in a call: Discounts" in (await sergey.get("/notifications")).text
    assert "Discounts" in (await sergey.get(f"/calls/{heard.call}/quality")).text
    wrong = await sergey.post(f"/quality/topic-rules/{rule.id}", data={**topic, "queries": '"open'})
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (422, True)
    weekly = {
        "name": "Lot",
        "kind": "random",
        "per_operator": "2",
        "min_talk_s": "0",
        "active": "1",
    }
    assert (await sergey.post("/quality/listening-rules", data=weekly)).status_code == 303
    none = await sergey.post("/quality/listening-rules", data={**weekly, "per_operator": "many"})
    assert none.status_code == 422
    assert (await mila.get("/quality/rules")).status_code == 403


async def test_calibration_is_begun_from_the_call_and_compared(site: Site, heard: Sample) -> None:
    sergey, root = await site.client("sergey"), await site.client("root")
    await sergey.post("/quality/cards/new", data=CARD)
    async with site.services.db.read() as session:
        form = (await session.scalars(select(ScoreForm))).one()
    asked = {"form_id": form.id, "user_id": site.people["root"]}
    begun = await sergey.post(f"/calls/{heard.call}/calibrations", data=asked)
    address = begun.headers["location"]
    for client, points in ((sergey, "5"), (root, "1")):
        assert (await client.post(f"{address}/mine")).status_code == 303
        panel = (await client.get(f"/calls/{heard.call}/quality")).text
        action = re.findall(r'action="(/reviews/\d+)"', panel)[0]
        keys = [one["key"] for one in form.criteria]
        marks = {f"points-{keys[0]}": "1", f"points-{keys[1]}": points, "act": "finish"}
        assert (await client.post(action, data=marks)).status_code == 303
    page = (await sergey.get(address)).text
    assert "agreement 40 %" in page
    assert (await sergey.post(f"{address}/close")).status_code == 303
    assert "closed" in (await root.get("/quality/calibrations")).text
