"""Seconds of a recording are moments of the call, also where only the talks were recorded."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from support.folded import CLIENT, START, second
from support.traces import Scenario, replayed

from calls import log_values
from calls.model import CallRecord, Talk
from calls.recordings.audio_time import began, moment, stretches, talked_after
from calls.transcripts.attribution import Attribution
from calls.transcripts.segments import Side
from pbx.events import Direction, Linkedid, Party, PbxName

ANNA, BORIS = Party(extension="101"), Party(extension="102")
ONLY_TALKS = {"bridged_only": True, "recorded_party": CLIENT.label}


def call(*talks: tuple[Party, float, float]) -> CallRecord:
    return CallRecord(
        pbx=PbxName("main"), linkedid=Linkedid("1.1"), linkedids=(Linkedid("1.1"),),
        direction=Direction.IN, caller=CLIENT, called=Party(number="74951230001"),
        started_at=START, ended=True,
        talks=tuple(
            Talk(parties=(CLIENT, who), started_at=second(a), ended_at=second(b), is_open=False)
            for who, a, b in talks
        ),
    )  # fmt: skip


TRANSFERRED = call((ANNA, 10, 20), (BORIS, 50, 60))


def seconds(at: datetime | None) -> float | None:
    return None if at is None else (at - START).total_seconds()


def test_recording_of_talks_only_begins_with_the_first_talk() -> None:
    assert seconds(began(ONLY_TALKS, TRANSFERRED, second(1), 20.0)) == 10
    assert seconds(began({}, TRANSFERRED, second(1), 59.0)) == 1


@pytest.mark.parametrize(
    ("duration_s", "begins_s"),
    [(59, 1), (62, 1), (50, 10), (55, 5), (20, 10)],
    ids=["whole", "longer", "from the answer", "from a menu on", "stopped early"],
)
def test_sound_that_came_later_than_the_recorder_began(duration_s: float, begins_s: float) -> None:
    ended = replace(TRANSFERRED, ended_at=second(60))
    assert seconds(began({}, ended, second(1), duration_s)) == pytest.approx(begins_s)
    assert seconds(began({}, ended, second(15), 20)) == 15


@pytest.mark.parametrize(
    ("audio_s", "call_s"), [(0, 10), (9.5, 19.5), (10, 50), (15, 55), (19.9, 59.9), (25, 65)]
)
def test_talks_stand_one_behind_the_other(audio_s: float, call_s: float) -> None:
    at = moment(ONLY_TALKS, TRANSFERRED, second(10), audio_s)
    assert seconds(at) == pytest.approx(call_s)


@pytest.mark.parametrize(
    ("begin_s", "end_s", "audio"),
    [
        (12, 15, [(2, 5)]),
        (5, 12, [(0, 2)]),
        (15, 55, [(5, 10), (10, 15)]),
        (25, 40, []),
        (58, 70, [(18, 20)]),
    ],
    ids=["in a talk", "from before it", "over both", "between them", "to after the end"],
)
def test_moments_of_the_call_are_seconds_of_the_talks(
    begin_s: float, end_s: float, audio: list[tuple[float, float]]
) -> None:
    found = stretches(ONLY_TALKS, TRANSFERRED, second(10), second(begin_s), second(end_s))
    assert found == [pytest.approx(one) for one in audio]


def test_moments_of_the_call_are_seconds_of_a_whole_recording() -> None:
    assert stretches({}, None, second(10), second(12), second(55)) == [(2, 45)]
    assert stretches({}, TRANSFERRED, second(10), second(5), second(9)) == []


def test_second_talk_is_the_second_operators() -> None:
    audio_s = 12.0
    mapped = Attribution(record=TRANSFERRED, source=ONLY_TALKS, started_at=second(10))
    assert mapped.voice(Side.OPERATOR, audio_s).speaker == "102"
    whole = Attribution(record=TRANSFERRED, started_at=second(10))
    assert whole.voice(Side.OPERATOR, 8.0).speaker == "101"
    assert whole.voice(Side.OPERATOR, audio_s).left_out == "waiting"


def test_recording_begun_in_the_middle_of_a_talk_begins_there() -> None:
    assert seconds(began(ONLY_TALKS, TRANSFERRED, second(15), 15.0)) == 15
    assert seconds(moment(ONLY_TALKS, TRANSFERRED, second(15), 6)) == 51


def test_found_file_began_its_length_before_it_was_finished() -> None:
    source: dict[str, Any] = {"finished_at": second(100).isoformat()}
    assert seconds(began(source, TRANSFERRED, None, 40.0)) == 60
    assert began({}, None, None, 40.0) is None


def test_call_that_nobody_talked_on_has_nothing_to_record() -> None:
    assert not talked_after(call(), second(0))
    assert talked_after(TRANSFERRED, second(30))
    assert not talked_after(TRANSFERRED, second(60))


def test_recorded_transfer_has_the_length_of_both_talks() -> None:
    """The trace's file has 120,000 bytes of sound, 7.5 s, and the map reaches the second operator."""
    run, _events = replayed(Scenario("rec-transfer").connections())
    (one,) = run.calls.values()
    record = one.record
    (named,) = record.recordings
    source = log_values.source(named, record)
    assert source["bridged_only"]
    start = began(source, record, named.at, 7.5)
    assert start == record.talks[0].started_at
    lengths = [(talk.ended_at - talk.started_at) / timedelta(seconds=1) for talk in record.talks]  # type: ignore[operator]
    assert sum(lengths) == pytest.approx(7.5, abs=0.25)
    attribution = Attribution(record=record, source=source, started_at=start)
    assert attribution.voice(Side.OPERATOR, 7.4).speaker == "102"
