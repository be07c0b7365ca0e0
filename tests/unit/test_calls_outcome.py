from dataclasses import replace

import pytest
from support.folded import CLIENT, COMPANY, ended, folded, key, ring, started, talk

from calls.model import Outcome
from calls.outcome import REASONS, decide, reason_text
from pbx.events import (
    CallResynced,
    Direction,
    EndedBy,
    EndedHow,
    HoldEnded,
    HoldStarted,
    Party,
    QueueEntered,
    QueueLeft,
    RingResult,
    TransferKind,
    Transferred,
    VoicemailEntered,
)

ANNA, BORIS = Party(extension="101"), Party(extension="102")
CALLER, SWITCH = EndedBy.CALLER, EndedBy.SWITCH


def decided(*events, by=SWITCH, start=None, at_s=20, **end):
    flat = [e for event in events for e in (event if isinstance(event, list) else [event])]
    return decide(folded([start or started(), *flat, ended(at_s, by, **end)]))


def test_client_talks_to_somebody_is_answered():
    decision = decided(
        ring("101", 0, 15, RingResult.TIMEOUT),
        ring("102", 15, 22, RingResult.ANSWERED),
        talk(22, 30, CLIENT, BORIS),
        at_s=30,
    )
    assert decision.outcome is Outcome.ANSWERED
    assert decision.reason == "101 did not pick up in 15 s, 102 answered after 22 s"
    assert (decision.wait_s, decision.talk_s, decision.final_handler) == (22, 8, BORIS)
    assert not decision.needs_callback


@pytest.mark.parametrize(
    ("kind", "target", "ending"),
    [
        (TransferKind.BLIND, BORIS, "then the call was handed on to 102, and nobody took it there"),
        (TransferKind.PARK, Party(), "then the call was parked, and nobody fetched it"),
    ],
)
def test_call_that_was_handed_on_in_vain_says_so(kind, target, ending):
    handed_on = Transferred(**key(8), kind=kind, source=ANNA, target=target)
    answer = [ring("101", 0, 2, RingResult.ANSWERED), talk(2, 8, CLIENT, ANNA), handed_on]
    lost = decided(*answer, ring("102", 9, 20, RingResult.TIMEOUT), by=CALLER)
    assert lost.outcome is Outcome.ANSWERED
    assert lost.reason == f"101 answered after 2 s; {ending}"
    taken = decided(*answer, talk(10, 11, CLIENT, BORIS))
    assert taken.reason == "101 answered after 2 s"


def test_operators_who_consult_while_the_client_waits_are_no_answer():
    decision = decided(talk(5, 9, ANNA, BORIS), by=CALLER)
    assert decision.outcome is not Outcome.ANSWERED
    assert decision.needs_callback


def test_consultation_is_no_talk_time_of_the_client():
    decision = decided(
        talk(2, 5, CLIENT, ANNA), talk(6, 10, ANNA, BORIS), talk(11, 15, CLIENT, BORIS)
    )
    assert (decision.talk_s, decision.final_handler) == (7, BORIS)


def test_hold_is_summed():
    decision = decided(
        talk(2, 12, CLIENT, ANNA),
        HoldStarted(**key(4), party=ANNA),
        HoldEnded(**key(7), party=ANNA),
    )
    assert decision.hold_s == 3


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ([RingResult.TIMEOUT], Outcome.MISSED),
        ([RingResult.BUSY], Outcome.BUSY),
        ([RingResult.DECLINED], Outcome.REJECTED),
        ([RingResult.FAILED], Outcome.FAILED),
        ([RingResult.UNAVAILABLE], Outcome.MISSED),
        ([RingResult.BUSY, RingResult.TIMEOUT], Outcome.MISSED),
        ([RingResult.BUSY, RingResult.DECLINED], Outcome.REJECTED),
        ([RingResult.DECLINED, RingResult.GAVE_UP], Outcome.ABANDONED),
        ([], Outcome.MISSED),
    ],
)
def test_incoming_call_that_nobody_took_is_judged_by_what_the_phones_said(results, outcome):
    rings = [ring(f"10{n}", n, n + 1, result) for n, result in enumerate(results)]
    decision = decided(*rings)
    assert decision.outcome is outcome
    assert decision.needs_callback


def test_hidden_caller_needs_no_call_back():
    hidden = started(caller=Party(hidden=True))
    assert not decided(ring("101", 1, 5, RingResult.TIMEOUT), start=hidden).needs_callback


def test_outgoing_call_needs_no_call_back():
    out = started(caller=ANNA, called=CLIENT, direction=Direction.OUT)
    decision = decided(ring(CLIENT.number, 1, 5, RingResult.BUSY), start=out)
    assert (decision.outcome, decision.needs_callback) == (Outcome.BUSY, False)


def test_caller_in_the_menu_hangs_up_is_abandoned():
    decision = decided(by=CALLER)
    assert (decision.outcome, decision.reason_key) == (Outcome.ABANDONED, "abandoned_menu")


def test_caller_hangs_up_in_queue_between_two_rings_is_abandoned():
    decision = decided(
        QueueEntered(**key(1), queue="support"),
        ring("101", 2, 8, RingResult.TIMEOUT),
        QueueLeft(**key(9), queue="support", reason="abandoned"),
        by=CALLER,
    )
    assert decision.outcome is Outcome.ABANDONED
    assert decision.reason == "the caller gave up after 20 s in queue support"


def test_caller_hears_goodbye_after_the_queue_and_hangs_up_is_missed():
    decision = decided(
        QueueEntered(**key(1), queue="support"),
        ring("101", 2, 8, RingResult.TIMEOUT),
        QueueLeft(**key(9), queue="support", reason="timeout"),
        by=CALLER,
    )
    assert decision.outcome is Outcome.MISSED


def test_voicemail_is_missed_and_waiting_ends_there():
    decision = decided(ring("101", 0, 4, RingResult.TIMEOUT), VoicemailEntered(**key(4)), by=CALLER)
    assert (decision.outcome, decision.wait_s) == (Outcome.MISSED, 4)


def test_click_to_call_judges_the_client_and_not_the_operators_own_phone():
    start = started(caller=ANNA, called=CLIENT, direction=Direction.OUT, click_to_call=True)
    rings = [ring("101", 0, 2, RingResult.ANSWERED), ring(CLIENT.number, 2, 9, RingResult.GAVE_UP)]
    assert decided(*rings, start=start, by=CALLER).outcome is Outcome.ABANDONED
    assert decided(ring("101", 0, 2, RingResult.DECLINED), start=start).outcome is Outcome.REJECTED


def test_end_that_was_not_seen_leaves_talk_time_unknown():
    decision = decided(talk(2, 20, CLIENT, ANNA), seen=False)
    assert (decision.outcome, decision.talk_s) == (Outcome.ANSWERED, None)


def test_end_that_was_not_seen_before_an_answer_is_unknown_and_nobody_is_called_back_yet():
    decision = decided(ring("101", 1, 20, RingResult.UNKNOWN), seen=False)
    assert (decision.outcome, decision.needs_callback) == (Outcome.UNKNOWN, False)
    assert decision.reason_key == "unknown_end"


@pytest.mark.parametrize(("caller", "needed"), [(CLIENT, True), (Party(hidden=True), False)])
def test_unknown_end_that_no_record_ever_tells_needs_a_call_back(caller, needed):
    rings = ring("101", 1, 20, RingResult.UNKNOWN)
    unheard = folded([started(caller=caller), *rings, ended(20, SWITCH, seen=False)])
    decision = decide(replace(unheard, unsettled=True))
    assert (decision.outcome, decision.needs_callback) == (Outcome.UNKNOWN, needed)
    assert "no record of the switch" in decision.reason


def test_seen_end_is_what_it_is_although_a_record_was_asked_in_vain():
    answered = folded([started(), *talk(2, 9, CLIENT, ANNA), ended(20, SWITCH)])
    assert not decide(replace(answered, unsettled=True)).needs_callback


def test_lost_hangup_after_all_phones_refused_is_what_they_said():
    rings = ring("101", 1, 20, RingResult.TIMEOUT)
    assert decided(rings, seen=False, how=EndedHow.REAPED).outcome is Outcome.MISSED
    assert decided(rings, seen=False, how=EndedHow.GAP).outcome is Outcome.UNKNOWN


def test_lost_hangup_of_a_ringing_call_is_unknown():
    rings = ring("101", 1, 20, RingResult.UNKNOWN)
    assert decided(rings, seen=False, how=EndedHow.REAPED).outcome is Outcome.UNKNOWN


def test_caller_who_was_seen_hanging_up_gave_up_although_the_end_was_not_seen():
    rings = ring("101", 1, 20, RingResult.UNKNOWN)
    decision = decided(rings, by=CALLER, seen=False, how=EndedHow.GAP)
    assert (decision.outcome, decision.needs_callback) == (Outcome.ABANDONED, True)


def test_restart_of_the_switch_is_the_reason_of_a_missed_call():
    decision = decided(ring("101", 1, 20, RingResult.UNKNOWN), seen=False, how=EndedHow.RESTART)
    assert (decision.outcome, decision.needs_callback) == (Outcome.MISSED, True)
    assert decision.reason == "nobody had picked up when the switch was restarted"


def test_restart_of_the_switch_denies_no_talk_that_a_gap_may_hide():
    gap = CallResynced(**key(5), may_have_talked=True)
    rings = ring("101", 1, 20, RingResult.UNKNOWN)
    decision = decided(rings, gap, seen=False, how=EndedHow.RESTART)
    assert (decision.outcome, decision.needs_callback) == (Outcome.UNKNOWN, False)


def test_restart_of_the_switch_is_told_of_an_answered_call():
    decision = decided(talk(2, 20, CLIENT, ANNA), seen=False, how=EndedHow.RESTART)
    assert decision.outcome is Outcome.ANSWERED
    assert decision.reason == "101 answered after 2 s; the switch was restarted"


def test_outgoing_call_that_never_reached_a_trunk_is_failed():
    start = started(caller=ANNA, called=CLIENT, direction=Direction.OUT)
    decision = decided(start=start, cause=3)
    assert decision.outcome is Outcome.FAILED
    assert decision.reason == "79161234567 could not be called: no route to the destination"


def test_unknown_times_leave_durations_unknown():
    events = [started(called=COMPANY), *talk(2, 5, CLIENT, ANNA), ended(6)]
    timeless = [
        type(e)(**{f: getattr(e, f) for f in e.__dataclass_fields__} | {"at": None}) for e in events
    ]
    decision = decide(folded(timeless))
    assert (decision.wait_s, decision.talk_s, decision.outcome) == (None, None, Outcome.ANSWERED)
    assert "?" in decision.reason


@pytest.mark.parametrize("key_", sorted(REASONS))
def test_reason_without_its_arguments_is_still_a_sentence(key_):
    assert "{" not in reason_text(key_, {})


def test_unknown_reason_is_shown_as_it_is():
    assert reason_text("of_a_later_version", {"a": "b"}) == "of_a_later_version"
