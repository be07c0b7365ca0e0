"""Hits that forgive a recognition error: what is forgiven, what is not, and the vocabulary behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from support.calls_with_words import BEGAN, add_call

from calls.db import Database
from calls.search import forget, index_utterances, search
from calls.search.index import INDEX_VERSION, index_anew
from calls.search.likeness import are_halves, is_misheard
from calls.search.recency import recency
from calls.tables import Call, SpokenWord, Transcript, Utterance


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("тариф", "тарив"), ("договор", "дагавор"), ("доставка", "достафка"), ("гарантия", "горантии"),
        ("извините", "извените"), ("компания", "кампания"), ("документ", "докумет"),
        ("warranty", "waranty"), ("guarantee", "garantee"), ("receipt", "reciept"),
    ],
)  # fmt: skip
def test_word_that_sounds_alike_is_forgiven(word: str, said: str) -> None:
    assert is_misheard(word, said)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("код", "кот"), ("полка", "палка"), ("посылка", "посылочка"), ("позвонить", "перезвонить"),
        ("оплатить", "оплате"), ("игра", "икра"), ("доска", "тоска"), ("скидка", "скидку"),
        ("contract", "contact"), ("price", "prize"), ("former", "farmer"), ("custom", "customer"),
    ],
)  # fmt: skip
def test_other_word_is_not_forgiven(word: str, said: str) -> None:
    assert not is_misheard(word, said)


def test_halves_must_sound_as_the_whole() -> None:
    assert are_halves("накладной", "на", "кладной")
    assert are_halves("invoice", "in", "voice")
    assert not are_halves("накладной", "на", "складной")


async def found(db: Database, query: str, **more: Any) -> list[tuple[int, str]]:
    async with db.read() as session:
        return [(hit.turn, hit.match) for hit in await search(session, query, limit=None, **more)]


async def test_tolerant_hits_come_behind_exact_ones_and_light_up_what_was_heard(
    db: Database,
) -> None:
    await add_call(db, ["на кладную подписали", "где накладная", "мой тарив", "на складной стул"])
    assert await found(db, "накладная") == [(1, "exact"), (0, "tolerant")]
    assert await found(db, "накладная", match="exact") == [(1, "exact")]
    assert await found(db, '"тарифы мой"') == []
    assert await found(db, '"мой тариф"') == [(2, "tolerant")]
    assert await found(db, "накладная -подписать") == [(1, "exact")]
    async with db.read() as session:
        _, tolerant = await search(session, "накладная")
        pages = [await search(session, "накладная", limit=1, offset=n) for n in range(3)]
    assert (tolerant.words, tolerant.shown[:2]) == ((0, 1), ("на", "кладную"))
    assert tolerant.score < 0.5 < pages[0][0].score
    assert [[hit.turn for hit in page] for page in pages] == [[1], [0], []]


async def test_forgotten_words_leave_no_row_unless_another_turn_holds_them(db: Database) -> None:
    call = await add_call(db, ["секретное слово", "слово"])
    async with db.write() as session:
        row = (await session.scalars(select(Utterance).order_by(Utterance.turn))).first()
        assert row is not None
        row.text = "…"
        await index_utterances(session, [row])
        assert await forget(session, ["секретное слово"]) == 1
        left = set(await session.scalars(select(SpokenWord.word)))
    assert left == {"слово"}
    assert call


async def test_heard_and_corrected_words_are_found_but_no_phrase_across_them(db: Database) -> None:
    words = [{"word": "скотина", "start_s": 1.0, "end_s": 2.0, "conf": 0.3}]
    await add_call(db, [{"text": "скотина", "words": words, "corrected": "скидка семь процентов"}])
    assert await found(db, "скотина") == await found(db, "скидка 7%") == [(0, "exact")]
    assert await found(db, '"скотина скидка"') == await found(db, "скотина NEAR/20 скидка") == []
    async with db.read() as session:
        (heard,) = await search(session, "скотина")
        (mended,) = await search(session, "скидка")
    assert (heard.text, heard.start_s) == ("скотина", 1.0)
    assert (mended.text, mended.words) == ("скидка семь процентов", (0,))


async def test_confidence_counts_of_the_matched_words_only(db: Database) -> None:
    words = [
        {"word": word, "start_s": n, "end_s": n + 1, "conf": conf}
        for n, (word, conf) in enumerate([("будет", 0.2), ("скидка", 0.85)])
    ]
    await add_call(db, [{"text": "будет скидка", "words": words}, "скидка скидка"])
    assert await found(db, "скидка min-confidence:0.8") == [(0, "exact"), (1, "exact")]
    assert await found(db, "скидка min-confidence:90%") == [(1, "exact")]
    assert await found(db, "будет скидка min-confidence:0.8") == []


async def test_order_follows_a_call_whose_time_is_corrected(db: Database) -> None:
    old = await add_call(db, ["счёт"], number=1)
    new = await add_call(db, ["счёт"], number=2, started_at=BEGAN + timedelta(days=1))
    undated = await add_call(db, ["счёт"], number=3, started_at=None)
    async with db.write() as session:
        later = BEGAN + timedelta(days=2, seconds=0.75)
        await session.execute(update(Call).where(Call.id == old).values(started_at=later))
        await session.execute(update(Call).where(Call.id == undated).values(started_at=BEGAN))
    async with db.read() as session:
        assert [hit.call_id for hit in await search(session, "счёт")] == [old, new, undated]
        rows = await session.execute(
            select(Utterance.recency, Utterance.turn, Utterance.transcript_id, Call.started_at)
            .join(Call, Call.id == Utterance.call_id)
            .join(Transcript, Transcript.id == Utterance.transcript_id)
        )
        assert all(row[0] == recency(row[3], row[2], row[1]) for row in rows)


async def test_turns_with_forms_of_an_older_version_are_indexed_anew(db: Database) -> None:
    await add_call(db, ["скидка семь процентов"])
    async with db.write() as session:
        await session.execute(update(Utterance).values(lemmas="старое", index_version=0))
    assert await found(db, "7%") == []
    assert [await index_anew(db), await index_anew(db)] == [1, 0]
    assert await found(db, "7%") == [(0, "exact")]
    async with db.read() as session:
        assert await session.scalar(select(Utterance.index_version)) == INDEX_VERSION
        assert await session.scalar(text("SELECT count(*) FROM spoken_words")) > 0


async def test_number_told_digit_by_digit_is_found_as_one(db: Database) -> None:
    await add_call(
        db, ["номер заказа один два три четыре", "цена 1234 рубля", "one two three", "раз два три"]
    )
    assert await found(db, "1234") == [(0, "exact"), (1, "exact")]
    assert await found(db, "123") == [(2, "exact")]


async def test_best_hits_come_first_where_that_is_wanted(db: Database) -> None:
    await add_call(
        db, ["скидка ну в общем как бы вам сказать про договор и так далее", "скидка договор"]
    )
    assert await found(db, "скидка договор") == [(0, "exact"), (1, "exact")]
    assert await found(db, "скидка договор", order="relevance") == [(1, "exact"), (0, "exact")]
