"""Every recorded trace gives the calls that truly happened, and stays sane when it is cut, doubled or joined late."""

import os
import random

import pytest
from support.traces import Scenario, calls_of, replayed, scenarios

from crm.screen_pop import PopTracker, PopWithdrawn
from pbx.events import (
    CallEnded,
    CallEvent,
    CallsMerged,
    CallStarted,
    EndExplained,
    LegStopped,
    RingResult,
)
from pbx.trace import TimedMessage

SCENARIOS = scenarios()
LONG = os.environ.get("SLOVO_TEST_LONG") == "1"
"""All starting points of all traces: minutes instead of seconds."""
SAMPLED = SCENARIOS if LONG else random.Random(7).sample(SCENARIOS, 20)


def named(scenario: Scenario) -> str:
    return scenario.name


@pytest.fixture(params=SCENARIOS, ids=named)
def scenario(request):
    return request.param


@pytest.fixture(params=SAMPLED, ids=named)
def sampled(request):
    return request.param


def expected(truth: dict) -> dict:
    return {
        "caller": truth["caller"] or None,
        "called": truth["called"],
        "direction": truth["direction"],
        "rang": set(truth["rang"]),
        "answered_by": truth["answered_by"],
        "outcome": truth["outcome"],
        "queue": truth.get("queue"),
        "voicemail": truth.get("voicemail", False),
        "consultation": truth.get("consultation", False),
    }


def seen(call: dict, truth: dict) -> dict:
    found = {key: call[key] for key in expected(truth)}
    return found | {"rang": set(call["rang"])}


def test_trace_replayed_gives_the_true_calls(scenario):
    run, _ = replayed(scenario.connections())
    calls, truth = calls_of(run), scenario.truth
    assert [seen(call, true) for call, true in zip(calls, truth, strict=True)] == [
        expected(true) for true in truth
    ]
    assert not run.tracker.live
    assert run.tracker.counters.malformed == 0


def test_trace_replayed_gives_the_true_transfers(scenario):
    run, _ = replayed(scenario.connections())
    for call, truth in zip(calls_of(run), scenario.truth, strict=True):
        transfers = [(t["kind"], t["to"]) for t in call["transfers"]]
        wanted = [(truth["transfer_kind"], truth["transferred_to"])]
        if "transfers" in truth:
            wanted = [tuple(transfer) for transfer in truth["transfers"]]
        elif truth.get("picked_up_by"):
            wanted = [("pickup", truth["picked_up_by"])]
        elif not truth["transfer_kind"]:
            wanted = []
        assert transfers == wanted


def test_trace_replayed_gives_the_true_durations(scenario):
    run, _ = replayed(scenario.connections())
    for call, truth in zip(calls_of(run), scenario.truth, strict=True):
        for told, measured in (("ring_s", "wait_s"), ("talk_s", "talk_s"), ("hold_s", "hold_s")):
            if told in truth:
                assert call[measured] == pytest.approx(truth[told], abs=0.5), measured


def test_trace_replayed_needs_a_call_back_only_for_unanswered_known_clients(scenario):
    run, _ = replayed(scenario.connections())
    for call, truth in zip(calls_of(run), scenario.truth, strict=True):
        unanswered_client = truth["direction"] == "in" and truth["outcome"] != "answered"
        assert call["needs_callback"] == (unanswered_client and bool(truth["caller"]))


def doubled(messages: list[TimedMessage]) -> list[TimedMessage]:
    return [message for message in messages for _ in range(2)]


def test_trace_with_each_event_doubled_gives_the_same_calls(scenario):
    once, _ = replayed(scenario.connections())
    twice, _ = replayed([doubled(messages) for messages in scenario.connections()])
    assert calls_of(twice) == calls_of(once)


def test_trace_started_at_any_event_never_fails(sampled):
    connections = sampled.connections()
    for start in range(0, len(connections[0]), 1 if LONG else 5):
        run, events = replayed([connections[0][start:], *connections[1:]])
        calls_of(run)
        assert times_never_go_back(events)
        assert not run.tracker.live


def test_trace_with_events_lost_never_fails(sampled):
    chance = random.Random(11)
    for _ in range(20 if LONG else 5):
        kept = [[m for m in part if chance.random() > 0.1] for part in sampled.connections()]
        run, events = replayed(kept)
        calls_of(run)
        assert times_never_go_back(events)


def test_trace_starts_and_ends_each_call_once(scenario):
    _, events = replayed(scenario.connections())
    started = [event.call for event in events if isinstance(event, CallStarted)]
    ended = [event.call for event in events if isinstance(event, CallEnded)]
    merged = [c for event in events if isinstance(event, CallsMerged) for c in event.absorbed]
    assert len(set(started)) == len(started)
    assert sorted(ended + merged) == sorted(started)


def test_trace_says_of_each_call_its_start_first_and_its_end_last(scenario):
    _, events = replayed(scenario.connections())
    by_call: dict[str, list[CallEvent]] = {}
    for event in events:
        if isinstance(event, CallEvent):
            by_call.setdefault(event.call, []).append(event)
    absorbed = {c for event in events if isinstance(event, CallsMerged) for c in event.absorbed}
    for key, told in by_call.items():
        assert isinstance(told[0], CallStarted)
        last = [event for event in told if not isinstance(event, EndExplained)][-1]
        assert isinstance(last, CallEnded) or key in absorbed


def test_trace_leaves_nothing_in_memory(scenario):
    run, _ = replayed(scenario.connections())
    board = run.tracker.board
    kept = (board.channels, board.bridges, board.calls, board.names, board.holding, board.alone)
    assert [len(state) for state in kept] == [0] * len(kept)


def test_trace_joined_late_withdraws_each_card_for_its_true_reason(sampled):
    connections = sampled.connections()
    for start in range(0, len(connections[0]), 1 if LONG else 25):
        _, events = replayed([connections[0][start:], *connections[1:]])
        last_why, answered = cards(events)
        for card in answered & set(last_why):
            assert last_why[card] == {"answered_here"}


def cards(events) -> tuple[dict, set]:
    """Return why the cards of each call and desk went, and whose phones were answered, once and for all."""
    pops, why, results = PopTracker(), {}, {}
    for event in events:
        if not isinstance(event, CallEvent):
            continue
        for pop in pops.feed(event):
            if isinstance(pop, PopWithdrawn):
                why.setdefault((pop.call, pop.extension), set()).add(pop.why.value)
        if isinstance(event, LegStopped):
            results.setdefault((event.call, event.party.extension), []).append(event.result)
    assert pops.shown() == []
    return why, {card for card, told in results.items() if told == [RingResult.ANSWERED]}


def test_trace_never_goes_back_in_time(scenario):
    _, events = replayed(scenario.connections())
    assert times_never_go_back(events)


def times_never_go_back(events) -> bool:
    times = [event.at for event in events if event.at is not None]
    return times == sorted(times)
