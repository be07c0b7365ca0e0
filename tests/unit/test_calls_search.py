"""Search on a database: the same hits on both, from the right word, of the right calls only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update
from support.calls_with_words import BEGAN, add_call
from support.databases import Cluster
from support.sentences import QUERIES, sentences

from calls.db import Database
from calls.errors import InvalidSearchQuery
from calls.search import SearchFilters, count, index_utterances, search
from calls.search.highlight import highlight
from calls.search.query import parse
from calls.tables import Call, CallLeg, Transcript, Utterance


async def found(db: Database, query: str, **filters: Any) -> list[tuple[int, int]]:
    async with db.read() as session:
        hits = await search(session, query, SearchFilters(**filters), limit=None)
        assert await count(session, query, SearchFilters(**filters)) == len(hits)
    return [(hit.call_id, hit.turn) for hit in hits]


async def test_words_in_any_form_must_stand_in_one_turn(db: Database) -> None:
    call = await add_call(db, ["нужна скидка и счёт", "скидку дадим", "счёт вышлем"])
    assert await found(db, "скидки счета") == [(call, 0)]
    assert await found(db, "скидок") == [(call, 0), (call, 1)]


async def test_phrase_needs_its_words_side_by_side_and_unwanted_words_leave_out(
    db: Database,
) -> None:
    call = await add_call(db, ["до этой пятницы", "до пятницы", "пятница до"])
    assert await found(db, '"до пятницы"') == [(call, 1)]
    assert await found(db, "пятница -этот") == [(call, 1), (call, 2)]


async def test_hit_starts_at_its_first_word_where_words_have_times(db: Database) -> None:
    words = [
        {"word": word, "start_s": 3.0 + n, "end_s": 3.5 + n, "conf": 0.9}
        for n, word in enumerate(["ну", "мы", "обещали", "вам", "скидку"])
    ]
    await add_call(
        db, [{"text": "ну мы обещали вам скидку", "words": words, "start_s": 3.0}, "скидку обещали"]
    )
    async with db.read() as session:
        timed, plain = await search(session, "скидка обещать")
    assert (timed.start_s, timed.words, timed.words_from, timed.words_to) == (5.0, (2, 4), 2, 2)
    assert (plain.start_s, plain.words, plain.match, plain.score) == (10.0, (0, 1), "exact", 0.95)


async def test_corrected_text_is_found_though_the_heard_words_differ(db: Database) -> None:
    words = [{"word": "скотина", "start_s": 1.0, "end_s": 2.0, "conf": 0.3}]
    await add_call(db, [{"text": "скидка", "words": words}])
    async with db.read() as session:
        (hit,) = await search(session, "скидка")
    assert (hit.start_s, hit.words) == (0.0, (0,))


async def test_newest_call_comes_first_and_unknown_times_last(db: Database) -> None:
    old = await add_call(db, ["счёт", "счёт"], number=1)
    new = await add_call(db, ["счёт"], number=2, started_at=BEGAN + timedelta(days=1))
    undated = await add_call(db, ["счёт"], number=3, started_at=None)
    everything = [(new, 0), (old, 0), (old, 1), (undated, 0)]
    assert await found(db, "счёт") == everything
    async with db.read() as session:
        page = await search(session, "счёт", limit=2, offset=1)
    assert [(hit.call_id, hit.turn) for hit in page] == everything[1:3]


async def test_filters_leave_out_what_they_say(db: Database) -> None:
    late = BEGAN + timedelta(days=2)
    one = await add_call(db, [{"text": "счёт", "speaker": "101"}, "счёт"], number=1)
    two = await add_call(db, ["счёт"], number=2, started_at=late, answered_by="102")
    spoofed = await add_call(db, ["счёт"], number=3, started_at=late, caller="102")
    async with db.write() as session:
        session.add(CallLeg(call_id=one, position=0, uniqueid="u", extension="101"))
    assert await found(db, "счёт", call_ids=[two]) == [(two, 0)]
    assert await found(db, "счёт", call_ids=[]) == []
    assert await found(db, "счёт", side="operator") == [(one, 1)]
    assert await found(db, "operator:счёт") == [(one, 1)]
    assert await found(db, "operator:счёт", side="client") == []
    assert await found(db, "счёт", speakers=["101"]) == [(one, 0)]
    assert await found(db, "счёт", until=late) == [(one, 0), (one, 1)]
    assert await found(db, "счёт", since=late) == [(spoofed, 0), (two, 0)]
    assert await found(db, "счёт", phones=[("main", "101")]) == [(one, 0), (one, 1)]
    assert await found(db, "счёт", phones=[("main", "102")]) == [(two, 0)]
    assert await found(db, "счёт", phones=[]) == []
    assert await found(db, "счёт", visible=Call.id == two) == [(two, 0)]


async def test_former_readings_and_merged_calls_are_not_searched(db: Database) -> None:
    one = await add_call(db, ["счёт"], number=1)
    two = await add_call(db, ["счёт"], number=2)
    async with db.write() as session:
        await session.execute(update(Call).where(Call.id == two).values(merged_into_id=one))
    assert await found(db, "счёт") == [(one, 0)]
    async with db.write() as session:
        await session.execute(update(Transcript).values(current=False))
    assert await found(db, "счёт") == []


async def test_changed_and_deleted_turns_leave_the_index(db: Database) -> None:
    call = await add_call(db, ["скидка", "счёт"])
    async with db.write() as session:
        row = await session.get(Utterance, 1)
        assert row is not None
        row.text = "гарантия"
        await index_utterances(session, [row])
    assert await found(db, "скидка") == []
    assert await found(db, "гарантии") == [(call, 0)]
    async with db.write() as session:
        await session.execute(delete(Call).where(Call.id == call))
    assert await found(db, "гарантия") == []
    if db.dialect == "sqlite":
        async with db.write() as session:
            check = "INSERT INTO utterances_fts(utterances_fts, rank) VALUES ('integrity-check', 1)"
            await session.execute(text(check))
            left = await session.scalar(text("SELECT count(*) FROM utterances_fts"))
        assert left == 0


async def test_very_long_turn_is_indexed(db: Database) -> None:
    call = await add_call(db, ["слово " * 15_000 + "скидка"])
    assert await found(db, "скидка") == [(call, 0)]


@pytest.mark.postgresql
async def test_both_databases_give_the_same_hits(
    tmp_path: Any, sqlite_template: Any, postgresql_cluster: Cluster
) -> None:
    path = tmp_path / "slovo.db"
    path.write_bytes(sqlite_template.read_bytes())
    said = sentences(240, seed=5)
    answers: list[dict[str, list[tuple[int, tuple[int, ...]]]]] = []
    with postgresql_cluster.database() as url:
        for address in (f"sqlite:///{path}", url):
            database = Database(address)
            for number in range(0, 240, 12):
                await add_call(database, list(said[number : number + 12]), number=number)
            async with database.read() as session:
                answers.append(
                    {
                        query: [
                            (hit.utterance_id, hit.words)
                            for hit in await search(session, query, limit=None)
                        ]
                        for query in QUERIES
                    }
                )
            await database.dispose()
    sqlite, postgresql = answers
    assert sqlite == postgresql
    assert sum(bool(hits) for hits in sqlite.values()) > len(QUERIES) * 0.8
    for query in QUERIES:
        parsed = parse(query)
        if not parsed.unwanted and parsed.side is None and len(parsed.wanted) == 1:
            by_hand = [n for n, s in enumerate(said, start=1) if highlight(s.split(), parsed)]
            assert sorted(utterance for utterance, _ in sqlite[query]) == by_hand


HOSTILE = st.text(alphabet="аб \"'-*^():&|!<>\\%_;\x00{}+NEARANDORT:1", max_size=40) | st.text(
    max_size=40
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(typed=HOSTILE)
async def test_hostile_query_is_answered_or_refused(db: Database, typed: str) -> None:
    async with db.read() as session:
        try:
            assert isinstance(await search(session, typed), list)
        except InvalidSearchQuery:
            return
