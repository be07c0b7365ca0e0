"""The company's own words: added by supervisors, checked against each model, suggested by corrections."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from support.call_samples import add_heard_call
from support.web import Site

from calls import jobs
from calls.db import Database
from calls.tables import VocabularyWord
from calls.transcripts.models import ModelStore
from calls.transcripts.vocabulary import CHECK_WORDS, VocabularyCheck, parts_of
from crm import transcript_vocabulary
from crm.access import Actor, Role
from crm.errors import Conflict, Forbidden, Invalid
from crm.transcript_corrections import correct

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SERGEY = Actor(user_id=0, login="sergey", name="Сергей", role=Role.SUPERVISOR)
MODEL = "vosk-model-small-ru-0.22"


@pytest.fixture(autouse=True)
def _no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calls.transcripts.models.PACKAGES", {})
    monkeypatch.setattr(SmallList, "closed", 0)


class SmallList:
    """An engine that knows two words."""

    closed = 0

    def __init__(self, path: Path) -> None:
        self.path = path

    def knows(self, words: Collection[str]) -> Mapping[str, bool]:
        return {word: word in ("ромашка", "альфа") for word in words}

    def close(self) -> None:
        SmallList.closed += 1


def store_with_model(tmp_path: Path) -> ModelStore:
    for file in ("am/final.mdl", "conf/model.conf"):
        path = tmp_path / "models" / MODEL / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return ModelStore(tmp_path / "models")


async def test_each_model_tells_what_it_lacks(db: Database, tmp_path: Path) -> None:
    async with db.write() as session:
        await transcript_vocabulary.add(session, SERGEY, " Ромашка ", "company", ["", "Ромашко"])
        await transcript_vocabulary.add(session, SERGEY, "Альфа-Софт", "product")
    check = VocabularyCheck(db=db, models=store_with_model(tmp_path), make_engine=SmallList)
    job = await jobs.claim(db, [CHECK_WORDS], "w", 60)
    assert job is not None
    assert await check.check(job)
    async with db.read() as session:
        rows = await transcript_vocabulary.all_words(session)
    assert [(row.word, row.known[MODEL]) for row in rows] == [
        ("Альфа-Софт", {"Альфа-Софт": ["софт"]}),
        ("Ромашка", {"Ромашка": [], "Ромашко": ["ромашко"]}),
    ]
    assert SmallList.closed == 1
    assert await jobs.claim(db, [CHECK_WORDS], "w", 60) is None


async def test_wrong_words_are_refused(db: Database) -> None:
    async with db.write() as session:
        await transcript_vocabulary.add(session, SERGEY, "Ромашка", "company")
        for word, kind in (
            ("  ", "other"),
            ("а" * 101, "other"),
            ("ок", "planet"),
            ("!?", "other"),
        ):
            with pytest.raises(Invalid):
                await transcript_vocabulary.add(session, SERGEY, word, kind)
        with pytest.raises(Conflict):
            await transcript_vocabulary.add(session, SERGEY, "Ромашка", "other")
        anna = Actor(user_id=0, login="anna", name="", role=Role.OPERATOR)
        with pytest.raises(Forbidden):
            await transcript_vocabulary.add(session, anna, "Роза", "other")


def test_parts_are_the_words_of_a_spelling() -> None:
    assert parts_of("Альфа-Софт 24") == ["альфа", "софт", "24"]


async def test_words_that_people_put_right_again_and_again_are_proposed(site: Site) -> None:
    db, data_dir = site.services.db, site.services.settings.data_dir
    samples = [
        await add_heard_call(
            db, data_dir, NOW, linkedid=f"179000000{n}.1", number=f"+7916000000{n}"
        )
        for n in (1, 2)
    ]
    for sample in samples:
        async with db.write() as session:
            text = "Мы сделаем вам скидку «Ромашка» процентов до пятницы"
            await correct(session, SERGEY, sample.utterances[2], text, version=0)
    async with db.read() as session:
        (found,) = await transcript_vocabulary.proposals(session, SERGEY)
    assert (found.word, found.turns, list(found.heard)) == ("Ромашка", 2, ["десять"])
    sergey = await site.client("sergey")
    assert "People often put these right" in (await sergey.get("/admin/vocabulary")).text
    answer = await sergey.post("/admin/vocabulary", data={"word": "Ромашка", "kind": "other"})
    assert answer.status_code == 303
    page = (await sergey.get("/admin/vocabulary")).text
    assert "People often put these right" not in page
    assert "no model is installed" in page
    async with db.read() as session:
        row = (await session.scalars(select(VocabularyWord))).one()
    assert (await sergey.post(f"/admin/vocabulary/{row.id}/remove")).status_code == 303
    assert (await (await site.client("mila")).get("/admin/vocabulary")).status_code == 403
