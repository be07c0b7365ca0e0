"""Speech acts of a transcript: found in what is shown, replaced without losing rows that are found again."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from support import acts

from calls.db import Database
from calls.promises import extract
from calls.promises.model import Found, Label
from calls.promises.task import Rules, ask_outdated, find_acts
from calls.tables import Call, Job, SpeechAct, Transcript, Utterance

AT = datetime(2026, 11, 19, 21, 30, tzinfo=UTC)
"""In Moscow it is the 20th already."""
MOSCOW = ZoneInfo("Europe/Moscow")
TEXT = "хорошо мы сделаем вам скидку десять процентов"


@pytest.fixture
async def transcript(db: Database) -> int:
    async with db.write() as session:
        call = Call(pbx="main", linkedid="1.1", direction="in", started_at=AT)
        session.add(call)
        await session.flush()
        row = Transcript(call_id=call.id, origin="engine", model="m", lang="ru", created_at=AT)
        row.utterances = [
            Utterance(call_id=call.id, turn=0, side="client", text="мне обещали скидку десять",
                      start_s=1.0, end_s=3.0),
            Utterance(call_id=call.id, turn=1, side="operator", speaker="101", text=TEXT, start_s=4.0,
                      end_s=9.0, words=[
                          {"word": word, "start_s": 4.0 + n / 2, "end_s": 4.4 + n / 2, "conf": 1.0}
                          for n, word in enumerate(TEXT.split())
                      ]),
        ]  # fmt: skip
        session.add(row)
        await session.flush()
        return row.id


async def understand(db: Database, transcript_id: int, rules: Rules = acts.RULES) -> None:
    async with db.write() as session:
        row = await session.get_one(Transcript, transcript_id)
        await find_acts(session, row, rules=rules, zone=MOSCOW)


async def found(db: Database) -> list[SpeechAct]:
    async with db.read() as session:
        return list((await session.scalars(select(SpeechAct).order_by(SpeechAct.id))).all())


async def test_acts_are_stored_with_quote_words_times_and_local_day(
    db: Database, transcript: int
) -> None:
    await understand(db, transcript)
    claim, promise = await found(db)
    assert (claim.label, claim.side, claim.quote) == ("claim", "client", "обещали скидку десять")
    assert (claim.start_s, claim.end_s) == (1.0, 3.0)
    assert (promise.label, promise.speaker, promise.word_from, promise.word_to) == (
        "promise",
        "101",
        2,
        6,
    )
    assert (promise.quote, promise.start_s, promise.end_s) == (
        "сделаем вам скидку десять процентов",
        5.0,
        7.4,
    )
    assert (promise.due_on, promise.amount_unit, promise.strength, promise.rules) == (
        date(2026, 11, 20),
        "percent",
        "firm",
        "test-1",
    )


async def test_act_that_is_found_again_keeps_its_row(db: Database, transcript: int) -> None:
    await understand(db, transcript)
    before = [one.id for one in await found(db)]
    await understand(db, transcript)
    assert [one.id for one in await found(db)] == before

    def wider(*asked: Any) -> list[Found]:
        promises = [one for one in acts.find(*asked) if one.label is Label.PROMISE]
        return [replace(one, word_from=1) for one in promises]

    await understand(db, transcript, Rules(wider, "test-2"))
    (promise,) = await found(db)
    assert (promise.id, promise.word_from, promise.rules) == (before[1], 1, "test-2")


async def test_what_people_corrected_is_understood_instead_of_what_was_heard(
    db: Database, transcript: int
) -> None:
    await understand(db, transcript)
    async with db.write() as session:
        turn = await session.scalar(select(Utterance).where(Utterance.turn == 1))
        assert turn is not None
        turn.corrected = "скидку мы вам дать не можем"
        turn.corrected_words = []
    await understand(db, transcript)
    assert [(one.label, one.quote) for one in await found(db)] == [
        ("claim", "обещали скидку десять"),
        ("refusal", "можем"),
    ]


async def test_reading_that_is_shown_no_more_leaves_no_acts(db: Database, transcript: int) -> None:
    await understand(db, transcript)
    async with db.write() as session:
        old = await session.get_one(Transcript, transcript)
        old.current = False
        new = Transcript(
            call_id=old.call_id, origin="engine", model="big", lang="ru", created_at=AT
        )
        session.add(new)
        await session.flush()
        new_id = new.id
    await understand(db, new_id)
    assert await found(db) == []


async def test_call_without_a_time_gives_no_dates(db: Database, transcript: int) -> None:
    async with db.write() as session:
        call = (await session.scalars(select(Call))).one()
        call.started_at = None
    await understand(db, transcript)
    promise = (await found(db))[1]
    assert (promise.due_on, promise.vague) == (None, True)


async def test_transcripts_of_other_rules_are_asked_for_a_few_at_a_time(
    db: Database, transcript: int
) -> None:
    await understand(db, transcript)

    async def ask(version: str, most: int) -> int:
        async with db.write() as session:
            return await ask_outdated(session, version, most)

    assert await ask("test-1", 5) == 0
    assert await ask("test-2", 0) == 0
    assert await ask("test-2", 5) == 1
    assert await ask("test-2", 5) == 0, "it waits already"
    async with db.write() as session:
        job = (await session.scalars(select(Job))).one()
        job.state = "failed"
    assert await ask("test-2", 5) == 0, "what failed for good is not tried for ever"


async def test_yes_of_one_side_to_what_the_other_named_binds_the_one_who_said_yes(
    db: Database,
) -> None:
    async with db.write() as session:
        call = Call(pbx="main", linkedid="9.9", direction="in", started_at=AT)
        session.add(call)
        await session.flush()
        transcript = Transcript(
            call_id=call.id, origin="import", model="", lang="ru", created_at=AT
        )
        session.add(transcript)
        await session.flush()
        for number, (side, text) in enumerate(
            (("client", "счёт пришлёте завтра"), ("operator", "да обязательно"))
        ):
            session.add(
                Utterance(
                    transcript_id=transcript.id, call_id=call.id, turn=number, side=side, text=text,
                    speaker={"operator": "101"}.get(side, "+79030000001"), start_s=number, end_s=number + 1,
                )
            )  # fmt: skip
        await session.flush()
        await find_acts(
            session, transcript, rules=Rules(extract.dialogue, extract.RULES), zone=MOSCOW
        )
        act = (await session.scalars(select(SpeechAct))).one()
        assert (act.side, act.speaker, act.quote) == ("operator", "101", "счёт пришлёте завтра")


async def test_others_go_on_while_a_long_talk_is_judged(db: Database, transcript: int) -> None:
    loop, others = asyncio.get_running_loop(), threading.Event()
    went_on: list[bool] = []

    def slow(*_asked: Any) -> list[Found]:
        loop.call_soon_threadsafe(others.set)
        went_on.append(others.wait(10))
        return []

    await understand(db, transcript, Rules(slow, "test-1"))
    assert went_on == [True]
