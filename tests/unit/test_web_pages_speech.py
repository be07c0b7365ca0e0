"""Pages of transcription: the backlog, the rules, readings of a recording side by side, and reading one first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from support.call_samples import Sample, add_heard_call, answered_call, words_of
from support.web import Site

from calls import jobs
from calls.recordings.task import TRANSCRIBE
from calls.tables import Job, Transcript, Utterance
from calls.transcripts.rules import SETTING, SpeechRules
from crm import company_settings

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BIG = "vosk-model-ru-0.42"


@pytest.fixture(autouse=True)
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.transcripts.models.PACKAGES", {})


def add_model(data_dir: Path, name: str) -> None:
    for file in ("am/final.mdl", "conf/model.conf"):
        path = data_dir / "models" / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.fixture
async def sample(site: Site) -> Sample:
    add_model(site.services.settings.data_dir, BIG)
    return await add_heard_call(site.services.db, site.services.settings.data_dir, NOW)


async def add_reading(site: Site, sample: Sample) -> int:
    said = "Мы сделаем вам скидку двенадцать процентов до пятницы"
    async with site.services.db.write() as session:
        made = Transcript(call_id=sample.call, recording_id=sample.recording, origin="engine",
                          model="bigger", lang="ru", current=False, created_at=NOW)  # fmt: skip
        made.utterances = [
            Utterance(call_id=sample.call, turn=0, side="operator", start_s=8.0, end_s=12.0,
                      text=said, words=words_of(said, 8.0))
        ]  # fmt: skip
        session.add(made)
        await session.flush()
        return made.id


async def test_readings_are_listed_compared_and_chosen(site: Site, sample: Sample) -> None:
    second = await add_reading(site, sample)
    mila = await site.client("mila")
    listed = (await mila.get(f"/recordings/{sample.recording}/readings")).text
    assert "test-model" in listed
    assert "bigger" in listed
    assert listed.count("shown now") == 1
    assert f"<option>{BIG}</option>" in listed
    first = listed.split("/compare/")[0].rpartition("/transcripts/")[2]
    compared = (await mila.get(f"/transcripts/{first}/compare/{second}")).text
    assert "<del>десять</del> <ins>двенадцать</ins>" in compared
    chosen = await mila.post(f"/transcripts/{second}/current")
    assert chosen.status_code == 303
    assert chosen.headers["location"].startswith(f"/calls/{sample.call}?recording=")
    page = (await mila.get(f"/calls/{sample.call}")).text
    assert ">двенадцать</span>" in page
    assert ">десять</span>" not in page


async def test_readings_without_sound_are_not_compared_across_calls(
    site: Site, sample: Sample
) -> None:
    async with site.services.db.write() as session:
        ids = []
        hidden = answered_call("1790000077.7", NOW, "102", "+79160000077")
        session.add(hidden)
        await session.flush()
        for call_id, said in ((sample.call, "это можно читать"), (hidden.id, "тайные слова")):
            made = Transcript(call_id=call_id, origin="import", model="import", lang="ru",
                              created_at=NOW)  # fmt: skip
            made.utterances = [
                Utterance(call_id=call_id, turn=0, side="client", start_s=0, end_s=2, text=said,
                          words=[])
            ]  # fmt: skip
            session.add(made)
            await session.flush()
            ids.append(made.id)
    for login in ("anna", "sergey"):
        client = await site.client(login)
        answer = await client.get(f"/transcripts/{ids[0]}/compare/{ids[1]}")
        assert answer.status_code == 404
        assert "тайные" not in answer.text


async def test_ordered_reading_waits_and_says_so(site: Site, sample: Sample) -> None:
    mila = await site.client("mila")
    address = f"/recordings/{sample.recording}/readings"
    assert (await mila.post(address, data={"model": "no-such"})).status_code == 422
    listed = await mila.post(address, data={"model": BIG})
    assert listed.status_code == 200
    assert "waits its turn" in listed.text
    assert f"<option>{BIG}</option>" not in listed.text
    anna = await site.client("anna")
    assert "reading-order" not in (await anna.get(address)).text
    assert (await anna.post(address, data={"model": BIG})).status_code == 403


async def test_waiting_call_is_read_first_on_demand(site: Site, sample: Sample) -> None:
    async with site.services.db.write() as session:
        await session.execute(delete(Transcript))
        await jobs.enqueue(session, TRANSCRIBE, "900", {"recording_id": 900})
        key = str(sample.recording)
        await jobs.enqueue(session, TRANSCRIBE, key, {"recording_id": sample.recording})
    mila = await site.client("mila")
    page = (await mila.get(f"/calls/{sample.call}")).text
    assert "Read this one first" in page
    assert f'hx-post="/calls/{sample.call}/awaited"' in page
    assert (await mila.post(f"/calls/{sample.call}/awaited")).status_code == 204
    assert (await mila.post(f"/calls/{sample.call}/read-first")).status_code == 303
    async with site.services.db.read() as session:
        job = (await session.scalars(select(Job).where(Job.key == key))).one()
        assert job.priority == 10
    assert "It is the next one." in (await mila.get(f"/calls/{sample.call}")).text


async def test_rules_are_the_administrators(site: Site, sample: Sample) -> None:
    root, mila, anna = [await site.client(login) for login in ("root", "mila", "anna")]
    assert (await anna.get("/admin/speech")).status_code == 403
    assert "<fieldset disabled>" in (await mila.get("/admin/speech")).text
    form = {
        "lang": "ru", "queue:main/sales": "auto", "second_when": "doubtful", "second_model": BIG,
        "doubtful_percent": "30", "night_from": "22", "night_to": "6",
    }  # fmt: skip
    assert (await mila.post("/admin/speech", data=form)).status_code == 403
    assert (await root.post("/admin/speech", data=form)).status_code == 303
    async with site.services.db.read() as session:
        rules = await company_settings.load(session, SETTING, SpeechRules)
    assert rules == SpeechRules(
        lang="ru", queues={"main/sales": "auto"}, second_when="doubtful", second_model=BIG,
        doubtful_percent=30, night_from=22, night_to=6,
    )  # fmt: skip
    page = (await root.get("/admin/speech")).text
    assert "Queue sales" in page
    wrong = [{"night_from": "24"}, {"lang": "x!"}, {"second_model": ""}, {"second_when": "maybe"}]
    for change in wrong:
        assert (await root.post("/admin/speech", data=form | change)).status_code == 422, change
