"""What a person does, from facts: priorities, times, and the reason why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm.agent_states import Facts, Membership, PersonState, Phone, State, state_of
from crm.engagement import Engagement

NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def engaged(kind: str, seconds: float = 0, call: str = "1.1") -> Engagement:
    return Engagement(kind=kind, call=call, since=at(seconds), number="+79161234567")


IDLE = Phone(pbx="main", extension="101", device="idle", device_at=at(-60))
SALES = Membership(pbx="main", queue="sales", interface="PJSIP/101", extension="101")
LUNCH = replace(SALES, paused=True, reason="lunch", changed_at=at(-30))
FACTS = Facts(phones=(IDLE,), memberships=(SALES,))
TALKED = replace(IDLE, talk_ended_at=at(-5), talk_queue="sales")


def decided(facts: Facts, now: float = 0, wrap_up_s: float = 20) -> PersonState:
    return state_of(facts, at(now), wrap_up_s)


STRONGEST_FIRST = (
    (State.TALKING, {"engaged": (engaged("talking", -9),)}, {}),
    (State.RINGING, {"engaged": (engaged("ringing", -8),)}, {}),
    (State.BUSY, {"engaged": (engaged("calling", -7),)}, {}),
    (State.WRAP_UP, {"talk_ended_at": at(-5)}, {}),
    (State.PAUSED, {}, {"memberships": (LUNCH,)}),
    (State.AWAY, {}, {"away": True, "away_at": at(-3)}),
    (State.OFFLINE, {"device": "unavailable"}, {}),
)


@pytest.mark.parametrize("first", range(len(STRONGEST_FIRST)))
def test_stronger_state_hides_all_weaker_ones(first: int) -> None:
    phone, facts = IDLE, FACTS
    for _, of_phone, of_facts in reversed(STRONGEST_FIRST[first:]):
        both = (*of_phone.get("engaged", ()), *phone.engaged)
        phone = replace(phone, **{**of_phone, "engaged": both})
        facts = replace(facts, **of_facts)
    assert decided(replace(facts, phones=(phone,))).state is STRONGEST_FIRST[first][0]


def test_person_without_a_phone_has_no_state() -> None:
    assert decided(Facts(away=True)).state is State.NO_PHONE


def test_one_of_two_phones_that_talks_decides_and_says_since_when() -> None:
    other = replace(
        IDLE, extension="102", engaged=(engaged("talking", -40), engaged("talking", -9))
    )
    state = decided(replace(FACTS, phones=(IDLE, other)))
    assert (state.state, state.phone, state.since) == (State.TALKING, "102", at(-40))


def test_pause_in_one_of_two_queues_is_no_pause_but_is_told() -> None:
    support = replace(SALES, queue="support")
    state = decided(replace(FACTS, memberships=(LUNCH, support)))
    assert (state.state, state.paused_in) == (State.AVAILABLE, ("sales",))


def test_pause_counts_since_the_last_queue_was_paused_with_its_reason() -> None:
    support = replace(LUNCH, queue="support", reason="training", changed_at=at(-10))
    state = decided(replace(FACTS, memberships=(support, LUNCH)))
    assert (state.state, state.since, state.reason) == (State.PAUSED, at(-10), "training")


@pytest.mark.parametrize(
    ("queue_s", "ours_s", "ready", "now", "expected"),
    [
        (0, 20, None, 0, (State.WRAP_UP, at(15), True)),
        (0, 20, None, 14.6, (State.AVAILABLE, None, False)),
        (0, 20, at(-2), 0, (State.AVAILABLE, None, False)),
        (0, 20, at(-6), 0, (State.WRAP_UP, at(15), True)),  # ready after an earlier call
        (30, 20, None, 0, (State.WRAP_UP, at(25), True)),
        (30, 20, at(-2), 0, (State.WRAP_UP, at(25), False)),  # the queue waits all the same
        (30, 0, None, 0, (State.WRAP_UP, at(25), False)),
        (0, 0, None, 0, (State.AVAILABLE, None, False)),
    ],
)
def test_wrap_up_lasts_as_long_as_settings_and_queue_say(
    queue_s: int,
    ours_s: float,
    ready: datetime | None,
    now: float,
    expected: tuple[State, datetime | None, bool],
) -> None:
    member = replace(SALES, wrap_up_s=queue_s)
    facts = Facts(phones=(TALKED,), memberships=(member,), ready_at=ready)
    state = decided(facts, now, ours_s)
    assert (state.state, state.until, state.may_end) == expected


def test_who_sits_down_after_a_talk_has_nothing_to_wrap_up() -> None:
    facts = replace(FACTS, phones=(replace(TALKED, held_at=at(-1), seated=True),))
    assert decided(facts).state is State.AVAILABLE


def test_available_since_the_last_thing_that_changed() -> None:
    assert decided(FACTS).since == at(-60)
    back = replace(FACTS, memberships=(replace(SALES, changed_at=at(-20)),))
    assert decided(back).since == at(-20)
    talked = replace(FACTS, phones=(TALKED,))
    assert decided(talked, 60).since == at(15)


def test_phone_of_which_nothing_was_told_is_not_called_free() -> None:
    silent = replace(IDLE, device="", device_at=None)
    state = decided(replace(FACTS, phones=(silent, replace(IDLE, device="unavailable"))))
    assert (state.state, state.phone) == (State.UNKNOWN, "101")
    assert decided(replace(FACTS, phones=(silent, IDLE))).state is State.AVAILABLE


def test_one_registered_phone_of_two_is_enough_to_be_available() -> None:
    off = replace(IDLE, device="unavailable")
    state = decided(replace(FACTS, phones=(off, replace(IDLE, extension="102"))))
    assert (state.state, state.phone) == (State.AVAILABLE, "102")


@pytest.mark.parametrize(
    ("device", "state"),
    [("in_use", State.BUSY), ("busy", State.BUSY), ("ringing", State.RINGING)],
)
def test_phone_in_use_without_a_call_that_we_know_is_no_free_phone(
    device: str, state: State
) -> None:
    seen = decided(replace(FACTS, phones=(replace(IDLE, device=device),)))
    assert (seen.state, seen.why, seen.since) == (state, f"device_{device}", at(-60))


def test_state_of_a_pbx_that_is_not_heard_says_since_when() -> None:
    phones = (replace(IDLE, blind_at=at(-7)), replace(IDLE, extension="102"))
    assert decided(replace(FACTS, phones=phones)).blind_at == at(-7)
