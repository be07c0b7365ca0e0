"""Rules of transcription: the language of a queue, which trial wins, when a second pass runs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from calls.transcripts.rules import SpeechRules, best_trial, doubtful_percent

MOSCOW = ZoneInfo("Europe/Moscow")


def words(*confidences: float | None) -> list[dict[str, Any]]:
    return [{"word": "w", "conf": conf} for conf in confidences]


def trial(lang: str, conf: float, count: int) -> dict[str, Any]:
    return {"model": f"m-{lang}", "lang": lang, "conf": conf, "words": count}


def test_language_is_the_recordings_then_the_queues_then_the_companys() -> None:
    rules = SpeechRules(lang="ru", queues={"main/sales": "auto", "main/hidden": ""})
    assert rules.lang_of("main", "sales", "ko") == ("ko", "recording")
    assert rules.lang_of("main", "sales") == ("auto", "queue")
    assert rules.lang_of("main", "hidden") == ("ru", "company")
    assert rules.lang_of("north", "sales") == ("ru", "company")
    assert SpeechRules().lang_of("main", "") == ("", "")


def test_best_mean_confidence_wins_but_not_with_one_sure_word() -> None:
    assert best_trial([trial("en", 0.5, 40), trial("ru", 0.9, 35)])["lang"] == "ru"
    assert best_trial([trial("en", 1.0, 1), trial("ru", 0.7, 35)])["lang"] == "ru"
    assert best_trial([trial("en", 0.0, 0), trial("ru", 0.4, 1)])["lang"] == "ru"


def test_share_of_doubtful_words_counts_only_what_an_engine_heard() -> None:
    assert doubtful_percent(words(0.3, 0.9, 0.5, 0.6)) == 50
    assert doubtful_percent(words(0.3, None)) == 100
    assert doubtful_percent([]) == 0


@pytest.mark.parametrize(
    ("when", "heard", "model", "wanted"),
    [
        ("never", words(0.1), "small", False),
        ("all", words(0.9), "small", True),
        ("all", words(0.9), "big", False),  # it was the big one already
        ("doubtful", words(0.1, 0.9, 0.9), "small", True),
        ("doubtful", words(0.9, 0.9, 0.9), "small", False),
        ("doubtful", [], "small", False),
    ],
)
def test_second_pass_is_ordered_by_the_rule(
    when: Any, heard: list[dict[str, Any]], model: str, wanted: bool
) -> None:
    rules = SpeechRules(second_model="big", second_when=when)
    assert rules.wants_second(heard, model) is wanted


@pytest.mark.parametrize(
    ("hours", "now_utc", "begins_utc"),
    [
        ((20, 7), "2026-11-20T18:00", "2026-11-20T18:00"),  # 21:00 in Moscow
        ((20, 7), "2026-11-20T03:59", "2026-11-20T03:59"),  # 06:59
        ((20, 7), "2026-11-20T04:00", "2026-11-20T17:00"),  # 07:00
        ((1, 5), "2026-11-20T12:00", "2026-11-20T22:00"),
        ((1, 5), "2026-11-20T23:00", "2026-11-20T23:00"),
        ((8, 8), "2026-11-20T12:00", "2026-11-20T12:00"),  # at any time
    ],
)
def test_night_begins_in_the_companys_zone(
    hours: tuple[int, int], now_utc: str, begins_utc: str
) -> None:
    rules = SpeechRules(night_from=hours[0], night_to=hours[1])
    now = datetime.fromisoformat(now_utc).replace(tzinfo=UTC)
    assert rules.next_night(now, MOSCOW).astimezone(UTC).isoformat()[:16] == begins_utc


@pytest.mark.parametrize("wrong", [{"lang": "RU!"}, {"night_from": 24}, {"doubtful_percent": 0}])
def test_values_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SpeechRules(**wrong)
