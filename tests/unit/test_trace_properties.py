"""What holds for every recorded trace, however bytes and events arrive: a seeded sample here, all by `make test-long`."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from functools import cache

import pytest
from sqlalchemy import Table, select
from support.trace_properties import (
    Blind,
    Connections,
    Reaped,
    events_of,
    gaps,
    losses,
    names_of,
    times_go_back,
    unpaired,
    without,
    wrong_outcomes,
)
from support.traces import TRACES, Scenario, calls_of, replayed, scenarios

from calls import log as call_log
from calls.db import Database
from calls.live_calls import LiveCalls
from calls.replay import Replay
from calls.tables import Call, CallLeg, CallTransfer, Recording
from pbx.events import CallEvent, Linkedid
from pbx.protocol import END_OF_MESSAGE, Headers, MessageReader
from pbx.trace import TimedMessage

LONG = os.environ.get("SLOVO_TEST_LONG") == "1"
"""All starting points, all cuts and every single event lost: minutes instead of seconds."""
ALL = scenarios()
SAMPLE = ALL if LONG else random.Random(3).sample(ALL, 40)


def named(scenario: Scenario) -> str:
    return scenario.name


@cache
def whole(name: str) -> tuple[Connections, Replay]:
    """A trace and its replay, made once."""
    connections = Scenario(name).connections()
    return connections, replayed(connections)[0]


@pytest.mark.parametrize("scenario", ALL, ids=named)
def test_each_start_has_exactly_one_end(scenario: Scenario) -> None:
    _, events = replayed(scenario.connections())
    assert unpaired(events) == []


@pytest.mark.parametrize("scenario", ALL, ids=named)
def test_one_event_in_a_hundred_lost_denies_no_talk_and_leaves_no_call(scenario: Scenario) -> None:
    connections, true = whole(scenario.name)
    for lost in losses(scenario, seeds=200 if LONG else 3):
        check_loss(connections, true, lost)


@pytest.mark.parametrize("scenario", ALL, ids=named)
def test_any_single_event_lost_denies_no_talk_and_leaves_no_call(scenario: Scenario) -> None:
    connections, true = whole(scenario.name)
    places = events_of(connections)
    for place in places if LONG else random.Random(scenario.name).sample(places, 3):
        check_loss(connections, true, {place})


@pytest.mark.parametrize("also", ["", "BlindTransfer"])
def test_talk_through_a_bridge_into_which_nobody_was_seen_coming_is_not_denied(also: str) -> None:
    connections, true = whole("queue-local-chain-blind")
    middle = ("Local/101@chain-b-00000010;1", "Local/101@from-queue-chain-0000000e;2")
    lost = {
        (part, place)
        for part, place in events_of(connections)
        for headers in [connections[part][place].headers]
        if (headers["Event"] == "BridgeEnter" and headers["Channel"] in middle)
        or headers["Event"] == also
    }
    assert len(lost) == (3 if also else 2)
    check_loss(connections, true, lost)


def check_loss(connections: Connections, true: Replay, lost: set[tuple[int, int]]) -> None:
    tried = Reaped(without(connections, lost))
    told = [connections[part][place].headers for part, place in sorted(lost)]
    what = [(headers["Event"], headers.get("Channel")) for headers in told]
    assert wrong_outcomes(true, tried) == [], what
    assert not tried.live, what
    assert unpaired(tried.events) == [], what
    assert not times_go_back(tried.events), what


ONE_PART = [scenario for scenario in ALL if len(scenario.files) == 1]


@pytest.mark.parametrize("killed", [False, True], ids=["line cut", "slovo killed"])
@pytest.mark.parametrize("scenario", ONE_PART, ids=named)
def test_stretch_that_was_not_heard_denies_no_talk_and_doubles_no_call(
    scenario: Scenario, killed: bool
) -> None:
    connections, true = whole(scenario.name)
    messages = connections[0]
    for gap in gaps(scenario, len(messages), seeds=60 if LONG else 2):
        tried = Blind(messages, gap, killed=killed)
        unheard = inside(messages, gap, true)
        wrong = [told for told in wrong_outcomes(true, tried) if told not in unheard]
        assert wrong == [], gap
        assert not tried.board.calls, gap
        assert not tried.live.all(), gap
        assert set(tried.records) <= set(begun_keys(true)), gap


def inside(messages: Sequence[TimedMessage], gap: range, true: Replay) -> set[str]:
    """What is said of calls all whose events fell into the gap: nobody but the PBX's own record can know of them."""
    heard = {
        value
        for place, message in enumerate(messages)
        for header, value in message.headers.items()
        if place not in gap and header.endswith(("inkedid", "niqueid"))
    }
    return {f"{key}: lost" for key in true.calls if key not in heard}


def begun_keys(true: Replay) -> set[str]:
    return {name for call in true.calls.values() for name in names_of(call.record)}


@pytest.mark.parametrize("scenario", SAMPLE, ids=named)
def test_begun_at_any_event_later_calls_are_right(scenario: Scenario) -> None:
    connections, true = whole(scenario.name)
    first = connections[0]
    begun = first_words(first, true)
    right = {call["linkedid"]: call for call in calls_of(true)}
    places = {key: bridges_of(first, true, key) for key in {*begun, *right}}
    for start in range(0, len(first), 1 if LONG else 1 + len(first) // 12):
        run, events = replayed([first[start:], *connections[1:]])
        found = {call["linkedid"]: call for call in calls_of(run)}
        before = [key for key, place in begun.items() if place < start]
        tied = {name for key in before for name in names_of(true.calls[Linkedid(key)].record)}
        met = set().union(*(places[key] for key in before)) if before else set()
        later = {
            key
            for key in right
            if begun.get(key, -1) >= start and key not in tied and not places[key] & met
        }
        assert {key: found.get(key) for key in later} == {key: right[key] for key in later}
        assert not times_go_back(events)


def first_words(messages: Sequence[TimedMessage], true: Replay) -> dict[str, int]:
    """Which message of the connection is the first to name each call, or a channel of it."""
    found: dict[str, int] = {}
    groups = {name: key for key, call in true.calls.items() for name in names_of(call.record)}
    for place, (headers, _) in enumerate(messages):
        for header, value in headers.items():
            if header.endswith("inkedid") and value in groups:
                found.setdefault(groups[str(value)], place)
    return found


def bridges_of(messages: Sequence[TimedMessage], true: Replay, key: str) -> set[str]:
    """In which bridges the people of a call were: in a conference they meet those of an earlier one."""
    names = names_of(true.calls[Linkedid(key)].record)
    return {
        str(headers["BridgeUniqueid"])
        for headers, _ in messages
        if headers.get("Linkedid") in names and "BridgeUniqueid" in headers
    }


FOREIGN = ("Hangup", "HangupRequest", "BridgeLeave", "DialEnd", "Hold", "Unhold", "NewCallerid")


def foreign(name: str, number: int) -> Headers:
    """An event about a channel that nobody ever heard of."""
    prefix = "Dest" if name == "DialEnd" else ""
    return {
        "Event": name,
        f"{prefix}Channel": f"PJSIP/999-{number:08x}",
        f"{prefix}Uniqueid": f"1000000000.{number}",
        f"{prefix}Linkedid": f"1000000000.{number}",
        "BridgeUniqueid": f"foreign-{number}",
        "Cause": "16",
        "DialStatus": "ANSWER",
    }


@pytest.mark.parametrize("scenario", SAMPLE, ids=named)
def test_events_of_no_channel_are_counted_and_harmless(scenario: Scenario) -> None:
    connections, true = whole(scenario.name)
    chance = random.Random(scenario.name)
    mixed: list[list[TimedMessage]] = []
    added = 0
    for part in connections:
        mixed.append([])
        for message in part:
            if chance.random() < 0.2:
                added += 1
                mixed[-1].append(TimedMessage(foreign(chance.choice(FOREIGN), added), message.at))
            mixed[-1].append(message)
    run, _ = replayed(mixed)
    assert calls_of(run) == calls_of(true)
    assert run.tracker.counters.orphaned == true.tracker.counters.orphaned + added
    assert not run.tracker.board.bridges


def read(chunks: Iterable[bytes]) -> list[Headers]:
    reader = MessageReader()
    return [headers for chunk in chunks for headers in reader.feed(chunk)]


FILES = sorted(TRACES.glob("*.txt"))


@pytest.mark.parametrize(
    "name", [p.name for p in (FILES if LONG else random.Random(5).sample(FILES, 4))]
)
def test_stream_cut_byte_by_byte_gives_the_same_messages(name: str) -> None:
    data = (TRACES / name).read_bytes()
    assert read(data[at : at + 1] for at in range(len(data))) == read([data])


@pytest.mark.parametrize(
    "name", [p.name for p in (FILES if LONG else random.Random(9).sample(FILES, 12))]
)
def test_stream_cut_at_every_byte_of_two_messages_gives_the_same_messages(name: str) -> None:
    data = (TRACES / name).read_bytes()
    ends = [at for at in range(len(data)) if data.startswith(END_OF_MESSAGE, at)]
    places = range(3, len(ends) - 3)
    for middle in random.Random(name).sample(places, min(len(places), 20 if LONG else 3)):
        start, end = ends[middle - 2], ends[middle + 2] + len(END_OF_MESSAGE)
        around = data[start + len(END_OF_MESSAGE) : end]
        right = read([around])
        assert right
        for cut in range(len(around) + 1):
            assert read([around[:cut], around[cut:]]) == right


ROWS = (Call, CallLeg, CallTransfer, Recording)
NO_FACTS = {"id", "call_id", "created_at", "merged_into_id"}


async def rows_of(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the call log, without their ids."""
    found: dict[str, list[tuple[object, ...]]] = {}
    async with db.read() as session:
        for kind in ROWS:
            table = kind.__table__
            assert isinstance(table, Table)
            columns = [column for column in table.columns if column.name not in NO_FACTS]
            rows = await session.execute(select(*columns))
            found[table.name] = sorted(tuple(map(str, row)) for row in rows)
    return found


async def written(db: Database, events: Sequence[CallEvent]) -> None:
    live = LiveCalls()
    async with db.write() as session:
        for event in events:
            record = live.fold(event)
            assert record is not None
            await call_log.write(session, record)


@pytest.mark.parametrize(
    "name", ["group-busy-reject-answer", "xfer-attended-dtmf", "rec-transfer", "park-and-retrieve"]
)
async def test_trace_written_twice_gives_the_same_rows(db: Database, name: str) -> None:
    _, events = replayed(Scenario(name).connections())
    told = [event for event in events if isinstance(event, CallEvent)]
    await written(db, told)
    once = await rows_of(db)
    assert once["calls"]
    await written(db, told)
    assert await rows_of(db) == once
