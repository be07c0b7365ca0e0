"""Correcting a turn on the page: the editor, its answer, a colleague who was faster, and older versions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from support.call_samples import Sample, add_heard_call
from support.web import Site

from calls.tables import Transcript, Utterance

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
async def sample(site: Site) -> Sample:
    return await add_heard_call(site.services.db, site.services.settings.data_dir, NOW)


async def test_turn_is_corrected_and_both_texts_are_shown(site: Site, sample: Sample) -> None:
    mila = await site.client("mila")
    turn = f"/utterances/{sample.utterances[2]}"
    assert "скидку десять процентов" in (await mila.get(f"{turn}/correction")).text
    form = {"text": "Скидка двадцать процентов", "version": "0"}
    answer = await mila.post(f"{turn}/correction", data=form)
    assert answer.status_code == 200
    assert 'data-version="1"' in answer.text
    assert ">двадцать</span>" in answer.text
    assert "written by a person" in answer.text
    page = (await mila.get(f"/calls/{sample.call}")).text
    assert ">двадцать</span>" in page
    versions = (await mila.get(f"{turn}/versions")).text
    assert "heard by the engine" in versions
    assert "скидку десять процентов" in versions
    assert "Мила Котова" in versions
    back = await mila.post(f"{turn}/restore", data={"to": "0", "version": "1"})
    assert ">десять</span>" in back.text
    assert "as heard again" in back.text


async def test_colleague_who_was_slower_keeps_his_text(site: Site, sample: Sample) -> None:
    mila, sergey = await site.client("mila"), await site.client("sergey")
    address = f"/utterances/{sample.utterances[2]}/correction"
    await mila.post(address, data={"text": "Первый вариант", "version": "0"})
    answer = await sergey.post(address, data={"text": "Второй вариант", "version": "0"})
    assert answer.status_code == 409
    assert "Первый вариант" in answer.text
    assert ">Второй вариант</textarea>" in answer.text
    assert 'name="version" value="1"' in answer.text
    again = await sergey.post(address, data={"text": "Второй вариант", "version": "1"})
    assert again.status_code == 200


async def test_words_that_were_masked_meanwhile_do_not_come_back_unasked(
    site: Site, sample: Sample
) -> None:
    sergey = await site.client("sergey")
    address = f"/utterances/{sample.utterances[2]}/correction"
    editor = (await sergey.get(address)).text
    seen = editor.partition('name="seen" value="')[2][:64]
    async with site.services.db.write() as session:
        turn = await session.get_one(Utterance, sample.utterances[2])
        turn.text, turn.words = "Мы сделаем вам скидку ████", []
    form = {"text": "Мы сделаем вам скидку десять процентов", "version": "0", "seen": seen}
    answer = await sergey.post(address, data=form)
    assert answer.status_code == 409
    assert "████" in answer.text


async def test_form_that_cannot_be_is_refused(site: Site, sample: Sample) -> None:
    sergey = await site.client("sergey")
    address = f"/utterances/{sample.utterances[2]}/correction"
    for version in ("", "x", "-1", "9" * 30):
        answer = await sergey.post(address, data={"text": "а", "version": version})
        assert answer.status_code == 422, version
    long = await sergey.post(address, data={"text": "а" * 20_001, "version": "0"})
    assert long.status_code == 422
    assert "20000" in long.text


async def test_doubts_and_both_at_once_are_said_in_words(site: Site, sample: Sample) -> None:
    async with site.services.db.write() as session:
        turn = await session.get_one(Utterance, sample.utterances[1])
        turn.words = [{**word, "conf": 0.3} for word in turn.words]
        turn.overlaps = [[4.0, 4.6]]
    page = (await (await site.client("sergey")).get(f"/calls/{sample.call}")).text
    assert "6 of 6 words in doubt" in page
    assert "both speak at once" in page
    assert page.count("is-overlapped") == 2


async def test_what_was_left_out_and_how_the_language_was_found_is_told(
    site: Site, sample: Sample
) -> None:
    values = {
        "left_out": {"hold": {"words": 12, "seconds": 6.5}, "waiting": {"words": 3, "seconds": 2}},
        "lang_how": "detected",
        "lang_trial": [
            {"model": "m-ru", "lang": "ru", "conf": 0.91, "words": 40},
            {"model": "m-en", "lang": "en", "conf": 0.42, "words": 31},
        ],
    }
    async with site.services.db.write() as session:
        await session.execute(update(Transcript).values(values))
    page = (await (await site.client("sergey")).get(f"/calls/{sample.call}")).text
    assert "music on hold: 12 words" in page
    assert "menu, ringing or announcements: 3 words" in page
    assert "ru 91 %, en 42 %" in page
