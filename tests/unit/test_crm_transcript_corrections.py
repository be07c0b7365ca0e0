"""Corrections never overwrite what was heard: versions, who, when; two people at once; the log without words."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select
from support.call_samples import Sample, add_heard_call
from support.web import PEOPLE, add_people

from calls.db import Database
from calls.search import search
from calls.tables import Job, Utterance, UtteranceCorrection
from calls.transcripts import current
from calls.understanding import UNDERSTAND
from crm import audit
from crm.access import Actor, Role
from crm.errors import Conflict, Forbidden, Invalid, NotFound
from crm.tables import AuditEntry
from crm.transcript_corrections import LONGEST, correct, history, restore, seal_of

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@dataclass
class World:
    db: Database
    sample: Sample
    people: dict[str, Actor]

    @property
    def promise(self) -> int:
        """The operator's turn with the discount."""
        return self.sample.utterances[2]


@pytest.fixture
async def world(db: Database, tmp_path: Path) -> World:
    ids = await add_people(db)
    sample = await add_heard_call(db, tmp_path, NOW)
    roles = {person.login: (person.name, Role(person.role)) for person in PEOPLE}
    people = {
        login: Actor(user_id=ids[login], login=login, name=name, role=role)
        for login, (name, role) in roles.items()
    }
    return World(db, sample, people)


async def say(world: World, text: str, version: int, login: str = "sergey") -> Utterance:
    async with world.db.write() as session:
        return await correct(session, world.people[login], world.promise, text, version=version)


RIGHT = "Мы сделаем вам скидку пятнадцать процентов до пятницы"


async def test_correction_stands_beside_what_was_heard(world: World) -> None:
    turn = await say(world, f"  {RIGHT} ", 0)
    assert turn.text == "Мы сделаем вам скидку десять процентов до пятницы"
    assert (current.text(turn), turn.version) == (RIGHT, 1)
    words = current.words(turn)
    assert [word["word"] for word in words] == RIGHT.split()
    heard = {word["word"]: word for word in turn.words}
    assert words[4]["start_s"] == heard["десять"]["start_s"]  # click-to-play still works
    assert (words[4]["conf"], words[5]["conf"]) == (None, heard["процентов"]["conf"])


async def test_search_finds_what_was_heard_and_what_was_said(world: World) -> None:
    await say(world, RIGHT, 0)
    async with world.db.read() as session:
        for query in ("пятнадцать", "десять", "скидку"):
            hits = await search(session, query)
            assert world.promise in [hit.utterance_id for hit in hits], query


async def test_correction_is_understood_anew(world: World) -> None:
    async with world.db.write() as session:
        await session.execute(delete(Job))
    await say(world, RIGHT, 0)
    async with world.db.read() as session:
        assert await session.scalar(select(func.count()).where(Job.kind == UNDERSTAND)) == 1


async def test_second_of_two_people_is_told_and_nothing_is_lost(world: World) -> None:
    texts = [f"вариант номер {number}" for number in range(2)]
    done = await asyncio.gather(
        *(
            say(world, text, 0, login)
            for text, login in zip(texts, ("sergey", "mila"), strict=True)
        ),
        return_exceptions=True,
    )
    refused = [one for one in done if isinstance(one, Conflict)]
    assert len(refused) == 1
    async with world.db.read() as session:
        versions = await history(session, world.people["sergey"], world.promise)
    assert [version.number for version in versions] == [0, 1]
    assert versions[1].text in texts
    assert versions[1].is_current


async def test_history_tells_who_and_older_versions_come_back(world: World) -> None:
    await say(world, RIGHT, 0)
    await say(world, "Совсем другое", 1, "mila")
    async with world.db.write() as session:
        await restore(session, world.people["sergey"], world.promise, 1, version=2)
    async with world.db.write() as session:
        turn = await restore(session, world.people["sergey"], world.promise, 0, version=3)
    assert turn.corrected is None
    async with world.db.read() as session:
        versions = await history(session, world.people["sergey"], world.promise)
        assert [hit.match for hit in await search(session, "пятнадцать")] == []
    found = [(one.number, one.by, one.restores, one.is_current) for one in versions]
    assert found == [
        (0, "", None, False), (1, "Сергей Лис", None, False), (2, "Мила Котова", None, False),
        (3, "Сергей Лис", 1, False), (4, "Сергей Лис", 0, True),
    ]  # fmt: skip
    assert versions[3].text == RIGHT
    assert versions[4].text == versions[0].text


async def test_typing_what_stands_there_makes_no_version(world: World) -> None:
    turn = await say(world, "Мы  сделаем вам скидку десять процентов до пятницы", 0)
    assert turn.version == 0
    async with world.db.read() as session:
        assert await session.scalar(select(func.count(UtteranceCorrection.id))) == 0


async def test_audit_knows_the_turn_and_no_word(world: World) -> None:
    await say(world, "Секретное слово", 0)
    async with world.db.read() as session:
        entry = await session.scalar(
            select(AuditEntry).where(AuditEntry.action == "transcript.correct")
        )
        assert entry is not None
        assert (entry.subject_kind, entry.subject_id) == ("utterance", str(world.promise))
        assert entry.detail["version"] == 1
        assert "екретное" not in json.dumps(entry.detail, ensure_ascii=False)
        assert (await audit.verify(session)).ok


@pytest.mark.parametrize("login", ["anna", "boris"])
async def test_operators_may_read_and_not_correct(world: World, login: str) -> None:
    with pytest.raises(Forbidden):
        await say(world, RIGHT, 0, login)
    async with world.db.read() as session:
        if login == "anna":
            assert len(await history(session, world.people[login], world.promise)) == 1
        else:  # it is her colleague's call
            with pytest.raises(Forbidden):
                await history(session, world.people[login], world.promise)


async def test_what_cannot_be_is_refused(world: World) -> None:
    with pytest.raises(Invalid):
        await say(world, "а" * (LONGEST + 1), 0)
    with pytest.raises(Conflict):
        await say(world, RIGHT, 7)
    async with world.db.write() as session:
        with pytest.raises(NotFound):
            await restore(session, world.people["sergey"], world.promise, 9, version=0)
        with pytest.raises(NotFound):
            await correct(session, world.people["sergey"], 999_999, RIGHT, version=0)


async def test_nothing_said_is_a_correction_too(world: World) -> None:
    turn = await say(world, "", 0)
    assert (turn.corrected, current.words(turn)) == ("", [])


async def test_words_masked_while_a_correction_is_stored_stay_masked(world: World) -> None:
    async with world.db.read() as session:
        turn = await session.get_one(Utterance, world.promise)
        seen, typed = seal_of(turn.text), f"{turn.text} да"

    async def correct_it() -> None:
        async with world.db.write() as session:
            actor = world.people["sergey"]
            await correct(session, actor, world.promise, typed, version=0, seen=seen)

    async with world.db.write() as session:
        turn = await session.get_one(Utterance, world.promise)
        turn.text = "Мы сделаем вам ••• до пятницы"
        await session.flush()
        other = asyncio.create_task(correct_it())
        for _turn in range(20):  # it gets every chance to look at the words of before
            async with world.db.read() as looking:
                await looking.scalar(select(Utterance.id))
    with pytest.raises(Conflict):
        await other
