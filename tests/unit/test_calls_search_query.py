"""Queries: understood, or refused with a reason; never a surprise."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.errors import InvalidSearchQuery
from calls.search import postgres_fts, sqlite_fts
from calls.search.highlight import highlight
from calls.search.query import QUERY_WORDS, parse

TODAY = date(2026, 11, 22)


def test_words_phrase_and_unwanted_word_are_told_apart() -> None:
    query = parse('счёт "до пятницы" -аванс')
    assert [term.size for term in query.wanted] == [1, 2]
    assert len(query.unwanted) == 1
    assert query.side is None


@pytest.mark.parametrize("typed", ["client:скидка", "скидка client:", "Клиент: скидка"])
def test_side_is_a_filter(typed: str) -> None:
    assert parse(typed).side == "client"
    assert parse(typed).wanted == parse("скидка").wanted


def test_time_of_day_and_address_are_no_filters() -> None:
    assert parse("в 10:30").side is None
    assert parse("myclient:5").side is None


def test_word_with_a_hyphen_is_a_phrase_and_no_exclusion() -> None:
    assert [len(phrase) for phrase in parse("какой-то").wanted[0].phrases] == [2]
    assert parse("- счёт").unwanted == ()


def test_russian_quotation_marks_make_a_phrase() -> None:
    assert parse("«до пятницы»") == parse('"до пятницы"')


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "type a word"),
        (' " " ', "type a word"),
        ("!!! ...", "type a word"),
        ("-аванс", "only what must not occur"),
        ('"до пятницы', "quotation mark is open"),
        ("client:счёт operator:аванс", "not both"),
        ("a " * (QUERY_WORDS + 1) + "b", "words at most"),
        ("a" * 501, "characters at most"),
    ],
)
def test_query_that_cannot_be_understood_says_why(typed: str, why: str) -> None:
    if why == "words at most":
        typed = " ".join(f"слово{n}" for n in range(QUERY_WORDS + 1))
    with pytest.raises(InvalidSearchQuery, match=why):
        parse(typed)


def test_phrase_of_ambiguous_words_stays_small() -> None:
    match = sqlite_fts.match([parse('"' + "мыть пила мыла три стали " * 4 + '"')])
    assert match.count('"') // 2 <= 1000


HOSTILE = st.text(alphabet="аб \"'-*^():&|!<>\\%_;\x00{}+NEARANDORT:1", max_size=40) | st.text(
    max_size=40
)


@given(HOSTILE)
def test_hostile_text_is_refused_or_understood(typed: str) -> None:
    try:
        query = parse(typed)
    except InvalidSearchQuery:
        return
    assert sqlite_fts.match([query])
    assert postgres_fts.match([query])


def test_matched_words_are_marked_and_the_first_match_is_known() -> None:
    words = ["счёт", "вышлю", "в", "пятницу", "а", "скидку", "дадим", "до", "пятницы"]
    found = highlight(words, parse('"до пятницы" скидка'))
    assert found is not None
    assert found.words == (5, 7, 8)
    assert (found.first, found.last) == (5, 5)


def test_phrase_across_written_hyphen_marks_the_written_word() -> None:
    found = highlight(["какой-то", "счёт"], parse("какой-то счета"))
    assert found is not None
    assert found.words == (0, 1)


def test_turn_without_the_words_has_no_highlight() -> None:
    assert highlight(["добрый", "день"], parse("скидка")) is None


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("скидка NEAR/25 счёт", '"NEAR/25" is no distance: write NEAR/1 to NEAR/20'),
        ("скидка NEAR/x счёт", "is no distance"),
        ("NEAR/5 счёт", "a word or a phrase on either side"),
        ("счёт NEAR/5", "a word or a phrase on either side"),
        ("счёт NEAR/5 -аванс", "a word or a phrase on either side"),
        ("счёт NEAR/5 счета", "two different words"),
        ("счёт from:потом", '"потом" is no date: write 2026-12-31'),
        ("счёт from:2026-13", "is no date"),
        ("счёт from:2026-02-30", "is no date"),
        ("счёт to:", '"to:" needs a value'),
        ("счёт from:2026-12-01 to:2026-11-01", "swap from: and to:"),
        ("счёт min-confidence:много", "is no confidence"),
        ("счёт min-confidence:250%", "is no confidence"),
        ("счёт opertor:аванс", "write operator:"),
        ("from:2026-11-01", "type a word"),
        ("#vip", "type a word"),
    ],
)
def test_wrong_query_says_what_where_and_how_to_mend_it(typed: str, why: str) -> None:
    with pytest.raises(InvalidSearchQuery) as refused:
        parse(typed, TODAY)
    assert why in str(refused.value)


def test_query_is_narrowed_by_what_it_says() -> None:
    query = parse(
        'скидка from:вчера to:31.12.2026 who:"Пётр Иванов" queue:sales #vip #"новый клиент" min-confidence:80%',
        TODAY,
    )
    narrow = query.narrowing
    assert (narrow.first_day, narrow.last_day) == (date(2026, 11, 21), date(2026, 12, 31))
    assert (narrow.who, narrow.queues, narrow.tags) == (
        ("Пётр Иванов",),
        ("sales",),
        ("vip", "новый клиент"),
    )
    assert query.confidence == 0.8
    assert query.wanted == parse("скидка").wanted


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("02.2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("yesterday", date(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_day_month_and_year_reach_from_first_to_last_day(
    typed: str, first: date, last: date
) -> None:
    narrow = parse(f"скидка from:{typed} to:{typed}", TODAY).narrowing
    assert (narrow.first_day, narrow.last_day) == (first, last)


def test_near_chain_takes_its_neighbours_only() -> None:
    query = parse('вопрос скидка NEAR/5 "до пятницы" NEAR договор спасибо')
    assert [near.distance for near in query.near] == [5, 10]
    assert [term.typed for term in query.wanted] == [("вопрос",), ("спасибо",)]
