"""Names of old recordings: read by a pattern, put together to calls, refused with a reason and never guessed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from calls.recordings.import_names import Named, NamePattern, NameRefused, PatternRefused
from calls.recordings.import_plan import Plan, plan_of
from pbx.events import Direction
from pbx.numbers import Endpoints

MOSCOW = ZoneInfo("Europe/Moscow")
AT = datetime(2024, 3, 5, 6, 7, 8, tzinfo=UTC)
USUAL = "{date}-{time}-{caller}-{called}"


def read(pattern: str, path: str) -> Named:
    return NamePattern.of(pattern, MOSCOW).read(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        (USUAL, "20240305-090708-79161234567-101.wav"),
        (USUAL + ".wav", "20240305-090708-79161234567-101.wav"),
        ("{date}_{time}_{caller}_{called}", "2024-03-05_09-07-08_79161234567_101.mp3"),
        ("{date} {time} {caller} {called}", "05.03.2024 09:07:08 79161234567 101.ogg"),
        ("{date}{time}-{caller}-{called}", "20240305090708-79161234567-101.gsm"),
        ("{date}/{time}-{caller}-{called}.*", "2024-03-05/090708-79161234567-101.wav"),
        ("*-{called}-{caller}-{date}-{time}-*", "q-101-79161234567-20240305-090708-x1.wav"),
        ("rec({caller},{called})[{date}]{time}", "rec(79161234567,101)[20240305]090708.wav"),
    ],
)
def test_pattern_reads_time_and_numbers(pattern: str, path: str) -> None:
    found = read(pattern, path)
    assert (found.at.astimezone(UTC), found.caller, found.called) == (AT, "79161234567", "101")


def test_id_of_a_channel_tells_the_time() -> None:
    found = read("{uniqueid}", "1709618828.17.wav")
    assert (found.at, found.uniqueid) == (AT, "1709618828.17")
    system = read("{caller}-{uniqueid}", "101-pbx-1709618828.17.wav")
    assert (system.caller, system.uniqueid, system.at) == ("101", "pbx-1709618828.17", AT)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("{date}-{time}-{who}-{called}", "{who} is no part"),
        ("{date}-{date}-{time}-{caller}", "twice"),
        ("{date}-{caller}-{called}", "a call has a time"),
        ("{date}-{time}", "somebody"),
        ("{date}-{time}-{caller}{called}", "where does one end"),
        ("{date}-{time}-{caller}*", "where does one end"),
        ("*-*-*-*-{date}-{time}-{caller}", "more than 3"),
    ],
)
def test_pattern_that_cannot_be_used_says_why(pattern: str, says: str) -> None:
    with pytest.raises(PatternRefused, match=says):
        NamePattern.of(pattern, MOSCOW)


@pytest.mark.parametrize(
    ("pattern", "path", "says"),
    [
        (USUAL, "holiday.wav", "does not fit"),
        (USUAL, "20241305-090708-79161234567-101.wav", "no day"),
        (USUAL, "20240305-250708-79161234567-101.wav", "no time of day"),
        (USUAL + "-{side}", "20240305-090708-79161234567-101-left.wav", "no side"),
        ("{uniqueid}", "17.3.wav", "no id that holds a time"),
    ],
)
def test_name_that_cannot_be_says_why(pattern: str, path: str, says: str) -> None:
    with pytest.raises(NameRefused, match=says):
        read(pattern, path)


def planned(pattern: str, *paths: str) -> Plan:
    return plan_of(paths, NamePattern.of(pattern, MOSCOW), Endpoints())


def test_two_files_with_sides_are_one_call() -> None:
    plan = planned(
        USUAL + "-{side}",
        "20240305-090708-79161234567-101-in.wav",
        "20240305-090708-79161234567-101-out.wav",
        "20240305-100000-101-79161234567-in.wav",
        "20240305-100000-101-79161234567-out.wav",
        "20240305-110000-101-79161234567-client.wav",
        "20240305-110000-101-79161234567-operator.wav",
    )
    assert plan.refused == []
    incoming, outgoing, told = plan.calls
    assert (incoming.direction, incoming.client_side) == (Direction.IN, "receive")
    assert incoming.remote == "79161234567"
    # A call that went out was recorded on the operator's leg: what it says is the operator.
    assert (outgoing.direction, outgoing.client_side) == (Direction.OUT, "transmit")
    assert outgoing.remote == "79161234567"
    assert told.files["transmit"].endswith("-client.wav")
    assert told.source["client_side"] == "transmit"


def test_one_call_has_one_key_however_often_it_is_read() -> None:
    path = "20240305-090708-79161234567-101.wav"
    one, other = planned(USUAL, path).calls[0], planned(USUAL, f"old/{path}").calls[0]
    assert one.key == other.key
    assert one.key != planned(USUAL, path.replace("101", "102")).calls[0].key


def test_strange_files_are_listed_with_the_reason() -> None:
    plan = planned(
        USUAL + "-{side}",
        ".20240305-090708-79161234567-101-in.wav",
        "notes.txt",
        "20240305-090708-79161234567-101-in.wav",
        "copy/20240305-090708-79161234567-101-in.wav",
        "20240305-090709-anonymous-anonymous-in.wav",
    )
    assert plan.calls == []
    assert plan.files == 5
    assert {one.file: one.why for one in plan.refused} == {
        ".20240305-090708-79161234567-101-in.wav": "a hidden file",
        "notes.txt": "no sound file by its name",
        "20240305-090708-79161234567-101-in.wav":
            "the file of the other side is not there",
        "copy/20240305-090708-79161234567-101-in.wav":
            "the same call and side as 20240305-090708-79161234567-101-in.wav",
        "20240305-090709-anonymous-anonymous-in.wav": "it names neither who called nor who was called",
    }  # fmt: skip


def test_hidden_caller_is_a_call_without_a_number() -> None:
    (call,) = planned(USUAL, "20240305-090708-anonymous-101.wav").calls
    assert (call.direction, call.named.caller, call.remote) == (Direction.IN, "", "")


@pytest.mark.parametrize(
    ("pattern", "path", "says"),
    [
        (USUAL, "00010101-000000-7916-101.wav", "no day of a recording"),
        (USUAL, "99991231-235959-7916-101.wav", "no day of a recording"),
        (USUAL, f"20240305-090708-{'9' * 200}-101.wav", "longer than 128"),
        ("{uniqueid}", f"1709618828.{'1' * 200}.wav", "longer than 128"),
        ("*-" + USUAL, "\udcff-20240305-090708-7916-101.wav", "no text"),
    ],
)
def test_name_that_no_call_can_keep_is_refused_and_not_a_crash(
    pattern: str, path: str, says: str
) -> None:
    plan = plan_of([path], NamePattern.of(pattern, MOSCOW), Endpoints())
    assert plan.calls == []
    assert says in plan.refused[0].why
    assert plan.refused[0].file.encode()
