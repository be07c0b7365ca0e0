"""Corrected words keep approximate times, so that a click on them plays what was said."""

from __future__ import annotations

import pytest

from calls.transcripts.alignment import aligned, changes, spread

HEARD = [
    {"word": "на", "start_s": 10.0, "end_s": 10.2, "conf": 0.9},
    {"word": "кладная", "start_s": 10.2, "end_s": 10.8, "conf": 0.4},
    {"word": "будет", "start_s": 11.0, "end_s": 11.4, "conf": 0.8},
    {"word": "завтра", "start_s": 12.0, "end_s": 12.6, "conf": 0.7},
]


def corrected(text: str) -> list[tuple[str, float, float, float | None]]:
    found = aligned(HEARD, text, 9.5, 13.0)
    assert [word["word"] for word in found] == text.split()
    assert all(word["start_s"] <= word["end_s"] for word in found)
    starts = [word["start_s"] for word in found]
    assert starts == sorted(starts)
    return [(w["word"], w["start_s"], w["end_s"], w["conf"]) for w in found]


def test_words_that_stay_keep_their_time_and_confidence() -> None:
    assert corrected("на кладная будет завтра") == [
        (w["word"], w["start_s"], w["end_s"], w["conf"]) for w in HEARD
    ]
    # Capitals, commas and ё are the same word, written as the person wrote it.
    assert corrected("на кладная, будет Завтра.")[3] == ("Завтра.", 12.0, 12.6, 0.7)


def test_one_word_for_two_takes_the_time_of_both() -> None:
    assert corrected("Накладная будет завтра")[0] == ("Накладная", 10.0, 10.8, None)


def test_added_words_stand_in_the_pause_where_they_were_put() -> None:
    added = corrected("на кладная будет готова завтра")[3]
    assert added == ("готова", 11.4, 12.0, None)
    first = corrected("алло на кладная будет завтра")[0]
    assert (first[1], first[2]) == (9.5, 10.0)
    last = corrected("на кладная будет завтра утром")[-1]
    assert (last[1], last[2]) == (12.6, 13.0)


def test_removed_words_are_gone() -> None:
    assert [word for word, *_rest in corrected("будет завтра")] == ["будет", "завтра"]
    assert corrected("") == []


def test_everything_new_is_spread_over_the_turn() -> None:
    placed = corrected("совсем другое")
    assert placed[0][1] == 10.0
    assert placed[-1][2] == 12.6
    assert aligned([], "раз два", 1.0, 2.0) == spread(["раз", "два"], 1.0, 2.0)


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("а б в", "а б в", ["equal"]),
        ("а б в", "а г в", ["equal", "replace", "equal"]),
        ("а б", "а б в", ["equal", "insert"]),
        ("а б в", "а в", ["equal", "delete", "equal"]),
        ("Всё", "все", ["equal"]),
    ],
)
def test_two_readings_are_compared_word_by_word(before: str, after: str, kinds: list[str]) -> None:
    assert [change.kind for change in changes(before.split(), after.split())] == kinds
