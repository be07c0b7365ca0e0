from support.folded import CLIENT, ended, key, ring, started
from support.traces import Scenario, replayed, scenarios

from crm.screen_pop import PopShown, PopTracker, PopWhy, PopWithdrawn
from pbx.events import (
    CallEvent,
    CallUpdated,
    Direction,
    LegRinging,
    LegStopped,
    Linkedid,
    Party,
    RingResult,
    Uniqueid,
)

ANNA, BORIS = Party(extension="101"), Party(extension="102")


def pops(*events):
    tracker = PopTracker()
    flat = [e for event in events for e in (event if isinstance(event, list) else [event])]
    return [pop for event in flat for pop in tracker.feed(event)]


def rings(leg: str, second: float = 1, who: Party = ANNA) -> LegRinging:
    return LegRinging(**key(second), leg=Uniqueid(leg), party=who)


def stops(leg: str, result: RingResult, by: Party | None = None, who: Party = ANNA) -> LegStopped:
    return LegStopped(
        **key(5), leg=Uniqueid(leg), party=who, result=result, rang=True, answered_by=by
    )


def shown_and_gone(name: str) -> list[tuple[str, str]]:
    _, events = replayed(Scenario(name).connections())
    tracker = PopTracker()
    told = [pop for event in events if isinstance(event, CallEvent) for pop in tracker.feed(event)]
    assert tracker.shown() == []
    return [(p.extension, p.why if isinstance(p, PopWithdrawn) else "shown") for p in told]


def test_pop_shows_who_calls_when_the_phone_rings():
    (pop,) = pops(started(), ring("101", 1, 2, RingResult.TIMEOUT)[:2])
    assert isinstance(pop, PopShown)
    assert (pop.extension, pop.remote, pop.again) == ("101", CLIENT, False)


def test_offer_that_never_rings_shows_nothing():
    assert pops(started(), ring("101", 1, 2, RingResult.BUSY, rang=False)) == []


def test_colleague_answers_withdraws_with_his_name():
    _, gone = pops(started(), rings("1"), stops("1", RingResult.ANSWERED_ELSEWHERE, BORIS))
    assert isinstance(gone, PopWithdrawn)
    assert (gone.why, gone.answered_by) == (PopWhy.ANSWERED_ELSEWHERE, BORIS)


def test_answer_on_the_persons_other_device_is_an_answer_here():
    events = [started(), rings("1"), rings("2"), stops("1", RingResult.ANSWERED_ELSEWHERE, ANNA)]
    shown, gone = pops(*events, stops("2", RingResult.ANSWERED))
    assert isinstance(shown, PopShown)
    assert (gone.why, gone.answered_by) == (PopWhy.ANSWERED_HERE, None)


def test_one_device_declines_while_the_other_rings_keeps_the_pop():
    events = [started(), rings("1"), rings("2"), stops("1", RingResult.DECLINED)]
    assert [type(pop) for pop in pops(*events)] == [PopShown]
    assert len(pops(*events, stops("2", RingResult.TIMEOUT))) == 2


def test_queue_that_rings_again_shows_no_new_pop():
    told = pops(started(), rings("1"), stops("1", RingResult.TIMEOUT), rings("2"))
    assert [(type(pop), getattr(pop, "again", None)) for pop in told] == [
        (PopShown, False),
        (PopWithdrawn, None),
        (PopShown, True),
    ]


def test_caller_known_better_updates_the_card():
    named = Party(number=CLIENT.number, name="Иван")
    update = CallUpdated(
        **key(2), direction=Direction.IN, caller=named, called=Party(), linkedids=(Linkedid("1"),)
    )
    *_, pop = pops(started(), rings("1"), update)
    assert (pop.remote, pop.again) == (named, True)


def test_click_to_call_shows_the_client_on_the_operators_own_phone():
    start = started(caller=ANNA, called=CLIENT, direction=Direction.OUT, click_to_call=True)
    (pop,) = pops(start, rings("1"))
    assert pop.remote == CLIENT


def test_ringing_trunk_shows_nothing():
    assert pops(started(), rings("1", who=CLIENT)) == []


def test_end_of_the_call_withdraws_what_is_left():
    *_, gone = pops(started(), rings("1"), ended(9))
    assert gone.why is PopWhy.GAVE_UP


def test_group_answered_by_one_withdraws_the_others():
    assert set(shown_and_gone("group-answered-by-one")) == {
        ("101", "shown"),
        ("102", "shown"),
        ("103", "shown"),
        ("101", PopWhy.ANSWERED_ELSEWHERE),
        ("102", PopWhy.ANSWERED_HERE),
        ("103", PopWhy.ANSWERED_ELSEWHERE),
    }


def test_group_with_busy_and_refusing_phones_pops_only_where_it_rings():
    told = shown_and_gone("group-busy-reject-answer")
    assert ("101", "shown") not in told
    assert ("102", PopWhy.DECLINED) in told


def test_every_trace_withdraws_each_pop_that_it_shows():
    for scenario in scenarios():
        told = shown_and_gone(scenario.name)
        shown = [extension for extension, what in told if what == "shown"]
        gone = [extension for extension, what in told if what != "shown"]
        assert sorted(set(shown)) == sorted(set(gone)), scenario.name
