"""Turns of one speaker, and times across silence that was left out."""

import json

from calls.transcripts.segments import (
    ChannelTranscript,
    EngineInfo,
    Side,
    TranscriptResult,
    Word,
    result_from_json,
    utterances_of,
)
from calls.transcripts.timeline import Timeline


def word(text: str, start_s: float, end_s: float) -> Word:
    return Word(text, start_s, end_s, 0.9)


def test_words_closer_than_the_gap_are_one_turn() -> None:
    turns = utterances_of([word("добрый", 1.0, 1.4), word("день", 2.0, 2.3)])
    assert [(t.start_s, t.end_s, t.text) for t in turns] == [(1.0, 2.3, "добрый день")]


def test_pause_of_the_gap_begins_a_new_turn() -> None:
    turns = utterances_of([word("да", 1.0, 1.2), word("слушаю", 1.95, 2.5)])
    assert [t.text for t in turns] == ["да", "слушаю"]


def test_words_out_of_order_are_sorted() -> None:
    turns = utterances_of([word("день", 1.5, 1.9), word("добрый", 1.0, 1.4)])
    assert turns[0].text == "добрый день"


def test_no_words_give_no_turns() -> None:
    assert utterances_of([]) == ()


def test_result_survives_json() -> None:
    result = TranscriptResult(
        10.0,
        1.5,
        EngineInfo("vosk", "0.3.45", "m", 16000),
        (ChannelTranscript(Side.CLIENT, utterances_of([word("да", 1.0, 1.2)])),),
        ("cut off",),
    )
    assert result_from_json(json.loads(json.dumps(result.to_json()))) == result


def test_json_without_warnings_has_the_promised_keys_only() -> None:
    found = TranscriptResult(1.0, 0.1, EngineInfo("vosk", "0", "m", 16000), ()).to_json()
    assert set(found) == {"duration_s", "cpu_s", "engine", "channels"}


def test_time_after_a_left_out_silence_is_the_calls_time() -> None:
    timeline = Timeline(1000)
    timeline.keep(2000, 1000)
    timeline.keep(10_000, 1000)
    assert timeline.call_time(0.5) == 2.5
    assert timeline.call_time(1.5) == 10.5
    assert timeline.heard_s == 2.0


def test_pieces_that_follow_each_other_are_one() -> None:
    timeline = Timeline(1000)
    timeline.keep(0, 500)
    timeline.keep(500, 500)
    assert timeline.span(0.4, 0.7) == (0.4, 0.7)


def test_word_across_a_cut_stays_on_the_side_where_most_of_it_lies() -> None:
    timeline = Timeline(1000)
    timeline.keep(0, 1000)
    timeline.keep(9000, 1000)
    assert timeline.span(0.7, 1.1) == (0.7, 1.0)
    assert timeline.span(0.9, 1.4) == (9.0, 9.4)


def test_nothing_kept_leaves_times_alone() -> None:
    assert Timeline(1000).call_time(3.0) == 3.0
